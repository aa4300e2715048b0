#!/usr/bin/env python3
"""genotype-score: what a row, an ID, a site of a table and a reference must be to count."""
import gzip, json, random, shutil, struct, subprocess, unittest
from fractions import Fraction

from score_case import Case, SCORE, run


class Rows(Case):
    """What stands in a scoring file is followed to the letter, or said to be not."""

    def setUp(self):
        super().setUp()
        self.good = self.vcf('g.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n'], 1)

    def one(self, rows, **more):
        return self.score('--scores', self.scoring('P', rows, **more), self.good)['persons'][0]['scores'][0]

    def flagged(self, titles, values):
        head = '#pgs_id=P\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\t'
        return self.write('f.txt', head + titles + '\n1\t100\tG\tA\t1\t' + values + '\n')

    def test_another_allele_that_is_no_sequence(self):
        """It says that the row is no SNV of A and G: nothing to be left out of account."""
        for other in 'N', '*', 'D', 'I', '<DEL>', '-', 'AN', '0', 'A/C', '.', 'nan':
            got = self.one([('1', 100, 'G', other, '1', '')])
            self.assertEqual((got['sum'], got['fate']['unsupported']), (0, 1), other)
        for other in '', 'NA', 'A', 'a':
            got = self.one([('1', 100, 'G', other, '1', '')])
            self.assertEqual((got['sum'], got['fate']['found']), (2, 1), other)

    def test_another_allele_that_was_inferred(self):
        head = '#pgs_id=P\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\teffect_weight\t'
        head += 'hm_inferOtherAllele\n'
        for inferred, fate in ('A/C', 'found'), ('', 'found'), ('A', 'found'), ('C', 'different'), ('-', 'unsupported'):
            path = self.write('h.txt', head + '1\t100\tG\t1\t%s\n' % inferred)
            got = self.score('--scores', path, self.good)['persons'][0]['scores'][0]
            self.assertEqual(got['fate'][fate], 1, inferred)

    def test_words_that_are_neither_true_nor_false(self):
        for title in 'is_dominant', 'is_recessive', 'is_haplotype', 'is_diplotype', 'is_interaction':
            for word in 'YES', 'no', 'T', '2', 'NA', ' ':
                told = self.score('--scores', self.flagged(title, word), self.good, code=1)
                self.assertIn('f.txt(4): %s is neither True nor False' % title, told)
            for word in 'True', 'TRUE', 'tRuE', '1', 'False', 'false', 'FALSE', '0', '':
                self.score('--scores', self.flagged(title, word), self.good)
        got = self.score('--scores', self.flagged('is_interaction', 'tRUE'), self.good)['persons'][0]['scores'][0]
        self.assertEqual(got['fate']['unsupported'], 1)

    def test_the_same_alleles_in_the_other_order(self):
        """One position, the same two alleles: the row that stands first counts, in whichever order it names them."""
        for rows, total in (([('G', 'A', 1), ('A', 'G', 5)], 2), ([('A', 'G', 5), ('G', 'A', 1)], 0),
                            ([('A', 'G', 5), ('G', 'A', 1), ('A', 'G', 7)], 0),
                            ([('G', 'A', 1), ('G', '', 10)], 22)):
            got = self.one([('1', 100, effect, other, str(weight), '') for effect, other, weight in rows])
            self.assertEqual((got['sum'], got['fate']['repeated']), (total, len([r for r in rows if r[1]]) - 1), rows)
        # of several scores each has its own
        head = '#PGS-Collection\nchr_name\tchr_position\teffect_allele\tother_allele\tONE\tTWO\tTHREE\n'
        path = self.write('c.txt', head + '1\t100\tA\tG\t1\t\t3\n1\t100\tG\tA\t10\t20\t\n1\t100\tA\tG\t\t200\t300\n')
        for score in path, self.compiled(path):
            scores = self.score('--scores', score, '--', self.good)['persons'][0]['scores']
            self.assertEqual([(s['sum'], s['fate']['repeated']) for s in scores], [(0, 1), (40, 1), (0, 1)])

    def compiled(self, path):
        self.score('compile', '--scores', path, '-o', self.path('c.dtcscore'))
        return self.path('c.dtcscore')

    def test_no_row_has_a_place(self):
        text = '#pgs_id=P\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\n'
        lost, good, haplotype = '1\t1000.0\tG\tA\t1\n', '1\t100\tG\tA\t1\n', '1\t\t*01:02\tA\t1\n'
        for rows in (lost, lost + lost, '\t100\tG\tA\t1\n', lost + haplotype):
            for argv in ['--', self.good], ['-o', self.path('x.dtcscore')]:
                path = self.write('l.txt', text + rows)
                command = ['compile'] if argv[0] == '-o' else []
                told = self.score(*command, '--scores', path, *argv, code=1)
                self.assertIn('no row has a chromosome and a position', told)
        quoted = self.write('q.txt', text + '"1"\t100\tG\tA\t1\n')
        self.assertIn('in quotes', self.score('--scores', quoted, self.good, code=1))
        for rows, fate in (lost + good, 'unplaced'), (haplotype, 'unsupported'):
            got = self.score('--scores', self.write('l.txt', text + rows), self.good)['persons'][0]['scores'][0]
            self.assertEqual(got['fate'][fate], 1)

    def test_a_file_that_does_not_say_its_assembly(self):
        row = [('1', 100, 'G', 'A', '1', '')]
        self.assertIsNone(self.one(row)['warning'])
        for build in 'NR', '':
            path = self.scoring('P', row, build=build)
            for score in path, self.compiled(path):
                told = self.score('--scores', score, '--html', self.path('p.html'), '--', self.good)
                told = told['persons'][0]['scores'][0]
                self.assertIn('does not say of which assembly', told['warning'])
                self.assertEqual(told['sum'], 2)
                with open(self.path('p.html')) as f:
                    self.assertIn('does not say of which assembly', f.read())


class Axes(Case):
    LINES = ['1\t%d\t%s\tA\tG\t.\tPASS\t.\tGT\t0/1\n' % at for at in ((100, '.'), (200, 'rs2'), (300, '.'))]

    def axes(self, ids):
        rows = ''.join('1\t%s\tA\tG\t%s\t%s0.5\n' % (name, a1, '-' if a1 == 'A' else '') for name in ids for a1 in 'AG')
        self.write('ax.eigenvec.allele', '#CHROM\tID\tREF\tALT\tA1\tPC1\n' + rows)
        self.write('ax.acount', '#CHROM\tID\tREF\tALT\tALT_CTS\tOBS_CT\n'
                   + ''.join('1\t%s\tA\tG\t30\t100\n' % name for name in dict.fromkeys(ids)))
        return self.path('ax')

    def test_a_point_is_no_id(self):
        """Two variants without one were each counted at all places that have their letters."""
        vcf = self.vcf('g.vcf', self.LINES, 1)
        for ids in ['.'], ['rs2', '.'], ['.', '.'], ['']:
            self.assertIn('has no ID', self.score('--axes', self.axes(ids), vcf, code=1))
        got = self.score('--axes', self.axes(['rs2', '1:300:A:G']), vcf)['persons'][0]['axes']
        self.assertEqual((got['variants'], got['alleles']), (2, 4))

    def test_an_id_that_stands_twice(self):
        vcf = self.vcf('g.vcf', self.LINES, 1)
        self.assertIn('(4): its ID stands twice with the same alleles',
                      self.score('--axes', self.axes(['rs2', 'rs2']), vcf, code=1))


class Ancestry(Case):
    """Shares that few sites tell are not told, and each place tells once."""

    HEAD = '#CHROM\tPOS\tID\tREF\tALT\tEUR\tAFR\n'

    def ask(self, places, table, *more):
        line, calls = '1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t%s\n', ('0/0', '0/1', '1/1')
        lines = [line % (100 + i, calls[i * i % 3]) for i in range(places)]
        return self.score('--populations', self.write('pop.tsv', self.HEAD + ''.join(table)), *more, '--',
                          self.vcf('g.vcf', lines, 1))['persons'][0]['ancestry']

    @staticmethod
    def rows(count):
        rng = random.Random(8)
        return ['1\t%d\t.\tA\tG\t%.3f\t%.3f\n' % (100 + i, rng.random(), rng.random()) for i in range(count)]

    def page_and_table(self, places):
        self.ask(places, self.rows(400), '--html', self.path('p.html'), '--tsv', self.path('t.tsv'))
        with open(self.path('p.html')) as page, open(self.path('t.tsv')) as table:
            return page.read(), table.read()

    def test_few_sites(self):
        for places in 0, 1, 29:
            self.assertIsNone(self.ask(places, self.rows(400)), places)
            page, table = self.page_and_table(places)
            self.assertNotIn('EUR', page)
            self.assertNotIn('EUR', table)
        for places in 30, 49:
            got = self.ask(places, self.rows(400))
            self.assertEqual((got['used'], got['error']), (places, {'EUR': None, 'AFR': None}))
            self.assertAlmostEqual(sum(got['value'].values()), 1)
            page, table = self.page_and_table(places)
            self.assertIn('EUR', page)
            self.assertNotIn('&#177;', page)
            self.assertIn('no error', page)
            self.assertIn('EUR\tshare', table)
            self.assertNotIn('error', table)
        got = self.ask(50, self.rows(400))
        self.assertGreater(got['error']['EUR'], 0)
        page, table = self.page_and_table(50)
        self.assertIn('&#177;', page)
        self.assertIn('EUR\terror', table)

    def test_a_place_counts_once(self):
        once = self.ask(300, self.rows(300))
        swapped = ['\t'.join(f[:3] + ['G', 'A'] + ['%.3f' % (1 - float(x)) for x in f[5:]]) + '\n'
                   for f in (row.rstrip('\n').split('\t') for row in self.rows(300))]
        for table in [row for row in self.rows(300) for _ in range(2)], self.rows(300) * 2, self.rows(300) + swapped:
            twice = self.ask(300, table)
            self.assertEqual(twice['used'], 300)
            for name in 'EUR', 'AFR':
                self.assertAlmostEqual(twice['value'][name], once['value'][name], delta=1e-6)
                self.assertAlmostEqual(twice['error'][name], once['error'][name], delta=1e-6)


class Bent(Case):
    """Dominant and recessive rows, and weights of dosages: of a doubtful genotype what is to be expected of it."""

    HEAD = ('#pgs_id=P\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\t'
            'allelefrequency_effect\tis_dominant\tis_recessive\tdosage_0_weight\tdosage_1_weight\tdosage_2_weight\n')

    def sums(self, line, effect, other, frequency='', place='1\t100', more=()):
        """Of a recessive row, a dominant one, and one of the weights 3, 10, 100, each in a file of its own."""
        vcf, sums = self.vcf('b.vcf', [line]), []
        for rest in '1\t%s\tFalse\tTrue\t\t\t', '1\t%s\tTrue\tFalse\t\t\t', '\t%s\t\t\t3\t10\t100':
            path = self.write('p.txt', self.HEAD + '\t'.join((place, effect, other)) + '\t' + rest % frequency + '\n')
            got = self.score('--scores', path, *more, vcf)['persons'][0]['scores'][0]
            sums.append(got['sum'])
        return sums, (got['used'], got['filled'], got['missing'])

    def vcf(self, name, lines):
        return super().vcf(name, lines, 1, more='##FORMAT=<ID=GP,Number=G,Type=Float,Description="x">\n')

    def near(self, got, wanted, counts=(1, 0, 0)):
        self.assertEqual(got[1], counts)
        for a, b in zip(got[0], wanted):
            self.assertAlmostEqual(a, b, delta=1e-6)

    def test_chances(self):
        line = '1\t100\t.\tA\tG\t.\tPASS\t.\tGT:DS:GP\t0/1:1:%s\n'
        self.near(self.sums(line % '0.5,0,0.5', 'G', 'A'), (0.5, 0.5, 51.5))
        self.near(self.sums(line % '0.1,0.2,0.7', 'G', 'A'), (0.7, 0.9, 72.3))
        self.near(self.sums(line % '0.1,0.2,0.7', 'A', 'G'), (0.1, 0.3, 14.1))
        self.near(self.sums(line % '0.1,0.2,0.7', 'C', 'T'), (0.7, 0.9, 72.3))  # the other strand
        self.near(self.sums(line % '0.333,0.333,0.333', 'G', 'A'), (1 / 3, 2 / 3, 113 / 3))  # rounded: of sum 1
        # nothing that is no chance is taken for one: logarithms, a part, none
        for odd in '0,20,30', '0.5,0,0', '.', '0.1,0.2', '-0.1,0.4,0.7', 'nan,0,1':
            self.near(self.sums(line % odd, 'G', 'A'), (0, 1, 10))
        # a field that is named is that field
        for source in 'DS', 'GT':
            self.near(self.sums(line % '0.1,0.2,0.7', 'G', 'A', more=['--dosage', source]), (0, 1, 10))

    def test_chances_of_several_alts(self):
        """0/0 0/1 1/1 0/2 1/2 2/2"""
        line = '1\t100\t.\tA\tG,T\t.\tPASS\t.\tGT:GP\t0/1:0.1,0.2,0.05,0.3,0.25,0.1\n'
        for effect, other, none, two in ('G', 'A', 0.5, 0.05), ('A', 'G', 0.4, 0.1), ('T', 'G', 0.35, 0.1):
            one = 1 - none - two
            self.near(self.sums(line, effect, other), (two, one + two, 3 * none + 10 * one + 100 * two))

    def test_without_chances_a_straight_line(self):
        line = '1\t100\t.\tA\tG\t.\tPASS\t.\tGT:DS\t0/1:%s\n'
        self.near(self.sums(line % '1.5', 'G', 'A'), (0.5, 1, 55))
        self.near(self.sums(line % '0.5', 'G', 'A'), (0, 0.5, 6.5))

    def test_a_site_in_records(self):
        """GP of one record does not tell REF of the site."""
        line = '1\t100\t.\tA\tG\t.\tPASS\t.\tGT:DS:GP\t0/1:1:0.1,0.8,0.1\n'
        line += '1\t100\t.\tA\tT\t.\tPASS\t.\tGT:DS:GP\t0/1:1:0,1,0\n'
        self.near(self.sums(line, 'G', 'A'), (0.1, 0.9, 0.3 + 8 + 10))
        self.near(self.sums(line, 'A', 'G'), (0, 0, 3))

    def test_without_a_call_what_the_frequency_lets_expect(self):
        line = '1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t./.\n'
        for text in '0.5', '0.2', '0', '1':
            f = float(text)
            self.near(self.sums(line, 'G', 'A', text),
                      (f * f, 1 - (1 - f) ** 2, 3 * (1 - f) ** 2 + 20 * f * (1 - f) + 100 * f * f), (0, 1, 0))
        self.near(self.sums(line, 'G', 'A'), (0, 0, 0), (0, 0, 1))

    def test_a_mans_x(self):
        """His one copy is as two; GP has two chances then."""
        line = 'X\t5000000\t.\tA\tG\t.\tPASS\t.\tGT:GP\t%s\n'
        self.near(self.sums(line % '1:0.25,0.75', 'G', 'A', place='X\t5000000'), (0.75, 0.75, 75.75))
        self.near(self.sums(line % '1:.', 'G', 'A', place='X\t5000000'), (1, 1, 100))
        self.near(self.sums(line % '.:.', 'G', 'A', '0.5', place='X\t5000000'), (0.5, 0.5, 51.5), (0, 1, 0))

    def test_damaged_chances(self):
        """Each byte of a BCF's record made something else: refused, or a sum that a row can have."""
        if not shutil.which('bcftools'):
            self.skipTest('bcftools is not there')
        line = '1\t100\t.\tA\tG,T\t.\tPASS\t.\tGT:DS:GP\t0/1:1,0:0.1,0.2,0.05,0.3,0.25,0.1\n'
        vcf = self.vcf('b.vcf', [line])
        done = subprocess.run(['bcftools', 'view', '-Ob', vcf], check=True, stdout=subprocess.PIPE)
        data = gzip.decompress(done.stdout)
        path = self.write('p.txt', self.HEAD + '1\t100\tG\tA\t1\t\tFalse\tTrue\t\t\t\n')
        refused = 0
        for at in range(9 + struct.unpack_from('<I', data, 5)[0], len(data)):
            for value in 0, 0xFF:
                with open(self.path('b.bcf'), 'wb') as f:
                    f.write(data[:at] + bytes([value]) + data[at + 1:])
                done = run(SCORE, '--scores', path, self.path('b.bcf'))
                self.assertIn(done.returncode, (0, 1), (at, value, done.stderr))
                refused += done.returncode
                if done.returncode == 0:
                    got = json.loads(done.stdout)['persons'][0]['scores'][0]
                    self.assertTrue(0 <= got['sum'] <= 1, (at, value, got))
        self.assertGreater(refused, 20)

    def test_whole_calls_are_the_old_sums(self):
        for call, wanted in ('0/0', (0, 0, 3)), ('0/1', (0, 1, 10)), ('1/1', (1, 1, 100)):
            self.near(self.sums('1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t%s\n' % call, 'G', 'A'), wanted)


class Standing(Case):
    """A sum is held against others of the very same rows, or against none."""

    NOTE = 'other rows than the reference was made with'

    def setUp(self):
        super().setUp()
        rng = random.Random(13)
        self.count, self.persons = 100, 40
        self.calls = [['%d/%d' % (rng.random() < 0.4, rng.random() < 0.4) for _ in range(self.persons)]
                      for _ in range(self.count)]
        self.panel = self.panel_of(range(self.count))
        self.rows = [('1', 100 + i, 'G', 'A', '%.3f' % rng.uniform(-0.1, 1), '') for i in range(self.count)]
        self.scores = self.scoring('P', self.rows)
        self.dist = self.reference_of(self.scores, self.panel)

    def panel_of(self, places, name='panel.vcf'):
        return self.vcf(name, [self.line(i, '\t'.join(self.calls[i])) for i in places], self.persons)

    @staticmethod
    def line(i, calls):
        return '1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t%s\n' % (100 + i, calls)

    def me(self, without=(), missing=()):
        return self.vcf('me.vcf', [self.line(i, './.' if i in missing else self.calls[i][0])
                                   for i in range(self.count) if i not in without], 1)

    def reference_of(self, scores, panel, *more):
        self.score('reference', '--scores', scores, '--panel', panel, '-o', self.path('dist'), *more)
        return self.path('dist')

    def held(self, vcf, *more, scores=None, code=0):
        got = self.score('--scores', scores or self.scores, '--reference', self.dist, *more, '--', vcf, code=code)
        return got if code else got['persons'][0]['scores'][0]['reference']

    def told(self, held):
        return held['z'] is not None, held['percentile'] is not None, held['note']

    def test_a_row_that_is_not_there(self):
        self.assertEqual(self.told(self.held(self.me())), (True, True, None))
        page, table = self.path('p.html'), self.path('t.tsv')
        for more in {'without': [5]}, {'without': range(20)}, {'missing': [5]}, {'missing': range(20)}:
            held = self.held(self.me(**more), '--html', page, '--tsv', table)
            self.assertEqual(self.told(held), (False, False, self.NOTE), more)
            with open(page) as p, open(table) as t:
                self.assertIn('not compared with others: ' + self.NOTE, p.read())
                text = t.read()
            self.assertIn('\tsum\t', text)
            self.assertNotIn('percentile', text)

    def test_a_row_that_was_not_there(self):
        """More than the panel had is another sum, too; also as many others."""
        self.dist = self.reference_of(self.scores, self.panel_of(range(1, self.count), 'less.vcf'))
        self.assertEqual(self.told(self.held(self.me())), (False, False, self.NOTE))
        self.assertEqual(self.told(self.held(self.me(without=[1]))), (False, False, self.NOTE))
        self.assertEqual(self.told(self.held(self.me(without=[0]))), (True, True, None))

    def test_a_row_that_is_filled(self):
        self.scores = self.scoring('P', [row[:5] + ('0.4',) for row in self.rows])
        self.dist = self.reference_of(self.scores, self.panel)
        full = self.held(self.me())
        filled = self.held(self.me(missing=range(0, 40, 2)))
        self.assertEqual((filled['note'], filled['overlap']), (None, 0.8))
        self.assertAlmostEqual(filled['z'], full['z'], delta=1.5)
        self.assertEqual(self.held(self.me(missing=range(40)))['note'], 'overlap too small')

    def test_rows_are_known_from_compiled_scores_and_in_any_order(self):
        """Indels at one place, weights of dosages, a score beside others."""
        line = '1\t100\t.\tA\t%s\t.\tPASS\t.\tGT\t0/1\t%s\t0/0\n'
        lines = [line % ('AT', '1/1'), line % ('ATT', '0/1')]
        head = ('#pgs_id=Q\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\t'
                'dosage_0_weight\tdosage_1_weight\tdosage_2_weight\n')
        path = self.write('q.txt', head + '1\t100\tAT\tA\t1\t\t\t\n1\t100\tATT\tA\t1\t\t\t\n')
        compiled = self.path('q.dtcscore')
        self.score('compile', '--scores', self.scores, path, '-o', compiled)
        self.dist = self.reference_of(path, self.vcf('q.vcf', lines, 3))
        for vcf, note in (self.vcf('1.vcf', [l[:l.rindex('\t0/0')][:-4] + '\n' for l in lines], 1), None), \
                         (self.vcf('2.vcf', ['1\t100\t.\tA\tAT\t.\tPASS\t.\tGT\t0/1\n'], 1), self.NOTE):
            for given in [path], [compiled]:
                got = self.score('--scores', *given, '--reference', self.dist, '--min-overlap', '0', '--', vcf)
                by_name = {s['score']: s['reference'] for s in got['persons'][0]['scores']}
                self.assertEqual(by_name['Q']['note'], note, given)

    def test_a_panel_without_some_calls(self):
        """A call that is missing is what the panel's others let expect; where nobody has one, nothing is."""
        self.calls[3] = ['./.'] + ['0/1', '1/1', '0/0'] * 13
        self.calls[4] = ['./.'] * self.persons
        weights = [('1', 103, 'G', 'A', '1', ''), ('1', 104, 'G', 'A', '1', '')]
        scores = self.scoring('P', weights)
        self.dist = self.reference_of(scores, self.panel_of([3, 4]))
        with open(self.dist) as f:
            row = next(line for line in f if line.startswith('score\t')).split('\t')
        mean = Fraction(2 * 13 + 13 + 1, 40)
        self.assertAlmostEqual(float(row[8]), float(mean))
        whole = self.vcf('w.vcf', [self.line(3, '1/1'), self.line(4, '1/1')], 1)
        part = self.vcf('v.vcf', [self.line(3, '1/1'), self.line(4, './.')], 1)
        self.assertEqual(self.held(whole, scores=scores)['note'], self.NOTE)
        self.assertIsNone(self.held(part, '--min-overlap', '0.5', scores=scores)['note'])

    def test_a_panel_whose_persons_have_other_rows(self):
        """GP tells of some, and of the others nothing does."""
        head = '#pgs_id=P\n#genome_build=GRCh37\nchr_name\tchr_position\teffect_allele\tother_allele\t'
        scores = self.write('r.txt', head + 'effect_weight\tis_recessive\n1\t100\tG\tA\t1\tTrue\n')
        panel = self.vcf('gp.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT:GP\t./.:0,0,1\t./.:.\n'], 2,
                         more='##FORMAT=<ID=GP,Number=G,Type=Float,Description="x">\n')
        told = self.score('reference', '--scores', scores, '--panel', panel, '-o', self.path('x'), code=1)
        self.assertIn('other rows of the score P than', told)

    def test_nothing_is_left_out_beside_a_reference(self):
        self.assertIn('--missing', self.held(self.me(), '--missing', 'skip', code=2))
        self.assertIn('--missing', self.score('reference', '--missing', 'skip', '--scores', self.scores, '--panel',
                                              self.panel, '-o', self.path('x'), code=2))

    def test_a_reference_of_an_older_version(self):
        with open(self.dist) as f:
            lines = f.read().splitlines()
        self.assertEqual(lines[0], '#genotype-score reference 2')
        old = ['#genotype-score reference 1']
        for line in lines[1:]:
            fields = line.split('\t')
            old.append('\t'.join(fields[:7] + fields[8:]) if fields[0] == 'score' else line)
        self.dist = self.write('old', '\n'.join(old) + '\n')
        held = self.held(self.me())
        note = 'the reference is of an older version and does not say its rows'
        self.assertEqual(self.told(held), (False, False, note))
        self.assertEqual(held['samples'], self.persons)
        for wrong in '3', '', '2 ':
            self.dist = self.write('odd', '\n'.join(['#genotype-score reference ' + wrong] + lines[1:]))
            self.assertIn('no reference made by', self.held(self.me(), code=1))


if __name__ == '__main__':
    unittest.main()
