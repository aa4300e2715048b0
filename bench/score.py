#!/usr/bin/env python3
"""genotype-score on one invented person: a million records with GT:DS:GP, a score of a million weights, as text and
compiled, and that with --fast. The sum is held against an exact one before anything is timed.

usage: bench/score.py [--records N] [--rounds N] [--folder DIR] PATH/genotype-score      (needs bcftools)"""
import argparse, gzip, json, os, random, resource, subprocess, sys, tempfile
from fractions import Fraction

LENGTHS = [
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022, 141213431, 135534747,
    135006516, 133851895, 115169878, 107349540, 102531392, 90354753, 81195210, 78077248, 59128983, 63025520, 48129895,
    51304566,
]  # GRCh37, 1 to 22
PAIRS = ['AG', 'GA', 'CT', 'TC', 'AC', 'CA', 'GT', 'TG']
HEAD = (
    '##fileformat=VCFv4.2\n##FILTER=<ID=LOWCONF,Description="x">\n'
    '##INFO=<ID=IMP,Number=0,Type=Flag,Description="x">\n##INFO=<ID=R2,Number=A,Type=Float,Description="x">\n'
    '##INFO=<ID=AF,Number=A,Type=Float,Description="x">\n##FORMAT=<ID=GT,Number=1,Type=String,Description="x">\n'
    '##FORMAT=<ID=DS,Number=A,Type=Float,Description="x">\n##FORMAT=<ID=GP,Number=G,Type=Float,Description="x">\n'
)


def genotype(rng, frequency):
    """The three probabilities in thousandths; half of all are certain."""
    at = rng.random()
    best = 0 if at < (1 - frequency) ** 2 else 1 if at < 1 - frequency**2 else 2
    if rng.random() < 0.5:
        return [1000 * (i == best) for i in range(3)], best
    parts = [rng.random() ** 4 * 0.1 + (i == best) for i in range(3)]
    told = [round(1000 * p / sum(parts)) for p in parts]
    told[best] += 1000 - sum(told)
    return told, best


def make(folder, records):
    """Writes the BCF and the scoring file; returns the exact sum."""
    rng, total, number = random.Random(5), Fraction(0), 0
    bcf = subprocess.Popen(
        ['bcftools', 'view', '-Ob', '-o', os.path.join(folder, 'person.bcf')], stdin=subprocess.PIPE, text=True
    )
    with gzip.open(os.path.join(folder, 'scores.txt.gz'), 'wt', 6) as scores, bcf.stdin as out:
        out.write(HEAD + ''.join('##contig=<ID=%d,length=%d>\n' % (c + 1, n) for c, n in enumerate(LENGTHS)))
        out.write('#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP\n')
        scores.write('#format_version=2.0\n#pgs_id=PGS1\n#genome_build=GRCh37\n#weight_type=beta\nrsID\tchr_name\t')
        scores.write('chr_position\teffect_allele\tother_allele\teffect_weight\tallelefrequency_effect\n')
        whole = 0  # of thousandths and 1e-12
        for c, length in enumerate(LENGTHS):
            for pos in sorted(rng.sample(range(10000, length), round(records * length / sum(LENGTHS)))):
                number += 1
                (ref, alt), frequency = rng.choice(PAIRS), rng.betavariate(0.5, 1.5)
                told, best = genotype(rng, frequency)
                dosage, weight, swap = told[1] + 2 * told[2], round(rng.gauss(0, 1e9)), rng.random() < 0.5
                whole += weight * (2000 - dosage if swap else dosage)
                out.write(
                    '%d\t%d\trs%d\t%s\t%s\t.\t%s\tIMP;R2=%.3f;AF=%.4f\tGT:DS:GP\t%s:%g:%g,%g,%g\n'
                    % (c + 1, pos, 7 * number, ref, alt, 'PASS' if max(told) >= 900 else 'LOWCONF', rng.random(),
                       frequency, ('0|0', '0|1', '1|1')[best], dosage / 1000, *(p / 1000 for p in told))
                )
                scores.write(
                    'rs%d\t%d\t%d\t%s\t%s\t%.12f\t%.4f\n'
                    % (7 * number, c + 1, pos, *((ref, alt) if swap else (alt, ref)), weight * 1e-12,
                       1 - frequency if swap else frequency)
                )
        total = Fraction(whole, 10**15)
    if bcf.wait() != 0:
        sys.exit('bcftools failed')
    return total, number


def cpu(argv):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(argv, check=True, stdout=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('tool')
    parser.add_argument('--records', type=int, default=1000000)
    parser.add_argument('--rounds', type=int, default=7)
    parser.add_argument('--folder')
    o = parser.parse_args()
    folder = o.folder or tempfile.mkdtemp()
    path = lambda name: os.path.join(folder, name)
    exact, records = make(folder, o.records)
    compiling, _ = cpu([o.tool, 'compile', '--scores', path('scores.txt.gz'), '-o', path('scores.dtcscore')])
    kinds = {'text': [path('scores.txt.gz')], 'compiled': [path('scores.dtcscore')]}
    kinds['--fast'] = [path('scores.dtcscore'), '--fast']
    times = {kind: [] for kind in kinds}
    for turn in range(o.rounds + 1):
        for kind, scores in kinds.items():
            seconds, told = cpu([o.tool, '--scores', *scores, '--', path('person.bcf')])
            score = json.loads(told)['persons'][0]['scores'][0]
            wrong = abs(Fraction(score['sum']) - exact)
            if score['used'] != records or wrong > Fraction(1, 10**9) * max(1, abs(exact)):
                sys.exit('wrong: %s says %r, the exact sum is %r' % (kind, score, float(exact)))
            if turn:
                times[kind].append(seconds)
    print('%d records and weights; the sums are right to %.1e; compiling took %.2f s of cpu' % (records, wrong, compiling))
    for kind, all_of in times.items():
        all_of.sort()
        print('%-8s cpu ms a person, median (lowest..highest): %.0f (%.0f..%.0f)'
              % (kind, *(1000 * t for t in (all_of[len(all_of) // 2], all_of[0], all_of[-1]))))


if __name__ == '__main__':
    main()
