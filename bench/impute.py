#!/usr/bin/env python3
"""Leave one out: each person of a phased panel is thinned to an array's places and imputed from the others, by
genotype-impute and, for the first of them, by the same engine run by hand.

usage: impute.py PANEL.bcf ARRAY.sites PLINK.map.gz [--persons N] [--hand N] [--engine NAME] [--impute PROGRAM]
Prints a Markdown table: median (lowest..highest) over the persons. Needs bcftools and the engine."""
import argparse, json, os, statistics, subprocess, sys, tempfile

BEAGLE = '/usr/share/beagle/beagle.jar'


def run(*argv):
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if done.returncode:
        sys.exit('%s: %s' % (' '.join(argv), done.stderr))
    return done.stdout


def view(to, *argv):
    run('bcftools', 'view', '--no-version', '-Ob', '-o', to, *argv)
    run('bcftools', 'index', '-f', to)
    return to


def cells(path, fields):
    """Records of two alleles: (place, alleles) to the one person's fields."""
    text = run('bcftools', 'query', '-i', 'N_ALT=1', '-f', '%POS %REF %ALT[ ' + fields + ']\n', path)
    return {tuple(c[:3]): c[3:] for c in (line.split() for line in text.splitlines())}


def alleles(gt):
    return sorted(gt.replace('|', '/').split('/'))


def r_squared(xs, ys):
    mx, my = statistics.fmean(xs), statistics.fmean(ys)
    sxy = sum((x - mx) * (y - my) for x, y in zip(xs, ys))
    return sxy * sxy / (sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys))


def judge(truth, found, hidden):
    """Concordance, that of genotypes which are not REF twice in both, and the dosage's r2, over the hidden places."""
    same = total = same_alt = total_alt = 0
    xs, ys = [], []
    for key in hidden:
        t, (gt, ds) = alleles(truth[key][0]), found[key]
        g = alleles(gt)
        total += 1
        same += t == g
        if t != ['0', '0'] or g != ['0', '0']:
            total_alt += 1
            same_alt += t == g
        xs.append(t.count('1'))
        ys.append(float(ds))
    return same / total, same_alt / total_alt, r_squared(xs, ys)


class Bench:
    def __init__(self, o, folder):
        self.o, self.folder = o, folder
        self.map = os.path.join(folder, 'plink.map')
        with open(self.map, 'w') as f:
            f.write(subprocess.run(['gzip', '-dc', o.map], stdout=subprocess.PIPE, universal_newlines=True).stdout)
        with open(o.sites) as f, open(os.path.join(folder, 'sites'), 'w') as out:
            out.writelines('\t'.join(line.split()[:2]) + '\n' for line in f)
        self.write_eagle_map()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_eagle_map(self):
        rows = [line.split() for line in open(self.map)]
        with open(self.path('eagle.map'), 'w') as out:
            out.write('chr position COMBINED_rate(cM/Mb) Genetic_Map(cM)\n')
            for a, b in zip(rows, rows[1:] + [None]):
                rate = (float(b[2]) - float(a[2])) / (int(b[3]) - int(a[3])) * 1e6 if b else 0
                out.write('%s %s %.6f %s\n' % (a[0], a[3], rate, a[2]))

    def by_hand(self, panel, target):
        p = self.path
        if self.o.engine == 'beagle':
            run('bcftools', 'view', '-Oz', '-o', p('h.vcf.gz'), target)
            run('bcftools', 'view', '-Oz', '-o', p('hr.vcf.gz'), panel)
            run('java', '-Xmx4g', '-jar', BEAGLE, 'gt=' + p('h.vcf.gz'), 'ref=' + p('hr.vcf.gz'), 'map=' + self.map,
                'out=' + p('hand'), 'nthreads=1', 'gp=true')
            return p('hand.vcf.gz')
        run('bio-eagle', '--vcfRef', panel, '--vcfTarget', target, '--geneticMapFile', p('eagle.map'), '--outPrefix',
            p('hp'), '--vcfOutFormat', 'b')
        run('bcftools', 'index', '-f', p('hp.bcf'))
        run('sh', '-c', 'minimac4 --compress-reference "$0" > "$1"', panel, p('h.msav'))
        run('minimac4', p('h.msav'), p('hp.bcf'), '-f', 'GT,DS,GP', '-O', 'bcf', '-o', p('hand.bcf'))
        return p('hand.bcf')

    def person(self, name, hand):
        p = self.path
        panel = view(p('panel.bcf'), '-s', '^' + name, self.o.panel)
        truth = cells(view(p('truth.bcf'), '-s', name, self.o.panel), '%GT')
        with open(p('t.vcf'), 'w') as f:
            f.write(run('bcftools', 'view', '-T', p('sites'), p('truth.bcf')).replace('|', '/'))
        target = view(p('t.bcf'), p('t.vcf'))
        typed = cells(target, '%GT')
        run(self.o.impute, 'prepare', '-q', '--engine', self.o.engine, '--map', self.map, '-o', p('prepared'), panel)
        run(self.o.impute, '-q', '--panel', p('prepared'), '--engine', self.o.engine, '--report', p('r.json'), '-o',
            p('o.bcf'), target)
        found = cells(p('o.bcf'), '%GT %DS')
        hidden = [k for k in truth if k not in typed]
        report = json.load(open(p('r.json')))
        chromosome = report['chromosomes'][0]
        out = dict(zip(('concordance', 'not REF twice', 'dosage r2'), judge(truth, found, hidden)))
        out['typed altered'] = sum(alleles(found[k][0]) != alleles(typed[k][0]) for k in typed)
        out['engine CPU s'] = chromosome['engine_cpu_seconds']
        out['own CPU s'] = report['own_cpu_seconds']
        out['own share of engine'] = report['own_cpu_seconds'] / chromosome['engine_cpu_seconds']
        out['engine MiB'] = chromosome['engine_memory_bytes'] / 2**20
        out['own MiB'] = report['own_memory_bytes'] / 2**20
        if hand:
            theirs = cells(self.by_hand(panel, target), '%GT %DS')
            out['other genotypes than by hand'] = sum(alleles(found[k][0]) != alleles(theirs[k][0]) for k in hidden)
            out['dosage r2 by hand'] = judge(truth, theirs, hidden)[2]
        return out


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('panel')
    a.add_argument('sites')
    a.add_argument('map')
    a.add_argument('--persons', type=int, default=1000)
    a.add_argument('--hand', type=int, default=2)
    a.add_argument('--engine', default='eagle-minimac4')
    a.add_argument('--impute', default='genotype-impute')
    o = a.parse_args()
    names = run('bcftools', 'query', '-l', o.panel).split()[: o.persons]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(o, folder)
        results = []
        for i, name in enumerate(names):
            results.append(bench.person(name, i < o.hand))
            print('%d of %d' % (i + 1, len(names)), results[-1], file=sys.stderr)
    print('| %s, %d persons | median (lowest..highest) |\n|---|---|' % (o.engine, len(results)))
    for key in dict.fromkeys(k for r in results for k in r):
        values = [r[key] for r in results if key in r]
        print('| %s | %.4g (%.4g..%.4g) |' % (key, statistics.median(values), min(values), max(values)))


if __name__ == '__main__':
    main()
