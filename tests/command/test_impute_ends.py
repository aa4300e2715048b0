#!/usr/bin/env python3
"""genotype-impute: whoever is killed, and whenever: taken over or a clean error, and nothing half written. The engines
are played by a stand-in, so that this runs without them, and often."""
import os, shutil, signal, subprocess, sys, tempfile, time, unittest

sys.dont_write_bytecode = True
SOURCE = os.environ.get('top_srcdir', '.')
BUILD = os.environ.get('top_builddir', '.')
# the program itself: libtool's script before it has children of its own
REAL = os.path.abspath(os.path.join(BUILD, '.libs', 'genotype-impute'))
IMPUTE = REAL if os.path.exists(REAL) else os.path.abspath(os.path.join(BUILD, 'genotype-impute'))
STAND_IN = os.path.abspath(os.path.join(BUILD, 'tests', 'command', 'stand_in_engine'))
sys.path.insert(0, os.path.join(SOURCE, 'testdata'))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'command'))
import sanitizer
from make_testdata import head_23
from panel_model import Model

CHILDREN, PREPARING = 18, 6  # that a run has, and that preparing has
DELAYS = 0, 0.0005, 0.001, 0.002, 0.004  # after a child was seen


def children(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
            return [int(c) for c in f.read().split()]
    except OSError:
        return []


def name_of(pid):
    try:
        with open('/proc/%d/comm' % pid) as f:
            return f.read().strip()
    except OSError:
        return ''


class Ends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if sanitizer.flags():
            raise unittest.SkipTest('a sanitizer needs more memory than an engine is given')

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(self.path('bin'))
        os.mkdir(self.path('out'))
        for name in 'bio-eagle', 'minimac4':
            shutil.copy(STAND_IN, self.path('bin', name))
        libraries = ':'.join(os.path.abspath(os.path.join(BUILD, *name)) for name in (('lib', '.libs'), ('.libs',)))
        self.environment = dict(os.environ, PATH=self.path('bin') + ':/usr/bin:/bin', LD_LIBRARY_PATH=libraries)
        model = Model(seed=3, sites=(('20', 1000000, 700), ('X', 100000, 60), ('X', 5000000, 200)))
        with open(self.path('p.vcf'), 'w') as f:
            f.write(model.vcf(['R%d' % i for i in range(10)], [model.person(i % 2 == 0) for i in range(10)]))
        with open(self.path('e.txt'), 'w', newline='') as f:
            f.write(''.join(line + '\r\n' for line in head_23(2017)))
            f.write(model.rows_23(model.person(male=True), lambda site: site.pos % 3 == 0))

    def path(self, *name):
        return os.path.join(self.folder, *name)

    def start(self, *argv):
        return subprocess.Popen([IMPUTE] + list(argv) + ['-q'], stderr=subprocess.PIPE, universal_newlines=True,
                                env=self.environment)

    def prepare(self):
        return self.start('prepare', '--engine', 'eagle-minimac4', '-o', self.path('panel'), self.path('p.vcf'))

    def impute(self, *more):
        return self.start('--panel', self.path('panel'), '-o', self.path('out', 'o.bcf'), *more, self.path('e.txt'))

    def ended(self, process):
        told = process.communicate()[1]
        self.assertIn(process.returncode, (0, 3), told)
        if process.returncode:
            self.assertRegex(told.splitlines()[-1], '^genotype-impute: .')
        return process.returncode

    def whole(self):
        """What stands under the output's names: both files or none."""
        there = [os.path.exists(self.path('out', name)) for name in ('o.bcf', 'o.bcf.csi')]
        self.assertEqual(there[0], there[1])
        if not there[0]:
            return None
        with open(self.path('out', 'o.bcf'), 'rb') as f, open(self.path('out', 'o.bcf.csi'), 'rb') as g:
            return f.read(), g.read()

    def inside(self):
        return [os.path.join(at, name) for at, _, names in os.walk(self.path('out')) for name in names]

    def forget(self):
        for name in os.listdir(self.path('out')):
            if os.path.isdir(self.path('out', name)):
                shutil.rmtree(self.path('out', name))
            else:
                os.unlink(self.path('out', name))

    def run_whole(self, *more):
        self.assertEqual(self.ended(self.impute(*more)), 0)
        self.assertEqual(sorted(os.listdir(self.path('out'))), ['o.bcf', 'o.bcf.csi'], self.inside())
        return self.whole()

    def kill_one(self, process, number, delay, kills):
        """Kills the child that is seen as the one of this number, and so many that come after it. Returns their names: on
        a busy machine a child may come and go unseen."""
        seen, killed = set(), []
        while process.poll() is None and len(killed) < kills:
            for child in children(process.pid):
                if child in seen:
                    continue
                seen.add(child)
                if len(seen) <= number:
                    continue
                time.sleep(delay)
                name = name_of(child)
                try:
                    os.kill(child, signal.SIGKILL)
                    killed.append(name)
                except ProcessLookupError:
                    pass
                if len(killed) == kills:
                    break
        return killed

    def test_a_child_at_any_moment(self):
        self.assertEqual(self.ended(self.prepare()), 0)
        right = self.run_whole()
        victims, ends = [], {0: 0, 3: 0}
        for kills, delays, more in (1, DELAYS, ()), (2, DELAYS[2:4], ()), (1, DELAYS[3:4], ('--jobs', '3')):
            for delay in delays:
                for number in range(CHILDREN):
                    self.forget()
                    process = self.impute(*more)
                    killed = self.kill_one(process, number, delay, kills)
                    code = self.ended(process)
                    ends[code] += 1
                    victims += killed
                    self.assertEqual(self.whole(), right if code == 0 else None)
                    if code == 0:
                        self.assertEqual(sorted(os.listdir(self.path('out'))), ['o.bcf', 'o.bcf.csi'], self.inside())
                    else:  # what was done is in the folder of parts, and goes on from there
                        self.assertIn(os.listdir(self.path('out')), ([], ['o.bcf.parts']))
                        self.assertEqual(self.run_whole(*more), right)
        self.assertLessEqual({'bio-eagle', 'minimac4', 'genotype-impute'}, set(victims))
        self.assertGreater(len(victims), CHILDREN)
        self.assertGreater(ends[0], ends[3])  # one kill is taken over

    def test_ourselves_at_any_moment(self):
        self.assertEqual(self.ended(self.prepare()), 0)
        began = time.monotonic()
        right = self.run_whole()
        whole = time.monotonic() - began
        for i in range(40):
            self.forget()
            process = self.impute()
            time.sleep(whole * i / 40)
            process.kill()
            process.communicate()
            there = sorted(os.listdir(self.path('out')))
            if 'o.bcf' in there:  # the index has its name before
                self.assertEqual(self.whole(), right)
            self.assertEqual(self.run_again(), right)

    def test_ourselves_over_an_older_file(self):
        """The index that stands there is of the data that stand there, if there is one."""
        self.assertEqual(self.ended(self.prepare()), 0)
        older = self.run_whole('-s', 'OLDER-PERSON')
        began = time.monotonic()
        newer = self.run_whole('-s', 'NEWER')
        whole = time.monotonic() - began
        for i in range(20):
            self.forget()
            for name, data in zip(('o.bcf', 'o.bcf.csi', 'o.bcf.tbi'), older + (b'older',)):
                with open(self.path('out', name), 'wb') as f:
                    f.write(data)
            process = self.impute('-s', 'NEWER')
            time.sleep(whole * (0.8 + 0.02 * i))
            process.kill()
            process.communicate()
            found = []
            for name in 'o.bcf', 'o.bcf.csi':
                there = os.path.exists(self.path('out', name))
                with open(self.path('out', name) if there else os.devnull, 'rb') as f:
                    found.append(f.read())
            self.assertIn(tuple(found), [older, newer, (older[0], b''), (newer[0], b'')])
            self.assertEqual(self.ended(self.impute('-s', 'NEWER')), 0)
            self.assertEqual(self.whole(), newer)
            self.assertFalse(os.path.exists(self.path('out', 'o.bcf.tbi')))

    def run_again(self):
        """Right after a kill: a folder that is just being made is left alone, and goes with a later run."""
        self.assertEqual(self.ended(self.impute()), 0)
        return self.whole()

    def test_prepare_at_any_moment(self):
        self.assertEqual(self.ended(self.prepare()), 0)
        right = self.run_whole()
        for delay in DELAYS:
            for number in range(PREPARING):
                shutil.rmtree(self.path('panel'))
                process = self.prepare()
                self.kill_one(process, number, delay, 1)
                if self.ended(process) != 0:
                    self.assertFalse(os.path.exists(self.path('panel', 'panel.tsv')))
                    self.assertEqual(self.ended(self.prepare()), 0)
                self.forget()
                self.assertEqual(self.run_whole(), right)


if __name__ == '__main__':
    unittest.main(verbosity=0)
