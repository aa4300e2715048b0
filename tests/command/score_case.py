"""What the tests of genotype-score share: a folder, a VCF, a scoring file, a run."""
import gzip, json, os, subprocess, tempfile, unittest

BUILD = os.environ.get('top_builddir', '.')
SCORE = os.path.join(BUILD, 'genotype-score')
GRCH37 = {'1': 249250621, '2': 243199373, '20': 63025520, 'X': 155270560}


def run(*argv, **more):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **more)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, *name):
        return os.path.join(self.folder.name, *name)

    def write(self, name, text):
        opener = gzip.open if name.endswith('.gz') else open
        with opener(self.path(name), 'wt') as f:
            f.write(text)
        return self.path(name)

    def write_bytes(self, name, data):
        with open(self.path(name), 'wb') as f:
            f.write(data)
        return self.path(name)

    def vcf(self, name, lines, persons, lengths=GRCH37, more=''):
        names = ['S%d' % i for i in range(persons)]
        head = '##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description="All filters passed">\n'
        head += ''.join('##contig=<ID=%s%s>\n' % (c, ',length=%d' % n if n else '') for c, n in lengths.items())
        head += '##INFO=<ID=AF,Number=A,Type=Float,Description="x">\n'
        head += '##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
        head += '##FORMAT=<ID=DS,Number=A,Type=Float,Description="x">\n' + more
        head += '\t'.join(['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT'] + names) + '\n'
        return self.write(name, head + ''.join(lines))

    def scoring(self, name, rows, build='GRCh37', identity=None):
        head = '###PGS CATALOG SCORING FILE\n#format_version=2.0\n#pgs_id=%s\n#genome_build=%s\n'
        head %= (identity or name, build)
        head += 'chr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\tallelefrequency_effect\n'
        return self.write(name + '.txt.gz', head + ''.join('\t'.join(map(str, row)) + '\n' for row in rows))

    def score(self, *argv, code=0):
        done = run(SCORE, *argv)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout) if code == 0 and done.stdout else done.stderr
