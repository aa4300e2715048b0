#!/usr/bin/env python3
"""genotype-cohort: the file that bcftools merge makes of the single conversions, and the kinship that plink2 finds."""
import csv, os, random, re, resource, shutil, stat, subprocess, sys, tempfile, unittest
import xml.etree.ElementTree as XML

sys.dont_write_bytecode = True
SOURCE = os.environ.get('top_srcdir', '.')
BUILD = os.environ.get('top_builddir', '.')
CONVERT = os.path.join(BUILD, 'genotype-convert')
COHORT = os.path.join(BUILD, 'genotype-cohort')
sys.path.insert(0, os.path.join(SOURCE, 'testdata'))
import sanitizer
from confined import seccomp_of
from make_testdata import head_23, head_ancestry, head_mh2  # the vendors' headers

CHROMOSOMES = [str(c) for c in range(1, 23)] + ['X', 'Y', 'MT']
ANCESTRY = {'X': '23', 'Y': '24', 'MT': '26'}


def run(*argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


class Genomes:
    """Sites of GRCh37 and persons who carry their alleles; every third person is the child of the two before."""

    def __init__(self, rng, sites_each=150):
        self.rng, self.sites = rng, []
        for c in CHROMOSOMES:
            # beyond the PAR of X; inside MT
            pos = 5000000 if c != 'MT' else 100
            for _ in range(sites_each):
                pos += rng.randint(1, 90)
                ref, *alts = rng.sample('ACGT', 3 if rng.random() < 0.1 else 2)
                self.sites.append((c, pos, 'rs%d' % (1000 + len(self.sites)), ref, alts, rng.uniform(0.1, 0.9)))

    def founder(self, male):
        person = []
        for c, _, _, ref, alts, share in self.sites:

            def one():
                # a third allele is rare, as in people: hets without REF would speak against the file's strand
                alt = alts[-1] if self.rng.random() < 0.02 else alts[0]
                return alt if self.rng.random() < share else ref

            person.append(one() if c in ('Y', 'MT') or (c == 'X' and male) else (one(), one()))
        return person

    def child(self, father, mother, male):
        person = []
        for (c, *_), f, m in zip(self.sites, father, mother):
            if c == 'Y':
                person.append(f)
            elif c == 'MT':
                person.append(m)
            elif c == 'X':
                person.append(self.rng.choice(m) if male else (f, self.rng.choice(m)))
            else:
                person.append((self.rng.choice(f), self.rng.choice(m)))
        return person

    def export(self, vendor, person, male, keep):
        """The text of an export with the sites that keep chooses; a few calls are missing."""
        rows = []
        for i, (c, pos, name, *_) in enumerate(self.sites):
            if not keep(i) or (c == 'Y' and not male) or (c == 'MT' and vendor == 'myheritage'):
                continue
            call = person[i] if len(person[i]) == 2 else (person[i],) * 2
            if self.rng.random() < 0.03:
                call = '--' if vendor != 'ancestry' else '00'
            if vendor == '23andme':
                single = len(person[i]) == 1
                rows.append('%s\t%s\t%d\t%s' % (name, c, pos, call[0] if single else ''.join(call)))
            elif vendor == 'ancestry':
                rows.append('%s\t%s\t%d\t%s\t%s' % (name, ANCESTRY.get(c, c), pos, call[0], call[1]))
            else:
                rows.append('"%s","%s","%d","%s"' % (name, c, pos, ''.join(call)))
        head = {
            '23andme': lambda: head_23(2017),
            'ancestry': lambda: head_ancestry('01/23/2021 10:11:12 UTC', 'V2.0'),
            'myheritage': head_mh2,
        }[vendor]()
        return ''.join(line + '\r\n' for line in head + rows)

    def table(self):
        head = '##fileformat=VCFv4.3\n' + ''.join('##contig=<ID=%s>\n' % c for c in CHROMOSOMES)
        head += '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
        return head + ''.join(
            '%s\t%d\t%s\t%s\t%s\t.\t.\t.\n' % (c, p, i, r, ','.join(a)) for c, p, i, r, a, _ in self.sites
        )


class Cohort(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for tool in 'bcftools', 'tabix':
            if not shutil.which(tool):
                raise unittest.SkipTest(tool + ' is not there')
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        rng = random.Random(15)
        genomes = Genomes(rng)
        cls.sites = cls.write('sites.vcf', genomes.table())
        cls.names, cls.exports, people = [], [], []
        for i in range(15):
            male = rng.random() < 0.5 if i % 3 > 1 else i % 3 == 0
            person = genomes.child(people[-2], people[-1], male) if i % 3 == 2 else genomes.founder(male)
            people.append(person)
            vendor = ('23andme', 'ancestry', 'myheritage', '23andme')[i % 4]
            keep = (lambda k: k % 5 != 0, lambda k: k % 3 != 0, lambda k: k % 4 != 1, lambda k: True)[i % 4]
            cls.add(genomes.export(vendor, person, male, keep))
        cls.add(genomes.export('ancestry', people[0], True, lambda k: True))  # the first person, once more
        cls.list = cls.write('samples.tsv', ''.join('%s\t%s\n' % pair for pair in zip(cls.exports, cls.names)))

    @classmethod
    def path(cls, *name):
        return os.path.join(cls.folder.name, *name)

    @classmethod
    def write(cls, name, text):
        with open(cls.path(name), 'w', newline='') as f:
            f.write(text)
        return cls.path(name)

    @classmethod
    def add(cls, text):
        cls.names.append('P%d' % len(cls.names))
        cls.exports.append(cls.write(cls.names[-1] + '.txt', text))

    def cohort(self, *more, code=0, output='c.bcf'):
        done = run(COHORT, '-T', self.sites, '-o', self.path(output), *more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_first_line_of_a_samples_file(self):
        rows = '%s\tA\n' % self.exports[0]
        for name, text, words in (('bom.tsv', '\ufeff' + rows, 'byte order mark'), ('head.tsv', 'export\tsample\n' + rows, 'column names')):
            with open(self.path(name), 'w', encoding='utf-8') as out:
                out.write(text)
            told = self.cohort('--samples-file', self.path(name), code=2)
            self.assertIn('%s(1): ' % name, told)
            self.assertIn(words, told)

    def test_limit_on_files(self):
        """ulimit -f: told, and nothing is left behind."""
        os.mkdir(self.path('limited'))
        done = subprocess.run([COHORT, '-T', self.sites, '-o', self.path('limited', 'c.bcf'), self.exports[0]], stderr=subprocess.PIPE,
                              env=sanitizer.without_leaks(), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512)))
        self.assertEqual((done.returncode, os.listdir(self.path('limited'))), (3, []), done.stderr)
        self.assertIn(b'cannot write', done.stderr)

    def test_output_is_a_file(self):
        """No device, pipe or standard output is taken for one or replaced; a link is followed; a suffix means what it says."""
        folder = self.path('outputs')
        os.mkdir(folder)
        os.mkfifo(os.path.join(folder, 'fifo.bcf'))
        os.symlink('fifo.bcf', os.path.join(folder, 'link.bcf'))
        names = ['fifo.bcf', 'link.bcf']
        if os.geteuid() == 0:
            os.mknod(os.path.join(folder, 'null.bcf'), 0o666 | stat.S_IFCHR, os.makedev(1, 3))
            names.append('null.bcf')
        before = sorted(os.listdir(folder))
        for name in names:
            self.assertIn('no regular file', self.cohort(self.exports[0], output='outputs/' + name, code=2))
        done = run(COHORT, '-T', self.sites, '-o', '-', self.exports[0])
        self.assertEqual((done.returncode, done.stdout), (2, ''), done.stderr)
        for name in ('x.vcf', 'x.txt', 'x', 'x.gz'):
            self.assertIn('.bcf or .vcf.gz', self.cohort(self.exports[0], output='outputs/' + name, code=2))
        self.assertEqual(sorted(os.listdir(folder)), before)
        self.assertTrue(stat.S_ISFIFO(os.stat(os.path.join(folder, 'fifo.bcf')).st_mode))
        os.mkdir(os.path.join(folder, 'there'))
        os.symlink('there/real.bcf', os.path.join(folder, 'l.bcf'))
        for _ in range(2):  # what it leads to is not there yet, then is
            self.cohort('-q', self.exports[0], output='outputs/l.bcf')
            self.assertTrue(os.path.islink(os.path.join(folder, 'l.bcf')))
            self.assertEqual(os.listdir(os.path.join(folder, 'there')), ['real.bcf'])
            self.assertTrue(os.path.exists(os.path.join(folder, 'l.bcf.csi')))

    def records(self, path):
        done = run('bcftools', 'query', '-f', r'%CHROM\t%POS\t%ID\t%REF\t%ALT\t%FILTER[\t%GT]\n', path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [line.split('\t') for line in done.stdout.splitlines()]

    def merged(self):
        singles = []
        for name, export in zip(self.names, self.exports):
            out = self.path(name + '.vcf.gz')
            done = run(CONVERT, '-q', '-T', self.sites, '-s', name, '-o', out, '-W', export)
            self.assertEqual(done.returncode, 0, done.stderr)
            singles.append(out)
        done = run('bcftools', 'merge', '-Ob', '-o', self.path('merged.bcf'), *singles)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.records(self.path('merged.bcf'))

    def test_an_output_takes_no_input_s_place(self):
        before = open(self.exports[0], 'rb').read()
        for more in ('--psam', self.exports[0]), ('--report', self.sites), ('--table', self.list, '--samples-file', self.list):
            self.assertIn('must not be one of the inputs', self.cohort(*more, *self.exports[:2], code=2))
        told = self.cohort(*self.exports[:2], code=2, output=os.path.basename(self.exports[0]))
        self.assertIn('must not be one of the inputs', told)
        self.assertEqual(open(self.exports[0], 'rb').read(), before)

    def test_it_is_what_bcftools_merges(self):
        self.cohort('--samples-file', self.list)
        ours, theirs = self.records(self.path('c.bcf')), self.merged()
        self.assertEqual(len(ours), len(theirs))
        called = 0
        for a, b in zip(ours, theirs):
            self.assertEqual(
                (a[:2], set(a[2].split(';')), a[3:5], a[6:]), (b[:2], set(b[2].split(';')), b[3:5], b[6:])
            )
            self.assertEqual(a[5], 'PASS')
            called += sum('.' not in gt for gt in a[6:])
        self.assertGreater(called, 30000)
        self.assertEqual(run('bcftools', 'index', '-s', self.path('c.bcf')).returncode, 0)

    def test_as_vcf_and_with_common_sites_only(self):
        self.cohort('--samples-file', self.list, '--intersection', output='c.vcf.gz')
        ours = self.records(self.path('c.vcf.gz'))
        self.cohort('--samples-file', self.list)
        have = {}
        for name in self.names:
            have[name] = (
                {(r[0], r[1]) for r in self.records(self.path(name + '.vcf.gz'))}
                if os.path.exists(self.path(name + '.vcf.gz'))
                else None
            )
        if None in have.values():
            self.merged()
            have = {n: {(r[0], r[1]) for r in self.records(self.path(n + '.vcf.gz'))} for n in self.names}
        common = set.intersection(*have.values())
        self.assertEqual(
            [(r[0], r[1]) for r in ours],
            [(r[0], r[1]) for r in self.records(self.path('c.bcf')) if (r[0], r[1]) in common],
        )
        self.assertTrue(os.path.exists(self.path('c.vcf.gz.tbi')))

    def test_kinship(self):
        if not shutil.which('plink2'):
            self.skipTest('plink2 is not there')
        self.cohort('--samples-file', self.list, '--psam', self.path('c.psam'), '--relatives', self.path('king.tsv'))
        # plink2 a3.5 has a rule of its own for sites of several ALTs: both are asked about the others
        done = run(
            'plink2',
            '--bcf',
            self.path('c.bcf'),
            '--psam',
            self.path('c.psam'),
            '--max-alleles',
            '2',
            '--autosome',
            '--threads',
            '1',
            '--make-king-table',
            '--out',
            self.path('p'),
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        with open(self.path('p.kin0')) as f:
            theirs = {frozenset((r['#IID1'], r['IID2'])): r for r in csv.DictReader(f, delimiter='\t')}
        with open(self.path('king.tsv')) as f:
            ours = list(csv.DictReader(f, delimiter='\t'))
        self.assertEqual(len(ours), 16 * 15 // 2)
        related = {}
        for row in ours:
            their = theirs[frozenset((row['sample1'], row['sample2']))]
            self.assertGreater(int(their['NSNP']), 500)
            self.assertEqual(int(row['snps']), int(their['NSNP']))
            # plink2 prints six digits
            self.assertAlmostEqual(float(row['kinship']), float(their['KINSHIP']), delta=1e-6)
            related.setdefault(row['relation'], set()).add((row['sample1'], row['sample2']))
        self.assertEqual(related['duplicate'], {('P0', 'P15')})
        families = {('P%d' % (i + k), 'P%d' % (i + 2)) for i in range(0, 15, 3) for k in (0, 1)} | {('P2', 'P15')}
        self.assertEqual(related['first-degree'], families)

    def test_the_table_of_persons(self):
        self.cohort('--samples-file', self.list, '--table', self.path('t.tsv'), '--fam', self.path('c.fam'))
        with open(self.path('t.tsv')) as f:
            rows = list(csv.DictReader(f, delimiter='\t'))
        self.assertEqual([r['sample'] for r in rows], self.names)
        self.assertEqual([r['vendor'] for r in rows[:4]], ['23andme', 'ancestrydna', 'myheritage', '23andme'])
        for row in rows:
            self.assertGreater(float(row['call_rate']), 0.9)
            self.assertLess(float(row['call_rate']), 1)
            self.assertGreater(float(row['heterozygosity']), 0.2)
        with open(self.path('c.fam')) as f:
            self.assertEqual([line.split('\t')[1] for line in f], self.names)

    def another_assembly(self):
        """GRCh38 as GRCh37 moved on by 1,000 bases, chromosome 7 turned round, MT as it is: options that tell so."""
        size, moved = 10000000, 10001000
        with open(self.path('assembly.tsv'), 'w') as f, open(self.path('up.chain'), 'w') as chain:
            for name, length in ('GRCh37', size), ('GRCh38', moved):
                for c in CHROMOSOMES:
                    f.write('%s\tcontig\t%s\t%d\t%s\n' % (name, c, 16569 if c == 'MT' else length, '0' * 32))
                f.write('%s\tPAR1\tX:1001-3000\tY:501-2500\n%s\tPAR2\tX:8001-9000\tY:7001-8000\n' % (name, name))
            for i, c in enumerate(CHROMOSOMES[:-1]):
                where = (0, size, '-') if c == '7' else (1000, moved, '+')
                chain.write('chain 1 %s %d + 0 %d %s %d %s %d %d %d\n%d\n\n'
                            % (c, size, size, c, moved, where[2], where[0], where[0] + size, i + 1, size))
        other = dict(zip('ACGT', 'TGCA'))
        rows = []
        with open(self.sites) as f:
            head = [line for line in f]
            for line in head:
                if line[0] == '#':
                    continue
                c, pos, name, ref, alt, *rest = line.rstrip('\n').split('\t')
                pos = int(pos) if c == 'MT' else moved - int(pos) + 1 if c == '7' else int(pos) + 1000
                if c == '7':
                    ref, alt = other[ref], ','.join(other[a] for a in alt.split(','))
                rows.append((CHROMOSOMES.index(c), pos, '\t'.join([c, str(pos), name, ref, alt, *rest]) + '\n'))
        sites = self.write('sites38.vcf', ''.join(line for line in head if line[0] == '#')
                           + ''.join(row[2] for row in sorted(rows)))
        return ['--assemblies', self.path('assembly.tsv'), '--assembly', 'GRCh38', '-T', sites]

    def test_exports_of_another_assembly_are_lifted(self):
        options = self.another_assembly()
        chain = ['--chain', self.path('up.chain')]
        singles = []
        for name, export in zip(self.names[:4], self.exports[:4]):
            singles.append(self.path(name + '.38.vcf.gz'))
            done = run(CONVERT, '-q', *options, *chain, '-s', name, '-o', singles[-1], '-W', export)
            self.assertEqual(done.returncode, 0, done.stderr)
        done = run('bcftools', 'merge', '-Ob', '-o', self.path('m38.bcf'), *singles)
        self.assertEqual(done.returncode, 0, done.stderr)
        few = self.write('few.tsv', ''.join('%s\t%s\n' % p for p in list(zip(self.exports, self.names))[:4]))
        self.cohort('--samples-file', few, *options, *chain, output='c38.bcf')
        ours, theirs = self.records(self.path('c38.bcf')), self.records(self.path('m38.bcf'))
        self.assertGreater(len(ours), 3000)
        self.assertEqual([(r[:2], r[3:5], r[6:]) for r in ours], [(r[:2], r[3:5], r[6:]) for r in theirs])
        told = self.cohort('--samples-file', few, *options, output='none.bcf', code=1)
        self.assertIn('it is of GRCh37, the cohort of GRCh38, and no --chain leads there', told)
        self.assertFalse(os.path.exists(self.path('none.bcf')))
        told = self.cohort('--samples-file', few, *chain, output='none.bcf', code=2)
        self.assertIn('to which assembly?', told)

    def test_the_report(self):
        bad = self.write('bad<b>.txt', 'no export\n')
        listed = self.write('r.tsv', ''.join('%s\t%s\n' % pair for pair in zip(self.exports, self.names)) + bad + '\tBAD\n')
        self.cohort('--samples-file', listed, '--report', self.path('r.html'), '--table', self.path('t.tsv'), code=1)
        with open(self.path('r.html')) as f:
            page = f.read()
        XML.fromstring(page.replace('<!DOCTYPE html>', '').replace('<meta charset="utf-8">', '')
                       .replace('content="width=device-width, initial-scale=1">', '/>')
                       .replace('content="no-referrer">', '/>').replace('<meta name="viewport" />', ''))
        self.assertIn('16 of 17 exports are in the cohort', page)
        self.assertIn('class="verdict doubtful"', page)
        self.assertIn('1 pair looks like the same person twice', page)
        self.assertNotIn('<script', page)
        with open(self.path('t.tsv')) as f:
            for row in csv.DictReader(f, delimiter='\t'):
                if row['state'] == 'in':
                    self.assertIn('>%.2f %%<' % (100 * float(row['call_rate'])), page)
                    self.assertIn('>%.2f %%<' % (100 * float(row['heterozygosity'])), page)
        # a table for each column's order, and the links that lead there
        for k in range(8):
            self.assertIn('id="persons-%d"' % k, page)
            self.assertGreaterEqual(page.count('href="#persons-%d"' % k), 8)
        rates = [float(r) for r in re.findall(r'([0-9.]+) %</td><td class="n[a-z ]*">[0-9.]+ %',
                                              page[page.index('id="persons-6"'):page.index('id="persons-5"')])]
        self.assertEqual((len(rates), rates), (16, sorted(rates)))
        self.assertIn('P0</th><td class="">P15</td>', page)
        self.assertNotIn('bad<b>', page)

    def test_few_snps_tell_no_relation(self):
        """One heterozygous SNP that two persons share made them one person."""
        with open(self.sites) as f:
            sites = [line.split('\t') for line in f if line[0] != '#']
        counted = {c[2] for c in sites if ',' not in c[4] and c[0].isdigit()}
        with open(self.exports[3], newline='') as f:
            lines = f.readlines()
        rows = [line for line in lines if line.split('\t')[0] in counted and '--' not in line]
        head, whole = [line for line in lines if line[0] == '#'], self.write('whole.txt', ''.join(lines))
        for count, relation in (999, '.'), (1000, 'duplicate'):
            self.cohort(self.write('few.txt', ''.join(head + rows[:count])), whole, '--relatives', self.path('few.tsv'),
                        '--report', self.path('few.html'))
            with open(self.path('few.tsv')) as f:
                found = list(csv.DictReader(f, delimiter='\t'))
            self.assertEqual([(int(r['snps']), float(r['kinship']), r['relation']) for r in found], [(count, 0.5, relation)])
            with open(self.path('few.html')) as f:
                page = f.read()
            self.assertEqual('1 pair looks like the same person twice' in page, relation != '.')
            self.assertEqual('1 pair has fewer than 1,000 SNPs in common' in page, relation == '.')
            self.assertEqual('class="verdict doubtful"' in page, relation != '.')

    def test_names_in_the_list_of_samples(self):
        for name, word in (('A B', 'no blank'), ('a,b', 'no blank'), ('0', 'not 0'), ('x' * 81, '80'), ('', 'no blank')):
            told = self.cohort('--samples-file', self.write('bad.tsv', '# a list\n%s\t%s\n' % (self.exports[0], name)), code=2)
            self.assertIn('bad.tsv(2): a sample name', told)
            self.assertIn(word, told)
        told = self.cohort('--samples-file', self.write('bad.tsv', self.exports[0] + ' A\n'), code=2)
        self.assertIn('wanted an export, a tab and a sample name', told)
        self.cohort('--samples-file', self.write('good.tsv', '%s\tJ\u00f6rg\n' % self.exports[0]))
        self.assertEqual(run('bcftools', 'query', '-l', self.path('c.bcf')).stdout, 'J\u00f6rg\n')

    def test_it_reads_exports_in_a_sandbox(self):
        """While it waits for a chain, after the first export: the filter of system calls is on."""
        slow = self.path('slow.chain')
        mode, code, told = seccomp_of(self, [COHORT, '-T', self.sites, '-o', self.path('s.bcf'), '--assembly', 'GRCh38', '--chain', slow,
                                             self.exports[0]], slow)
        self.assertIn(mode, ('2', None))
        self.assertEqual(code, 1, told)

    def test_a_bad_export_is_left_out(self):
        bad = self.write('bad.txt', 'no export\n')
        told = self.cohort(self.exports[0], bad, self.exports[1], '--table', self.path('t.tsv'), code=1)
        self.assertIn('2 is left out', told)
        self.assertIn('1 of 3', told)
        done = run('bcftools', 'query', '-l', self.path('c.bcf'))
        self.assertEqual(done.stdout.split(), ['1', '3'])
        with open(self.path('t.tsv')) as f:
            self.assertEqual([r['state'] for r in csv.DictReader(f, delimiter='\t')], ['in', 'left-out', 'in'])

    def test_an_older_index_goes(self):
        """Of either kind: bcftools takes a .csi beside a .vcf.gz before the .tbi."""
        for name in 'older.vcf.gz', 'older.vcf.gz.tbi', 'older.vcf.gz.csi':
            self.write(name, 'older')
        self.cohort(self.exports[0], output='older.vcf.gz')
        self.assertEqual(sorted(n for n in os.listdir(self.folder.name) if n.startswith('older')),
                         ['older.vcf.gz', 'older.vcf.gz.tbi'])
        first = self.records(self.path('older.vcf.gz'))[0]
        done = run('bcftools', 'view', '-H', '-r', '%s:%s' % tuple(first[:2]), self.path('older.vcf.gz'))
        self.assertTrue(done.stdout.startswith('\t'.join(first[:2])), done.stderr)

    def test_nothing_is_left_behind(self):
        self.cohort(self.write('bad.txt', 'no export\n'), code=1, output='none.bcf')
        self.cohort(
            '--samples-file',
            self.list,
            self.exports[0],
            '--samples-file',
            self.path('absent'),
            code=3,
            output='none.bcf',
        )
        twice = self.write('twice.tsv', '%s\tA\n%s\tA\n' % (self.exports[0], self.exports[1]))
        self.cohort('--samples-file', twice, code=2, output='none.bcf')
        self.assertEqual([n for n in os.listdir(self.folder.name) if n.startswith('none') or n.startswith('.')], [])


if __name__ == '__main__':
    unittest.main(verbosity=0)
