"""The machine, its libraries, and how busy others keep it."""
import mmap
import os
import re
import resource
import shutil
import subprocess
import time

LIBRARIES = {"zlib": "zlib", "libdeflate": "libdeflate", "htslib": "htslib", "libzip": "libzip"}


def first_line(*words):
    try:
        out = subprocess.run(words, capture_output=True, text=True)
    except OSError:
        return None
    text = out.stdout.strip()
    return text.splitlines()[0] if out.returncode == 0 and text else None


def read(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ""


def found(pattern, text):
    match = re.search(pattern, text, re.M)
    return match.group(1).strip() if match else None


def libraries():
    return {name: first_line("pkg-config", "--modversion", package) for name, package in LIBRARIES.items()}


def compiler(build):
    """What the build folder was configured with."""
    makefile = read(os.path.join(build, "Makefile"))
    cc = next(w for w in (found(r"^CC = (.*)$", makefile) or "cc").split() + ["cc"] if w != "ccache")
    return dict(
        name=first_line(cc, "--version"),
        cflags=found(r"^CFLAGS = (.*)$", makefile),
        hardening=found(r"^HARDENING_CFLAGS = (.*)$", makefile),
    )


def page_fault_us():
    """What one costs here: fresh memory touched page by page, beside the same memory touched again."""
    pages, size = 4096, os.sysconf("SC_PAGESIZE")
    with mmap.mmap(-1, pages * size) as fresh:
        if hasattr(mmap, "MADV_NOHUGEPAGE"):
            fresh.madvise(mmap.MADV_NOHUGEPAGE)
        cpu = []
        for _ in range(2):
            begin = time.process_time()
            for at in range(0, pages * size, size):
                fresh[at] = 1
            cpu.append(time.process_time() - begin)
    return round((cpu[0] - cpu[1]) / pages * 1e6, 2)


def describe(build):
    return dict(
        page_fault_us=page_fault_us(),
        cores=os.cpu_count(),
        model=found(r"^model name\s*: (.*)$", read("/proc/cpuinfo")),
        system=found(r'^PRETTY_NAME="(.*)"$', read("/etc/os-release")),
        kernel=os.uname().release,
        libs=libraries(),
        compiler=compiler(build),
        load_1_minute=round(os.getloadavg()[0], 2),
    )


def commit(source):
    git = ["git", "-C", source]
    name = first_line(*git, "rev-parse", "--short=12", "HEAD")
    changed = name and first_line(*git, "status", "--porcelain", "--untracked-files=no")
    return (name + ("+changes" if changed else "")) if name else None


def peer_versions():
    words = {
        "bcftools": ["bcftools", "--version"],
        "plink1.9": ["plink1.9", "--version"],
        "unzip": ["unzip", "-v"],
        "valgrind": ["valgrind", "--version"],
    }
    return {name: first_line(*w) for name, w in words.items() if shutil.which(name)}


class Quiet:
    """How much of the machine others use while we measure: the load average cannot tell, because it counts us.

    A wall time is judged only where that is little; cpu times carry through."""

    MOST = 0.10  # of all cores

    def __init__(self):
        self.begin = self.look()

    @staticmethod
    def look():
        fields = read("/proc/stat").split("\n", 1)[0].split()[1:]
        if len(fields) < 8:
            return None
        user, nice, system, _idle, _wait, irq, softirq, steal = map(int, fields[:8])
        busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
        own = sum(
            u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )
        return busy, own, time.monotonic()

    def others(self):
        """Their share of all cores since the beginning, 0 to 1; None where the system does not say."""
        now = self.look()
        if not now or not self.begin:
            return None
        busy, own, seconds = (b - a for a, b in zip(self.begin, now))
        return max(0.0, (busy - own) / max(seconds * os.cpu_count(), 1e-9))
