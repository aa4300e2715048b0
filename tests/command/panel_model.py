"""A small phased panel with known truth: haplotypes as mosaics of a few founders (Li and Stephens), so that there is
linkage to impute by. Chromosome 20 and X with its two PARs, GRCh37; men have one copy of X between the PARs."""
import random

PAR1, PAR2_FROM, X_END = (60001, 2699520), 154931044, 155270560  # GRCh37, dtc_assemblies_builtin()
LENGTHS = {'20': 63025520, 'X': X_END}


class Site:
    def __init__(self, chrom, pos, name, ref, alts):
        self.chrom, self.pos, self.name, self.ref, self.alts = chrom, pos, name, ref, alts

    @property
    def haploid_in_men(self):
        return self.chrom == 'X' and PAR1[1] < self.pos < PAR2_FROM


class Model:
    def __init__(self, seed=1, sites=(('20', 1000000, 700), ('X', 100000, 120), ('X', 5000000, 400),
                                      ('X', PAR2_FROM + 1000, 80)), founders=10):
        self.rng = random.Random(seed)
        self.sites = []
        for chrom, start, count in sites:
            pos = start
            for _ in range(count):
                pos += self.rng.randint(500, 3000)
                several = self.rng.random() < 0.02
                # no pairs of complements: their strand would need words of its own
                ref, alt = self.rng.choice(['AC', 'AG', 'CA', 'CT', 'GA', 'GT', 'TC', 'TG'])
                alts = [alt] + ([next(b for b in 'ACGT' if b not in (ref, alt))] if several else [])
                self.sites.append(Site(chrom, pos, 'rs%d' % (5000 + len(self.sites)), ref, alts))
        self.founders = [[self.allele(s) for s in self.sites] for _ in range(founders)]

    def allele(self, site):
        r = self.rng.random()
        return 0 if r < 0.6 else len(site.alts) if r > 0.9 else 1

    def haplotype(self):
        """A mosaic: another founder every 100 sites or so."""
        f, out = self.rng.choice(self.founders), []
        for i in range(len(self.sites)):
            if self.rng.random() < 0.01:
                f = self.rng.choice(self.founders)
            out.append(f[i])
        return out

    def person(self, male=False):
        a, b = self.haplotype(), self.haplotype()
        return [(x,) if male and s.haploid_in_men else (x, y) for s, x, y in zip(self.sites, a, b)]

    @staticmethod
    def header(names, chrom_lengths=True, first='##fileformat=VCFv4.2'):
        lines = [first]
        lines += ['##contig=<ID=%s,length=%d>' % c for c in LENGTHS.items()] if chrom_lengths else []
        lines += ['##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
                  '\t'.join(['#CHROM', 'POS', 'ID', 'REF', 'ALT', 'QUAL', 'FILTER', 'INFO', 'FORMAT'] + names)]
        return '\n'.join(lines) + '\n'

    def vcf(self, names, persons, sep='|', keep=None, header=None):
        out = [header or self.header(names)]
        for i, s in enumerate(self.sites):
            if keep and not keep(s):
                continue
            out.append('\t'.join([s.chrom, str(s.pos), s.name, s.ref, ','.join(s.alts), '.', 'PASS', '.', 'GT'] +
                                 [sep.join(map(str, p[i])) for p in persons]) + '\n')
        return ''.join(out)

    def rows_23(self, person, keep):
        """Rows of a 23andMe file: rsid, chromosome, position, genotype."""
        out = []
        for s, g in zip(self.sites, person):
            if keep(s):
                out.append('%s\t%s\t%d\t%s\r\n' % (s.name, s.chrom, s.pos, ''.join(([s.ref] + s.alts)[a] for a in g)))
        return ''.join(out)
