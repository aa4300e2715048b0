#!/usr/bin/env python3
"""genotype-convert --profile pharmcat, on a small file of positions of PharmCAT's form; and --psam."""
import hashlib, os, subprocess, sys, tempfile, unittest

sys.dont_write_bytecode = True
SOURCE = os.environ.get('top_srcdir', '.')
CONVERT = os.path.abspath(os.path.join(os.environ.get('top_builddir', '.'), 'genotype-convert'))
sys.path.insert(0, os.path.join(SOURCE, 'testdata'))
from make_testdata import head_23

LENGTH = {'1': (249250621, 248956422), '10': (135534747, 133797422), '22': (51304566, 50818468), 'X': (155270560, 156040895)}
SHIFT = 4000  # of the chain below, from 37 to 38

# contig, position in 38, id, REF, ALT, gene: SNVs of two and three alleles, an insertion, a repeat, one with two names
POSITIONS = [
    ('1', 97079071, 'rs114096998', 'G', 'T', 'DPYD'),
    ('1', 97079077, 'rs148799944', 'C', 'G', 'DPYD'),
    ('10', 94761900, 'rs12248560', 'C', 'A,T', 'CYP2C19'),
    ('10', 94762706, 'rs28399504', 'A', 'C,G,T', 'CYP2C19'),
    ('10', 94780653, 'rs6413438', 'C', 'T', 'CYP2C19'),
    ('10', 94781859, '.', 'G', 'A', 'CYP2C19'),
    ('10', 94942212, 'rs9332131', 'AAGAAATGGAA', 'A', 'CYP2C9'),
    ('22', 42126611, 'rs1135840', 'C', 'G', 'CYP2D6'),
    # beside them, so many that heterozygous calls prove the strand
    *[('22', 42126700 + 10 * i, 'rs%d' % (7000 + i), 'C', 'T', 'PROOF') for i in range(30)],
    ('X', 154532945, 'rs72554664', 'C', 'A,T', 'G6PD'),
    ('X', 154533025, 'rs5030868', 'G', 'A', 'G6PD'),
]


def chain():
    out = []
    for i, (c, (old, new)) in enumerate(LENGTH.items()):
        size = min(old, new) - SHIFT
        out.append('chain 1000 chr%s %d + 0 %d chr%s %d + %d %d %d\n%d\n\n' % (c, old, size, c, new, SHIFT, SHIFT + size,
                                                                          i + 1, size))
    return ''.join(out)


class Pharmcat(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        head = '##fileformat=VCFv4.2\n' + ''.join('##contig=<ID=chr%s,assembly=GRCh38.p13,species="Homo sapiens">\n' % c
                                                 for c in LENGTH)
        head += '##INFO=<ID=PX,Number=.,Type=String,Description="Gene">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tPharmCAT\n'
        head = head.replace('#CHROM', '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n#CHROM')
        rows = ['chr%s\t%d\t%s\t%s\t%s\t.\tPASS\tPX=%s\tGT\t0/0\n' % p for p in POSITIONS]
        self.positions = self.write('positions.vcf', head + ''.join(rows))
        self.chain = self.write('37to38.chain', chain())

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', newline='') as f:
            f.write(text)
        return self.path(name)

    def export(self, name, calls, male=False):
        """Calls: index of the position to genotype. Beside them, what proves the strand."""
        rows = [(POSITIONS[i][0], POSITIONS[i][1] - SHIFT, POSITIONS[i][2].replace('.', 'i5000001'), g)
                for i, g in calls.items()]
        rows += [(p[0], p[1] - SHIFT, p[2], 'CT') for p in POSITIONS if p[5] == 'PROOF']
        rows += [('Y', 2700000 + 1000 * i, 'rs%d' % (900000 + i), 'A') for i in range(60 if male else 0)]
        text = '\r\n'.join(head_23(2017)) + '\r\n'
        return self.write(name, text + ''.join('%s\t%s\t%d\t%s\r\n' % (r[2], r[0], r[1], r[3]) for r in rows))

    def convert(self, *argv, code=0):
        done = subprocess.run([CONVERT, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def records(self, path):
        with open(path) as f:
            return [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]

    def pharmcat(self, export, *more, code=0):
        return self.convert('--profile', 'pharmcat', '-T', self.positions, '--chain', self.chain, '-o', self.path('o.vcf'),
                            export, *more, code=code)

    CALLS = {0: 'GT', 2: 'CT', 3: 'AG', 4: 'CC', 5: 'GA', 38: 'C', 39: '--'}

    def test_every_position_with_its_alleles(self):
        told = self.pharmcat(self.export('e.txt', self.CALLS), '--sex', 'male')
        found = self.records(self.path('o.vcf'))
        self.assertEqual([tuple(r[:5]) for r in found], [('chr' + c, str(p), i, r, a) for c, p, i, r, a, _ in POSITIONS])
        proof = slice(8, 38)
        self.assertEqual({r[9] for r in found[proof]}, {'0/1'})
        del found[proof]
        self.assertEqual([r[9] for r in found], ['0/1', './.', '0/2', '0/2', '0/0', '0/1', './.', './.', '0', '.'])
        self.assertEqual({r[6] for r in found}, {'PASS'})
        for line in ('DPYD: 1 of 2', 'CYP2C19: 4 of 4', 'CYP2C9: 0 of 1', 'CYP2D6: 0 of 1', 'G6PD: 1 of 2'):
            self.assertEqual(told.count('genotype-convert: ' + line + ' positions have a call\n'), 1, told)

    def test_a_doubtful_call_is_none(self):
        calls = dict(self.CALLS)
        calls[4] = 'CA'  # A is no allele of the position, G none of its complements
        self.pharmcat(self.export('e.txt', calls), '--sex', 'female')
        found = self.records(self.path('o.vcf'))
        self.assertEqual(found[4][3:5] + found[4][6:7] + found[4][9:], ['C', 'T', 'PASS', './.'])
        self.assertEqual(len(found), len(POSITIONS))

    def test_rows_beside_the_positions(self):
        """Counted, and not written."""
        calls = dict(self.CALLS)
        export = self.export('e.txt', calls)
        with open(export, 'a', newline='') as f:
            f.write('rs42\t22\t%d\tCT\r\n' % (42126700 - SHIFT + 5))
        table = self.path('wide.vcf')
        with open(self.positions) as f, open(table, 'w') as out:
            out.writelines(line for line in f if 'PROOF' not in line)
        self.convert('--profile', 'pharmcat', '-T', table, '--chain', self.chain, '-o', self.path('o.vcf'), '--rejects',
                     self.path('rejects.tsv'), export)
        self.assertEqual(len(self.records(self.path('o.vcf'))), len(POSITIONS) - 30)
        with open(self.path('rejects.tsv')) as f:
            self.assertEqual(f.read().count('SITE_UNKNOWN'), 31)

    def test_a_sequence_beside_the_positions(self):
        """Its records that are no positions are counted as PROFILE, and not written. A genome of one contig of 4,000."""
        bases = ''.join('ACGT'[(i * i + i // 7) % 4] for i in range(4000))
        md5 = hashlib.md5(bases.encode()).hexdigest()
        assemblies = ''.join('%s\tcontig\t22\t4000\t%s\n' % (b, md5) for b in ('GRCh37', 'GRCh38'))
        self.write('22.fa', '>chr22\n%s\n' % bases)
        self.write('22.fa.fai', 'chr22\t4000\t7\t4000\t4001\n')
        other = {'A': 'G', 'G': 'A', 'C': 'T', 'T': 'C'}
        places = range(100, 3900, 40)
        head = '##fileformat=VCFv4.2\n##INFO=<ID=PX,Number=.,Type=String,Description="Gene">\n##contig=<ID=chr22>\n'
        head += '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
        table = self.write('p.vcf', head + ''.join('chr22\t%d\trs%d\t%s\t%s\t.\t.\tPX=G1,G2\n' % (
            p, p, bases[p - 1], other[bases[p - 1]]) for p in places[:5]))
        export = self.write('e.txt', '\r\n'.join(head_23(2017)) + '\r\n' + ''.join('rs%d\t22\t%d\t%s%s\r\n' % (
            p, p, bases[p - 1], other[bases[p - 1]]) for p in places[1:]))
        chain = self.write('same.chain', 'chain 1 chr22 4000 + 0 4000 chr22 4000 + 0 4000 1\n4000\n\n')
        told = self.convert('--profile', 'pharmcat', '-T', table, '-f', self.path('22.fa'), '--chain', chain,
                            '--assemblies', self.write('a.tsv', assemblies), '-o', self.path('o.vcf'), '--report',
                            self.path('r.json'), export)
        self.assertEqual([r[9] for r in self.records(self.path('o.vcf'))], ['./.', '0/1', '0/1', '0/1', '0/1'])
        self.assertIn('G2: 4 of 5', told)
        with open(self.path('r.json')) as f:
            report = f.read()
        self.assertRegex(report, '"PROFILE": *%d' % (len(places) - 5))

    def test_the_report_adds_up(self):
        import json
        told = self.pharmcat(self.export('e.txt', self.CALLS), '--report', self.path('r.json'), '-q')
        self.assertEqual(told, '')
        with open(self.path('r.json')) as f:
            report = json.load(f)
        self.assertEqual(report['records'], len(POSITIONS))
        self.assertEqual(report['gene_coverage'], [
            {'gene': 'DPYD', 'positions': 2, 'called': 1}, {'gene': 'CYP2C19', 'positions': 4, 'called': 4},
            {'gene': 'CYP2C9', 'positions': 1, 'called': 0}, {'gene': 'CYP2D6', 'positions': 1, 'called': 0},
            {'gene': 'PROOF', 'positions': 30, 'called': 30}, {'gene': 'G6PD', 'positions': 2, 'called': 1}])

    def test_the_page_tells_of_genes(self):
        self.pharmcat(self.export('e.txt', self.CALLS), '--report-html', self.path('r.html'))
        with open(self.path('r.html')) as f:
            page = f.read()
        for gene, called, positions in ('DPYD', 1, 2), ('CYP2C19', 4, 4), ('CYP2C9', 0, 1):
            self.assertIn('>%s</th><td class="n">%d</td><td class="n">%d</td>' % (gene, called, positions), page)

    def test_wrong_usage(self):
        export = self.export('e.txt', self.CALLS)
        for more in ('--assembly', 'GRCh37'), ('--drop-no-calls',), ('--chr-prefix', 'no'):
            self.assertIn('pharmcat', self.pharmcat(export, *more, code=2))
        self.assertIn('pharmcat', self.convert('--profile', 'pharmcat', '-f', 'x.fa', export, code=2))
        self.assertFalse(os.path.exists(self.path('o.vcf')))

    def test_psam_and_fam_of_one_and_of_many(self):
        one, two = self.export('a.txt', self.CALLS, male=True), self.export('b.txt', self.CALLS)
        self.convert('-q', '-T', self.positions, '--assembly', 'GRCh38', '--chain', self.chain, '-o', self.path('o.vcf'),
                     '-s', 'KIM', '--sex', 'male', '--psam', self.path('o.psam'), one)
        with open(self.path('o.psam')) as f:
            self.assertEqual(f.read(), '#IID\tSEX\nKIM\t1\n')
        bad = self.write('bad.txt', 'no export\n')
        os.mkdir(self.path('many'))
        many = ('-q', '-T', self.positions, '--assembly', 'GRCh38', '--chain', self.chain, '-o', self.path('many/'),
                '--sex', 'female', '--psam', self.path('many.fam'), one, bad, two)
        for _ in range(2):  # the second time what is there is kept
            self.convert(*many, code=1)
            with open(self.path('many.fam')) as f:
                self.assertEqual(f.read(), '0\t1\t0\t0\t2\t-9\n0\t3\t0\t0\t2\t-9\n')
        os.unlink(self.path('many.fam'))
        self.convert(*many, code=1)
        self.assertTrue(os.path.exists(self.path('many.fam')))
        self.convert('-q', '-T', self.positions, '--assembly', 'GRCh38', '--chain', self.chain, '-o', self.path('x.vcf'),
                     '-s', 'Kim Lee', '--psam', self.path('x.psam'), one, code=2)


if __name__ == '__main__':
    unittest.main(verbosity=0)
