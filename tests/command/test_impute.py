#!/usr/bin/env python3
"""genotype-impute: what the same engines give by hand, the input's genotypes as they were, and no end that leaves a mess."""
import json, os, shutil, signal, subprocess, sys, tempfile, time, unittest

sys.dont_write_bytecode = True
SOURCE = os.environ.get('top_srcdir', '.')
BUILD = os.environ.get('top_builddir', '.')
IMPUTE = os.path.abspath(os.path.join(BUILD, 'genotype-impute'))
sys.path.insert(0, os.path.join(SOURCE, 'testdata'))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'command'))
from make_testdata import head_23  # the vendor's header
from panel_model import Model

BEAGLE = '/usr/share/beagle/beagle.jar'


def run(*argv, **how):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **how)


class Files(unittest.TestCase):
    """A folder, and the programs in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, *name):
        return os.path.join(self.folder, *name)

    def write(self, name, text):
        with open(self.path(name), 'w', newline='') as f:
            f.write(text)
        return self.path(name)

    def impute(self, *argv, code=0, **how):
        done = run(IMPUTE, *argv, **how)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def bcf(self, name, text):
        return self.view(self.path(name), self.write(name + '.vcf', text))

    def view(self, to, *argv):
        for step in ('view', '--no-version', '-Ob', '-o', to) + argv, ('index', '-f', to):
            done = run('bcftools', *step)
            self.assertEqual(done.returncode, 0, done.stderr)
        return to

    def records(self, path, fields='%INFO/IMP\t%INFO/TYPED\t%FILTER[\t%GT:%DS:%GP]'):
        done = run('bcftools', 'query', '-f', '%CHROM\t%POS\t%REF\t%ALT\t' + fields + '\n', path)
        self.assertEqual(done.returncode, 0, done.stderr)
        out = {}
        for line in done.stdout.splitlines():
            c = line.split('\t')
            self.assertNotIn(tuple(c[:4]), out)
            out[tuple(c[:4])] = c[4:]
        return out


class Refusals(Files):
    """No engine is needed to be told what is wrong."""

    def test_wrong_usage(self):
        for argv, word in (((), '--panel'), (('--panel', 'p'), '-o'), (('--panel', 'p', '-o', 'x.txt', 'e'), '.bcf'),
                           (('--panel', 'p', '-o', 'x.bcf'), 'exports'), (('--engine', 'other'), 'eagle-minimac4'),
                           (('--jobs', '0'), '--jobs'), (('prepare',), '-o'), (('--what',), '--what'),
                           (('--panel', self.folder, '-o', 'x.bcf', 'e'), 'no panel folder')):
            self.assertIn(word, self.impute(*argv, code=2))

    def test_an_output_takes_no_input_s_place(self):
        target = self.write('t.bcf', 'somebody')
        for argv in (('-o', target, target), ('-o', self.path('o.bcf'), '--report', target, target)):
            self.assertIn('must not be one of the inputs', self.impute('--panel', self.folder, *argv, code=2))
        with open(target) as f:
            self.assertEqual(f.read(), 'somebody')

    def test_version_and_help(self):
        self.assertIn('genotype-impute 0.', run(IMPUTE, '--version').stdout)
        self.assertTrue(all(len(line) <= 80 for line in run(IMPUTE, '--help').stdout.splitlines()))

    def test_absent_engines_are_named_with_their_package(self):
        model = Model(sites=(('20', 1000, 5),))
        panel = self.write('p.vcf', model.vcf(['A', 'B'], [model.person(), model.person()]))
        told = self.impute('prepare', '-o', self.path('panel'), '--engine', 'eagle-minimac4', panel, code=3,
                           env={'PATH': self.folder})
        self.assertIn("Debian's package bio-eagle", told)
        self.assertFalse(os.path.exists(self.path('panel', 'panel.tsv')))


class Engines(Files):
    """One panel for all tests: 30 persons, every third a man."""

    engine = 'eagle-minimac4'

    @classmethod
    def setUpClass(cls):
        for tool, package in (('bio-eagle', 'bio-eagle'), ('minimac4', 'minimac4'), ('bcftools', 'bcftools')):
            if not shutil.which(tool):
                raise unittest.SkipTest('%s is not installed (tools/setup analysis)' % package)
        shared = tempfile.TemporaryDirectory()
        cls.addClassCleanup(shared.cleanup)
        cls.shared = shared.name
        cls.model = Model(seed=7)
        persons = [cls.model.person(i % 3 == 0) for i in range(30)]
        cls.panel_names = ['R%d' % i for i in range(30)]
        cls.panel_text = cls.model.vcf(cls.panel_names, persons)
        cls.panel_file = os.path.join(cls.shared, 'p.vcf')
        with open(cls.panel_file, 'w') as f:
            f.write(cls.panel_text)
        cls.panel = os.path.join(cls.shared, 'panel')
        done = run(IMPUTE, 'prepare', '-o', cls.panel, cls.panel_file)
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.woman, cls.man = cls.model.person(), cls.model.person(male=True)

    @staticmethod
    def typed(site):
        return site.pos % 4 == 0

    def target(self, name, *persons, keep=None):
        names = ['T%d' % i for i in range(len(persons))]
        return self.bcf(name, self.model.vcf(names, persons, '/', keep or self.typed))

    def export(self, name, person):
        head = ''.join(line + '\r\n' for line in head_23(2017))
        return self.write(name, head + self.model.rows_23(person, self.typed))

    def report(self):
        with open(self.path('r.json')) as f:
            return json.load(f)

    def out(self, *argv, **how):
        told = self.impute('--panel', self.panel, '-o', self.path('o.bcf'), '--report', self.path('r.json'), *argv,
                           **how)
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith('.') or n.endswith('.parts')], [])
        return told

    def test_an_engine_that_does_not_start_is_told_in_its_own_words(self):
        for name in ('bio-eagle', 'java'):
            self.write(name, '#!/bin/sh\necho "libwanted.so.1: cannot be opened" >&2\nexit 127\n')
            os.chmod(self.path(name), 0o755)
        told = self.impute('--panel', self.panel, '-o', self.path('o.bcf'), self.export('e.txt', self.woman), code=3,
                           env={'PATH': self.folder + ':/usr/bin:/bin'})
        self.assertIn('does not tell its version: libwanted.so.1: cannot be opened', told)

    def check_typed(self, found, persons, keep=None):
        """Every typed genotype is the input's; the rest is imputed. Returns the share of imputed alleles that are true."""
        right = total = 0
        for i, s in enumerate(self.model.sites):
            for number, alt in enumerate(s.alts, 1):
                imp, typed, _, *cells = found[(s.chrom, str(s.pos), s.ref, alt)]
                for person, cell in zip(persons, cells):
                    gt, ds, gp = cell.split(':')
                    truth = sorted(int(a == number) for a in person[i])
                    got = [int(a) for a in gt.replace('|', '/').split('/')]
                    self.assertEqual(len(got), len(truth), (s.chrom, s.pos, gt))
                    if (keep or self.typed)(s):
                        self.assertEqual(sorted(got), truth, (s.chrom, s.pos))
                        self.assertEqual((float(ds), typed), (sum(truth), '1'))
                        self.assertEqual([float(x) for x in gp.split(',')].index(1.0), sum(truth))
                        continue
                    self.assertEqual(imp, '1')
                    self.assertAlmostEqual(sum(map(float, gp.split(','))), 1, delta=0.02)
                    self.assertTrue(0 <= float(ds) <= len(truth))
                    right += sum(a == b for a, b in zip(sorted(got), truth))
                    total += len(truth)
        return right / total

    def test_a_man_and_a_woman(self):
        self.out('--engine', self.engine, self.target('t.bcf', self.woman, self.man))
        found = self.records(self.path('o.bcf'))
        self.assertEqual(len(found), sum(len(s.alts) for s in self.model.sites))
        self.assertGreater(self.check_typed(found, (self.woman, self.man)), 0.9)
        report = self.report()
        self.assertEqual([c['name'] for c in report['chromosomes']], ['20', 'X-PAR1', 'X', 'X-PAR2'])
        for person in report['persons']:
            self.assertEqual(person['typed'] + person['imputed'], len(found))
            self.assertEqual(person['not_imputed'], 0)

    def test_lowconf_is_what_the_probabilities_say(self):
        self.out('--engine', self.engine, self.target('t.bcf', self.woman))
        low = 0
        for key, (imp, _, state, cell) in self.records(self.path('o.bcf')).items():
            most = max(map(float, cell.split(':')[2].split(',')))
            if abs(most - 0.9) > 1e-4:
                self.assertEqual(state, 'LOWCONF' if most < 0.9 else 'PASS', key)
            low += state == 'LOWCONF'
        self.assertEqual(self.report()['persons'][0]['low_confidence'], low)

    def test_an_export_gives_what_its_vcf_gives(self):
        for person in self.woman, self.man:
            self.out('--engine', self.engine, '-s', 'T0', self.target('t.bcf', person))
            of_vcf = self.records(self.path('o.bcf'))
            self.out('--engine', self.engine, '-s', 'T0', self.export('e.txt', person))
            self.assertEqual(self.records(self.path('o.bcf')), of_vcf)

    def test_damaged_output_name_or_input(self):
        bad = self.write('bad.txt', 'no export\n')
        self.assertIn('left out', self.out('--engine', self.engine, bad, code=1))
        self.assertFalse(os.path.exists(self.path('o.bcf')))
        told = self.out('--engine', self.engine, bad, self.export('e.txt', self.man), code=1)
        self.assertIn('1 of 2 persons', told)
        self.assertEqual(run('bcftools', 'query', '-l', self.path('o.bcf')).stdout, '2\n')


class EagleAndMinimac(Engines):
    def by_hand(self, target, chrom):
        """The engines as their manuals say, on the file as it came."""
        panel = self.bcf('hand.panel.bcf', self.panel_text)
        one = self.view(self.path('hand.bcf'), '-r', chrom, panel)
        genetic = self.write('map.txt', 'chr position COMBINED_rate(cM/Mb) Genetic_Map(cM)\n20 1 1 0.000001\n20 63025520 0 63.02552\n')
        steps = (('bio-eagle', '--vcfRef', one, '--vcfTarget', target, '--geneticMapFile', genetic, '--outPrefix',
                  self.path('hand.phased'), '--vcfOutFormat', 'b', '--chrom', chrom),
                 ('bcftools', 'index', '-f', self.path('hand.phased.bcf')),
                 ('sh', '-c', 'minimac4 --compress-reference "$0" > "$1"', one, self.path('hand.msav')),
                 ('minimac4', self.path('hand.msav'), self.path('hand.phased.bcf'), '-f', 'GT,DS,GP', '-O', 'bcf',
                  '-o', self.path('hand.imputed.bcf')))
        for step in steps:
            done = run(*step)
            self.assertEqual(done.returncode, 0, done.stderr)
        return self.records(self.path('hand.imputed.bcf'), '%INFO/R2[\t%GT:%DS:%GP]')

    def test_as_by_hand(self):
        several = {s.pos for s in self.model.sites if len(s.alts) > 1}
        keep = lambda s: self.typed(s) and s.chrom == '20' and s.pos not in several
        target = self.target('t.bcf', self.woman, keep=keep)
        hand = self.by_hand(target, '20')
        self.out('--chromosomes', '20', target)
        ours = self.records(self.path('o.bcf'), '%INFO/IMP\t%INFO/R2[\t%GT:%DS:%GP]')
        compared = 0
        for key, (imp, *cells) in ours.items():
            if imp == '1' and int(key[1]) not in several:
                self.assertEqual(cells, hand[key])
                compared += 1
        self.assertGreater(compared, 400)

    def test_nobody_changes_another(self):
        self.out(self.target('t.bcf', self.woman, self.man))
        both = self.records(self.path('o.bcf'), '[\t%GT:%DS:%GP]')
        for k, person in enumerate((self.woman, self.man)):
            self.out(self.target('t.bcf', person))
            alone = self.records(self.path('o.bcf'), '[\t%GT:%DS:%GP]')
            self.assertEqual([v[1 + k] for v in both.values()], [v[1] for v in alone.values()])

    def test_persons_of_different_arrays(self):
        """What one was not typed at is not filled in for the sake of another, whom nobody would notice in the result."""
        kits = []
        for name, person, keep in (('A', self.woman, lambda s: s.pos % 8 == 0), ('B', self.man, lambda s: s.pos % 8 == 4),
                                   ('C', self.model.person(), lambda s: s.pos % 8 == 0 and s.chrom == 'X'),
                                   ('D', self.model.person(), lambda s: s.pos % 8 == 0)):
            kits.append(self.bcf(name + '.bcf', self.model.vcf([name], [person], '/', keep)))
        fields = '[\t%GT:%DS:%GP]'
        alone, reports = [], []
        for kit in kits:
            self.out(kit)
            alone.append(self.records(self.path('o.bcf'), fields))
            reports.append(self.report()['persons'][0])
        for more in (), ('--jobs', '2'):
            self.out(*kits, *more)
            for i, (key, cells) in enumerate(self.records(self.path('o.bcf'), fields).items()):
                self.assertEqual(cells[1:], [one[key][1] for one in alone], key)
            report = self.report()
            self.assertEqual(report['groups'], 3)
            self.assertEqual([p['group'] for p in report['persons']], [1, 2, 3, 1])
            for one, other in zip(report['persons'], reports):
                self.assertEqual(dict(one, group=1), other)
            self.assertEqual({c[3] for k, c in self.records(self.path('o.bcf'), fields).items() if k[0] == '20'},
                             {'./.:.:.'})
        for key, (state, *cells) in self.records(self.path('o.bcf'), '%FILTER[\t%FT\t%GP]').items():
            for words, gp in zip(cells[::2], cells[1::2]):
                most = 1 if gp == '.' else max(map(float, gp.split(',')))
                self.assertTrue(abs(most - 0.9) < 1e-4 or words == ('LOWCONF' if most < 0.9 else 'PASS'), key)
            self.assertEqual(state == 'LOWCONF', set(cells[::2]) == {'LOWCONF'}, key)

    def test_parts_of_different_arrays_are_taken_over(self):
        kits = [self.bcf(n + '.bcf', self.model.vcf([n], [p], '/', lambda s: s.pos % 8 == at))
                for n, p, at in (('A', self.woman, 0), ('B', self.man, 4))]
        work = self.path('work')
        self.out('--work', work, '--parts', '--chromosomes', '20', *kits)
        self.out('--work', work, *kits)
        self.assertEqual([c['state'] for c in self.report()['chromosomes']],
                         ['taken_over', 'imputed', 'imputed', 'imputed'])
        taken = self.records(self.path('o.bcf'))
        self.out(*kits)
        self.assertEqual(self.records(self.path('o.bcf')), taken)

    def test_parts_are_taken_over_and_only_for_what_they_are_of(self):
        work, target = self.path('work'), self.target('t.bcf', self.woman)
        self.out('--work', work, '--parts', '--chromosomes', '20', target)
        self.assertFalse(os.path.exists(self.path('o.bcf')))
        self.out('--work', work, target)
        states = {c['name']: c['state'] for c in self.report()['chromosomes']}
        self.assertEqual(states, {'20': 'taken_over', 'X-PAR1': 'imputed', 'X': 'imputed', 'X-PAR2': 'imputed'})
        taken = self.records(self.path('o.bcf'))
        self.out(target)
        self.assertEqual(self.records(self.path('o.bcf')), taken)
        changed = [list(g) for g in self.woman]
        at = next(i for i, s in enumerate(self.model.sites) if self.typed(s) and s.chrom == '20' and len(s.alts) == 1)
        changed[at] = [1 - changed[at][0], changed[at][1]]
        self.out('--work', work, self.target('t.bcf', changed))
        states = {c['name']: c['state'] for c in self.report()['chromosomes']}
        self.assertEqual(states, {'20': 'imputed', 'X-PAR1': 'taken_over', 'X': 'taken_over', 'X-PAR2': 'taken_over'})
        part = next(n for n in os.listdir(work) if n.startswith('X-PAR1.'))
        with open(os.path.join(work, part), 'r+b') as f:
            f.truncate(os.path.getsize(os.path.join(work, part)) // 2)
        self.out('--work', work, self.target('t.bcf', changed))
        self.assertEqual([c['state'] for c in self.report()['chromosomes']],
                         ['taken_over', 'imputed', 'taken_over', 'taken_over'])

    def children(self, pid):
        try:
            with open('/proc/%d/task/%d/children' % (pid, pid)) as f:
                return [int(c) for c in f.read().split()]
        except OSError:
            return []

    def test_a_child_that_is_killed(self):
        target = self.target('t.bcf', self.woman)
        self.out(target)
        whole = self.records(self.path('o.bcf'))
        killed = 0
        for kills in range(1, 4):  # one kill is taken over, more may end the run
            os.unlink(self.path('o.bcf'))
            with subprocess.Popen([IMPUTE, '-q', '--panel', self.panel, '-o', self.path('o.bcf'), target],
                                  stderr=subprocess.PIPE, universal_newlines=True) as ours:
                left, gone = kills, set()
                while ours.poll() is None:
                    for child in self.children(ours.pid):
                        if left and child not in gone:
                            gone.add(child)
                            try:
                                os.kill(child, signal.SIGKILL)
                                left -= 1
                                killed += 1
                            except ProcessLookupError:
                                pass
                    time.sleep(0.002)
                told = ours.stderr.read()
            self.assertIn(ours.returncode, (0, 3), told)
            if ours.returncode == 0:
                self.assertEqual(self.records(self.path('o.bcf')), whole)
            else:
                self.assertTrue(told.startswith('genotype-impute: '), told)
                self.assertEqual([n for n in os.listdir(self.folder) if n.startswith(('o.bcf', '.'))
                                  and not n.endswith('.parts') and n != 'o.bcf.csi'], [])
            self.out(target)
            self.assertEqual(self.records(self.path('o.bcf')), whole)
        self.assertGreater(killed, 2)

    def test_we_are_killed_ourselves(self):
        target = self.target('t.bcf', self.woman)
        self.out(target)
        whole = self.records(self.path('o.bcf'))
        for wait in 0.05, 0.3, 0.6, 1.0:
            for name in 'o.bcf', 'o.bcf.csi':
                os.unlink(self.path(name))
            with subprocess.Popen([IMPUTE, '-q', '--panel', self.panel, '-o', self.path('o.bcf'), target]) as ours:
                time.sleep(wait)
                inside = self.children(ours.pid)
                ours.kill()
            for _ in range(500):
                if not any(os.path.exists('/proc/%d' % pid) for pid in inside):
                    break
                time.sleep(0.01)
            self.assertFalse([pid for pid in inside if os.path.exists('/proc/%d' % pid)])
            self.assertFalse(os.path.exists(self.path('o.bcf')) and not os.path.exists(self.path('o.bcf.csi')))
            self.impute('-q', '--panel', self.panel, '-o', self.path('o.bcf'), target)
            self.assertEqual(self.records(self.path('o.bcf')), whole)

    def test_limits_end_an_engine_with_words(self):
        target = self.target('t.bcf', self.woman)
        told = self.impute('--panel', self.panel, '-o', self.path('x.bcf'), '--memory', '8', target, code=3)
        self.assertIn('phasing', told)
        self.assertFalse(os.path.exists(self.path('x.bcf')))

    def test_panels_that_are_refused(self):
        some = [self.model.person() for _ in range(3)]
        names = ['A', 'B', 'C']
        keep = lambda s: s.chrom == '20'
        good = self.model.vcf(names, some, keep=keep)
        lines = good.splitlines(True)
        body = len(lines) - 10
        for word, text in (
            ('not phased', ''.join(lines[:body]) + ''.join(lines[body:]).replace('0|1', '0/1').replace('1|0', '1/0')),
            ('missing', ''.join(lines[:body]) + ''.join(lines[body:]).replace('|', '|.', 1).replace('|.0', '|.').replace('|.1', '|.')),
            ('not sorted', ''.join(lines[:body] + [lines[body + 1], lines[body]] + lines[body + 2:])),
            ('no VCF', good.replace('##fileformat', '##fileFormat')),
            ('as long', good.replace('length=63025520', 'length=64444167').replace('length=155270560', 'length=9')),
        ):
            told = self.impute('prepare', '-o', self.path('bad'), '--assembly', 'GRCh37',
                               self.write('bad.vcf', text), code=1)
            self.assertIn(word, told)
            self.assertFalse(os.path.exists(self.path('bad', 'panel.tsv')))

    def test_a_header_that_readers_do_not_take_is_mended(self):
        persons = [self.model.person() for _ in range(20)]
        names = ['A%d' % i for i in range(20)]
        keep = lambda s: s.chrom == '20'
        odd = self.model.header(names).replace('ID=GT,Number=1', 'ID=GT,Number=G')
        for k, header in enumerate((None, odd)):
            told = self.impute('prepare', '-o', self.path('panel%d' % k), '--engine', 'eagle-minimac4',
                               self.write('p.vcf', self.model.vcf(names, persons, keep=keep, header=header)))
            self.assertIn('20 persons', told)
        for name in os.listdir(self.path('panel0')):
            with open(self.path('panel0', name), 'rb') as a, open(self.path('panel1', name), 'rb') as b:
                self.assertTrue(name.endswith('msav') or a.read() == b.read(), name)

    def test_a_map_without_length(self):
        """Eagle ends in it, hours later."""
        flat = self.write('flat.map', '20 . 5 1000\n20 . 5 60000000\n')
        told = self.impute('prepare', '-o', self.path('p'), '--map', flat, self.panel_file, code=2)
        self.assertIn('20: its genetic map has no length', told)

    def test_a_name_that_cannot_be_written_is_told_before_the_work(self):
        os.mkdir(self.path('folder.bcf'))
        for argv in (['-o', self.path('folder.bcf')], ['-o', self.path('nowhere', 'o.bcf'), '--work', self.path('w')],
                     ['-o', self.path('o.bcf'), '--report', self.path('nowhere', 'r.json')], ['-o', '/dev/null.bcf/x.bcf']):
            began = set(os.listdir(self.folder))
            done = run(IMPUTE, '--panel', self.panel, *argv, self.path('no input'))
            self.assertIn(done.returncode, (2, 3))
            self.assertNotIn('left out', done.stderr)
            self.assertEqual(set(os.listdir(self.folder)), began)

    def test_a_chromosome_that_the_panel_has_not(self):
        for names in '20,21', 'Y', '20,,X', '':
            told = self.impute('--panel', self.panel, '-o', self.path('o.bcf'), '--chromosomes', names,
                               self.target('t.bcf', self.woman), code=2)
            self.assertIn('--chromosomes', told)

    def test_an_export_of_another_assembly(self):
        """A panel of GRCh38, an export of GRCh37: refused without a chain, and with it what the panel's own gives."""
        model = Model(seed=11, sites=(('20', 1000000, 300),))
        persons = [model.person() for _ in range(21)]
        export = ''.join(line + '\r\n' for line in head_23(2017)) + model.rows_23(persons[0], self.typed)
        for site in model.sites:
            site.pos += 1000
        text = lambda names, some, sep, keep=None: model.vcf(names, some, sep, keep).replace('63025520', '64444167').replace(
            'ID=X,length=155270560', 'ID=X,length=156040895')
        self.write('p38.vcf', text(['R%d' % i for i in range(20)], persons[1:], '|'))
        self.impute('prepare', '-q', '--engine', self.engine, '-o', self.path('p38'), self.path('p38.vcf'))
        chain = self.write('c.chain', 'chain 1000 chr20 63025520 + 0 62000000 chr20 64444167 + 1000 62001000 1\n62000000\n')
        export = self.write('e.txt', export)
        told = self.impute('-q', '--panel', self.path('p38'), '-o', self.path('o.bcf'), export, code=1)
        self.assertIn('it is of GRCh37, the panel of GRCh38: --chain is needed', told)
        self.assertFalse(os.path.exists(self.path('o.bcf')))
        self.impute('-q', '--panel', self.path('p38'), '-o', self.path('o.bcf'), '--chain', chain, export)
        lifted = self.records(self.path('o.bcf'))
        typed = self.bcf('t.bcf', text(['SAMPLE'], persons[:1], '/', lambda s: (s.pos - 1000) % 4 == 0))
        self.impute('-q', '--panel', self.path('p38'), '-o', self.path('o.bcf'), typed)
        self.assertEqual(self.records(self.path('o.bcf')), lifted)

    def test_a_changed_panel_file_is_told(self):
        shutil.copytree(self.panel, self.path('changed'))
        with open(self.path('changed', '20.sites.bcf'), 'ab') as f:
            f.write(b'x')
        told = self.impute('--panel', self.path('changed'), '-o', self.path('x.bcf'), self.target('t.bcf', self.woman),
                           code=2)
        self.assertIn('make the panel again', told)

    def test_what_does_not_fit_is_counted(self):
        text = self.model.vcf(['T0'], [self.woman], '/', self.typed)
        lines = text.splitlines(True)
        rows = [i for i, line in enumerate(lines) if not line.startswith('#') and ',' not in line]
        for i, change in ((rows[0], lambda c: c[:3] + ['T' if c[3] != 'T' else 'A', 'G' if c[3] != 'G' else 'C'] + c[5:]),
                          (rows[1], lambda c: c[:1] + [str(int(c[1]) + 1)] + c[2:]),
                          (rows[2], lambda c: c[:4] + [next(b for b in 'ACGT' if b not in c[3:5])] + c[5:9] + ['0/1\n']),
                          (rows[3], lambda c: c[:9] + ['./.\n']),
                          (rows[4], lambda c: c[:6] + ['q10'] + c[7:])):
            lines[i] = '\t'.join(change(lines[i].split('\t')))
        text = ''.join(lines).replace('##FORMAT', '##FILTER=<ID=q10,Description="x">\n##FORMAT', 1)
        self.out(self.bcf('t.bcf', text))
        person = self.report()['persons'][0]
        counts = person['calls_of_the_chromosomes']
        self.assertEqual((person['no_calls'], person['doubtful'], counts['not_in_panel'], counts['other_allele']),
                         (1, 1, 1, 1))
        self.assertEqual(counts['other_ref'], 1)
        self.assertEqual(person['rows'], person['calls'] + person['no_calls'] + person['doubtful'])
        self.assertEqual(sum(counts.values()), person['calls'])


    def test_what_was_imputed_before_is_not_typed(self):
        """One's own result given again, of one person or several, and genotypes that FT doubts."""
        for kits in [self.woman], [self.woman, self.man]:
            target = self.target('t.bcf', *kits)
            self.out(target)
            typed = [p['calls'] for p in self.report()['persons']]
            first = self.view(self.path('first.bcf'), self.path('o.bcf'))
            self.out(first)
            for person, calls in zip(self.report()['persons'], typed):
                self.assertEqual(person['calls'], calls)
                self.assertEqual(person['rows'] - person['merged'], calls + person['doubtful'] + person['no_calls'])
        text = self.model.vcf(['T0', 'T1'], [self.woman, self.man], '/', self.typed).replace(
            '##FORMAT', '##FORMAT=<ID=FT,Number=1,Type=String,Description="x">\n##FORMAT', 1)
        lines = text.splitlines(True)
        for n, line in enumerate(k for k, line in enumerate(lines) if not line.startswith('#')):
            c = lines[line].rstrip('\n').split('\t')
            lines[line] = '\t'.join(c[:8] + ['GT:FT', c[9] + (':PASS', ':q', ':.')[min(n, 2)], c[10] + ':PASS']) + '\n'
        self.out(self.write('ft.vcf', ''.join(lines)))
        self.assertEqual([p['doubtful'] for p in self.report()['persons']], [1, 0])

    def test_records_of_one_place_are_one_genotype(self):
        """`bcftools norm -m-` writes G>A,T 1/2 as two records, in which 0 says no more than: not this ALT."""
        woman = [(1, 2) if len(s.alts) == 2 and g[0] != g[1] else g for s, g in zip(self.model.sites, self.woman)]
        both = {str(s.pos) for s, g in zip(self.model.sites, woman) if g == (1, 2) and self.typed(s)}
        self.assertTrue(both)
        whole = self.target('t.bcf', woman)
        self.out(whole)
        right, calls = self.records(self.path('o.bcf')), self.report()['persons'][0]['calls']
        self.assertEqual(run('bcftools', 'norm', '-m-', '-o', self.path('split.vcf'), whole).returncode, 0)
        with open(self.path('split.vcf')) as f:
            text = f.read()
        dotted = ''.join(line.replace('1/0', '1/.').replace('0/1', './1') if line.split('\t')[1:2] in [[p] for p in both]
                         else line for line in text.splitlines(True))  # as others write it
        self.assertNotEqual(text, dotted)
        for name, content in ('split.vcf', text), ('dotted.vcf', dotted):
            self.out(self.write(name, content))
            self.assertEqual(self.records(self.path('o.bcf')), right)
            person = self.report()['persons'][0]
            self.assertEqual((person['calls'], person['doubtful']), (calls, 0))
            self.assertEqual(person['rows'], calls + person['merged'])
            self.assertGreater(person['merged'], 0)

    def test_records_of_one_place_that_contradict_each_other(self):
        lines = self.model.vcf(['T0'], [self.woman], '/', self.typed).splitlines(True)
        rows = [i for i, line in enumerate(lines) if not line.startswith('#') and ',' not in line]
        cells = lambda i, **new: '\t'.join([new.get(str(k), c) for k, c in enumerate(lines[i].split('\t'))])
        same, other, three, none = rows[0], rows[5], rows[10], rows[15]
        third = next(b for b in 'ACGT' if b not in lines[three].split('\t')[3:5])
        lines[same] += lines[same]
        lines[other] = cells(other, **{'9': '0/1\n'}) + cells(other, **{'9': '1/1\n'})
        lines[three] = cells(three, **{'9': '1/1\n'}) + cells(three, **{'4': third, '9': '0/1\n'})
        lines[none] = cells(none, **{'9': '0/0\n'}) + cells(none, **{'9': './.\n'})
        self.out(self.write('t.vcf', ''.join(lines)))
        person = self.report()['persons'][0]
        self.assertEqual((person['merged'], person['doubtful'], person['no_calls']), (4, 2, 1))
        self.assertEqual(person['rows'], person['calls'] + 4 + 2 + 1)

    def test_a_vcf_of_another_assembly_without_lengths(self):
        """Nothing in its header tells it: that REF is another base at most places does."""
        header = self.model.header(['T0'], chrom_lengths=False)
        lines = self.model.vcf(['T0'], [self.woman], '/', self.typed, header=header).splitlines(True)
        for k, line in enumerate(lines):
            c = line.split('\t')
            if not line.startswith('#') and k % 4:
                lines[k] = '\t'.join(c[:3] + [b.translate(str.maketrans('ACGT', 'CGTA')) for b in c[3:5]] + c[5:])
        told = self.out(self.write('t.vcf', ''.join(lines)), code=1)
        self.assertIn('assembly', told)
        self.assertFalse(os.path.exists(self.path('o.bcf')))

    def test_wide_gaps_between_typed_rows(self):
        """minimac4 gives up where 20 million bases of the panel have no typed row."""
        model = Model(seed=5, sites=(('20', 1000000, 200), ('20', 48000000, 200)))
        persons = [model.person() for _ in range(20)]
        self.write('gap.vcf', model.vcf(['R%d' % i for i in range(20)], persons))
        self.impute('prepare', '-q', '--engine', self.engine, '-o', self.path('gap'), self.path('gap.vcf'))
        target = self.bcf('t.bcf', model.vcf(['T0'], [persons[0]], '/', lambda s: s.pos > 40000000 and s.pos % 3))
        self.impute('-q', '--panel', self.path('gap'), '--report', self.path('r.json'), '-o', self.path('o.bcf'), target)
        person = self.report()['persons'][0]
        self.assertEqual((person['not_imputed'], len(self.records(self.path('o.bcf')))), (0, 400 + sum(
            len(s.alts) - 1 for s in model.sites)))


class Beagle(Engines):
    engine = 'beagle'

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(BEAGLE) or not shutil.which('java'):
            raise unittest.SkipTest('beagle and a Java are not installed (tools/setup analysis)')
        super().setUpClass()


del Engines  # the two above are it


if __name__ == '__main__':
    unittest.main(verbosity=0)
