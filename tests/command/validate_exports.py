#!/usr/bin/env python3
"""genotype-validate over synthetic exports of every vendor and version, against figures counted here from the text.

  validate_exports.py TOOL GENERATOR OUT [--rows N] [--seed N] [--profiles A,B] [--layouts normal,dd,...]

TOOL is genotype-validate, GENERATOR the script that makes the exports (--profile, --sex, --rows, --zip), OUT a scratch
directory. Without --rows the exports have full size: run that by hand. Ends with 1 and a list when anything differs.
"""
import argparse, collections, json, os, re, subprocess, sys, zipfile

LABELS = {'23': 'X', '24': 'Y', '25': 'XY', '26': 'MT'}
VENDORS = {'23andme': '23andme', 'ancestry': 'ancestrydna', 'myheritage': 'myheritage'}
ARRAYS = {'ancestry-v1': 'V1.0', 'ancestry-v2': 'V2.0', 'ancestry-v2-2026': 'V2.0', 'myheritage-v1': 'OmniExpress-24',
          'myheritage-v2': 'GSA', '23andme-v2-b36': 'v2', '23andme-v3-b36': 'v3', '23andme-v3': 'v3',
          '23andme-v4-2014': 'v4', '23andme-v4': 'v4', '23andme-v5': 'v5', '23andme-v5-signed': 'v5',
          '23andme-v5-alleles': 'v5'}
WARNINGS = {'finder': {'rezipped'}, 'folder': {'in-folder'}}
# Below this many rows there are too few on X and Y for a sex, and an array without a known first row is not told.
WHOLE = 400000


def count(text):
    """The figures of an export's text, without any of the library's code."""
    f = collections.Counter()
    contigs = collections.Counter()
    last = None
    for line in text.splitlines():
        if line.startswith('#') or line[:4].lower() == 'rsid':
            continue
        fields = line.replace('"', '').split(',' if line.startswith('"') else '\t')
        label = LABELS.get(fields[1], fields[1])
        letters = ''.join(fields[3:])
        f['rows'] += 1
        contigs[label] += 1
        place = (label, fields[2])
        f['duplicate_positions'] += place == last
        last = place
        if letters[0] in '-0':
            f['no_calls'] += 1
            continue
        f['called'] += 1
        f['heterozygous'] += len(letters) == 2 and letters[0] != letters[1]
        f['indels'] += letters[0] in 'ID'
    return f, contigs


def compare(profile, sex, layout, verdict, text):
    figures, contigs = count(text)
    vendor = profile.split('-')[0]
    want = {'verdict': 'accepted', 'reason': None, 'code': 'ok', 'line': None, 'column': None, 'vendor': VENDORS[vendor],
            'build': 'NCBI36' if profile.endswith('b36') else 'GRCh37', 'contigs': dict(contigs)}
    for key in ('rows', 'called', 'no_calls', 'heterozygous', 'indels', 'duplicate_positions'):
        want[key] = figures[key]
    if vendor != '23andme' or figures['rows'] > WHOLE:
        want['array'] = ARRAYS[profile]
    if figures['rows'] > WHOLE:
        want['sex'] = {'M': 'male', 'F': 'female'}[sex]
    else:
        wrong = {'M': 'female', 'F': 'male'}[sex]
        if verdict['sex'] == wrong:
            yield 'sex is %s' % wrong
    for key, value in want.items():
        if verdict.get(key) != value:
            yield '%s is %r, expected %r' % (key, verdict.get(key), value)
    if abs(verdict['call_rate'] - figures['called'] / figures['rows']) > 1e-4:
        yield 'call_rate is %r' % verdict['call_rate']
    if verdict['format'] is None:
        yield 'format is not told'
    warnings = {w['code'] for w in verdict['warnings']} - {'duplicate-conflict'}
    expected = WARNINGS.get(layout, set()) | ({'build-36'} if profile.endswith('b36') else set())
    # A small sample of rows may hold a row twice, and too few of the markers that prove the build.
    if figures['rows'] < WHOLE:
        warnings -= {'duplicate-row', 'build-uncertain'}
    if warnings != expected:
        yield 'warnings are %r, expected %r' % (sorted(warnings), sorted(expected))


def main():
    p = argparse.ArgumentParser()
    p.add_argument('tool')
    p.add_argument('generator')
    p.add_argument('out')
    p.add_argument('--rows', type=int, default=0)
    p.add_argument('--seed', default='1')
    p.add_argument('--profiles')
    p.add_argument('--layouts', default='normal')
    a = p.parse_args()
    listed = subprocess.run([sys.executable, a.generator, '--list'], capture_output=True, text=True, check=True).stdout
    profiles = a.profiles.split(',') if a.profiles else [line.split()[0] for line in listed.splitlines()]
    bad = done = 0
    for profile in profiles:
        for sex in 'MF':
            for layout in a.layouts.split(','):
                made = subprocess.run([sys.executable, a.generator, '--profile', profile, '--sex', sex, '--seed', a.seed, '--zip',
                                       layout, '--out', a.out] + (['--rows', str(a.rows)] if a.rows else []),
                                      capture_output=True, text=True, check=True).stdout
                path = re.search(r' zip=\d+ (.*)$', made.strip()).group(1)
                with zipfile.ZipFile(path) as z:
                    member = [i for i in z.infolist() if not i.is_dir() and not i.filename.startswith('__MACOSX')][0]
                    text = z.read(member).decode('ascii')
                run = subprocess.run([a.tool, '--json', '--min-rows', '100', path], capture_output=True, text=True)
                faults = ['exit status %d: %s' % (run.returncode, run.stderr)] if run.returncode else []
                faults += list(compare(profile, sex, layout, json.loads(run.stdout), text))
                for fault in faults:
                    print('%s %s %s: %s' % (profile, sex, layout, fault))
                bad += bool(faults)
                done += 1
                os.unlink(path)
    print('%d exports, %d wrong' % (done, bad))
    sys.exit(1 if bad or not done else 0)


main()
