#!/usr/bin/env python3
"""genotype-score compile: the same sums as the texts give, and what is refused; and damaged VCFs and BCFs."""
import gzip, os, random, shutil, struct, subprocess, unittest, zlib
from fractions import Fraction

from confined import seccomp_of
from score_case import Case, SCORE, run
from score_oracle import oracle_sums, random_row, random_sites

HEAD_BYTES, VERSION_AT, ORDER_AT, FILE_BYTES_AT, CRC_AT = 64, 8, 12, 48, 56


class Compiled(Case):
    def compile(self, *texts, name='all.dtcscore', more=()):
        self.score('compile', *more, '--scores', *texts, '-o', self.path(name))
        return self.path(name)

    def test_the_same_sums_as_the_texts(self):
        """Indels, swaps, other strands, repeated and unplaced rows; one file of all, several, and texts beside."""
        rng = random.Random(3)
        sites = random_sites(rng, 300, 2, Fraction(1, 1000))
        vcf = self.vcf('g.vcf', [s.line() for s in sites], 2)
        texts, expected = [], {}
        for k in range(40):
            rows = [random_row(rng, sites) for _ in range(rng.randint(1, 200))]
            name = 'PGS%d' % k
            texts.append(self.scoring(name, rows))
            expected[name] = oracle_sums(sites, rows, 2)
        plain = self.score('--scores', *texts, '--', vcf)
        compiled = self.compile(*texts)
        self.assertEqual(self.score('--scores', compiled, '--', vcf), plain)
        self.assertEqual(self.score('--scores', compiled, '--missing', 'skip', '--ambiguous', 'keep', '--', vcf),
                         self.score('--scores', *texts, '--missing', 'skip', '--ambiguous', 'keep', '--', vcf))
        parts = [self.compile(*texts[:10], name='a'), *texts[10:20], self.compile(*texts[20:], name='b')]
        mixed = self.score('--scores', *parts, '--', vcf)
        for i, person in enumerate(mixed['persons']):
            by_name = {s['score']: s for s in person['scores']}
            self.assertEqual(by_name, {s['score']: s for s in plain['persons'][i]['scores']})
            for name, (sums, used) in expected.items():
                self.assertAlmostEqual(by_name[name]['sum'], float(sums[i]), delta=1e-9 * max(1, abs(float(sums[i]))))
                self.assertEqual(by_name[name]['used'], used[i])

    def test_effects_traits_and_collections(self):
        lines = ['1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t0/0\t0/1\t1/1\n' % pos for pos in (100, 200, 300)]
        vcf = self.vcf('g.vcf', lines, 3)
        head = (
            '#pgs_id=P\n#genome_build=hg19\n#trait_reported=Height\n#weight_type=beta\n'
            'chr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\tis_dominant\t'
            'is_recessive\tdosage_0_weight\tdosage_1_weight\tdosage_2_weight\n'
        )
        text = head + (
            '1\t100\tG\tA\t1\tTrue\tFalse\t\t\t\n'
            '1\t200\tG\tA\t10\tFalse\tTrue\t\t\t\n'
            '1\t300\tG\tA\t\t\t\t100\t-300\t700\n'
        )
        several = (
            '#PGS-Collection\nchr_name\tchr_position\teffect_allele\tother_allele\tONE\tTWO\n'
            '1\t200\tG\tA\t1\t\n1\t100\tG\tA\t10\t1000\n1\t900\tG\tA\t5\t5\n'
        )
        texts = [self.write('p.txt', text), self.write('c.txt', several)]
        got = self.score('--scores', self.compile(*texts), '--', vcf)
        self.assertEqual(got, self.score('--scores', *texts, '--', vcf))
        scores = [p['scores'] for p in got['persons']]
        self.assertEqual([s[0]['sum'] for s in scores], [100, 1 - 300, 1 + 10 + 700])
        self.assertEqual([s[1]['sum'] for s in scores], [0, 11, 22])
        self.assertEqual([s[2]['sum'] for s in scores], [0, 1000, 2000])
        self.assertEqual((scores[0][0]['trait'], scores[0][0]['weight_type']), ('Height', 'beta'))
        self.assertEqual((scores[0][1]['rows'], scores[0][1]['fate']['absent']), (3, 1))

    def test_the_reference_of_the_texts_fits(self):
        rng = random.Random(9)
        sites = random_sites(rng, 100, 20, Fraction(1, 1000))
        vcf = self.vcf('g.vcf', [s.line() for s in sites], 20)
        text = self.scoring('PGS1', [random_row(rng, sites)[:5] + ('0.3',) for _ in range(60)])
        self.score('reference', '--scores', text, '--panel', vcf, '-o', self.path('dist'))
        more = ['--reference', self.path('dist'), '--', vcf]
        told = self.score('--scores', self.compile(text), *more)
        self.assertEqual(told, self.score('--scores', text, *more))
        self.assertIsNotNone(told['persons'][0]['scores'][0]['reference']['z'])

    def test_which_positions(self):
        head = (
            '#pgs_id=P\n#genome_build=GRCh38\n#HmPOS_build=GRCh37\n'
            'chr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\thm_chr\thm_pos\n'
        )
        text = self.write('p.txt', head + '1\t999\tG\tA\t1\t1\t100\n')
        old = self.vcf('37.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n'], 1)
        new = self.vcf('38.vcf', ['1\t999\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n'], 1, {'1': 248956422})
        for build, right, wrong, total in ('GRCh37', old, new, 1), ('GRCh38', new, old, 2):
            compiled = self.compile(text, name=build, more=['--assembly', build])
            self.assertEqual(self.score('--scores', compiled, '--', right)['persons'][0]['scores'][0]['sum'], total)
            self.assertIn('--assembly', self.score('--scores', compiled, '--', wrong, code=1))

    def test_usage(self):
        text = self.scoring('P', [('1', 100, 'G', 'A', '1', '')])
        compiled = self.compile(text)
        self.assertIn('given before', self.score('compile', '--scores', text, text, '-o', self.path('x'), code=1))
        self.assertIn('compiled before', self.score('compile', '--scores', compiled, '-o', self.path('x'), code=1))
        self.assertIn('needs', self.score('compile', '--scores', text, code=2))
        self.assertIn('no such assembly',
                      self.score('compile', '--assembly', 'hg99', '--scores', text, '-o', self.path('x'), code=2))
        self.assertFalse(os.path.exists(self.path('x')))


class Damaged(Case):
    """Every damage is an exit status and words, never a sum of something else and never a crash."""

    def setUp(self):
        super().setUp()
        rng = random.Random(4)
        self.sites = random_sites(rng, 40, 2, Fraction(1, 1000))
        self.vcf_path = self.vcf('g.vcf', [s.line() for s in self.sites], 2)
        self.text = self.scoring('PGS1', [random_row(rng, self.sites) for _ in range(60)])
        self.whole = self.path('whole.dtcscore')
        self.score('compile', '--scores', self.text, '-o', self.whole)
        with open(self.whole, 'rb') as f:
            self.data = f.read()
        self.right = self.score('--scores', self.text, '--', self.vcf_path)

    def ask(self, data, name='damaged'):
        return run(SCORE, '--scores', self.write_bytes(name, data), '--', self.vcf_path)

    def sealed(self, data):
        """As an attacker does: with a length and a checksum that are right."""
        data = bytearray(data)
        struct.pack_into('<Q', data, FILE_BYTES_AT, len(data))
        struct.pack_into('<I', data, CRC_AT, 0)
        struct.pack_into('<I', data, CRC_AT, zlib.crc32(data))
        return bytes(data)

    def test_the_seal_of_this_test_is_the_programs(self):
        self.assertEqual(self.sealed(self.data), self.data)

    def test_cut_off(self):
        for length in [8, 9, HEAD_BYTES - 1, HEAD_BYTES, len(self.data) - 8, len(self.data) - 1]:
            done = self.ask(self.data[:length])
            self.assertEqual((done.returncode, 'cut off' in done.stderr), (1, True), (length, done.stderr))

    def test_version_and_byte_order(self):
        for at, value, words in (VERSION_AT, 99, 'another version'), (ORDER_AT, 0x04030201, 'another byte order'):
            data = bytearray(self.data)
            struct.pack_into('<I', data, at, value)
            self.assertIn(words, self.ask(bytes(data)).stderr)

    def test_a_flipped_bit(self):
        rng = random.Random(1)
        for at in rng.sample(range(8, len(self.data)), 60):
            data = bytearray(self.data)
            data[at] ^= 1 << rng.randrange(8)
            self.assertEqual(self.ask(bytes(data)).returncode, 1, at)

    def test_hostile_with_a_right_checksum(self):
        """Wherever a word is made extreme: refused, or a result; the program stays."""
        rng = random.Random(2)
        refused = 0
        for at in list(range(16, HEAD_BYTES, 4)) + rng.sample(range(HEAD_BYTES, len(self.data) - 8, 4), 50):
            for value in (0, 0xFFFFFFFF, 0x7FFFFFFF, len(self.data)):
                data = bytearray(self.data)
                struct.pack_into('<I', data, at, value)
                done = self.ask(self.sealed(data))
                self.assertIn(done.returncode, (0, 1), (at, value, done.stderr))
                refused += done.returncode
        self.assertGreater(refused, 80)

    def bcf(self):
        """The bytes of a BCF that is not compressed, and where its first record begins."""
        if not shutil.which('bcftools'):
            self.skipTest('bcftools is not there')
        done = subprocess.run(['bcftools', 'view', '-Ob', self.vcf_path], check=True, stdout=subprocess.PIPE)
        data = gzip.decompress(done.stdout)
        return data, 9 + struct.unpack_from('<I', data, 5)[0]

    def read(self, data, told):
        """By htslib and by --fast: a result, or words and no result; what htslib takes, both understand alike."""
        path = self.write_bytes('read.bcf', data)
        htslib, fast = (run(SCORE, *more, '--scores', self.text, '--', path) for more in ([], ['--fast']))
        for done in htslib, fast:
            if done.returncode == 3 and 'out of memory' in done.stderr:
                done.returncode = 1  # what a lie asks for, on a machine that has not that much
            else:
                self.assertIn(done.returncode, (0, 1), (told, done.stderr))
                self.assertEqual(done.returncode == 1, path in done.stderr, (told, done.stderr))
            self.assertEqual(done.returncode == 0, done.stdout != '', told)
        if htslib.returncode == 0:
            self.assertEqual(fast.stdout, htslib.stdout, told)
        return htslib.returncode, fast.returncode

    def test_a_damaged_bcf(self):
        """Each byte in turn, past the header, made something else; and the file cut off anywhere."""
        data, start = self.bcf()
        self.assertEqual(self.read(data, 'whole'), (0, 0))
        self.assertEqual(self.score('--fast', '--scores', self.text, '--', self.path('read.bcf')), self.right)
        rng = random.Random(6)
        refused = [0, 0]
        for at in rng.sample(range(start, len(data)), 250):
            worse = bytearray(data)
            worse[at] = rng.choice([0, 0xFF, 0x7F, 0xF1, 0x11, worse[at] ^ 1 << rng.randrange(8)])
            for i, code in enumerate(self.read(worse, at)):
                refused[i] += code
        self.assertGreater(min(refused), 40)
        for length in rng.sample(range(start + 1, len(data)), 40):
            if not self.ends_a_record(data, start, length):
                self.assertEqual(self.read(data[:length], length), (1, 1))

    def test_lies_of_a_record(self):
        """The lengths and counts of the third record's head: more than the file, the memory or the record has."""
        data, at = self.bcf()
        for _ in range(2):
            at += 8 + sum(struct.unpack_from('<II', data, at))
        def told(lies):
            worse = bytearray(data)
            struct.pack_into(lies[1], worse, at + lies[0], lies[2])
            return self.read(worse, lies)

        for lies in ([(0, '<I', v) for v in (0, 23, 1 << 20, 1 << 28, 0x7FFFFFFF, 0xFFFFFFFF)] +
                     [(4, '<I', v) for v in (0, 1, 1 << 20, 1 << 28, 0x7FFFFFFF, 0xFFFFFFFF)] +
                     [(8, '<I', v) for v in (99, 0x7FFFFFFF, 0xFFFFFFFF)]):
            self.assertEqual(told(lies), (1, 1), lies)
        for lies in ([(26, '<H', v) for v in (50, 0xFFFF)] + [(28, '<I', 1 << 24 | 0xFFFFFF), (31, '<B', 0xFF)]):
            self.assertEqual(told(lies)[0], 1, lies)  # --fast passes what no score asks for
        for more in range(1, 40, 7):  # all of a record's bytes there, and its counts right, but a value too long
            worse = bytearray(data)
            worse[at + 32 + more] = 0xF3
            self.read(worse, more)

    def test_a_damaged_block(self):
        self.bcf()
        packed = subprocess.run(['bcftools', 'view', '-Ob', self.vcf_path], check=True, stdout=subprocess.PIPE).stdout
        rng = random.Random(8)
        self.assertEqual(self.read(packed, 'whole'), (0, 0))
        for at in rng.sample(range(len(packed) // 2, len(packed) - 40), 20):  # its last block but one has the records
            worse = bytearray(packed)
            worse[at] ^= 1 << rng.randrange(8)
            self.assertEqual(self.read(worse, at), (1, 1))

    @staticmethod
    def ends_a_record(data, at, length):
        while at < length:
            at += 8 + sum(struct.unpack_from('<II', data, at))
        return at == length


class Readers(Case):
    """--fast is another reader of BCF: on whole files its results are htslib's, whatever is asked for."""

    def test_the_same_results(self):
        if not shutil.which('bcftools'):
            self.skipTest('bcftools is not there')
        for seed in range(4):
            rng = random.Random(seed)
            persons = rng.choice([1, 3, 70])
            sites = random_sites(rng, 400, persons, Fraction(1, 1000))
            vcf = self.vcf('g.vcf', [s.line() for s in sites], persons)
            bcf = self.path('g%d.bcf' % seed)
            subprocess.run(['bcftools', 'view', rng.choice(['-Ob', '-Ou']), '-o', bcf, vcf], check=True)
            text = self.scoring('PGS%d' % seed, [random_row(rng, sites) for _ in range(300)])
            for more in [], ['--missing', 'skip'], ['--dosage', 'GT']:
                asked = [*more, '--scores', text, '--', bcf]
                right = self.score(*asked)
                self.assertEqual(self.score('--fast', *asked), right)
                self.assertEqual(self.score('--fast', *more, '--scores', text, '--', vcf), right)


class Confined(Case):
    def test_files_are_read_in_a_sandbox(self):
        """While it waits for a scoring file: the filter of system calls is on; --no-sandbox leaves it off."""
        vcf = self.vcf('g.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n'], 1)
        for more, expected in ([], '2'), (['--no-sandbox'], '0'):
            slow = self.path('slow' + expected)
            mode, code, told = seccomp_of(self, [SCORE, *more, '--scores', slow, '--', vcf], slow)
            self.assertIn(mode, (expected, None))
            self.assertEqual(code, 1, told)


class Passing(Case):
    """Records that no score asks for are passed, and still are the file's."""

    def test_order_is_held_among_records_that_nobody_wants(self):
        scoring = self.scoring('P', [('1', 900, 'G', 'A', '1', '')])
        line = '%s\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n'
        good = [('1', 100), ('1', 100), ('1', 200), ('2', 50), ('20', 7)]
        vcf = self.vcf('g.vcf', [line % at for at in good], 1)
        self.assertEqual(self.score('--scores', scoring, '--', vcf)['persons'][0]['scores'][0]['fate']['absent'], 1)
        for bad in [('1', 200), ('1', 100)], [('1', 100), ('2', 50), ('1', 300)]:
            self.assertIn('not sorted', self.score('--scores', scoring, '--',
                                                   self.vcf('b.vcf', [line % at for at in bad], 1), code=1))

    def test_contigs_that_the_header_does_not_name(self):
        lines = ['%s\t100\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n' % c for c in ('1', '5', '6', '7', 'GL000192.1', '8')]
        rows = [(c, 100, 'G', 'A', '1', '') for c in ('5', '6', '7', '8')]
        vcf = self.vcf('g.vcf', lines, 1)
        self.assertEqual(self.score('--scores', self.scoring('P', rows), '--', vcf)['persons'][0]['scores'][0]['sum'], 4)

    def test_numbers_are_read_exactly(self):
        texts = ['1e22', '1e23', '123456789012345678', '0.1', '-.5', '5.', '+1E-3', '9007199254740993',
                 '1.7976931348623157e308', '4.9e-324', '0.' + '3' * 40, '000000000000000000000000000001']
        lines = ['1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n' % (100 + i) for i in range(len(texts))]
        vcf = self.vcf('g.vcf', lines, 1)
        for i, text in enumerate(texts):
            scoring = self.scoring('P%d' % i, [('1', 100 + i, 'G', 'A', text, '')])
            self.assertEqual(self.score('--scores', scoring, '--', vcf)['persons'][0]['scores'][0]['sum'], float(text))


if __name__ == '__main__':
    unittest.main()
