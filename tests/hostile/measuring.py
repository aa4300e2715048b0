"""Running the build's programs and measuring what they take."""
import os
import subprocess

BUILD = os.environ.get('top_builddir', '.')
MEASURE = os.path.join(BUILD, 'tests', 'hostile', 'measure')


def direct(program):
    """libtool's wrapper is a script that takes longer than the program: what it starts, and the library's place."""
    real = os.path.join(os.path.dirname(program), '.libs', os.path.basename(program))
    if not os.path.exists(real):
        return program
    os.environ['LD_LIBRARY_PATH'] = os.path.join(os.path.abspath(BUILD), 'lib', '.libs')
    return real


def measured(figures, command):
    """What the command printed, its exit status, seconds of CPU, kilobytes of memory. figures: a file to write."""
    done = subprocess.run([MEASURE, figures] + command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    with open(figures) as f:
        microseconds, kilobytes = map(int, f.read().split())
    os.unlink(figures)
    return done.stdout.decode('utf-8', 'replace'), done.returncode, microseconds / 1e6, kilobytes
