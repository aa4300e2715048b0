"""What filter of system calls a program has while it waits for a file: shared by the suites of programs that confine themselves."""
import os
import re
import subprocess

import sanitizer


def seccomp_of(case, argv, fifo):
    """Runs it until it opens `fifo` (made here), which then ends at once. The mode of its filter ('0', '2'; None where it says that its
    sandbox lacks something), its exit code and what it told. Skips the test where no filter can be."""
    with open('/proc/self/status') as f:
        if 'Seccomp:' not in f.read():
            case.skipTest('this kernel filters no system calls')
    if sanitizer.flags():
        case.skipTest('a sanitizer watches: it needs calls that the filter refuses')
    os.mkfifo(fifo)
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, universal_newlines=True) as child:
        end = os.open(fifo, os.O_WRONLY)  # waits until the program has opened it
        with open('/proc/%d/status' % child.pid) as f:
            mode = re.search(r'^Seccomp:\s(\d)$', f.read(), re.M).group(1)
        os.close(end)
        told = child.communicate()[1]
    return None if 'sandbox lacks' in told else mode, child.returncode, told
