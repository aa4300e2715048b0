#!/usr/bin/env python3
"""genotype-score: sums against exact rational ones, plink2's sums and projections, mixtures of known proportions."""
import gzip, os, random, shutil, subprocess, unittest
from fractions import Fraction

from score_case import Case, run
from score_oracle import oracle_sums, random_row, random_sites

PLINK2 = shutil.which('plink2')


class Sums(Case):
    def test_sums_are_the_exact_ones(self):
        """1,000 random files: swaps, other strands, missing calls, several ALTs, rows that fit nothing."""
        for seed in range(10):
            rng = random.Random(seed)
            persons = 3
            sites = random_sites(rng, 60, persons, Fraction(1, 1000))
            vcf = self.vcf('g.vcf', [s.line() for s in sites], persons)
            files, expected = [], {}
            for k in range(100):
                rows = [random_row(rng, sites) for _ in range(rng.randint(1, 80))]
                name = 'PGS%d_%d' % (seed, k)
                files.append(self.scoring(name, rows))
                expected[name] = (oracle_sums(sites, rows, persons), len(rows))
            people = self.score('--scores', *files, '--', vcf)['persons']
            self.assertEqual([p['sample'] for p in people], ['S0', 'S1', 'S2'])
            calls = 0
            for i, person in enumerate(people):
                self.assertEqual(len(person['scores']), 100)
                for s in person['scores']:
                    (sums, used), rows = expected[s['score']]
                    size = max(1, abs(sums[i]))
                    self.assertLessEqual(abs(Fraction(s['sum']) - sums[i]), Fraction(1, 10**9) * size, (seed, s))
                    self.assertEqual(s['used'], used[i], (seed, s))
                    self.assertEqual(sum(s['fate'].values()), rows)
                    self.assertEqual(s['rows'], rows)
                    self.assertEqual(s['used'] + s['filled'] + s['missing'], s['fate']['found'])
                    calls += s['used']
            self.assertGreater(calls, 1000)

    def test_the_same_from_bcf_and_with_ambiguous_rows(self):
        if not shutil.which('bcftools'):
            self.skipTest('bcftools is not there')
        rng = random.Random(77)
        sites = random_sites(rng, 200, 2, Fraction(1, 1000))
        rows = [random_row(rng, sites) for _ in range(400)]
        vcf = self.vcf('g.vcf', [s.line() for s in sites], 2)
        subprocess.run(
            ['bcftools', 'view', '-Ob', '-o', self.path('g.bcf'), vcf], check=True, stderr=subprocess.DEVNULL
        )
        scoring = self.scoring('PGS1', rows)
        sums, _ = oracle_sums(sites, rows, 2, keep_ambiguous=True)
        for path in vcf, self.path('g.bcf'):
            people = self.score('--scores', scoring, '--ambiguous', 'keep', path)['persons']
            for i in range(2):
                got = people[i]['scores'][0]
                self.assertAlmostEqual(got['sum'], float(sums[i]), delta=1e-9 * max(1, abs(float(sums[i]))))
                self.assertEqual(got['fate']['ambiguous'], 0)

    def test_a_point_is_no_allele(self):
        """A site without ALT is hom-ref for whoever asks about REF, nothing else; "." in a score matches nothing."""
        line = '1\t100\t.\tA\t.\t.\tPASS\t.\tGT\t0/0\n1\t200\t.\tC\tT\t.\tPASS\t.\tGT\t0/1\n'
        vcf = self.vcf('g.vcf', [line], 1)
        rows = [
            ('1', 100, 'A', 'G', '1', ''),
            ('1', 100, 'G', 'A', '10', ''),
            ('1', 100, 'C', 'T', '100', ''),
            ('1', 100, 'T', 'C', '1000', ''),
            ('1', 100, '.', 'A', '10000', ''),
            ('1', 200, 'T', '.', '100000', ''),
            ('1', 200, '.', '.', '1000000', ''),
        ]
        files = [self.scoring('PGS%d' % k, rows[k::2]) for k in range(2)]  # in one file the other order is a repetition
        scores = self.score('--scores', *files, '--', vcf)['persons'][0]['scores']
        self.assertEqual([one['sum'] for one in scores], [2, 0])
        for one, unsupported in zip(scores, (2, 1)):
            self.assertEqual(
                one['fate'],
                {'found': 1, 'absent': 0, 'different': 1, 'ambiguous': 0, 'repeated': 0, 'unplaced': 0,
                 'unsupported': unsupported},
            )

    def test_missing_calls(self):
        lines = [
            '1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t./.\n',
            '1\t200\t.\tA\tG\t.\tPASS\tAF=0.25\tGT\t./.\n',
            '1\t300\t.\tA\tG\t.\tPASS\t.\tGT\t./1\n',
            '1\t400\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n',
        ]
        vcf = self.vcf('g.vcf', lines, 1)
        rows = [
            ('1', 100, 'G', 'A', '1', '0.5'),
            ('1', 200, 'A', 'G', '10', ''),
            ('1', 300, 'G', 'A', '100', ''),
            ('1', 400, 'G', 'A', '1000', ''),
        ]
        scoring = self.scoring('PGS1', rows)
        got = self.score('--scores', scoring, vcf)['persons'][0]['scores'][0]
        self.assertEqual((got['sum'], got['used'], got['filled'], got['missing']), (1 + 15 + 2000, 1, 2, 1))
        got = self.score('--scores', scoring, '--missing', 'skip', vcf)['persons'][0]['scores'][0]
        self.assertEqual((got['sum'], got['used'], got['filled'], got['missing']), (2000, 1, 0, 3))

    def test_dominant_recessive_and_single_dosages(self):
        lines = ['1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t0/0\t0/1\t1/1\n' % pos for pos in (100, 200, 300)]
        vcf = self.vcf('g.vcf', lines, 3)
        head = (
            '#pgs_id=P\n#genome_build=hg19\n'
            'chr_name\tchr_position\teffect_allele\tother_allele\teffect_weight\tis_dominant\t'
            'is_recessive\tdosage_0_weight\tdosage_1_weight\tdosage_2_weight\n'
        )
        text = head + (
            '1\t100\tG\tA\t1\tTrue\tFalse\t\t\t\n'
            '1\t200\tG\tA\t10\tFalse\tTrue\t\t\t\n'
            '1\t300\tG\tA\t\t\t\t100\t-300\t700\n'
        )
        people = self.score('--scores', self.write('p.txt', text), vcf)['persons']
        self.assertEqual([p['scores'][0]['sum'] for p in people], [100, 1 - 300, 1 + 10 + 700])

    def test_a_mans_x_counts_twice(self):
        lines = ['X\t5000000\t.\tA\tG\t.\tPASS\t.\tGT\t1\t0/1\n']
        vcf = self.vcf('g.vcf', lines, 2)
        people = self.score('--scores', self.scoring('PGS1', [('X', 5000000, 'G', 'A', '1', '')]), vcf)['persons']
        self.assertEqual([p['scores'][0]['sum'] for p in people], [2, 1])

    def test_records_of_one_place(self):
        """A site split into records, an indel beside an SNV: the row takes the record with its alleles."""
        lines = [
            '1\t100\t.\tA\tC\t.\tPASS\t.\tGT\t0/1\n',
            '1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n',
            '1\t100\t.\tAT\tA\t.\tPASS\t.\tGT\t0/0\n',
        ]
        rows = [
            ('1', 100, 'G', 'A', '1', ''),
            ('1', 100, 'C', 'A', '10', ''),
            ('1', 100, 'AT', 'A', '100', ''),
            ('1', 100, 'G', 'A', '1000', ''),
        ]
        got = self.score('--scores', self.scoring('PGS1', rows), self.vcf('g.vcf', lines, 1))['persons'][0]['scores'][
            0
        ]
        self.assertEqual(got['sum'], 2 + 10 + 200)
        self.assertEqual(got['fate']['repeated'], 1)

    def test_ref_of_a_site_that_is_split(self):
        """What another record there has of other ALTs is no REF: the same sums as where all stand in one record."""
        head, foot = '1\t100\t.\tA\t', '\t.\tPASS\t.\tGT:DS\t'
        cells = ['0/0:0', '0/1:0.9', '1/1:2', './.:.'], ['1/0:0.8', '1/0:1', '0/0:0', '0/1:1']
        split = [head + alt + foot + '\t'.join(c) + '\n' for alt, c in zip('CG', cells)]
        whole = [head + 'C,G' + foot + '\t'.join(('2/0:0,0.8', '2/1:0.9,1', '1/1:2,0', './.:.')) + '\n']
        deletion = ['1\t100\t.\tAT\tA' + foot + '0/1:1\t1/1:2\t0/0:0\t0/0:0\n']
        for effect, other, want in (('A', 'C', (1.2, 0.1, 0)), ('A', 'G', (1.2, 0.1, 0)), ('C', 'A', (0, 0.9, 2)), ('G', 'A', (0.8, 1, 0))):
            scoring = self.scoring('P', [('1', 100, effect, other, '1', '')])
            for name, lines in ('whole', whole), ('split', split + split[:1] + deletion):
                got = self.score('--scores', scoring, '--missing', 'skip', self.vcf(name + '.vcf', lines, 4))['persons']
                for person, copies in zip(got, want):
                    self.assertAlmostEqual(person['scores'][0]['sum'], copies, places=9, msg=(name, effect, other))

    def test_harmonised_positions(self):
        head = (
            '#pgs_id=P\n#genome_build=GRCh38\n#HmPOS_build=GRCh37\n'
            'chr_name\tchr_position\teffect_allele\tother_allele\t'
            'effect_weight\thm_source\thm_rsID\thm_chr\thm_pos\thm_inferOtherAllele\n'
        )
        text = (
            head + '1\t999\tG\tA\t1\tENSEMBL\trs1\t1\t100\t\n'
            '1\t998\tG\t\t10\tENSEMBL\trs2\t1\t200\tA\n'
            '1\t997\tG\tA\t100\tENSEMBL\t\t\t\t\n'
        )
        lines = ['1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n' % pos for pos in (100, 200)]
        got = self.score('--scores', self.write('p.txt', text), self.vcf('g.vcf', lines, 1))['persons'][0]['scores'][
            0
        ]
        self.assertEqual((got['sum'], got['build'], got['fate']['unplaced']), (11, 'GRCh37', 1))

    def test_files_from_a_spreadsheet(self):
        """A byte order mark, CRLF, every text in quotes: what programs of Windows make of a file."""
        head = '#pgs_id=P\n#genome_build=GRCh37\n'
        row = '"1"\t100\t"G"\t"A"\t1.5\n'
        titles = '"chr_name"\t"chr_position"\t"effect_allele"\t"other_allele"\t"effect_weight"\n'
        for name, text in (('q.txt', head + titles + row), ('w.txt', '\ufeff' + (head + titles + row).replace('\n', '\r\n')),
                           ('b.txt', '\ufeff' + (head + titles + row).replace('"', ''))):
            with open(self.path(name), 'w', encoding='utf-8', newline='') as f:
                f.write(text)
            got = self.score('--scores', self.path(name), self.vcf('g.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n'], 1))
            score = got['persons'][0]['scores'][0]
            self.assertEqual((score['sum'], score['score'], score['build']), (3, 'P', 'GRCh37'), name)

    def test_what_a_vcf_does_not_declare(self):
        lines = ['1\t100\t.\tA\tG\t.\tPASS\tZZ=3\tGT:QQ\t0/1:7\n', '1\t200\t.\tA\tG\t.\tPASS\t.\tGT\t0/7\n']
        scoring = self.scoring('PGS1', [('1', pos, 'A', 'G', '1', '') for pos in (100, 200)])
        got = self.score('--scores', scoring, '--missing', 'skip', self.vcf('g.vcf', lines, 1))['persons'][0]['scores'][0]
        # allele 7 of two is none: no call
        self.assertEqual((got['sum'], got['used'], got['missing']), (1, 1, 1))

    def test_several_files_of_the_same_persons(self):
        one = self.vcf('1.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n'], 1)
        two = self.vcf('2.vcf', ['2\t100\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n'], 1)
        scoring = self.scoring('PGS1', [('1', 100, 'G', 'A', '1', ''), ('2', 100, 'G', 'A', '10', '')])
        self.assertEqual(self.score('--scores', scoring, '--', one, two)['persons'][0]['scores'][0]['sum'], 21)
        self.assertIn('not sorted', self.score('--scores', scoring, '--', one, one, code=1))


class Refusals(Case):
    def setUp(self):
        super().setUp()
        self.good = self.vcf('g.vcf', ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n'], 1)
        self.row = ('1', 100, 'G', 'A', '1', '')

    def refuse(self, words, *argv, code=1):
        out = self.path('out.json')
        self.assertIn(words, self.score(*argv, '-o', out, code=code))
        self.assertEqual([n for n in os.listdir(self.folder.name) if 'out' in n], [])

    def test_another_assembly(self):
        self.refuse('is for GRCh38', '--scores', self.scoring('P', [self.row], build='GRCh38'), '--', self.good)

    def test_unsorted(self):
        lines = ['1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n' % pos for pos in (200, 100)]
        self.refuse('not sorted', '--scores', self.scoring('P', [self.row]), '--', self.vcf('u.vcf', lines, 1))

    def test_a_damaged_scoring_file(self):
        whole = self.scoring('P', [self.row] * 2000)
        with open(whole, 'rb') as f:
            data = f.read()
        with open(self.path('cut.gz'), 'wb') as f:
            f.write(data[: len(data) // 2])
        self.refuse('cannot read it', '--scores', self.path('cut.gz'), '--', self.good, code=3)

    def test_weights_that_are_no_numbers(self):
        for text in 'x', '', '1e', 'nan', 'inf', '0x10', '1 ':
            row = self.row[:4] + (text, '')
            self.refuse('effect_weight is no number', '--scores', self.scoring('P', [row]), '--', self.good)

    def test_a_short_row(self):
        self.refuse('number of fields', '--scores', self.scoring('P', [self.row[:5]]), '--', self.good)

    def test_no_scoring_file(self):
        self.refuse('effect_allele', '--scores', self.good, '--', self.good)

    def test_a_scoring_file_given_twice(self):
        scoring = self.scoring('P', [self.row])
        self.refuse('given before', '--scores', scoring, scoring, '--', self.good)

    def test_a_sum_beyond_all_measure(self):
        """JSON has no word for it."""
        rows = [self.row[:4] + ('1.7e308', '')]
        lines = ['1\t100\t.\tA\tG\t.\tPASS\t.\tGT\t1/1\n']
        self.assertIn('no number', self.score('--scores', self.scoring('P', rows), self.vcf('two.vcf', lines, 1), code=1))

    def odd(self, words, change):
        with gzip.open(self.scoring('P', [self.row]), 'rt') as f:
            text = f.read()
        self.assertNotEqual(change(text), text)
        self.refuse(words, '--scores', self.write('odd.txt', change(text)), '--', self.good)

    def test_odd_scoring_files(self):
        self.odd('has no row', lambda text: text[: text.index('1\t100')])
        self.odd('effect_weight twice', lambda text: text.replace('allelefrequency_effect', 'effect_weight'))
        self.odd('in quotes', lambda text: text.replace('\tG\tA', '\t"G"\t"A"'))
        self.odd('control character', lambda text: text.replace('pgs_id=P', 'pgs_id=P\tQ'))
        self.odd('control character', lambda text: text.replace('pgs_id=P', 'pgs_id=P\0Q'))

    def test_another_assembly_however_it_is_written(self):
        for said in 'genome_build=GRCh38 ', 'genome_build = GRCh38', ' genome_build=hg38\t':
            self.odd('is for GRCh38', lambda text: text.replace('genome_build=GRCh37', said))
        # harmonised to nobody knows what: its own positions say that it does not fit
        self.odd('is for GRCh38', lambda text: text.replace('GRCh37', 'GRCh38').replace(
            'allelefrequency_effect\n', 'hm_chr\thm_pos\n').replace('\t1\t\n', '\t1\t1\t100\n'))

    def test_a_vcf_with_a_position_that_is_none(self):
        for position in '1x0', '', '-1', '99999999999':
            lines = ['1\t%s\t.\tA\tG\t.\tPASS\t.\tGT\t0/1\n' % position]
            self.refuse('damaged', '--scores', self.scoring('P', [self.row]), '--', self.vcf('p.vcf', lines, 1))

    def test_usage(self):
        for argv in (
            [],
            [self.good],
            ['--scores', 'x'],
            ['--dosage', 'GP', self.good],
            ['--min-overlap', '2', self.good],
            ['reference', '--panel', self.good],
            ['frequencies', '--panel', self.good, '-o', 'x'],
        ):
            self.score(*argv, code=2)

    def test_an_output_takes_no_input_s_place(self):
        scores = self.scoring('P', [self.row])
        link = self.path('link.vcf')
        os.symlink(self.good, link)
        before = {name: open(name, 'rb').read() for name in (self.good, scores)}
        for argv in (['--scores', scores, '-o', self.good, self.good], ['--scores', scores, '--tsv', link, self.good],
                     ['--scores', scores, '--html', scores, self.good], ['compile', '-o', scores, '--scores', scores],
                     ['reference', '--panel', self.good, '--scores', scores, '-o', self.good]):
            self.assertIn('must not be one of the inputs', self.score(*argv, code=2))
        both = self.path('both')
        self.assertIn('two outputs', self.score('--scores', scores, '-o', both, '--tsv', both, self.good, code=2))
        for name, content in before.items():
            self.assertEqual(open(name, 'rb').read(), content)


class Reference(Case):
    def test_z_and_percentile(self):
        """101 persons who carry 0 to 100 of 50 sites' copies: the sum is the percentile."""
        persons, sites = 101, 50
        lines = []
        for j in range(sites):
            calls = ['%d/%d' % (i > 2 * j, i > 2 * j + 1) for i in range(persons)]
            lines.append('1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t%s\n' % (100 + j, '\t'.join(calls)))
        panel = self.vcf('panel.vcf', lines, persons)
        scoring = self.scoring('PGS1', [('1', 100 + j, 'G', 'A', '1', '') for j in range(sites)])
        groups = self.write(
            'groups', '#IID\tPOP\n' + ''.join('S%d\t%s\n' % (i, 'LOW' if i < 50 else 'HIGH') for i in range(persons))
        )
        dist = self.path('dist')
        self.score('reference', '--scores', scoring, '--groups', groups, '--panel', panel, '-o', dist)
        for i, person in enumerate(self.score('--scores', scoring, '--reference', dist, '--', panel)['persons']):
            held = person['scores'][0]['reference']
            self.assertEqual((held['population'], held['samples'], held['overlap']), ('ALL', 101, 1))
            self.assertAlmostEqual(held['percentile'], i)
            self.assertAlmostEqual(held['z'], (i - 50) / (101 * 102 / 12) ** 0.5)
        low = self.score('--scores', scoring, '--reference', dist, '--population', 'LOW', '--', panel)['persons']
        self.assertEqual([low[i]['scores'][0]['reference']['percentile'] for i in (0, 49, 100)], [0, 100, 100])
        half = self.vcf('half.vcf', lines[: sites // 2], persons)
        held = self.score('--scores', scoring, '--reference', dist, '--', half)['persons'][0]['scores'][0][
            'reference'
        ]
        self.assertEqual((held['overlap'], held['z'], held['note']), (0.5, None, 'overlap too small'))
        changed = self.scoring('PGS1', [('1', 100 + j, 'G', 'A', '1.5', '') for j in range(sites)])
        self.assertIsNone(
            self.score('--scores', changed, '--reference', dist, '--', panel)['persons'][0]['scores'][0]['reference']
        )

    def test_a_reference_of_other_rows(self):
        """Sums with and without the A/T and C/G rows are not of one spread, however well they overlap."""
        rows = [('1', 100 + i, 'T' if i == 9 else 'G', 'A', str(i), '') for i in range(10)]
        lines = ['1\t%d\t.\tA\t%s\t.\tPASS\t.\tGT\t0/1\t1/1\t0/%d\n' % (100 + i, 'T' if i == 9 else 'G', i % 2)
                 for i in range(10)]
        scoring, panel = self.scoring('P', rows), self.vcf('panel.vcf', lines, 3)
        for made, used in ('keep', 'drop'), ('drop', 'keep'):
            reference = self.path(made + '.tsv')
            self.score('reference', '--ambiguous', made, '--scores', scoring, '--panel', panel, '-o', reference)
            told = self.score('--scores', scoring, '--ambiguous', used, '--reference', reference, panel, code=1)
            self.assertIn('made with --ambiguous ' + made, told)
            got = self.score('--scores', scoring, '--ambiguous', made, '--reference', reference, panel)
            self.assertIsNotNone(got['persons'][0]['scores'][0]['reference']['z'])

    def test_a_panel_that_is_all_alike(self):
        """The mean of equal sums is not that sum to the last bit: what is left is no spread."""
        rows = [('1', 100 + i, 'G', 'A', w, '') for i, w in enumerate(('0.1', '0.2', '0.7'))]
        lines = ['1\t%d\t.\tA\tG\t.\tPASS\t.\tGT%s\n' % (100 + i, '\t0/1' * 7) for i in range(3)]
        scoring, panel, reference = self.scoring('P', rows), self.vcf('panel.vcf', lines, 7), self.path('r.tsv')
        self.score('reference', '--scores', scoring, '--panel', panel, '-o', reference)
        other = self.vcf('o.vcf', [line.replace('\t0/1' * 7, '\t1/1') for line in lines], 1)
        for vcf in panel, other:
            got = self.score('--scores', scoring, '--reference', reference, vcf)['persons'][0]['scores'][0]['reference']
            self.assertEqual((got['sd'], got['z'], got['percentile'], got['note']), (0, None, None, 'reference without spread'))

    def test_page_and_table(self):
        rng = random.Random(5)
        sites = random_sites(rng, 30, 4, Fraction(1, 1000))
        panel = self.vcf('panel.vcf', [s.line() for s in sites], 4)
        scoring = self.scoring(
            'PGS1', [(s.chrom, s.pos, s.ref, s.alts[0], '0.5', '0.5') for s in sites], identity='<script>'
        )
        dist, page, table = self.path('dist'), self.path('page.html'), self.path('t.tsv')
        self.score('reference', '--scores', scoring, '--panel', panel, '-o', dist)
        told = self.score(
            '--scores', scoring, '--reference', dist, '--html', page, '--tsv', table, '--min-overlap', '0', panel
        )
        with open(page) as f:
            text = f.read()
        self.assertNotIn('<script>', text)
        self.assertEqual(text.count('<section'), 4)
        self.assertEqual(text.count('<svg'), text.count('</svg>'))
        self.assertIn('no diagnosis', text)
        with open(table) as f:
            rows = [line.rstrip('\n').split('\t') for line in f]
        sums = [float(row[4]) for row in rows if row[3] == 'sum']
        for got, person in zip(sums, told['persons']):
            self.assertAlmostEqual(got, person['scores'][0]['sum'])


class Plink2(Case):
    def setUp(self):
        if not PLINK2:
            self.skipTest('plink2 is not there')
        super().setUp()

    def plink(self, *argv):
        done = run(PLINK2, '--threads', '1', '--out', self.path('p'), *argv)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def table(self, name):
        with open(self.path(name)) as f:
            rows = [line.rstrip('\n').split('\t') for line in f]
        return [dict(zip(rows[0], row)) for row in rows[1:]]

    def test_sums(self):
        seen = 0
        for seed in range(25):
            rng = random.Random(1000 + seed)
            # plink2 keeps dosages in steps of 1/16384, and version a3.5 none where a site has several ALTs
            sites = random_sites(rng, 120, 4, Fraction(1, 64))
            if seed % 2:
                sites = [site for site in sites if len(site.alts) == 1]
            else:
                for site in sites:
                    site.dosages = None
            vcf = self.vcf('g.vcf', [s.line() for s in sites], 4)
            # one row a site: plink2 takes a variant once
            rows = []
            for site in rng.sample(sites, 70):
                effect, other = rng.sample(site.alleles, 2)
                rows.append((site.chrom, site.pos, effect, other, '%.6f' % rng.gauss(0, 1), ''))
            by_place = {(s.chrom, s.pos): s for s in sites}
            self.write('plink.txt', ''.join('%s\t%s\t%s\n' % (by_place[r[0], r[1]].id, r[2], r[4]) for r in rows))
            self.plink(
                '--vcf',
                vcf,
                *(['dosage=DS'] if seed % 2 else []),
                '--score',
                self.path('plink.txt'),
                '1',
                '2',
                '3',
                'no-mean-imputation',
                'cols=+scoresums'
            )
            people = self.score('--scores', self.scoring('PGS1', rows), '--ambiguous', 'keep', vcf)['persons']
            for ours, theirs in zip(people, self.table('p.sscore')):
                self.assertGreater(int(theirs['ALLELE_CT']), 0)
                got, wanted = ours['scores'][0], float(theirs['SCORE1_SUM'])
                self.assertAlmostEqual(got['sum'], wanted, delta=1e-5 * max(1, abs(wanted)))
                self.assertEqual(2 * got['used'], int(theirs['ALLELE_CT']))
                seen += got['used']
        self.assertGreater(seen, 5000)

    def test_projection(self):
        rng = random.Random(4)
        persons, lines = 60, []
        for j in range(600):
            frequency, shift = rng.uniform(0.1, 0.9), rng.gauss(0, 0.15)
            calls = []
            for i in range(persons):
                p = min(0.98, max(0.02, frequency + (shift if i % 2 else -shift)))
                calls.append(
                    './.' if rng.random() < 0.02 else '%d/%d' % tuple(sorted((rng.random() < p, rng.random() < p)))
                )
            ref, alt = rng.sample('ACGT', 2)
            lines.append(
                '1\t%d\t%s\t%s\t%s\t.\tPASS\t.\tGT\t%s\n'
                % (
                    1000 + 10 * j,
                    'rs%d' % j if j % 3 else '1:%d:%s:%s' % (1000 + 10 * j, ref, alt),
                    ref,
                    alt,
                    '\t'.join(calls),
                )
            )
        vcf = self.vcf('g.vcf', lines, persons)
        self.plink('--vcf', vcf, '--freq', 'counts', '--pca', '4', 'allele-wts')
        self.plink(
            '--vcf',
            vcf,
            '--read-freq',
            self.path('p.acount'),
            '--score',
            self.path('p.eigenvec.allele'),
            '2',
            '5',
            'header-read',
            'no-mean-imputation',
            'variance-standardize',
            '--score-col-nums',
            '6-9',
        )
        theirs = self.table('p.sscore')
        people = self.score('--axes', self.path('p'), vcf)['persons']
        self.assertEqual(len(people), persons)
        for ours, row in zip(people, theirs):
            self.assertGreater(int(row['ALLELE_CT']), 1000)
            self.assertEqual(ours['axes']['alleles'], int(row['ALLELE_CT']))
            for k in range(4):
                self.assertAlmostEqual(ours['axes']['at'][k], float(row['PC%d_AVG' % (k + 1)]), delta=1e-4)
        groups = self.write('groups', ''.join('S%d\t%s\n' % (i, 'ODD' if i % 2 else 'EVEN') for i in range(persons)))
        self.score('reference', '--axes', self.path('p'), '--groups', groups, '--panel', vcf, '-o', self.path('dist'))
        people = self.score(
            '--axes', self.path('p'), '--reference', self.path('dist'), '--html', self.path('page.html'), vcf
        )['persons']
        right = sum(
            p['axes']['nearest'][0]['population'] == ('ODD' if i % 2 else 'EVEN') for i, p in enumerate(people)
        )
        self.assertGreaterEqual(right, persons - 2)


class Proportions(Case):
    def test_mixtures(self):
        """Balding-Nichols populations at F 0.1, persons of known mixture, 100,000 markers: mean error at most 0.01."""
        markers, wrong, figures, covered = 100000, 0, 0, 0
        for populations in 3, 4, 5:
            rng = random.Random(populations)
            persons = 4
            shares = []
            for i in range(persons):
                parts = [rng.gammavariate(1, 1) for _ in range(populations)]
                if i == 0:
                    parts = [1.0] + [0.0] * (populations - 1)  # unmixed
                shares.append([p / sum(parts) for p in parts])
            lines, table = [], [
                '\t'.join(['#CHROM', 'POS', 'ID', 'REF', 'ALT'] + ['POP%d' % k for k in range(populations)]) + '\n'
            ]
            for j in range(markers):
                mean = rng.uniform(0.05, 0.95)
                frequency = [rng.betavariate(9 * mean, 9 * (1 - mean)) for _ in range(populations)]
                mixed = [sum(q * p for q, p in zip(share, frequency)) for share in shares]
                calls = '\t'.join('%d/%d' % (rng.random() < f, rng.random() < f) for f in mixed)
                swap = j % 5 == 0  # the table has the alleles in the other order
                lines.append('1\t%d\t.\tA\tG\t.\tPASS\t.\tGT\t%s\n' % (1000 + 7 * j, calls))
                table.append(
                    '1\t%d\t.\t%s\t%s\n'
                    % (
                        1000 + 7 * j,
                        'G\tA' if swap else 'A\tG',
                        '\t'.join('%.5f' % (1 - p if swap else p) for p in frequency),
                    )
                )
            people = self.score(
                '--populations', self.write('pop.tsv', ''.join(table)), self.vcf('g.vcf', lines, persons)
            )['persons']
            for share, person in zip(shares, people):
                told = person['ancestry']
                self.assertEqual(told['used'], markers)
                self.assertAlmostEqual(sum(told['value'].values()), 1, delta=1e-9)
                for k in range(populations):
                    off = abs(told['value']['POP%d' % k] - share[k])
                    wrong, figures = wrong + off, figures + 1
                    covered += off <= 3 * told['error']['POP%d' % k] + 1e-4
        self.assertLessEqual(wrong / figures, 0.01)
        self.assertGreaterEqual(covered / figures, 0.9)

    def test_a_table_from_a_panel(self):
        lines = [
            '1\t100\trs1\tA\tG\t.\tPASS\t.\tGT\t0/0\t0/1\t1/1\t./.\n',
            '1\t200\trs2\tA\tG\t.\tPASS\t.\tGT\t./.\t./.\t1/1\t0/0\n',
            '1\t300\trs3\tA\tG,T\t.\tPASS\t.\tGT\t0/0\t0/0\t1/1\t0/0\n',
        ]
        groups = self.write('groups', '#IID\tPOP\nS0\tA\nS1\tA\nS2\tB\nS3\tB\n')
        out = self.path('pop.tsv')
        self.score('frequencies', '--groups', groups, '--panel', self.vcf('g.vcf', lines, 4), '-o', out)
        with open(out) as f:
            self.assertEqual(f.read(), '#CHROM\tPOS\tID\tREF\tALT\tA\tB\n1\t100\trs1\tA\tG\t0.25\t1\n')


if __name__ == '__main__':
    unittest.main(verbosity=0)
