"""Random sites, genotypes and scoring files, and the sums that they have, in fractions and by rules of their own."""
from fractions import Fraction

COMPLEMENT = dict(zip('ACGT', 'TGCA'))
PALINDROMES = {'AT', 'TA', 'CG', 'GC'}


class Site:
    def __init__(self, chrom, pos, ref, alts, calls, dosages):
        self.chrom, self.pos, self.ref, self.alts, self.calls, self.dosages = chrom, pos, ref, alts, calls, dosages

    @property
    def alleles(self):
        return [self.ref] + self.alts

    @property
    def id(self):
        return '%s_%d_%s' % (self.chrom, self.pos, '_'.join(self.alleles))

    def copies(self, allele, person):
        """Of an allele of this site; None without a call."""
        if self.dosages is not None and self.dosages[person] is not None:
            told = [Fraction(d) for d in self.dosages[person]]
            return 2 - sum(told) if allele == self.ref else told[self.alts.index(allele)]
        call = self.calls[person]
        return None if call is None else Fraction(sum(self.alleles[i] == allele for i in call))

    def line(self):
        columns = [
            self.chrom,
            str(self.pos),
            self.id,
            self.ref,
            ','.join(self.alts) or '.',
            '.',
            'PASS',
            '.',
            'GT:DS' if self.dosages is not None else 'GT',
        ]
        for person, call in enumerate(self.calls):
            text = './.' if call is None else '/'.join(map(str, call))
            if self.dosages is not None:
                told = self.dosages[person]
                text += ':' + ('.' if told is None else ','.join(told))
            columns.append(text)
        return '\t'.join(columns) + '\n'


def random_sites(rng, count, persons, step):
    """step: what a dosage is a multiple of, as a Fraction with a short decimal."""
    sites, pos = [], 1000
    for i in range(count):
        pos += rng.randint(1, 50)
        ref = rng.choice('ACGT')
        others = [b for b in 'ACGT' if b != ref]
        rng.shuffle(others)
        alts = others[: rng.choice([1, 1, 1, 1, 1, 1, 2, 3])]
        if rng.random() < 0.1:
            alts = [ref + ''.join(rng.choice('ACGT') for _ in range(rng.randint(1, 4)))]
        calls, dosages = [], []
        for _ in range(persons):
            call = tuple(sorted(rng.randint(0, len(alts)) for _ in range(2)))
            calls.append(None if rng.random() < 0.1 else call)
            told, left = [], int(2 / step)
            for _ in alts:
                part = rng.randint(0, left)
                left -= part
                told.append('%.6f' % float(part * step))
            dosages.append(None if rng.random() < 0.1 else told)
        sites.append(Site('1' if i < count // 2 else '20', pos, ref, alts, calls, dosages if i % 2 else None))
    return sites


def random_row(rng, sites):
    """One row of a scoring file: (chrom, pos, effect, other, weight text, frequency text)."""
    site = rng.choice(sites)
    two = rng.sample(site.alleles, 2)
    kind = rng.random()
    if kind < 0.15 and all(len(a) == 1 for a in two):
        two = [COMPLEMENT[a] for a in two]
    elif kind < 0.2:
        two = [rng.choice('ACGT'), rng.choice('ACGT')]
    elif kind < 0.25:
        two = [two[0], '']
    elif kind < 0.28:
        two = [two[0], '.']
    elif kind < 0.31:
        two = ['*01:02', two[1]]
    pos = site.pos + (1000000 if rng.random() < 0.1 else 0)
    weight = rng.choice(['%.17f', '%.6e', '%.3g']) % rng.gauss(0, 10 ** rng.randint(-6, 3))
    return (site.chrom, pos, two[0], two[1], weight, rng.choice(['', '%.3f' % rng.random()]))


def oracle_match(sites_at, row, keep_ambiguous):
    """(site, allele of the site that the effect allele is), or None."""
    chrom, pos, effect, other, _, _ = row
    for flip in (False, True):
        if flip and (len(effect) != 1 or len(other) != 1 or effect + other in PALINDROMES):
            return None
        e, o = (COMPLEMENT[effect], COMPLEMENT[other]) if flip else (effect, other)
        for site in sites_at.get((chrom, pos), []):
            if o == '':
                if e in site.alleles and len(site.alleles) == 2 and ''.join(site.alleles) not in PALINDROMES:
                    return site, e
            elif e in site.alleles and o in site.alleles and e != o:
                if e + o in PALINDROMES and not keep_ambiguous:
                    return None
                return site, e
    return None


def oracle_sums(sites, rows, persons, keep_ambiguous=False):
    sites_at, sums, used, seen = {}, [Fraction(0)] * persons, [0] * persons, set()
    for site in sites:
        sites_at.setdefault((site.chrom, site.pos), []).append(site)
    for row in rows:
        chrom, pos, effect, other, weight, frequency = row
        same = chrom, pos, frozenset((effect, other))
        if not set(effect) <= set('ACGT') or not set(other) <= set('ACGT') or effect == other or same in seen:
            continue
        seen.add(same)
        found = oracle_match(sites_at, row, keep_ambiguous)
        for person in range(persons if found else 0):
            copies = found[0].copies(found[1], person)
            if copies is not None:
                used[person] += 1
            elif frequency:
                copies = 2 * Fraction(frequency)
            else:
                continue
            sums[person] += copies * Fraction(weight)
    return sums, used
