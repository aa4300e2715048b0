#!/usr/bin/env python3
"""How much the upload service takes: uploads a second with their checks at 1, 8 and 64 clients, the times a person waits, memory a
connection. By hand:

    make all && make tests/array-upload/stand_in && top_builddir=BUILD bench/array-upload/load.py [--file EXPORT.zip] [--clients 1,8,64] [--uploads 100]

Without --file the stand-in for the validator is used and the file is 1 MB of nothing: that measures httpd, checkd and the store alone.
With --file the real genotype-validate looks at it (the worker's conversions run at the same time, as they would).
"""
import argparse
import http.client
import os
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "array-upload"))
from service import Service, steered  # noqa: E402


def resident(pid):
    with open("/proc/%d/status" % pid) as f:
        for line in f:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    return 0


def cpu_of(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/stat" % pid) as f:
            words = f.read().rsplit(")", 1)[1].split()
        total += sum(int(x) for x in words[11:15])  # itself and the children it waited for
    return total / os.sysconf("SC_CLK_TCK")


def percentile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def round_of(s, clients, uploads, content):
    pages = [s.open(s.create()) for _ in range(uploads)]
    lock, waits, refused = threading.Lock(), [], [0]

    def client():
        while True:
            with lock:
                if not pages:
                    return
                page = pages.pop()
            start = time.monotonic()
            while True:
                try:
                    a = s.upload(page, content, timeout=300)
                except (OSError, http.client.HTTPException):
                    a = None
                if a is not None and a.status == 200:
                    break
                with lock:
                    refused[0] += 1
                time.sleep(0.2)  # 503: as the page does, a little sooner
            with lock:
                waits.append(time.monotonic() - start)

    pids = [s.pid(d) for d in ("httpd", "checkd")]
    threads = [threading.Thread(target=client) for _ in range(clients)]
    cpu, start = cpu_of(pids), time.monotonic()
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    wall, cpu = time.monotonic() - start, cpu_of(pids) - cpu
    waits.sort()
    print("%7d %9.1f %8.0f %8.0f %8.0f %12.1f %10d" % (clients, uploads / wall, 1000 * percentile(waits, 0.5),
          1000 * percentile(waits, 0.99), 1000 * waits[-1], 1000 * cpu / uploads, refused[0]), flush=True)


def memory_of_connections(s, content, n=64):
    pid = s.pid("httpd")
    before, held = resident(pid), []
    for _ in range(n):
        held.append(s.upload_begin(s.open(s.create()), content, 0.5)[0])
    time.sleep(1)
    print("httpd: %d KiB resident, %.1f KiB more for each of %d uploads on their way" % (before, (resident(pid) - before) / n, n))
    for sock in held:
        sock.close()


def service(real, in_flight):
    s = Service(real=real, settings={"ARRAY_UPLOAD_LIMITS_UPLOADS_IN_FLIGHT": str(in_flight)})
    del s.env["ARRAY_UPLOAD_TEST_CLOCK"]  # looked for at each piece of a body: what no user has is not measured
    return s


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--file")
    p.add_argument("--clients", default="1,8,64")
    p.add_argument("--uploads", type=int, default=100)
    p.add_argument("--in-flight", type=int, default=20, help="[limits] uploads_in_flight")
    o = p.parse_args()
    content = steered("good", size=1 << 20)
    if o.file:
        with open(o.file, "rb") as f:
            content = f.read()
    with service(real=bool(o.file), in_flight=o.in_flight) as s:
        print("%d bytes a file, %d uploads a round, at most %d on their way\n" % (len(content), o.uploads, o.in_flight))
        print("clients  uploads/s   p50 ms   p99 ms   max ms  cpu ms/upload  tried again")
        for clients in (int(x) for x in o.clients.split(",")):
            round_of(s, clients, o.uploads, content)
    with service(real=False, in_flight=100) as s:
        memory_of_connections(s, content)


if __name__ == "__main__":
    main()
