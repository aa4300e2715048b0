"""What an export's text can be: damage that must be named, and what vendors and their customers really have."""
import base64
import random
import zlib

from case import accepted, refused
from exports import VENDORS, join
from ziplayout import Member, layout


class Rows:
    """An export taken apart, to be put together with one thing changed."""

    def __init__(self, v, version=None):
        self.v = v
        self.header, self.rows = v.lines(version)
        self.middle = len(self.rows) // 2

    def packed(self, text):
        return layout([Member(self.v.member, text)])

    def of(self, header=None, rows=None, end=None):
        return self.packed(join((self.header if header is None else header) + (self.rows if rows is None else rows), end
                                or self.v.end))

    def with_row(self, row, at=None):
        rows = list(self.rows)
        rows[self.middle if at is None else at] = row
        return self.of(rows=rows)

    def fields(self, at=None):
        """name, chromosome, position, and the genotype in as many fields as the vendor has."""
        row = self.rows[self.middle if at is None else at]
        return row.strip('"').split('","') if self.v.slug == 'myheritage' else row.split('\t')

    def joined(self, fields):
        return '"' + '","'.join(fields) + '"' if self.v.slug == 'myheritage' else '\t'.join(fields)

    def with_field(self, column, value, at=None):
        fields = self.fields(at)
        fields[column] = value
        return self.with_row(self.joined(fields), at)


def good_texts(v):
    for version in v.versions:
        x = Rows(v, version)
        warnings = ['build-36'] if version == '2011' else []
        yield accepted('version-' + version, x.of(), warnings)
        yield accepted('version-%s-lf' % version, x.of(end='\n'), warnings)
        yield accepted('version-%s-crlf' % version, x.of(end='\r\n'), warnings)
        yield accepted('version-%s-seed' % version, layout([Member(v.member, v.text(version, seed=7,
                per_chromosome=20))]), warnings)
    x = Rows(v)
    no_y = [r for r in x.rows if r.strip('"').replace('","', '\t').split('\t')[1] not in ('Y', '24')]
    yield accepted('without-y', x.of(rows=no_y))
    autosomes = [r for r in x.rows if r.strip('"').replace('","', '\t').split('\t')[1] not in ('X', 'Y', 'MT', '23',
            '24', '26')]
    yield accepted('only-autosomes', x.of(rows=autosomes))
    f = x.fields(20)
    repeat = x.joined(['rs9999991'] + f[1:])
    yield accepted('equal-position', x.of(rows=x.rows[:21] + [repeat] + x.rows[21:]))
    yield accepted('duplicate-row', x.of(rows=x.rows[:21] + [x.rows[20]] + x.rows[21:]), ['duplicate-row'])
    swapped = list(x.rows)
    swapped[20], swapped[21] = swapped[21], swapped[20]
    yield accepted('unsorted', x.of(rows=swapped), ['unsorted'])
    genotypes = {'23andme': ('II', 'DD', 'DI', '--'), 'ancestrydna': ('II', 'DD', 'DI', 'ID', '00', 'TC', 'CT'),
                 'myheritage': ('II', 'DD', 'DI', '--', 'AG')}[v.slug]
    for g in genotypes:
        yield accepted('genotype-' + g, x.with_row(x.v.row('rs123456', *place(x), g)))
    if v.slug == '23andme':
        yield accepted('internal-id', x.with_field(0, 'i713426'))
        yield accepted('header-trailing-blanks', x.of(header=[line.rstrip() for line in x.header]))
    if v.slug == 'ancestrydna':
        yield accepted('vgxs-id', x.with_field(0, 'VGXS34567'))
    unplaced = x.fields(20)
    unplaced[1:3] = ['0', '0']
    yield accepted('unplaced', x.of(rows=[x.joined(unplaced)] + x.rows), ['unplaced'])
    last = x.fields(0)
    last[2] = '249250621'
    ones = [r for r in x.rows if r.strip('"').replace('","', '\t').split('\t')[1] == '1']
    yield accepted('last-base-of-1', x.of(rows=ones + [x.joined(['rs9999991'] + last[1:])] + x.rows[len(ones):]))
    yield accepted('header-comment-not-ascii', x.of(header=[x.header[0], '# Zo\xeb'] + x.header[1:]),
                   ['header-unknown'])


def place(x, at=None):
    f = x.fields(at)
    return f[1], int(f[2])


def encodings(v):
    x = Rows(v)
    text = v.text()
    plain = text.decode('latin-1')
    yield refused('bom', 'text-bom', x.packed(b'\xef\xbb\xbf' + text))
    yield refused('utf16-le', 'text-utf16', x.packed(plain.encode('utf-16')))
    yield refused('utf16-be', 'text-utf16', x.packed(b'\xfe\xff' + plain.encode('utf-16-be')))
    yield refused('utf16-without-mark', None, x.packed(plain.encode('utf-16-le')), reason='file_modified')
    yield refused('utf32', None, x.packed(plain.encode('utf-32')), reason='file_modified')
    rows_at = len(join(x.header, v.end)) + 500
    for word, byte, code in (('nul', b'\0', 'text-nul'), ('control', b'\1', 'text-control'),
                             ('escape', b'\x1b', 'text-control'),
                             ('formfeed', b'\f', 'text-control'), ('delete', b'\x7f', 'text-control'), ('high', b'\xe9',
                                     'text-not-ascii'),
                             ('utf8', '\xe9'.encode(), 'text-not-ascii'), ('nbsp', b'\xc2\xa0',
                                     'text-not-ascii'), ('end-of-file', b'\x1a', 'text-control')):
        yield refused('row-byte-' + word, code, x.packed(text[:rows_at] + byte + text[rows_at:]))
    yield refused('last-byte-end-of-file', None, x.packed(text + b'\x1a'),
                  reason='any')  # modified, or a line without its end
    yield refused('nul-in-header', 'text-nul', x.packed(text[:30] + b'\0' + text[30:]))
    yield refused('nul-tail', None, x.packed(text + bytes(512)), reason='any')
    other = '\n' if v.end == '\r\n' else '\r\n'
    yield refused('mixed-one', 'line-end-mixed', x.packed(text[:-len(v.end)] + other.encode()))
    yield refused('mixed-rows', 'line-end-mixed', x.packed(join(x.header, v.end) + join(x.rows, other)))
    yield refused('mixed-middle', 'line-end-mixed', x.packed(join(x.header + x.rows[:9], v.end)
                                                             + join(x.rows[9:12], other) + join(x.rows[12:], v.end)))
    yield refused('classic-mac', None, x.of(end='\r'), reason='file_modified')
    yield refused('cr-cr-lf', None, x.of(end='\r\r\n'), reason='file_modified')
    yield refused('cr-in-row', None, x.packed(text[:rows_at] + b'\r' + text[rows_at:]), reason='file_modified')
    yield refused('base64', None, x.packed(base64.b64encode(text) + b'\n'), reason='any')
    yield refused('binary', None, x.packed(random.Random(3).randbytes(5000)), reason='provider_not_supported')


def cuts(v):
    x = Rows(v)
    text = v.text()
    header = join(x.header, v.end)
    whole = join(x.header + [r for r in x.rows if r.strip('"').replace('","', '\t').split('\t')[1] == '1'], v.end)
    for word, cut in (('byte', 1), ('end', len(v.end))): # the last row has two letters, or a quote: it is whole
        yield accepted('no-final-' + word, x.packed(whole[:-cut]), None)
        yield refused('strict-no-final-' + word, 'line-end-missing', x.packed(whole[:-cut]), ['--strict'])
        if v.slug == '23andme': # its last row has one letter
            yield refused('cut-last-' + word, 'line-end-missing', x.packed(text[:-cut]))
    for cut in range(len(v.end) + 1, len(v.end) + 12):
        yield refused('cut-last-row-%d' % cut, None, x.packed(whole[:-cut]), reason='file_incomplete')
    row = len(header) + len(join(x.rows[:30], v.end))
    for back in range(1, 12): # from the last letter on
        yield refused('cut-row-%d' % back, None, x.packed(text[:row - len(v.end) - back]), reason='file_incomplete')
    yield refused('cut-header-half', None, x.packed(header[:len(header) // 2]), reason='file_incomplete')
    yield refused('cut-before-columns', 'header-without-columns', x.packed(join(x.header[:-1], v.end)))
    yield refused('only-header', 'no-rows', x.packed(header))
    yield refused('only-first-line', None, x.packed(join(x.header[:1], v.end)), reason='file_incomplete')
    yield refused('too-few-rows', 'too-few-rows', x.of(), ['--min-rows', str(len(x.rows) + 1)])
    yield accepted('enough-rows', x.of(), arguments=['--min-rows', str(len(x.rows))])
    yield refused('default-rows', 'too-few-rows', x.of(), ['--min-rows', '10000'])


def lines(v):
    x = Rows(v)
    yield refused('blank-middle', 'line-blank', x.of(rows=x.rows[:9] + [''] + x.rows[9:]))
    yield refused('blank-end', 'line-blank', x.of(rows=x.rows + ['']))
    yield refused('blank-first-row', 'line-blank', x.of(rows=[''] + x.rows))
    yield refused('blanks-only', None, x.of(rows=x.rows[:9] + ['   '] + x.rows[9:]), reason='file_modified')
    yield refused('long-row', 'line-too-long', x.with_row('rs1' + '1' * 1000))
    yield refused('long-header', 'line-too-long', x.of(header=[x.header[0], '#' + 'x' * 1000] + x.header[1:]))
    yield refused('one-line-1m', 'line-too-long', x.packed(b'#' + b'x' * 1000000))
    yield refused('header-101', 'header-too-long', x.of(header=x.header[:1] + ['# x'] * (101 - len(x.header))
                                                        + x.header[1:]))
    yield refused('header-10000', 'header-too-long', x.of(header=x.header[:1] + ['# x'] * 10000 + x.header[1:]))
    yield refused('comment-among-rows', None, x.of(rows=x.rows[:9] + ['# a note'] + x.rows[9:]), reason='file_modified')
    yield refused('header-twice', 'header-repeated', x.of(rows=x.rows[:9] + x.header + x.rows[9:]))
    yield refused('file-twice', 'header-repeated', x.of(rows=x.rows + x.header + x.rows))
    yield refused('columns-twice', None, x.of(rows=[x.header[-1]] + x.rows), reason='file_modified')
    yield refused('header-gone', None, x.of(header=[]), reason='provider_not_supported')
    yield refused('header-only-columns', None, x.of(header=x.header[-1:]), reason='provider_not_supported')
    yield refused('columns-gone', None, x.of(header=x.header[:-1]), reason='file_modified')
    yield refused('columns-renamed', None, x.of(header=x.header[:-1] + [x.header[-1].replace('position',
            'pos').replace('POSITION', 'POS')]), reason='file_modified')
    yield refused('columns-swapped', None, x.of(header=x.header[:-1] + [x.header[-1].replace('chromosome',
            'c').replace('position', 'chromosome').replace(
        'CHROMOSOME', 'C').replace('POSITION', 'CHROMOSOME')]), reason='file_modified')
    for other in VENDORS:
        if other is not v:
            o = Rows(other)
            yield refused('rows-of-' + other.slug, None, x.of(rows=o.rows), reason='file_modified')
            yield refused('tail-of-' + other.slug, None, x.of(rows=x.rows + o.header + o.rows), reason='file_modified')
            yield refused('header-of-both-' + other.slug, None, x.of(header=o.header[:-1] + x.header),
                          reason='file_modified')


def rows(v):
    x = Rows(v)
    f = x.fields()
    quoted = v.slug == 'myheritage'
    yield refused('column-missing', 'row-columns', x.with_row(x.joined(f[:-1])))
    yield refused('column-more', 'row-columns', x.with_row(x.joined(f + ['A'])))
    yield refused('column-one', 'row-columns', x.with_row(x.joined(f[:1])))
    yield refused('column-empty-more', None, x.with_row(x.rows[x.middle] + (',' if quoted else '\t')),
                  reason='file_modified')
    separator = '","' if quoted else '\t'
    row = x.rows[x.middle]
    for word, other in (('comma', ','), ('semicolon', ';'), ('blank', ' '), ('pipe', '|'), ('tab', '\t')):
        if separator.strip('"') != other:
            yield refused('separator-' + word, None, x.with_row(other.join(f)), reason='file_modified')
            yield refused('separator-all-' + word, None, x.of(rows=[other.join(x.fields(i))
                    for i in range(len(x.rows))]), reason='file_modified')
    double = x.with_row(row.replace(separator, separator * 2, 1))
    if v.slug == 'ancestrydna': # an upload service saw such files
        yield accepted('separator-double', double, ['separator-repeated'])
        yield accepted('separator-blanks', x.with_row(row.replace('\t', '\t\t \t')), ['separator-repeated'])
        yield refused('strict-separator-double', 'row-separator', double, ['--strict'])
        yield refused('separator-behind', 'row-columns', x.with_row(row + '\t\t'))
    else:
        yield refused('separator-double', None, double, reason='file_modified')
    for word, damaged in (('lead', ' ' + row), ('trail', row + ' '), ('inside', x.joined([f[0] + ' '] + f[1:])),
                          ('tab-trail', row + '\t')):
        yield refused('blank-' + word, None, x.with_row(damaged), reason='file_modified')
    if quoted:
        yield refused('quotes-none', 'row-quotes', x.of(rows=[r.replace('"', '') for r in x.rows]))
        yield refused('quotes-doubled', 'row-quotes', x.of(rows=[r.replace('","', '"",""') for r in x.rows]))
        yield refused('quotes-row', 'row-quotes', x.of(rows=['"' + r.replace('"', '', 2).replace('"', '""') + '"'
                                                             for r in x.rows]))
        yield refused('quotes-open', None, x.with_row(row[:-1]), reason='file_modified')
        yield refused('quotes-single', None, x.with_row(row.replace('"', "'")), reason='file_modified')
    else:
        yield refused('quotes-all', None, x.of(rows=['\t'.join('"%s"' % c for c in r.split('\t')) for r in x.rows]),
                      reason='file_modified')
        yield refused('quotes-one', None, x.with_field(0, '"%s"' % f[0]), reason='file_modified')
    width = len(f) - 1
    sheet = [('"%s"' % line if ',' in line else line) + (',' if quoted else '\t') * width
             for line in x.header[:-1]] + x.header[-1:]
    yield refused('spreadsheet-header', None, x.of(header=sheet), reason='file_modified')
    yield refused('spreadsheet-rows', None, x.of(rows=[';'.join(x.fields(i)) for i in range(len(x.rows))]),
                  reason='file_modified')


def values(v):
    """Each field's bad values."""
    x = Rows(v)
    quoted = v.slug == 'myheritage'
    yield refused('rsid-empty', 'rsid-empty', x.with_field(0, ''))
    names = ['rs', 'rs-1', 'rs12a', '123', 'rs 123', 'rs1;rs2', '=1+1', '.', 'rs1e5', "rs1'--", '<script>']
    if not quoted:  # too few real names of MyHeritage's were seen to say that there are no others
        names += ['RS123', 'NA', 'VGXS123' if v.slug == '23andme' else 'i123']
    for name in ('exm12', 'kgp123', '1:12345', 'JHU_1.123'):
        yield accepted('name-' + name.replace(':', '_'), x.with_field(0, name), [] if quoted else ['marker-name-unknown'])
        if not quoted:
            yield refused('strict-name-' + name.replace(':', '_'), 'rsid-invalid', x.with_field(0, name), ['--strict'])
    for name in names:
        yield refused('rsid-' + ''.join(c if c.isalnum() else '_' for c in name), None, x.with_field(0, name),
                      reason='file_modified')
    for word, value in (('empty', ''), ('minus', '-5'), ('plus', '+5'), ('float', '1.5'), ('exponent', '1e6'),
                        ('hex', '0x10'), ('letter', '12a'),
                        ('lead-zero', '0123'), ('comma', '1,234'), ('word', 'NA'), ('sheet', '1.23E+08'), ('blank',
                                '12 3')):
        yield refused('position-' + word, None, x.with_field(2, value), reason='file_modified')
    yield refused('position-2-32', 'position-too-large', x.with_field(2, '4294967297'))
    yield refused('position-2-64', 'position-too-large', x.with_field(2, '18446744073709551617'))
    yield refused('position-30-digits', None, x.with_field(2, '1' * 30), reason='file_modified')
    yield refused('position-zero', 'position-missing', x.with_field(2, '0'))
    yield refused('position-beyond', 'position-beyond-contig', x.with_field(2, '249250622', at=0))
    for value in ('', '27', '28', '99', '-1', 'chr1', 'chrX', 'x', '01', '1.0', 'Un', 'W', 'NA', 'MTX', '---'):
        yield refused('chromosome-' + (value or 'empty'), None, x.with_field(1, value), reason='file_modified')
    yield refused('chromosome-zero', None, x.with_field(1, '0'), reason='file_modified')
    own = {'23andme': 'X Y MT', 'ancestrydna': '23 24 25 26', 'myheritage': 'X Y'}[v.slug].split()
    f = x.fields(20)
    for value in ('X', 'Y', 'XY', 'M', 'MT', '23', '24', '25', '26'):
        row = x.joined([f[0], value, '1234'] + f[3:])
        if value not in own:
            yield accepted('chromosome-known-' + value, x.of(rows=x.rows + [row]), None)
            yield refused('strict-chromosome-known-' + value, None, x.of(rows=x.rows + [row]), ['--strict'],
                          reason='file_modified')
    for word, chromosome, position in (('dash', '--', '109'), ('dashes', '--', '--'), ('dash-zero', '0', '--')):
        yield accepted('unplaced-' + word, x.of(rows=x.rows + [x.joined([f[0], chromosome, position] + f[3:])]),
                       ['unplaced'])
    yield refused('position-dash', 'position-not-number', x.with_field(2, '--'))
    last = 4 if v.slug == 'ancestrydna' else 3
    bad = ('N', 'R', 'a', '?', '.', '-', '', 'AA', '1', 'B') if last == 4 else ('NN', 'aa', 'AN', '??', '00', 'A-',
            '-A', 'AAA', '', 'A/G', 'A G', '11', 'RY', '0', 'AI')
    for value in bad:
        yield refused('genotype-' + (''.join(c if c.isalnum() else '_%d' % ord(c) for c in value) or 'empty'), None,
                      x.with_field(last, value), reason='file_modified')
    if last == 4:
        fields = x.fields()
        for pair in (('A', '0'), ('0', 'A'), ('I', 'A'), ('-', '-')):
            yield refused('genotype-pair-' + ''.join(c if c.isalnum() else '_' for c in pair), None,
                          x.with_row(x.joined(fields[:3] + list(pair))), reason='file_modified')


FOREIGN = {
    'ftdna': 'RSID,CHROMOSOME,POSITION,RESULT\n"rs3094315","1","742429","AA"\n',
    'ftdna-bom': '\ufeffRSID,CHROMOSOME,POSITION,RESULT\n"rs3094315","1","742429","AA"\n',
    'dnaera-bom': '\ufeff# DNAEra\n# rsid\tchromosome\tposition\tgenotype\nrs3094315\t1\t752566\tAA\n',
    'livingdna': '# Living DNA customer genotype data download file version: 1.0.1\n# File creation date: 01/02/2020\n'
                 '# Genotype chip: Sirius\n# Human Genome Reference Build 37 (GRCh37.p13).\n# rsid\tchromosome\tposition\tgenotype\n'
                 'rs3094315\t1\t752566\tAA\n',
    'vcf': '##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tSAMPLE\n1\t752566\trs3094315\tG\tA\t.\t.\t.\tGT\t1/1\n',
}
UNKNOWN = {
    'prose': 'Dear customer,\n\nthank you for your order.\n', 'csv': 'name,age\nAnna,3\n', 'json': '{"rsid":"rs1"}\n',
    'html': '<!DOCTYPE html>\n<html><body>Sign in to download your data</body></html>\n',
    'xml': '<?xml version="1.0"?>\n<a/>\n',
    'fasta': '>chr1\nACGT\n', 'newline': '\n', 'hash': '#\n', 'numbers': '1\n2\n3\n',
    'rtf': '{\\rtf1\\ansi # This data file\n}\n',
}


def other_files(v):
    for word, text in FOREIGN.items():
        yield refused('foreign-' + word, 'vendor-foreign', layout([Member(v.member, text.encode())]))
    x = Rows(v)
    for word, line in (('source', '##source=MergeDNA'), ('superkit', '# DNA SuperKit'), ('program', '#Generated by kits v2.0'),
                       ('converter', '# FILE GENERATED FROM FTDNA USING RAWDNADATAFORMATCONVERTER.'),
                       ('made', '# This file was created with KitMaker'), ('merged', '# Merged with another kit')):
        yield refused('foreign-line-' + word, 'vendor-foreign', x.of(header=x.header[:1] + [line] + x.header[1:]))
    for word, line in (('sentence', '# This file contains data that was generated by our laboratory.'),
                       ('method', '# This data was generated using low-pass whole genome sequencing.'),
                       ('by-method', '# Data generated by sequencing'), ('build', '# Positions were converted to build 37.')):
        yield accepted('header-line-' + word, x.of(header=x.header[:-1] + [line] + x.header[-1:]), ['header-unknown'])
    for word, text in UNKNOWN.items():
        yield refused('unknown-' + word, None, layout([Member(v.member, text.encode())]),
                      reason='provider_not_supported')
    for word, data in (('pdf', b'%PDF-1.7\n\xe2\xe3\xcf\xd3\n'), ('png', b'\x89PNG\r\n\x1a\n\0\0\0\rIHDR'),
                       ('sqlite', b'SQLite format 3\0' + bytes(84)),
                       ('elf', b'\x7fELF\2\1\1' + bytes(57)), ('nuls', bytes(5000))):
        yield refused('inside-' + word, None, layout([Member(v.member, data)]), reason='provider_not_supported'
                      if word != 'nuls' else 'any')


def strict_cases(v):
    """Accepted with a warning, refused under --strict."""
    x = Rows(v)
    text = v.text()
    n = v.member
    yield refused('strict-rezipped', 'rezipped', layout([Member(n, text), Member('.DS_Store', bytes(9))]), ['--strict'])
    yield refused('strict-folder', 'rezipped', layout([Member('f/' + n, text)]), ['--strict'])
    yield refused('strict-twice', 'row-twice', x.of(rows=x.rows[:9] + [x.rows[8]] + x.rows[9:]), ['--strict'])
    swapped = list(x.rows)
    swapped[20], swapped[21] = swapped[21], swapped[20]
    yield refused('strict-unsorted', 'rows-out-of-order', x.of(rows=swapped), ['--strict'])
    versions = {'23andme': (), 'ancestrydna': (('array version: V2.0', 'array version: V3.0'), ('converter version: V1.0',
                'converter version: V1.2')), 'myheritage': (('MHv1.0', 'MHv1.1'), ('chip=GSA', 'chip=Infinium GSA v3'))}
    for k, (old, new) in enumerate(versions[v.slug]):
        other = x.of(header=[line.replace(old, new) for line in x.header])
        yield accepted('version-word-%d' % k, other, ['version-unknown'])
        yield refused('strict-version-word-%d' % k, 'version-unknown', other, ['--strict'])
    yield refused('strict-wording', 'header-unknown', x.of(header=[x.header[0], '# A sentence never seen.']
                                                           + x.header[1:]), ['--strict'])
    yield accepted('strict-good', x.of(), arguments=['--strict'])
    if v.slug == '23andme':
        yield refused('strict-build-36', 'build-36', Rows(v, '2011').of(), ['--strict'])


def any_cases(v):
    """--any takes the bare text and gzip as well."""
    text = v.text()
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    gz = packer.compress(text) + packer.flush()
    yield accepted('any-zip', layout([Member(v.member, text)]), arguments=['--any'])
    yield accepted('any-text', text, arguments=['--any'])
    yield accepted('any-gzip', gz, arguments=['--any'])
    half = len(text) // 2
    members = b''
    for part in (text[:half], text[half:], b''):
        packer = zlib.compressobj(6, zlib.DEFLATED, 31)
        members += packer.compress(part) + packer.flush()
    yield accepted('any-gzip-members', members, arguments=['--any'])
    yield accepted('any-gzip-name', gz[:3] + b'\x1c' + gz[4:10] + b'\4\0BCAB' + b'name\0note\0' + gz[10:],
                   arguments=['--any'])
    yield refused('any-gzip-cut', 'gzip-truncated', gz[:-1], ['--any'])
    yield refused('any-gzip-half', 'gzip-truncated', gz[:len(gz) // 2], ['--any'])
    yield refused('any-gzip-crc', 'gzip-data', gz[:-8] + b'\0\0\0\0' + gz[-4:], ['--any'])
    yield refused('any-gzip-size', 'gzip-data', gz[:-4] + b'\0\0\0\0', ['--any'])
    yield refused('any-gzip-tail', 'gzip-data', gz + b'trailing bytes', ['--any'])
    yield refused('any-gzip-method', 'gzip-header', gz[:2] + b'\7' + gz[3:], ['--any'])
    yield refused('any-gzip-flags', 'gzip-header', gz[:3] + b'\x80' + gz[4:], ['--any'])
    yield refused('any-gzip-of-zip', 'zip-nested', nested_gzip(layout([Member(v.member, text)])), ['--any'])
    yield refused('any-pdf', 'not-a-zip', b'%PDF-1.7\n' + text, ['--any'])
    yield refused('any-prose', None, b'Hello.\n', ['--any'], reason='provider_not_supported')
    yield refused('any-gzip-empty', 'member-empty', nested_gzip(b''), ['--any'])
    yield accepted('any-gzip-header-crc', gz[:3] + b'\2' + gz[4:10] + b'\0\0' + gz[10:], arguments=['--any'])
    yield refused('any-binary', None, bytes(range(1, 256)) * 9, ['--any'], reason='any')
    yield refused('any-empty', 'file-empty', b'', ['--any'])
    yield refused('any-cut-zip', 'zip-truncated', layout([Member(v.member, text)])[:-1], ['--any'])


def nested_gzip(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()


def text_cases(v):
    for part in (good_texts, encodings, cuts, lines, rows, values, other_files, strict_cases, any_cases):
        yield from part(v)
