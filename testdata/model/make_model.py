#!/usr/bin/env python3
"""A model genome of a few thousand bases, its site table, three vendors' exports of one invented man, and the VCF records
and rejects each must give.

  make_model.py DIRECTORY

What must come out is written down case by case, next to what goes in; nothing is computed by rules like those of the tool.
The same call makes the same bytes. m37.fa is the genome, assembly.tsv goes to --assemblies, sites.37.vcf to -T or to
genotype-sites; exports/ and expected/ are named VENDOR.BUILD and VENDOR.FROM-TO.MODE (MODE sites or nosites).
"""
import hashlib, os, random, sys, zipfile

sys.dont_write_bytecode = True  # this folder is source
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from make_testdata import head_23, head_ancestry, head_mh2  # the vendors' headers

LENGTH = {'1': 9000, '2': 6000, 'X': 8000, 'Y': 6000, 'MT': 1500}
ORDER = list(LENGTH)
PARS = (('PAR1', 501, 301, 1000), ('PAR2', 7001, 5001, 1000))  # first base on X, on Y, bases
OTHER = {'A': 'T', 'C': 'G', 'G': 'C', 'T': 'A'}
SWAP = {'A': 'G', 'G': 'A', 'C': 'T', 'T': 'C'}
VENDORS = ('23andme', 'ancestry', 'myheritage')


class Model:
    def __init__(self):
        rng = random.Random(20260101)
        self.bases = {c: [rng.choice('ACGT') for _ in range(n)] for c, n in LENGTH.items()}
        for _, x, y, n in PARS:
            self.bases['Y'][y - 1:y - 1 + n] = self.bases['X'][x - 1:x - 1 + n]
        for c in ('1', '2'):
            self.bases[c][:100] = 'N' * 100
        self.sites, self.rows, self.records, self.rejects = [], [], [], []
        self.next_id, self.at = 100, {}
        self.reversed_het = None
        self.make()

    def ref(self, c, p):
        return self.bases[c][p - 1]

    def place(self, c, start=None, step=23):
        """The next free place of a contig; and a name for it."""
        self.at[c] = start if start is not None else self.at[c] + step
        self.next_id += 7
        return self.at[c], 'rs%d' % self.next_id

    def site(self, c, p, name, ref, *alts):
        self.sites.append((ORDER.index(c), p, name, ref, ','.join(alts) or '.'))

    def row(self, name, c, p, genotype, y=0):
        """genotype: two alleles, or None for a no-call. y: the place on Y of a pseudo-autosomal marker."""
        self.rows.append((name, c, p, genotype, y))

    def record(self, modes, c, p, name, ref, alt, gt, what='PASS', info='.', indel=0):
        for mode in modes.split():
            self.records.append((mode, ORDER.index(c), p, indel, name, ref, alt, what, info, gt))

    def reject(self, modes, name, why):
        for mode in modes.split():
            self.rejects.append((mode, name, why))

    # ---- the cases

    def make(self):
        for c in ('1', '2'):
            p, name = self.place(c, 51)
            self.row(name, c, p, 'AA')
            self.reject('sites nosites', name, 'REF_N')
            self.place(c, 120)
            for _ in range(10):
                self.diploid(c)
                self.oddities(c)
                self.indels(c)
            self.misplaced(c)
        self.place('X', 520)
        self.pseudo_autosomal(0)
        self.place('X', 2000)
        for _ in range(20):
            self.haploid('X')
        self.place('X', 7100)
        self.pseudo_autosomal(1)
        for c, start in (('Y', 2000), ('MT', 20)):
            self.place(c, start)
            for _ in range(12):
                self.haploid(c)

    def diploid(self, c):
        both = 'sites nosites'
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, r + a)
        self.record(both, c, p, n, r, a, '0/1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, a + a)
        self.record(both, c, p, n, r, a, '1/1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, r + r)
        self.record('sites', c, p, n, r, a, '0/0')       # ALT from the table,
        self.record('nosites', c, p, n, r, '.', '0/0')   # or none
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, None)
        self.record('sites', c, p, n, r, a, './.')
        self.record('nosites', c, p, n, r, '.', './.')
        p, n = self.place(c); r = self.ref(c, p); a = OTHER[r]   # palindromic: as given
        self.site(c, p, n, r, a); self.row(n, c, p, r + a)
        self.record(both, c, p, n, r, a, '0/1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]    # a site the table does not have
        self.row(n, c, p, r + a)
        self.record(both, c, p, n, r, a, '0/1')
        for _ in range(3):  # most calls are plain ones
            p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
            self.site(c, p, n, r, a); self.row(n, c, p, a + r)
            self.record(both, c, p, n, r, a, '0/1')

    def oddities(self, c):
        both = 'sites nosites'
        p, n = self.place(c); r = self.ref(c, p); a, b = sorted(set('ACGT') - {r, OTHER[r]})
        self.site(c, p, n, r, a, b); self.row(n, c, p, a + b)    # neither is REF
        self.record('sites', c, p, n, r, a + ',' + b, '1/2')
        self.record('nosites', c, p, n, r, '.', './.', 'NonRefHet', 'OG=%s/%s' % (a, b))
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]    # the other strand
        self.site(c, p, n, r, a)
        if not self.reversed_het:  # one heterozygous call without REF is within the bounds of a plus-strand file
            self.reversed_het = n
            x, y = sorted(OTHER[r] + OTHER[a])
            self.row(n, c, p, OTHER[r] + OTHER[a])
            self.record('sites', c, p, n, r, a, '0/1', info='FLIP')
            self.record('nosites', c, p, n, r, '.', './.', 'NonRefHet', 'OG=%s/%s' % (x, y))
        else:
            self.row(n, c, p, OTHER[a] * 2)
            self.record('sites', c, p, n, r, a, '1/1', info='FLIP')
            self.record('nosites', c, p, n, r, OTHER[a], '1/1')  # nothing there tells better
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]    # fits on no strand
        x, y = sorted(r + OTHER[r])
        self.site(c, p, n, r, a); self.row(n, c, p, r + OTHER[r])
        self.record('sites', c, p, n, r, a, './.', 'AlleleMismatch', 'OG=%s/%s' % (x, y))
        self.record('nosites', c, p, n, r, OTHER[r], '0/1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]    # twice, and they agree
        self.site(c, p, n, r, a); self.row(n, c, p, r + a); self.row('i' + n[2:], c, p, r + a)
        self.record(both, c, p, n + ';i' + n[2:], r, a, '0/1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]    # twice, one of them without a call
        self.site(c, p, n, r, a); self.row(n, c, p, None); self.row('i' + n[2:], c, p, a + a)
        self.record(both, c, p, n + ';i' + n[2:], r, a, '1/1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]    # twice, and they differ
        og = ','.join(sorted(('%s/%s' % (r, r), '/'.join(sorted(r + a)))))
        self.site(c, p, n, r, a); self.row(n, c, p, r + r); self.row('i' + n[2:], c, p, r + a)
        self.record('sites', c, p, n + ';i' + n[2:], r, a, './.', 'DupConflict', 'OG=' + og)
        self.record('nosites', c, p, n + ';i' + n[2:], r, '.', './.', 'DupConflict', 'OG=' + og)

    def indels(self, c):
        p, n = self.place(c)
        self.bases[c][p - 1:p + 4] = 'CATGA'                     # CAT>C; vendors name the first or the last deleted base
        self.site(c, p, n, 'CAT', 'C'); self.row(n, c, ('del', p + 1, p + 2), 'DI')
        self.record('sites', c, p, n, 'CAT', 'C', '0/1', indel=1)
        self.reject('nosites', n, 'INDEL_NO_SITE')
        p, n = self.place(c)
        self.bases[c][p - 1:p + 2] = 'GCT'                       # G>GAA, and an SNV at the same place
        self.site(c, p, n, 'G', 'GAA'); self.row(n, c, p, 'II')
        self.record('sites', c, p, n, 'G', 'GAA', '1/1', indel=1)
        self.reject('nosites', n, 'INDEL_NO_SITE')
        m = 'rs%d' % (self.next_id + 1)
        self.site(c, p, m, 'G', 'T'); self.row(m, c, p, 'GT')
        self.record('sites nosites', c, p, m, 'G', 'T', '0/1')
        p, n = self.place(c)                                     # an indel nobody knows
        self.row(n, c, p, 'DD')
        self.reject('sites nosites', n, 'INDEL_NO_SITE')

    def misplaced(self, c):
        _, n = self.place(c)
        self.row(n, c, LENGTH[c] + 1, 'AA'); self.reject('sites nosites', n, 'POS_RANGE')
        _, n = self.place(c)
        self.row(n, '0', 0, 'AG'); self.reject('sites nosites', n, 'NO_POSITION')

    def haploid(self, c):
        both = 'sites nosites'
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, a + a)
        self.record(both, c, p, n, r, a, '1')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, r + r)
        self.record('sites', c, p, n, r, a, '0')
        self.record('nosites', c, p, n, r, '.', '0')
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, r + a)       # two alleles where one is possible
        og = 'OG=' + '/'.join(sorted(r + a))
        self.record('sites', c, p, n, r, a, '.', 'HetHaploid', og)
        self.record('nosites', c, p, n, r, '.', '.', 'HetHaploid', og)
        p, n = self.place(c); r = self.ref(c, p); a = SWAP[r]
        self.site(c, p, n, r, a); self.row(n, c, p, None)
        self.record('sites', c, p, n, r, a, '.')
        self.record('nosites', c, p, n, r, '.', '.')

    def pseudo_autosomal(self, which):
        _, x, y, _ = PARS[which]
        for _ in range(10):
            p, n = self.place('X'); r = self.ref('X', p); a = SWAP[r]
            self.site('X', p, n, r, a); self.row(n, 'X', p, r + a, p - x + y)
            self.record('sites nosites', 'X', p, n, r, a, '0/1')

    # ---- files

    def missing(self, vendor):
        """Names of the markers this vendor does not have: MyHeritage has no MT."""
        return {r[0] for r in self.rows if vendor == 'myheritage' and r[1] == 'MT'}

    def text(self, vendor):
        codes = {'X': '23', 'Y': '24', 'MT': '26'} if vendor == 'ancestry' else {}
        rank = ['0', '1', '2', 'X', '23', 'Y', '24', '25', 'MT', '26']
        lines, missing = [], self.missing(vendor)
        for name, c, p, genotype, y in self.rows:
            if name in missing:
                continue
            label = codes.get(c, c)
            if isinstance(p, tuple):
                p = p[2] if vendor == '23andme' else p[1]
            if y and vendor == 'ancestry':
                label, p = '25', y
            if y and vendor == 'myheritage':
                label, p = 'Y', y
            one = c in ('X', 'Y', 'MT') and not y
            if vendor == '23andme':
                g = '--' if not genotype else genotype[0] if one and genotype[0] == genotype[1] else ''.join(sorted(genotype))
                line = '\t'.join((name, label, str(p), g))
            elif vendor == 'ancestry':
                line = '\t'.join((name, label, str(p), *(genotype or '00')))
            else:
                line = '"%s","%s","%d","%s"' % (name, label, p, ''.join(sorted(genotype)) if genotype else '--')
            lines.append((rank.index(label), p, line))
        lines.sort(key=lambda l: l[:2])
        head = {'23andme': lambda: head_23(2019), 'ancestry': lambda: head_ancestry('01/23/2021 10:11:12 UTC', 'V2.0'),
                'myheritage': head_mh2}[vendor]()
        end = '\n' if vendor == 'myheritage' else '\r\n'
        return ''.join(line + end for line in head + [l[2] for l in lines])

    def write(self, out):
        files = {}
        fasta = ''.join('>%s\n' % c + ''.join(s[i:i + 60] + '\n' for i in range(0, len(s), 60))
                        for c, s in ((c, ''.join(self.bases[c])) for c in ORDER))
        files['m37.fa'] = fasta
        index, at = '', 0
        for c in ORDER:
            at += len(c) + 2
            index += '%s\t%d\t%d\t60\t61\n' % (c, LENGTH[c], at)
            at += LENGTH[c] + (LENGTH[c] + 59) // 60
        files['m37.fa.fai'] = index
        md5 = {c: hashlib.md5(''.join(self.bases[c]).encode()).hexdigest() for c in ORDER}
        files['assembly.tsv'] = ''.join('GRCh37\tcontig\t%s\t%d\t%s\n' % (c, LENGTH[c], md5[c]) for c in ORDER) + ''.join(
            'GRCh37\t%s\tX:%d-%d\tY:%d-%d\n' % (name, x, x + n - 1, y, y + n - 1) for name, x, y, n in PARS)
        files['sites.37.vcf'] = '##fileformat=VCFv4.3\n' + ''.join(
            '##contig=<ID=%s,length=%d,assembly=GRCh37,md5=%s>\n' % (c, LENGTH[c], md5[c]) for c in ORDER) + (
            '#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n') + ''.join(
            '%s\t%d\t%s\t%s\t%s\t.\t.\t.\n' % (ORDER[s[0]], *s[1:])
            for s in sorted(self.sites, key=lambda s: (*s[:2], len(s[3] + s[4].split(',')[0]) > 2)))
        for vendor in VENDORS:
            ending = 'csv' if vendor == 'myheritage' else 'txt'
            files['exports/%s.37.%s' % (vendor, ending)] = self.text(vendor)
            missing = self.missing(vendor)
            for mode in ('sites', 'nosites'):
                records = sorted(r for r in self.records if r[0] == mode and r[4].split(';')[0] not in missing)
                files['expected/%s.37-37.%s.vcf' % (vendor, mode)] = ''.join(
                    '%s\t%d\t%s\t%s\t%s\t.\t%s\t%s\tGT\t%s\n' % (ORDER[c], p, *rest) for _, c, p, _, *rest in records)
                files['expected/%s.37-37.%s.rejects.tsv' % (vendor, mode)] = ''.join(
                    '%s\t%s\n' % r[1:] for r in self.rejects if r[0] == mode and r[1] not in missing)
        for name, text in files.items():
            path = os.path.join(out, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w', newline='') as f:
                f.write(text)
        for vendor in VENDORS:  # stored, because zlib's versions pack differently
            ending = 'csv' if vendor == 'myheritage' else 'txt'
            member = zipfile.ZipInfo('%s.%s' % (vendor, ending), (2026, 1, 1, 0, 0, 0))
            with zipfile.ZipFile(os.path.join(out, 'exports', vendor + '.37.zip'), 'w') as z:
                z.writestr(member, files['exports/%s.37.%s' % (vendor, ending)])


if __name__ == '__main__':
    if len(sys.argv) != 2 or sys.argv[1].startswith('-'):
        sys.exit(__doc__)
    Model().write(sys.argv[1])
