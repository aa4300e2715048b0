#!/usr/bin/env python3
"""genotype-sites as its users run it, and references and tables that do not belong together."""
import hashlib, os, pty, random, re, stat, struct, subprocess, sys, tempfile, unittest, zipfile

SOURCE = os.environ.get('top_srcdir', '.')
BUILD = os.environ.get('top_builddir', '.')
CONVERT = os.path.join(BUILD, 'genotype-convert')
SITES = os.path.join(BUILD, 'genotype-sites')
MODEL = os.path.join(SOURCE, 'testdata', 'model', 'make_model.py')
HEADER = '##fileformat=VCFv4.3\n%s#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'


def run(*argv, **more):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, **more)


def read(path, mode='rb'):
    with open(path, mode) as f:
        return f.read()


class Sites(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        subprocess.run([sys.executable, MODEL, self.folder.name], check=True)
        self.assemblies = ('--assemblies', self.path('assembly.tsv'))
        with open(self.path('m37.fa')) as f:
            contigs = f.read().split('>')[1:]
        self.bases = {c.split('\n', 1)[0]: c.split('\n', 1)[1].replace('\n', '') for c in contigs}

    def path(self, *name):
        return os.path.join(self.folder.name, *name)

    def write(self, name, text):
        with open(self.path(name), 'w') as f:
            f.write(text)
        return self.path(name)

    def vcf(self, name, *records, header=''):
        contigs = ''.join('##contig=<ID=%s>\n' % c for c in self.bases)
        return self.write(name, HEADER % (header or contigs) + ''.join('\t'.join(map(str, r)) + '\t.\t.\t.\n' for r in records))

    def build(self, *more, output='t.sites.bcf', code=0):
        done = run(SITES, 'build', '-f', self.path('m37.fa'), *self.assemblies, '-o', self.path(output), *more)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def view(self, name='t.sites.bcf'):
        """The table's records, through genotype-convert's own reading: describe; and bcftools where it is there."""
        try:
            out = run('bcftools', 'view', '-H', self.path(name))
        except FileNotFoundError:
            self.skipTest('bcftools is not there')
        self.assertEqual(out.returncode, 0, out.stderr)
        return [line.split('\t')[:5] for line in out.stdout.splitlines()]

    def convert(self, *more, reference='m37.fa'):
        done = run(CONVERT, '-q', '-f', self.path(reference), *self.assemblies, '--sex', 'male', '-o', self.path('out.vcf'), *more,
                   self.path('exports', '23andme.37.zip'))
        return done

    def refused(self, words, *more, **which):
        if os.path.exists(self.path('out.vcf')):
            os.unlink(self.path('out.vcf'))
        done = self.convert(*more, **which)
        self.assertIn(done.returncode, (1, 2, 3), done.stderr)
        self.assertIn(words, done.stderr)
        self.assertFalse(os.path.exists(self.path('out.vcf')))
        return done

    # ---- build

    def test_progress_on_a_terminal(self):
        """A bar for the reference and one for each file of variants, gone in the end; nowhere else, and not with -q."""
        argv = [SITES, 'build', '-f', self.path('m37.fa'), *self.assemblies, '-o', self.path('t.sites.bcf'), '--vcf',
                self.path('sites.37.vcf'), '--vcf', self.path('sites.37.vcf')]
        for more, labels in ([], ('reading the reference', 'variants, 1 of 2', 'variants, 2 of 2')), (['-q'], ()):
            ours, theirs = pty.openpty()
            child = subprocess.Popen([*argv, *more], stderr=theirs)
            os.close(theirs)
            told = b''
            while True:
                try:
                    piece = os.read(ours, 4096)
                except OSError:  # its last user has gone
                    break
                if not piece:
                    break
                told += piece
            os.close(ours)
            self.assertEqual(child.wait(), 0, told)
            told = told.decode()
            for label in labels:
                self.assertIn(label + ' [', told)
            if labels:
                self.assertRegex(told, r'\[[#.]{30}\] \d+/%d' % sum(len(b) for b in self.bases.values()))
                self.assertNotIn('[', told[told.rindex('\x1b[K') + 3:])
            else:
                self.assertEqual(told, '')
        self.assertNotIn('[', self.build('--vcf', self.path('sites.37.vcf')).stderr)

    def test_build_and_verify(self):
        self.build('--vcf', self.path('sites.37.vcf'))
        with open(self.path('sites.37.vcf')) as f:
            expected = [line.split('\t')[:5] for line in f if line[0] != '#']
        self.assertEqual(self.view(), expected)
        done = run(SITES, 'verify', *self.assemblies, '-f', self.path('m37.fa'), self.path('t.sites.bcf'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('right', done.stdout)
        done = run(SITES, 'describe', self.path('t.sites.bcf'))
        self.assertIn('assembly\tGRCh37', done.stdout)
        self.assertIn('md5:', done.stdout)

    def test_same_input_same_bytes(self):
        self.build('--vcf', self.path('sites.37.vcf'))
        first = read(self.path('t.sites.bcf')), read(self.path('t.sites.bcf.csi'))
        self.build('--vcf', self.path('sites.37.vcf'))
        self.assertEqual(first, (read(self.path('t.sites.bcf')), read(self.path('t.sites.bcf.csi'))))

    def test_records_are_normalised(self):
        b = self.bases['1']
        p = next(i for i in range(1000, 8000) if b[i] not in (b[i + 1], 'N') and b[i + 1] == b[i + 2] == b[i + 3])
        run_base, anchor, after = b[p + 1], b[p], p + 1
        while b[after] == run_base:
            after += 1
        # deletion of one base of the run, given at its right end with bases behind it
        right = ('1', after, 'rs1', b[after - 1:after + 2], b[after:after + 2])
        q = p + 60
        r = b[q - 1]
        alts = [x for x in 'ACGT' if x != r]
        records = [right, ('2', 500, '.', self.bases['2'][499], '<DEL>'), ('2', 501, '.', self.bases['2'][500:502], self.bases['2'][500:502].translate(str.maketrans('ACGT', 'CATG'))),
                   ('1', q, 'rs3', r, alts[1]), ('1', q, 'rs2', r, alts[0] + ',' + alts[1]), ('1', q, 'rs3', r, alts[1]),
                   ('2', 700, 'rs9', self.bases['2'][699].lower(), next(x for x in 'acgt' if x != self.bases['2'][699].lower())),
                   ('2', 800, 'rs10', self.bases['2'][799], 'A' * 3000)]
        self.build('--vcf', self.vcf('in.vcf', *records))
        got = self.view()
        self.assertIn(['1', str(p + 1), 'rs1', anchor + run_base, anchor], got)
        self.assertIn(['1', str(q), 'rs3;rs2', r, alts[1] + ',' + alts[0]], got)
        self.assertIn(['2', '700', 'rs9', self.bases['2'][699], next(x for x in 'ACGT' if x != self.bases['2'][699])], got)
        self.assertEqual([g for g in got if g[1] in ('500', '501', '800')], [])

    def test_several_alts_of_an_indel(self):
        b = self.bases['2']
        p = next(i for i in range(1000, 5000) if b[i] != b[i + 1] == b[i + 2] != b[i + 3])
        anchor, base = b[p], b[p + 1]
        self.build('--vcf', self.vcf('in.vcf', ('2', p + 1, 'rs5', anchor + base + base, anchor + base + ',' + anchor + base * 3)))
        self.assertEqual(self.view(), [['2', str(p + 1), 'rs5', anchor + base, anchor + ',' + anchor + base * 2]])

    def test_markers_of_exports(self):
        keep = read(self.path('sites.37.vcf'), 'r')
        spare = ('1', 8990, 'rs999999', self.bases['1'][8989], next(x for x in 'ACGT' if x != self.bases['1'][8989]))
        self.write('more.vcf', keep + '\t'.join(map(str, spare)) + '\t.\t.\t.\n')
        self.build('--vcf', self.path('more.vcf'), '--exports', self.path('exports', '23andme.37.zip'),
                   self.path('exports', 'ancestry.37.zip'))
        names = [g[2] for g in self.view()]
        self.assertIn(keep.splitlines()[-1].split('\t')[2], names)
        self.assertNotIn('rs999999', names)
        self.build('--exports', self.path('exports', '23andme.37.zip'))
        self.assertTrue(all(self.bases[g[0]][int(g[1]) - 1] == g[3] for g in self.view()))

    def test_foreign_variants_are_refused(self):
        wrong = [('1', p, '.', next(x for x in 'ACGT' if x != self.bases['1'][p - 1]), 'T') for p in range(1000, 1100)]
        self.build('--vcf', self.vcf('in.vcf', *wrong), code=1)
        self.assertFalse(os.path.exists(self.path('t.sites.bcf')))
        self.assertEqual([n for n in os.listdir(self.folder.name) if n.startswith('.')], [])

    def test_exports_of_another_strand(self):
        """A table of an export's own letters would confirm them all: the plus strand has to be proven first."""
        with zipfile.ZipFile(self.path('exports', '23andme.37.zip')) as packed:
            text = packed.read(packed.namelist()[0]).decode()
        self.assertIn('genotype', text)
        turned = str.maketrans('ACGT', 'TGCA')
        rows = [line.split('\t') for line in text.split('\n')]
        self.write('turned.txt', '\n'.join('\t'.join(r if r[0][:1] == '#' or len(r) < 4 else r[:3] + [r[3].translate(turned)]) for r in rows))
        done = self.build('--exports', self.path('turned.txt'), code=1)
        self.assertIn('not proven to be on the plus strand', done.stderr)
        self.assertFalse(os.path.exists(self.path('t.sites.bcf')))
        self.build('--vcf', self.path('sites.37.vcf'), '--exports', self.path('turned.txt'))  # only its markers count

    def test_het_without_ref_is_no_allele_of_an_export(self):
        bases = self.bases['1']
        pair = 'AT' if bases[999] in 'AT' else 'CG'
        other = sorted(pair.replace(bases[999], '') + ('C' if pair == 'AT' else 'A'))  # no complements, no REF
        self.write('one.txt', ''.join(line + '\r\n' for line in (
            '# This data file generated by 23andMe at: Mon Jan 01 00:00:00 2024', '#',
            '# We are using reference human assembly build 37 (also known as Annotation Release 104).',
            '# rsid\tchromosome\tposition\tgenotype', 'rs77\t1\t1000\t' + ''.join(other))))
        self.build('--exports', self.path('one.txt'))
        for more in ([], ['-T', self.path('t.sites.bcf')]):
            done = run(CONVERT, '-q', '-f', self.path('m37.fa'), *self.assemblies, *more, '-o', self.path('out.vcf'), self.path('one.txt'))
            self.assertEqual(done.returncode, 0, done.stderr)
            got = [line.split('\t') for line in read(self.path('out.vcf'), 'r').splitlines() if line[0] != '#']
            self.assertEqual([(r[1], r[4], r[6], r[9]) for r in got], [('1000', '.', 'NonRefHet', './.')], more)

    def test_wrong_reference_is_refused(self):
        rng = random.Random(1)
        text = ''.join('>%s\n%s\n' % (c, ''.join(rng.choice('ACGT') for _ in s)) for c, s in self.bases.items())
        self.write('other.fa', text)
        done = run(SITES, 'build', '-f', self.path('other.fa'), '--vcf', self.path('sites.37.vcf'), *self.assemblies, '-o',
                   self.path('t.bcf'))
        self.assertEqual(done.returncode, 1, done.stderr)
        done = run(SITES, 'build', '-f', self.path('m37.fa'), '--vcf', self.path('sites.37.vcf'), '-o', self.path('t.bcf'))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('no known assembly', done.stderr)

    def test_usage(self):
        for argv in ([], ['build'], ['build', '-f', 'x.fa', '-o', 'y'], ['nonsense'], ['verify'], ['verify', 'a', 'b'],
                     ['describe', 'a', '--vcf', 'b'], ['build', '--nonsense']):
            self.assertEqual(run(SITES, *argv).returncode, 2, argv)
        for argv in (['--help'], ['--version'], ['build', '--help']):
            done = run(SITES, *argv)
            self.assertEqual((done.returncode, done.stderr), (0, ''), argv)
        self.assertEqual(run(SITES, 'verify', self.path('nothing')).returncode, 3)
        with open('/dev/full', 'w') as full:
            done = subprocess.run([SITES, '--help'], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 3)

    def test_an_output_takes_no_input_s_place(self):
        for argv in (['build', '-f', self.path('m37.fa'), '--vcf', self.path('sites.37.vcf'), '-o', self.path('sites.37.vcf')],
                     ['compile', '-o', self.path('sites.37.vcf'), self.path('sites.37.vcf')],
                     ['pack', '-o', self.path('m37.fa'), self.path('m37.fa')]):
            before = read(argv[-1])
            done = run(SITES, *argv)
            self.assertEqual((done.returncode, read(argv[-1])), (2, before), argv)
            self.assertIn('must not be one of the inputs', done.stderr)

    def test_an_output_is_a_file(self):
        """No device, pipe or standard output is taken for one or replaced; a link is followed; a suffix means what it says."""
        os.mkfifo(self.path('fifo.bcf'))
        os.symlink('fifo.bcf', self.path('link.bcf'))
        names = [self.path('fifo.bcf'), self.path('link.bcf'), '-']
        if os.geteuid() == 0:
            os.mknod(self.path('null.bcf'), 0o666 | stat.S_IFCHR, os.makedev(1, 3))
            names.append(self.path('null.bcf'))
        table = self.path('sites.37.vcf')
        before = sorted(os.listdir(self.folder.name))
        for command in (['build', '-f', self.path('m37.fa'), *self.assemblies, '--vcf', table], ['compile', table],
                        ['pack', self.path('m37.fa')]):
            for name in names:
                done = run(SITES, *command, '-o', name, cwd=self.folder.name)
                self.assertEqual((done.returncode, done.stdout), (2, ''), (command, name, done.stderr))
            self.assertEqual(sorted(os.listdir(self.folder.name)), before)
            self.assertTrue(stat.S_ISFIFO(os.stat(self.path('fifo.bcf')).st_mode))
        for name in ('x.vcf', 'x.txt', 'x', 'x.gz'):
            self.assertIn('.bcf or .vcf.gz', self.build('--vcf', table, output=name, code=2).stderr)
        os.mkdir(self.path('there'))
        os.symlink('there/real.bcf', self.path('l.bcf'))  # what it leads to is not there yet, then is
        for _ in range(2):
            self.build('--vcf', table, output='l.bcf')
            self.assertTrue(os.path.islink(self.path('l.bcf')))
            self.assertEqual(os.listdir(self.path('there')), ['real.bcf'])
            self.assertTrue(os.path.exists(self.path('l.bcf.csi')))

    def test_a_record_that_stands_twice_is_one(self):
        """Alone or all of them, with the same name or another, beside each other or not; compiled, too."""
        lines = read(self.path('sites.37.vcf'), 'r').splitlines(True)
        head, sites = [x for x in lines if x[0] == '#'], [x for x in lines if x[0] != '#']
        def converted(table):
            done = self.convert('-T', table)
            self.assertEqual(done.returncode, 0, done.stderr)
            return [x for x in read(self.path('out.vcf'), 'r').splitlines() if not x.startswith('##')]
        wanted = converted(self.path('sites.37.vcf'))
        indels = [x for x in sites if len(x.split('\t')[3]) != len(x.split('\t')[4])]
        self.assertTrue(indels)
        renamed = [''.join('\t'.join([*x.split('\t')[:2], 'other%d' % k, *x.split('\t')[3:]])) for k, x in enumerate(indels)]
        for table in ([x for x in sites for _ in range(1 + (x == indels[0]))], [x for x in sites for _ in range(3)],
                      [y for x in sites for y in [x] + [z for z, i in zip(renamed, indels) if i == x]]):
            self.write('twice.vcf', ''.join(head + table))
            self.assertEqual(converted(self.path('twice.vcf')), wanted)
            done = run(SITES, 'compile', '-q', '-f', self.path('m37.fa'), self.path('twice.vcf'), '-o', self.path('twice.compiled'))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(converted(self.path('twice.compiled')), wanted)

    # ---- verify, compile, pack

    def test_changed_table(self):
        self.build('--vcf', self.path('sites.37.vcf'))
        data = read(self.path('t.sites.bcf'))
        for name, change in (('cut', data[:len(data) // 2]), ('tail', data[:-28])):
            with open(self.path(name + '.bcf'), 'wb') as f:
                f.write(change)
            self.assertEqual(run(SITES, 'verify', *self.assemblies, self.path(name + '.bcf')).returncode, 3, name)
            # In the midst of a block: htslib 1.16 tells when it gets there, 1.21 before it begins.
            done = self.refused('cut off' if name == 'tail' else '', '-T', self.path(name + '.bcf'))
            self.assertRegex(done.stderr, 'cut off|cannot be read')
        text = run('bcftools', 'view', self.path('t.sites.bcf')).stdout
        lines = text.splitlines(True)
        self.write('less.vcf', ''.join(lines[:-1]))
        self.assertEqual(run(SITES, 'verify', *self.assemblies, self.path('less.vcf')).returncode, 1)
        self.refused('digest', '-T', self.path('less.vcf'))

    def test_compiled(self):
        self.build('--vcf', self.path('sites.37.vcf'))
        done = run(SITES, 'compile', self.path('t.sites.bcf'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(run(SITES, 'verify', *self.assemblies, '-f', self.path('m37.fa'), self.path('t.sites.compiled')).returncode, 0)
        a = run(SITES, 'describe', self.path('t.sites.bcf')).stdout.splitlines()[1:]
        self.assertEqual(a, run(SITES, 'describe', self.path('t.sites.compiled')).stdout.splitlines()[1:])
        self.assertEqual(self.convert('-T', self.path('t.sites.bcf')).returncode, 0)
        plain = read(self.path('out.vcf'))
        self.assertEqual(self.convert('-T', self.path('t.sites.compiled')).returncode, 0)
        self.assertEqual(plain, read(self.path('out.vcf')))
        data = bytearray(read(self.path('t.sites.compiled')))
        for at in [8, 20, 40, 80, 120, 200, 1000, len(data) // 2, len(data) - 9, len(data) - 1]:
            damaged = bytearray(data)
            damaged[at] ^= 0x41
            with open(self.path('d.compiled'), 'wb') as f:
                f.write(damaged)
            self.refused('compile it again', '-T', self.path('d.compiled'))
        other = bytearray(data)
        other[12:16] = other[15:11:-1]
        with open(self.path('d.compiled'), 'wb') as f:
            f.write(other)
        self.refused('of another byte order: compile it again', '-T', self.path('d.compiled'))
        older = bytearray(data)
        older[8] = 1
        with open(self.path('d.compiled'), 'wb') as f:
            f.write(older)
        self.refused('of another version: compile it again', '-T', self.path('d.compiled'))
        for n in (9, 100, len(data) - 8):
            with open(self.path('d.compiled'), 'wb') as f:
                f.write(data[:n])
            self.refused('compile it again', '-T', self.path('d.compiled'))

    def test_build_keeps_the_alts_of_one_indel(self):
        """ALTs that would stand at two places each alone: the letters may mean either, in the table built as in the raw one."""
        bases = self.bases['1']
        at = next(i for i in range(200, 8000) if len(set(bases[i:i + 3])) == 3 and bases[i + 3] not in bases[i:i + 3])  # no run
        ref = bases[at:at + 3]
        table = self.vcf('two.vcf', ('1', at + 1, '.', ref, ref[0] + ',' + ref + ref[0] * 2))
        self.write('one.txt', ''.join(line + '\r\n' for line in (
            '# This data file generated by 23andMe at: Mon Jan 01 00:00:00 2024', '#',
            '# We are using reference human assembly build 37 (also known as Annotation Release 104).',
            '# rsid\tchromosome\tposition\tgenotype', 'rs77\t1\t%d\tDI' % (at + 3))))
        self.build('--vcf', table)
        for used in (table, self.path('t.sites.bcf')):
            done = run(CONVERT, '-q', '-f', self.path('m37.fa'), *self.assemblies, '-T', used, '-o', self.path('out.vcf'), self.path('one.txt'))
            self.assertEqual(done.returncode, 0, done.stderr)
            got = [line.split('\t') for line in read(self.path('out.vcf'), 'r').splitlines() if line[0] != '#']
            self.assertEqual([(r[1], r[3], r[4], r[6], r[9]) for r in got],
                             [(str(at + 1), ref, ref[0] + ',' + ref + ref[0] * 2, 'AmbiguousIndel', './.')], used)

    def test_compile_aligns(self):
        """A deletion written at the right end of its run: with -f the compiled table has it at the left end, as a raw one has."""
        bases = self.bases['1']
        at = next(i for i in range(200, 8000) if bases[i] == bases[i + 1] == bases[i + 2] and bases[i - 1] != bases[i])
        letter = bases[at]
        table = self.vcf('right.vcf', ('1', at + 2, 'rs77', letter * 2, letter))  # 1-based: the run's second and third base
        self.write('one.txt', ''.join(line + '\r\n' for line in (
            '# This data file generated by 23andMe at: Mon Jan 01 00:00:00 2024', '#',
            '# We are using reference human assembly build 37 (also known as Annotation Release 104).',
            '# rsid\tchromosome\tposition\tgenotype', 'rs77\t1\t%d\tDI' % (at + 3))))
        places = {}
        for name, more in (('raw', None), ('left', ['-f', self.path('m37.fa')]), ('right', [])):
            used = table
            if more is not None:
                used = self.path(name + '.compiled')
                self.assertEqual(run(SITES, 'compile', *more, table, '-o', used).returncode, 0)
            done = run(CONVERT, '-q', '-f', self.path('m37.fa'), *self.assemblies, '-T', used, '-o', self.path('out.vcf'), self.path('one.txt'))
            self.assertEqual(done.returncode, 0, done.stderr)
            places[name] = [line.split('\t')[1:5] for line in read(self.path('out.vcf'), 'r').splitlines() if line[0] != '#']
        self.assertEqual(places['raw'], [[str(at), 'rs77', bases[at - 1] + letter, bases[at - 1]]])
        self.assertEqual(places['left'], places['raw'])
        self.assertEqual(places['right'], [[str(at + 2), 'rs77', letter * 2, letter]])
        other = next(x for x in 'ACGT' if x != bases[199])
        table = self.vcf('wrong.vcf', ('1', 200, 'rs1', other, bases[199]))
        done = run(SITES, 'compile', '-f', self.path('m37.fa'), table, '-o', self.path('w.compiled'))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn('REF differs at 1:200', done.stderr)
        self.assertFalse(os.path.exists(self.path('w.compiled')))

    def test_pack(self):
        lower = ''.join('>%s\n' % c + ''.join((s[i:i + 61].lower() if i % 122 else s[i:i + 61]) + '\r\n' for i in range(0, len(s), 61))
                        for c, s in self.bases.items())
        self.write('crlf.fa', lower)
        self.assertEqual(self.convert().returncode, 0)
        plain = read(self.path('out.vcf'))
        for name in ('m37', 'crlf'):
            done = run(SITES, 'pack', self.path(name + '.fa'))
            self.assertEqual(done.returncode, 0, done.stderr)
            for reference in (name + '.fa', name + '.2bit'):
                done = self.convert(reference=reference)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(plain, read(self.path('out.vcf')), reference)
        data = read(self.path('m37.2bit'))
        for n in (3, 15, 20, 60):
            with open(self.path('cut.2bit'), 'wb') as f:
                f.write(data[:n])
            self.assertNotEqual(self.convert(reference='cut.2bit').returncode, 0, n)
        with open(self.path('cut.2bit'), 'wb') as f:
            f.write(data[:-200])
        self.assertEqual(self.convert(reference='cut.2bit').returncode, 2)

    def two_bit(self, name, order, version):
        """A .2bit by the book, in either byte order and both versions."""
        put = lambda form, *values: struct.pack(order + form, *values)
        index = 16 + sum(1 + len(c) + (8 if version else 4) for c in self.bases)
        head, records = put('4I', 0x1A412743, version, len(self.bases), 0), b''
        for c, s in self.bases.items():
            head += bytes([len(c)]) + c.encode() + put('Q' if version else 'I', index + len(records))
            runs = [(m.start(), len(m.group())) for m in re.finditer('N+', s)]
            codes = ['TCAG'.find(b) if b != 'N' else 0 for b in s + 'T' * (-len(s) % 4)]
            records += put('2I', len(s), len(runs)) + b''.join(put('I', r[0]) for r in runs) + b''.join(put('I', r[1]) for r in runs)
            records += put('4I', 1, 5, 10, 0)  # one run of lower case
            records += bytes(a << 6 | b << 4 | c << 2 | d for a, b, c, d in zip(*[iter(codes)] * 4))
        with open(self.path(name), 'wb') as f:
            f.write(head + records)

    def test_two_bit_of_other_machines(self):
        self.assertEqual(self.convert().returncode, 0)
        plain = read(self.path('out.vcf'))
        for order in '<>':
            for version in (0, 1):
                self.two_bit('r.2bit', order, version)
                done = self.convert(reference='r.2bit')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(plain, read(self.path('out.vcf')), (order, version))

    def test_two_bit_back_into_a_gap(self):
        """A gap is one from wherever the last base was read: behind the last gap, too."""
        self.bases['1'] = self.bases['1'][:299] + 'N' * 10 + self.bases['1'][309:]
        self.write('gap.fa', ''.join('>%s\n%s\n' % item for item in self.bases.items()))
        self.two_bit('gap.2bit', '<', 0)
        one = self.bases['1']
        far = (5000, 'rs2', one[4999], next(x for x in 'ACGT' if x != one[4999]))
        table = self.vcf('gap.vcf', ('1', 298, 'rs1', one[297:303], one[297]), ('1', *far))
        for reference in ('gap.fa', 'gap.2bit'):
            done = self.convert('-T', table, reference=reference)
            self.assertEqual((done.returncode, done.stderr), (0, ''), reference)

    def test_names_at_the_ends_of_the_numbers(self):
        """rs0 and rs4294967295 are names like others: a row of theirs whose place is elsewhere has no genotype."""
        with open(self.path('sites.37.vcf')) as f:
            site = next(l.split('\t') for l in f if l[0] != '#' and l.startswith('1\t') and len(l.split('\t')[3] + l.split('\t')[4]) == 2)
        place, ref, alt = int(site[1]), site[3], site[4]
        here = '\t1\t%d\t' % place
        with zipfile.ZipFile(self.path('exports', '23andme.37.zip')) as z:
            name = z.namelist()[0]
            lines = z.read(name).decode().splitlines(keepends=True)
        other = self.bases['1'][place + 499]
        for odd, at_site in (('rs4294967295', 'rs5;rs6'), ('rs0', '.'), ('rs7', 'rs5')):
            table = self.vcf('odd.vcf', ('1', place, at_site, ref, alt), ('1', place + 500, odd, other, 'ACGT'['ACGT'.find(other) - 1]))
            text = [odd + here + ref + alt + line[len(line.rstrip()):] if here in line else line for line in lines if here not in line or line == next(
                x for x in lines if here in x)]
            with zipfile.ZipFile(self.path('exports', '23andme.37.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
                z.writestr(name, ''.join(text))
            done = self.convert('-T', table)
            self.assertEqual(done.returncode, 0, done.stderr)
            record = next(r for r in read(self.path('out.vcf')).decode().splitlines() if r.startswith('1\t%d\t' % place))
            self.assertIn('SiteMismatch', record, odd)

    def test_accessions(self):
        """dbSNP's names of contigs, in a table, a reference and in build, which counts what it passes over."""
        accession = {'1': 'NC_000001.10', '2': 'NC_000002.11', 'X': 'NC_000023.10', 'Y': 'NC_000024.9', 'MT': 'NC_012920.1'}
        named = re.sub(r'^(\w+)\t', lambda m: accession[m.group(1)] + '\t', read(self.path('sites.37.vcf'), 'r'), flags=re.M)
        named = re.sub(r'(?<=contig=<ID=)\w+', lambda m: accession[m.group(0)], named)
        self.write('nc.vcf', named + 'NW_003871055.3\t100\t.\tA\tC\t.\t.\t.\n')
        self.write('nc.fa', re.sub(r'(?<=>)\w+', lambda m: accession[m.group(0)], read(self.path('m37.fa'), 'r')))
        self.assertEqual(self.convert('-T', self.path('sites.37.vcf')).returncode, 0)
        plain = [line for line in read(self.path('out.vcf'), 'r').splitlines() if not line.startswith('##')]
        for more, which in ((['-T', self.path('nc.vcf')], {}), (['-T', self.path('nc.vcf')], {'reference': 'nc.fa'})):
            self.assertEqual(self.convert(*more, **which).returncode, 0)
            self.assertEqual(plain, [line for line in read(self.path('out.vcf'), 'r').splitlines() if not line.startswith('##')])
        done = self.build('--vcf', self.path('nc.vcf'))
        self.assertIn('passed over 1 records', done.stderr)
        self.assertIn('NW_003871055.3', done.stderr)
        self.write('nc38.vcf', named.replace('NC_000001.10', 'NC_000001.11'))
        self.refused('more than one assembly', '-T', self.path('nc38.vcf'))
        self.assertIn('GRCh38', self.build('--vcf', self.path('nc38.vcf'), code=1).stderr)

    def test_foreign_contigs(self):
        self.refused('none of the contigs', '-T', self.vcf('f.vcf', ('scaffold_1', 100, 'rs1', 'A', 'C'), header='##x=y\n'))
        self.refused('none of the contigs', '-T', self.vcf('f.vcf', header='##contig=<ID=scaffold_1,length=5>\n'))

    # ---- what does not belong together

    def test_tables_of_other_assemblies(self):
        contigs = ''.join('##contig=<ID=%s,length=%d,assembly=GRCh38>\n' % (c, len(s)) for c, s in self.bases.items())
        self.refused('GRCh38', '-T', self.vcf('a.vcf', header=contigs))
        contigs = ''.join('##contig=<ID=%s,length=%d>\n' % (c, len(s) + 1) for c, s in self.bases.items())
        self.refused('bases', '-T', self.vcf('b.vcf', header=contigs))
        contigs = ''.join('##contig=<ID=%s,length=%d,md5=%s>\n' % (c, len(s), hashlib.md5(b'x').hexdigest())
                          for c, s in self.bases.items())
        self.refused('md5', '-T', self.vcf('c.vcf', header=contigs))
        self.refused('beyond', '-T', self.vcf('d.vcf', ('1', 9001, 'rs1', 'A', 'C')))
        wrong = next(x for x in 'ACGT' if x != self.bases['1'][199])
        other = next(x for x in 'ACGT' if x not in (wrong, self.bases['1'][199]))
        self.refused('REF differs', '-T', self.vcf('e.vcf', ('1', 200, 'rs1', wrong, other)))
        self.refused('no site table', '-T', self.path('assembly.tsv'))
        self.refused('cannot open', '-T', self.path('nothing.bcf'))

    def test_references_of_other_assemblies(self):
        text = read(self.path('m37.fa'), 'r')
        self.write('long.fa', text.replace('>2\n', '>2\n' + 'A' * 60 + '\n', 1))
        self.refused('contig 2', reference='long.fa')
        mt = text.index('>MT\n')
        self.write('hg19.fa', text[:mt] + '>chrM\n' + ('A' * 60 + '\n') * 276 + 'A' * 11 + '\n')
        self.refused('NC_001807', reference='hg19.fa')
        self.write('chr.fa', text.replace('>', '>chr'))
        self.assertEqual(self.convert(reference='chr.fa').returncode, 0)
        self.write('stale.fa', text.replace('>X\n', '>X another name\n'))
        with open(self.path('stale.fa.fai'), 'w') as f:
            f.write(read(self.path('m37.fa.fai'), 'r'))
        self.refused('index', reference='stale.fa')
        self.write('bad.fa.fai', 'nonsense\n')
        self.write('bad.fa', text)
        self.refused('samtools faidx', reference='bad.fa')
        self.refused('cannot open', reference='nothing.fa')

    def test_folder_that_cannot_be_written(self):
        if os.geteuid() == 0:
            self.skipTest('root writes everywhere')
        os.mkdir(self.path('closed'))
        self.write('closed/ref.fa', read(self.path('m37.fa'), 'r'))
        os.chmod(self.path('closed'), 0o500)
        self.addCleanup(os.chmod, self.path('closed'), 0o700)
        self.assertEqual(self.convert(reference='closed/ref.fa').returncode, 0)


if __name__ == '__main__':
    unittest.main()
