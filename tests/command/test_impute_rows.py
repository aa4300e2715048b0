#!/usr/bin/env python3
"""genotype-impute: which rows a call types, what is refused and in which words, and a panel that others may read. The
engines are played by a stand-in: nothing here is about what they compute."""
import json, os, shutil, subprocess, sys, tempfile, unittest

sys.dont_write_bytecode = True
SOURCE = os.environ.get('top_srcdir', '.')
BUILD = os.environ.get('top_builddir', '.')
IMPUTE = os.path.abspath(os.path.join(BUILD, 'genotype-impute'))
STAND_IN = os.path.abspath(os.path.join(BUILD, 'tests', 'command', 'stand_in_engine'))
EXAMPLES = os.path.abspath(os.path.join(SOURCE, 'tools', 'genotype-impute', 'examples'))
sys.path.insert(0, os.path.join(SOURCE, 'testdata'))
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'command'))
import sanitizer
from make_testdata import head_23
from panel_model import Model

FIELDS = '%INFO/TYPED\t%INFO/IMP[\t%GT:%DS:%GP]'


def run(*argv, **how):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **how)


class Rows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if sanitizer.flags():
            raise unittest.SkipTest('a sanitizer needs more memory than an engine is given')
        if not shutil.which('bcftools'):
            raise unittest.SkipTest('bcftools is not installed (tools/setup analysis)')

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        os.mkdir(self.path('bin'))
        for name in 'bio-eagle', 'minimac4':
            shutil.copy(STAND_IN, self.path('bin', name))
        libraries = ':'.join(os.path.abspath(os.path.join(BUILD, *name)) for name in (('lib', '.libs'), ('.libs',)))
        self.environment = dict(os.environ, PATH=self.path('bin') + ':/usr/bin:/bin', LD_LIBRARY_PATH=libraries)
        self.model = Model(seed=9, sites=(('20', 1000000, 200),))
        self.persons = [self.model.person() for _ in range(8)]

    def path(self, *name):
        return os.path.join(self.folder, *name)

    def write(self, name, text):
        with open(self.path(name), 'w', newline='') as f:
            f.write(text)
        return self.path(name)

    def impute(self, *argv, code=0, **how):
        done = run(IMPUTE, *argv, **dict({'env': self.environment}, **how))
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def panel_text(self, more=()):
        """The model's panel; more: (position, REF, ALT) of rows that everyone of it carries on one haplotype."""
        lines = self.model.vcf(['R%d' % i for i in range(8)], self.persons).splitlines(True)
        head = [line for line in lines if line.startswith('#')]
        rows = [(int(line.split('\t')[1]), line) for line in lines if not line.startswith('#')]
        rows += [(pos, '\t'.join(['20', str(pos), '.', ref, alt, '.', 'PASS', '.', 'GT'] + ['0|1'] * 8) + '\n')
                 for pos, ref, alt in more]
        return ''.join(head + [line for _, line in sorted(rows, key=lambda row: row[0])])

    def prepare(self, text, *more, code=0, **how):
        return self.impute('prepare', '-q', '--engine', 'eagle-minimac4', '-o', self.path('panel'), *more,
                           self.write('p.vcf', text), code=code, **how)

    def target(self, name, rows, person=None, header=None):
        """A VCF of one person at every second place of the model; rows: {position: lines in place of the model's}."""
        lines = (header or self.model.header([name])).splitlines(True)
        places = {s.pos: s for s in self.model.sites}
        for pos in sorted(set(places) | set(rows)):
            if pos in rows:
                lines += ['20\t%d\t.\t%s\t%s\t.\tPASS\t.\tGT\t%s\n' % ((pos,) + cells) for cells in rows[pos]]
            elif pos % 2 == 0:
                g = (person or self.persons[0])[self.model.sites.index(places[pos])]
                s = places[pos]
                lines.append('20\t%d\t.\t%s\t%s\t.\tPASS\t.\tGT\t%d/%d\n' % (pos, s.ref, ','.join(s.alts), *g))
        return self.write(name + '.vcf', ''.join(lines))

    def out(self, *argv, code=0):
        told = self.impute('--panel', self.path('panel'), '-o', self.path('o.bcf'), '--report', self.path('r.json'),
                           *argv, code=code)
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith('.') or n.endswith('.parts')], [])
        return told

    def report(self):
        with open(self.path('r.json')) as f:
            return json.load(f)

    def rows(self, position, *more):
        """{(REF, ALT): [TYPED, IMP, cell...]} of a place of the output."""
        done = run('bcftools', 'query', '-f', '%POS\t%REF\t%ALT\t' + FIELDS + '\n', self.path('o.bcf'))
        self.assertEqual(done.returncode, 0, done.stderr)
        cells = [line.split('\t') for line in done.stdout.splitlines()]
        return {tuple(c[1:3]): c[3:] for c in cells if c[0] == str(position)}

    def single(self, count):
        """Sites of two alleles, every second place."""
        return [s for s in self.model.sites if len(s.alts) == 1 and s.pos % 2 == 0][:count]

    # ---- which rows a call types

    def test_a_call_types_rows_of_its_own_kind(self):
        """A one-base REF is that of an SNV and of an insertion: to be typed as one says nothing of the other."""
        snv, both, indel, ref, untold, split = self.single(6)
        insertion = lambda s: (s.pos, s.ref, s.ref + 'TT')
        self.prepare(self.panel_text([insertion(s) for s in (snv, both, indel, ref, untold, split)]))
        self.out(self.target('KIM', {
            snv.pos: [(snv.ref, snv.alts[0], '0/1')],
            both.pos: [(both.ref, both.alts[0] + ',' + both.ref + 'TT', '1/2')],
            indel.pos: [(indel.ref, indel.ref + 'TT', '0/1')],
            ref.pos: [(ref.ref, ref.ref + 'TT', '0/0')],
            untold.pos: [(untold.ref, '.', '0/0')],
            split.pos: [(split.ref, split.alts[0], '0/1'), (split.ref, split.ref + 'TT', '0/0')],
        }))
        typed = {}
        for name, s in ('snv', snv), ('both', both), ('indel', indel), ('ref', ref), ('untold', untold), ('split', split):
            for alt, kind in (s.alts[0], 'base'), (s.ref + 'TT', 'length'):
                is_typed, imputed, cell = self.rows(s.pos)[(s.ref, alt)]
                self.assertNotEqual(is_typed == '1', imputed == '1', (name, alt))
                typed[name, kind] = sum(map(int, cell[:3].replace('|', '/').split('/'))) if is_typed == '1' else None
        self.assertEqual(typed, {('snv', 'base'): 1, ('snv', 'length'): None, ('both', 'base'): 1, ('both', 'length'): 1,
                                 ('indel', 'base'): None, ('indel', 'length'): 1, ('ref', 'base'): None,
                                 ('ref', 'length'): 0, ('untold', 'base'): 0, ('untold', 'length'): None,
                                 ('split', 'base'): 1, ('split', 'length'): 0})
        person = self.report()['persons'][0]
        self.assertEqual(person['calls_of_the_chromosomes']['several_rows'], sum(
            1 for s in self.model.sites if s.pos % 2 == 0 and len(s.alts) > 1) + 6)
        self.assertEqual(sum(person['calls_of_the_chromosomes'].values()), person['calls'])

    def test_a_row_of_the_other_kind_alone_is_not_typed(self):
        """What the panel has there is not what was typed; that is not another REF, which would speak of another assembly."""
        last = self.model.sites[-1].pos
        places = [last + 10 * k for k in range(1, 31)]
        self.prepare(self.panel_text([(pos, 'G', 'GTT') for pos in places]))
        self.out(self.target('KIM', {pos: [('G', 'A', '0/1' if k % 2 else '0/0')] for k, pos in enumerate(places)}))
        for pos in places:
            self.assertEqual(self.rows(pos)[('G', 'GTT')][:2], ['.', '1'])
        counts = self.report()['persons'][0]['calls_of_the_chromosomes']
        self.assertEqual((counts['not_in_panel'], counts['other_ref'], counts['other_allele']), (30, 0, 0))

    def test_deletions_and_what_they_span(self):
        """A deletion, and the same REF with a base changed, as several ALTs were split; a spanning deletion's '*'."""
        at = self.model.sites[-1].pos + 100
        self.prepare(self.panel_text([(at, 'GTT', 'G'), (at, 'GTT', 'ATT'), (at + 1, 'T', 'C'), (at + 10, 'GTT', 'G'),
                                      (at + 10, 'GTT', 'ATT'), (at + 20, 'G', 'A'), (at + 20, 'GTT', 'G')]))
        self.out(self.target('KIM', {at: [('GTT', 'G', '0/1')], at + 1: [('T', 'C,*', '0/2')],
                                     at + 10: [('GTT', 'ATT', '0/0')], at + 20: [('G', 'A', '0/1')]}))
        typed = {(pos - at, alleles): cells[2][:3] if cells[0] == '1' else None for pos in (at, at + 1, at + 10, at + 20)
                 for alleles, cells in self.rows(pos).items()}
        self.assertEqual({k: v and v.replace('|', '/') for k, v in typed.items()}, {
            (0, ('GTT', 'G')): '0/1', (0, ('GTT', 'ATT')): None, (1, ('T', 'C')): None, (10, ('GTT', 'G')): None,
            (10, ('GTT', 'ATT')): '0/0', (20, ('G', 'A')): '0/1', (20, ('GTT', 'G')): None})

    def test_an_export_s_base_types_no_insertion(self):
        s = self.single(1)[0]
        self.prepare(self.panel_text([(s.pos, s.ref, s.ref + 'TT')]))
        self.out(self.write('e.txt', ''.join(line + '\r\n' for line in head_23(2017))
                            + self.model.rows_23(self.persons[0], lambda site: site.pos % 2 == 0)))
        found = self.rows(s.pos)
        self.assertEqual((found[(s.ref, s.alts[0])][0], found[(s.ref, s.ref + 'TT')][0]), ('1', '.'))

    # ---- nothing to impute by

    def test_too_few_typed_rows_are_no_result(self):
        self.prepare(self.panel_text())
        few = {s.pos: [] for s in self.model.sites}
        for s in self.single(2):
            few[s.pos] = [(s.ref, s.alts[0], '0/1')]
        target = self.target('KIM', few)
        told = self.out(target, code=1)
        self.assertIn('no chromosome has enough typed rows', told.splitlines()[-1])
        self.assertFalse(os.path.exists(self.path('o.bcf')))
        self.impute('-q', '--panel', self.path('panel'), '--work', self.path('w'), '--parts', target)  # a job of many
        # others beside it are imputed
        told = self.out(target, self.target('LEE', {}), code=1)
        self.assertIn('KIM', told)
        self.assertIn('1 of 2 persons', told.splitlines()[-1])
        self.assertEqual(run('bcftools', 'query', '-l', self.path('o.bcf')).stdout, 'LEE\n')
        left = self.report()['persons']
        self.assertIn('no chromosome has enough typed rows', left[0]['left_out'])
        self.assertEqual(left[1]['typed'] + left[1]['imputed'], sum(len(s.alts) for s in self.model.sites))
        alone = self.rows(self.model.sites[7].pos)
        self.out(self.path('LEE.vcf'))
        self.assertEqual(self.rows(self.model.sites[7].pos), alone)

    def test_positions_that_are_not_the_panel_s(self):
        """No lengths of contigs, every position 5 bases off: nothing fits, and it is not the REFs that tell."""
        self.prepare(self.panel_text())
        places = {s.pos: [] for s in self.model.sites}
        places.update({s.pos + 5: [(s.ref, s.alts[0], '0/1')] for s in self.model.sites})
        lucky = self.model.sites[3]
        places[lucky.pos] = [(lucky.ref, lucky.alts[0], '0/1')]
        bad = self.target('KIM', places, header=self.model.header(['KIM'], chrom_lengths=False))
        told = self.out(bad, code=1)
        self.assertIn('1 of 201', told.splitlines()[-1])
        self.assertIn('assembly', told.splitlines()[-1])
        self.assertFalse(os.path.exists(self.path('o.bcf')))
        self.out(bad, self.target('LEE', {}), code=1)
        self.assertEqual(run('bcftools', 'query', '-l', self.path('o.bcf')).stdout, 'LEE\n')

    def test_a_few_snvs_beside_indels_do_not_speak_against_a_file(self):
        first = self.model.sites[-1].pos
        places = [first + 10 * k for k in range(1, 31)]
        self.prepare(self.panel_text([(pos, 'G', 'GTT') for pos in places]))
        rows = {s.pos: [] for s in self.model.sites}
        rows[first + 5] = [('A', 'C', '0/1')]
        rows.update({pos: [('G', 'GTT', '0/1')] for pos in places})
        self.out(self.target('KIM', rows))
        self.assertEqual(self.report()['persons'][0]['typed'], 30)

    def test_few_places_of_a_file_of_all_places_are_enough(self):
        """A record for each base, as of a whole genome's sequencing, beside a panel of few rows."""
        self.prepare(self.panel_text())
        first = self.model.sites[0].pos
        rows = {pos: [('A', '.', '0/0')] for pos in range(first + 1, first + 60000, 2)}
        rows.update({s.pos: [(s.ref, s.alts[0], '0/1')] for s in self.single(90)})
        self.out(self.target('KIM', rows, header=self.model.header(['KIM'], chrom_lengths=False)))

    # ---- the panel

    def mode(self, name):
        return os.stat(self.path('panel', name)).st_mode & 0o777

    def test_whoever_may_read_the_panel_may_read_all_of_it(self):
        was = os.umask(0o077)
        self.addCleanup(os.umask, was)
        for mask in 0o077, 0o027, 0o022:
            shutil.rmtree(self.path('panel'), ignore_errors=True)
            os.umask(mask)
            self.prepare(self.panel_text())
            self.assertEqual({name: self.mode(name) for name in sorted(os.listdir(self.path('panel')))
                              if self.mode(name) != 0o666 & ~mask}, {}, oct(mask))
        os.chmod(self.path('panel', '20.msav'), 0o600)  # as it was made by an older program
        self.prepare(self.panel_text())
        self.assertEqual(self.mode('20.msav'), 0o644)

    def test_a_file_of_the_panel_that_may_not_be_read(self):
        self.prepare(self.panel_text())
        os.chmod(self.path('panel', '20.msav'), 0)
        os.chmod(self.folder, 0o755)
        target, root = self.target('KIM', {}), os.geteuid() == 0
        self.out(target, code=0 if root else 3)
        work = self.path('work')
        os.mkdir(work)
        os.chmod(work, 0o777)
        told = self.impute('--panel', self.path('panel'), '-o', os.path.join(work, 'o.bcf'), target, code=3,
                           preexec_fn=(lambda: os.setuid(65534)) if root else None)
        self.assertIn('panel/20.msav', told)
        self.assertIn('cannot be read', told)

    def test_an_engine_s_error_names_what_it_was_given(self):
        self.prepare(self.panel_text())
        self.write('bin/minimac4', '#!/bin/sh\n[ "$1" != --version ] || exec echo minimac v0\n'
                   'echo "Error: could not stat reference file" >&2\nexit 1\n')
        told = self.impute('--panel', self.path('panel'), '-o', self.path('o.bcf'), '--no-sandbox', self.target('KIM', {}),
                           code=3)
        self.assertIn('20: imputing by %s' % os.path.realpath(self.path('panel', '20.msav')), told)
        self.assertIn('could not stat reference file', told)

    def test_two_refs_at_a_place_are_told_before_the_engine_s_hours(self):
        s = self.single(20)[-1]
        other = next(b for b in 'ACGT' if b not in (s.ref, s.alts[0]))
        told = self.prepare(self.panel_text([(s.pos, other, s.ref)]), code=1)
        self.assertIn(self.path('p.vcf') + ': ', told)
        self.assertIn('two different REFs at 20:%d' % s.pos, told)
        self.assertFalse(os.path.exists(self.path('panel', '20.msav')))

    # ---- a cluster

    def cluster(self):
        """Two lists of exports, a panel of two chromosomes, and what one run of each list gives."""
        self.model = Model(seed=9, sites=(('20', 1000000, 120), ('X', 5000000, 60)))
        self.persons = [self.model.person() for _ in range(8)]
        self.prepare(self.panel_text())
        head, names, runs = ''.join(line + '\r\n' for line in head_23(2017)), 'ABC', {}
        for name in names:
            self.write(name + '.txt', head + self.model.rows_23(self.model.person(), lambda site: site.pos % 2 == 0))
        for batch, members in ('first', 'AB'), ('second.2', 'C'):
            kits = self.write(batch + '.tsv', ''.join('%s\t%s\n' % (self.path(n + '.txt'), n) for n in members))
            self.impute('-q', '--panel', self.path('panel'), '--samples-file', kits, '-o', self.path('whole.bcf'))
            runs[batch] = self.text_of(self.path('whole.bcf'))
        self.write('bin/genotype-impute', '#!/bin/sh\nexec "%s" "$@"\n' % IMPUTE)
        os.chmod(self.path('bin', 'genotype-impute'), 0o755)
        return runs

    def text_of(self, path):
        done = run('bcftools', 'view', '-H', path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_the_example_for_snakemake(self):
        if not shutil.which('snakemake'):
            self.skipTest('snakemake is not installed')
        runs = self.cluster()
        argv = ('snakemake', '-s', os.path.join(EXAMPLES, 'Snakefile'), '-d', self.folder, '--cores', '2', '--config',
                'panel=panel', 'kits=first.tsv,second.2.tsv', 'chromosomes=20,X', 'out=cohorts')
        environment = dict(self.environment, HOME=self.folder, XDG_CACHE_HOME=self.path('cache'))
        done = run(*argv, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for batch, text in runs.items():
            self.assertEqual(self.text_of(self.path('cohorts', batch + '.bcf')), text)
            with open(self.path('cohorts', batch + '.bcf.json')) as f:
                self.assertEqual([c['state'] for c in json.load(f)['chromosomes'] if c['used_rows']], ['taken_over'] * 2)
        self.assertRegex(done.stderr, r'(?m)^part +4\b')  # a job a batch and chromosome
        done = run(*argv, env=environment)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('Nothing to be done', done.stdout + done.stderr)

    def test_the_example_for_slurm(self):
        """As sbatch --array would run it: a task a chromosome, 23 is X."""
        runs = self.cluster()
        for batch, text in runs.items():
            work, kits = self.path('work.' + batch), self.path(batch + '.tsv')
            for task in '20', '23', '20':  # one of them again
                done = run('bash', os.path.join(EXAMPLES, 'slurm-array.sh'), self.path('panel'), kits, work,
                           '--jobs', '2', env=dict(self.environment, SLURM_ARRAY_TASK_ID=task))
                self.assertEqual((done.returncode, done.stdout), (0, ''), done.stderr)
            self.out('--samples-file', kits, '--work', work)
            self.assertEqual(self.text_of(self.path('o.bcf')), text)
            self.assertEqual([c['state'] for c in self.report()['chromosomes']], ['taken_over'] * 2)
        done = run('bash', os.path.join(EXAMPLES, 'slurm-array.sh'), self.path('panel'), kits, work, env=self.environment)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('sbatch --array', done.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=0)
