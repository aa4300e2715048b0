#!/usr/bin/env python3
"""Hostile and good uploads, each with the verdict it must get, and manifest.tsv that lists them.

  make_archives.py OUT      writes OUT/<area>/<vendor>/<name> and OUT/manifest.tsv; same script, same bytes

Columns of the manifest: file, area (archive, text, bomb), vendor, verdict, reason ('any': not told), code
('any': any of that reason), arguments (of genotype-validate), warnings ('any': not told). Standard library only;
nobody's genotypes."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True  # the sources stay as they are
from archive_cases import structure_cases
from bomb_cases import bomb_cases
from exports import VENDORS
from text_cases import text_cases


def all_cases():
    for v in VENDORS:
        for area, cases in (('archive', structure_cases), ('text', text_cases)):
            for case in cases(v):
                yield area, v.slug, case
    for case in bomb_cases(VENDORS[0]):
        yield 'bomb', VENDORS[0].slug, case


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = sys.argv[1]
    counts = {'accepted': 0, 'refused': 0}
    seen = set()
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, 'manifest.tsv'), 'w') as manifest:
        manifest.write('file\tarea\tvendor\tverdict\treason\tcode\targuments\twarnings\n')
        for area, vendor, case in all_cases():
            verdict = 'accepted' if case.code == 'ok' else 'refused'
            name = '%s/%s/%s-%s' % (area, vendor, 'good' if verdict == 'accepted' else 'bad', case.name)
            if name in seen:
                sys.exit('two cases of one name: ' + name)
            seen.add(name)
            counts[verdict] += 1
            os.makedirs(os.path.join(out, area, vendor), exist_ok=True)
            with open(os.path.join(out, name), 'wb') as f:
                f.write(case.data)
            manifest.write('\t'.join((name, area, vendor, verdict, case.reason or '-', case.code or 'any',
                                      ' '.join(case.arguments) or '-',
                                      'any' if case.warnings is None else ' '.join(sorted(case.warnings)) or '-')) + '\n')
    print('%d refused, %d accepted' % (counts['refused'], counts['accepted']))


if __name__ == '__main__':
    main()
