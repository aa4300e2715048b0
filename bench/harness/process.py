"""Commands: where they are, what running them costs."""
import os
import subprocess
import sys
import tempfile


def fail(text):
    """A wrong result or a failed command: nothing that was timed means anything then."""
    sys.exit("bench: " + text)


class Programs:
    """The built programs of one build folder."""

    def __init__(self, build):
        self.build = os.path.abspath(build)

    def __call__(self, name):
        path = os.path.join(self.build, name)
        real = os.path.join(os.path.dirname(path), ".libs", os.path.basename(path))
        if os.path.exists(real):  # libtool's wrapper is a shell script and would be measured, too
            return real
        if not os.access(path, os.X_OK):
            fail("%s is not built" % path)
        return path

    def environment(self):
        """Small and always the same: what a program reads of its environment is no part of the measurement."""
        keep = {k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR") if k in os.environ}
        return dict(keep, LC_ALL="C", LD_LIBRARY_PATH=os.path.join(self.build, "lib/.libs"))


class Runner:
    """Runs commands, given as words or as a line for bash, through bench/measure."""

    def __init__(self, programs):
        self.measure = programs("bench/measure")
        self.environment = programs.environment()

    def words(self, command):
        return ["/bin/bash", "-o", "pipefail", "-c", command] if isinstance(command, str) else list(command)

    def once(self, name, command, environment=None, watch_memory=False):
        """Seconds and MiB of one run. Ends the benchmark where the command fails."""
        words = [self.measure] + (["-m"] if watch_memory else []) + self.words(command)
        with tempfile.TemporaryFile("w+") as errors:  # a file, which no command waits for
            out = subprocess.run(
                words, stdout=subprocess.PIPE, stderr=errors, text=True, check=True, env=environment or self.environment
            )
            errors.seek(0)
            said = errors.read()[-600:]
        fields = out.stdout.split()
        wall, user, system, peak, faults = map(float, fields[:5])
        if int(fields[5]) != 0:
            line = command if isinstance(command, str) else " ".join(command)
            fail("%s ended with %s: %s\n%s" % (name, fields[5], line, said))
        got = dict(wall=wall, user=user, sys=system, cpu=user + system, peak=peak / 1024, faults=faults)
        if watch_memory:
            got.update(anonymous=int(fields[6]) / 1024, mapped=int(fields[7]) / 1024)
        return got

    def output(self, name, command):
        """What a command prints; for checks, never timed."""
        r = subprocess.run(self.words(command), capture_output=True, text=True, env=self.environment)
        if r.returncode != 0:
            fail("%s ended with %d: %s" % (name, r.returncode, r.stderr.strip()[-400:]))
        return r.stdout
