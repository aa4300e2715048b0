#!/usr/bin/env python3
"""genotype-convert and genotype-sites on model genomes: every record and every reject, against an oracle.

The oracle is ../shared/tools/make_mini_genome.py where it stands beside the repository, with several seeds and both sexes,
and always the repository's own model (testdata/model). Each is converted within a build and across builds, with and without
a table, from FASTA and .2bit, with the table as VCF, BCF and compiled.
"""
import os, subprocess, sys, tempfile, unittest

SOURCE = os.environ.get('top_srcdir', '.')
BUILD = os.environ.get('top_builddir', '.')
CONVERT = os.path.join(BUILD, 'genotype-convert')
SITES = os.path.join(BUILD, 'genotype-sites')
GENERATOR = os.path.join(SOURCE, '..', 'shared', 'tools', 'make_mini_genome.py')
RCRS = os.path.join(SOURCE, '..', 'shared', 'data', 'mt', 'rcrs.fasta')
MODEL = os.path.join(SOURCE, 'testdata', 'model', 'make_model.py')
VENDORS = (('23andme', '36'), ('23andme', '37'), ('ancestry', '37'), ('myheritage', '37'))


def run(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


def body(path):
    with open(path) as f:
        return [line.rstrip('\n') for line in f if not line.startswith('#')]


def row_of(reject):
    """What two lists of rejects must have in common: the oracle counts rows, the tool counts lines."""
    if reject.count('\t') == 1:  # the repository's own model: name and reason
        return tuple(reject.split('\t'))
    line, name, label, position, genotype, why = reject.split('\t')
    return name, why, '' if why == 'NO_POSITION' else label + ':' + position


class ModelGenome(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, *name):
        return os.path.join(self.folder.name, *name)

    def convert(self, sex, vendor, source, target, reference, table):
        argv = [CONVERT, '-f', reference, '--assemblies', self.path('assembly.tsv'), '--sex', sex, '--assembly',
                {'37': 'GRCh37', '38': 'GRCh38'}[target], '--rejects', self.path('rejects.tsv'), '-o', self.path('out.vcf'), '-q']
        if table:
            argv += ['-T', table]
        if source != target:
            argv += ['--chain', self.path('m%sToM%s.chain' % (source, target))]
        done = run(*argv, self.path('exports', '%s.%s.zip' % (vendor, source)))
        self.assertEqual(done.returncode, 0, done.stderr)

    def compare(self, name):
        self.maxDiff = 2000
        got, expected = body(self.path('out.vcf')), body(self.path('expected', name + '.vcf'))
        for a, b in zip(got, expected):
            self.assertEqual(a, b, name)
        self.assertEqual(len(got), len(expected), name)
        with open(self.path('rejects.tsv')) as f:
            rejects = [line.rstrip('\n') for line in f][1:]
        with open(self.path('expected', name + '.rejects.tsv')) as f:
            wanted = [line.rstrip('\n') for line in f]
        wanted = sorted(map(row_of, wanted))
        width = len(wanted[0]) if wanted else 3
        self.assertEqual(sorted(row_of(r)[:width] for r in rejects), wanted, name)

    def all_ways(self, sex):
        for vendor, source in VENDORS:
            for target in ('37', '38'):
                if (source, target) == ('36', '38'):
                    continue
                for mode in ('nosites', 'sites'):
                    name = '%s.%s-%s.%s' % (vendor, source, target, mode)
                    if not os.path.exists(self.path('expected', name + '.vcf')):
                        continue
                    with self.subTest(name=name):
                        self.convert(sex, vendor, source, target, self.path('m%s.fa' % target),
                                     self.path('sites.%s.vcf' % target) if mode == 'sites' else None)
                        self.compare(name)

    def generate(self, *arguments):
        if not os.path.exists(GENERATOR):
            self.skipTest('the shared generator of model genomes is not there')
        subprocess.run([sys.executable, GENERATOR, self.folder.name, *arguments], check=True)

    def test_own_model(self):
        subprocess.run([sys.executable, MODEL, self.folder.name], check=True)
        self.all_ways('male')

    def test_shared_male(self):
        self.generate('--seed', '1', '--sex', 'M', '--rcrs', RCRS)
        self.all_ways('male')

    def test_shared_female(self):
        self.generate('--seed', '2', '--sex', 'F')
        self.all_ways('female')

    def test_shared_few_sites(self):
        self.generate('--seed', '3', '--sites', '60', '--sex', 'M')
        self.all_ways('male')

    def test_forms_of_references_and_tables(self):
        """FASTA, bgzip, .2bit; VCF, BCF, compiled: one result."""
        self.generate('--seed', '5', '--sites', '120')
        assemblies = ('--assemblies', self.path('assembly.tsv'))
        self.assertEqual(run(SITES, 'pack', self.path('m37.fa'), '-q').returncode, 0)
        built = run(SITES, 'build', '-f', self.path('m37.2bit'), '--vcf', self.path('sites.37.vcf'), *assemblies, '-q', '-o',
                    self.path('t.sites.bcf'))
        self.assertEqual(built.returncode, 0, built.stderr)
        self.assertEqual(run(SITES, 'compile', self.path('t.sites.bcf'), '-q').returncode, 0)
        references = [self.path('m37.fa'), self.path('m37.2bit')]
        with open(self.path('m37.fa'), 'rb') as f:
            packed = subprocess.run(['bgzip', '-c'], stdin=f, stdout=subprocess.PIPE) if has_bgzip() else None
        if packed:
            with open(self.path('packed.fa.gz'), 'wb') as f:
                f.write(packed.stdout)
            references.append(self.path('packed.fa.gz'))
        for reference in references:
            for table, mode in ((None, 'nosites'), (self.path('sites.37.vcf'), 'sites'), (self.path('t.sites.bcf'), 'sites'),
                                (self.path('t.sites.compiled'), 'sites')):
                with self.subTest(reference=os.path.basename(reference), table=table and os.path.basename(table)):
                    self.convert('male', '23andme', '37', '37', reference, table)
                    self.compare('23andme.37-37.' + mode)

    def test_wrong_build_is_refused(self):
        """A build-36 export that says 37: its heterozygous calls hold REF half of the time."""
        self.generate('--seed', '6', '--sites', '300')
        with open(self.path('exports', '23andme.36.txt'), newline='') as f:
            text = f.read().replace('assembly build 36', 'assembly build 37')
        with open(self.path('lie.txt'), 'w', newline='') as f:
            f.write(text)
        for more in ([], ['-T', self.path('sites.37.vcf')]):
            done = run(CONVERT, '-f', self.path('m37.fa'), '--assemblies', self.path('assembly.tsv'), *more, '-o',
                       self.path('out.vcf'), self.path('lie.txt'))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn('build-conflict', done.stderr)
            self.assertFalse(os.path.exists(self.path('out.vcf')))

    def test_other_strand(self):
        """Half of the rows on the other strand: with a table the plain ones are put right, A/T and C/G are left out."""
        self.generate('--seed', '7', '--sites', '300')
        self.convert('male', '23andme', '37', '37', self.path('m37.fa'), self.path('sites.37.vcf'))
        flip = str.maketrans('ACGT', 'TGCA')
        out = []
        with open(self.path('exports', '23andme.37.txt'), newline='') as f:
            for line in f:
                fields = line.split('\t')
                # by name, so that rows of one place go together
                if len(fields) == 4 and not line.startswith('#') and int(fields[2]) % 2:
                    fields[3] = fields[3].translate(flip)
                    line = '\t'.join(fields)
                out.append(line)
        with open(self.path('top.txt'), 'w', newline='') as f:
            f.write(''.join(out))
        done = run(CONVERT, '-f', self.path('m37.fa'), '--assemblies', self.path('assembly.tsv'), '--sex', 'male', '-T',
                   self.path('sites.37.vcf'), '--rejects', self.path('rejects.tsv'), '-o', self.path('top.vcf'), self.path('top.txt'))
        self.assertEqual(done.returncode, 0, done.stderr)
        straight = {(f[0], f[1], f[3]): f for f in (line.split('\t') for line in body(self.path('out.vcf')))}
        for line in body(self.path('top.vcf')):
            f = line.split('\t')
            if f[6] == 'PASS' and straight[f[0], f[1], f[3]][6] == 'PASS':
                self.assertEqual(f[9], straight[f[0], f[1], f[3]][9], line)
            pair = {f[3]} | set(f[4].split(','))
            if {'A', 'T'} <= pair or {'C', 'G'} <= pair:
                self.assertIn('.', f[9], line)
        with open(self.path('rejects.tsv')) as f:
            self.assertIn('STRAND_UNKNOWN', f.read())


def has_bgzip():
    try:
        return run('bgzip', '--version').returncode == 0
    except FileNotFoundError:
        return False


if __name__ == '__main__':
    unittest.main()
