"""What a zip can be: structure that must be refused, and structure that real writers make and that must not be."""
import random
import struct
import zlib

from case import accepted, refused
from deflate_cases import deflate_codes
from ziplayout import DEFLATED, STORED, Member, deflate, end64, end_record, field, layout

UT = field(0x5455, b'\3' + struct.pack('<II', 1700000000, 1700000000))
UT_SHORT = field(0x5455, b'\3' + struct.pack('<I', 1700000000))
UX = field(0x7875, b'\1\4' + struct.pack('<I', 1000) + b'\4' + struct.pack('<I', 1000))
NTFS = field(0x000A, struct.pack('<IHHQQQ', 0, 1, 24, 133e15.__int__(), 133e15.__int__(), 133e15.__int__()))
DS_STORE = b'\0\0\0\1Bud1' + bytes(6140)
APPLE_DOUBLE = b'\0\5\x16\7\0\2\0\0Mac OS X        ' + b'\0' * 96
M32 = 0xFFFFFFFF


def patched(data, at, new):
    return data[:at] + new + data[at + len(new):]


def zip64_member(name, data, **more):
    """As Python's force_zip64 writes it: markers and a zip64 field in the local header only."""
    m = Member(name, data, **more)
    both = field(1, struct.pack('<QQ', len(data), len(m.body)))
    m.local.update(packed=M32, unpacked=M32, version=45, extra=both)
    return m


def zip64_directory(name, data, which='upo', **more):
    """Markers in the directory, for unpacked size, packed size and offset as asked."""
    m = zip64_member(name, data, **more)
    values = b''
    if 'u' in which:
        values += struct.pack('<Q', len(data))
        m.central['unpacked'] = M32
    if 'p' in which:
        values += struct.pack('<Q', len(m.body))
        m.central['packed'] = M32
    if 'o' in which:
        values += struct.pack('<Q', 0)
        m.central['offset'] = M32
    m.central['extra'] = field(1, values)
    return m


def full_zip64(name, data, which='p', disk=0, says=0):
    """A zip64 field with every value in the directory, marked or not."""
    m = zip64_directory(name, data, which)
    m.central.update(disk=disk, extra=field(1, struct.pack('<QQQI', len(data), len(m.body), 0, says)))
    return m


def good_layouts(v, text):
    n = v.member
    folder = n.rsplit('.', 1)[0] + '/'
    yield accepted('plain', layout([Member(n, text)]))
    for level in range(1, 10):
        yield accepted('level-%d' % level, layout([Member(n, text, level=level)]))
    yield accepted('stored', layout([Member(n, text, method=STORED, version=10)]))
    yield accepted('stored-blocks', layout([Member(n, text, packed=deflate(text, 0))]))
    for strategy, word in ((zlib.Z_HUFFMAN_ONLY, 'huffman'), (zlib.Z_FIXED, 'fixed'), (zlib.Z_RLE, 'rle')):
        yield accepted('deflate-' + word, layout([Member(n, text, packed=deflate(text, 6, strategy))]))
    for shape in ('sig32', '32', 'sig64', '64'):
        yield accepted('descriptor-' + shape, layout([Member(n, text, descriptor=shape)]))
        yield accepted('descriptor-%s-stored' % shape, layout([Member(n, text, method=STORED, descriptor=shape)]))
    m = Member(n, text, descriptor='sig32')
    m.local.update(crc=m.fields['crc'], packed=m.fields['packed'], unpacked=m.fields['unpacked'])
    yield accepted('descriptor-and-sizes', layout([m]))
    streamed = Member(n, text, descriptor='sig64', local=dict(version=45, extra=field(1, bytes(16))))
    yield accepted('streamed-zip64-extra', layout([streamed]))
    streamed = Member(n, text, descriptor='sig64', local=dict(version=45, packed=M32, unpacked=M32,
                                                              extra=field(1, bytes(16))))
    yield accepted('streamed-zip64-markers', layout([streamed]))
    yield accepted('zip64-local', layout([zip64_member(n, text)]))
    for which in ('u', 'p', 'o', 'up', 'uo', 'upo'):
        yield accepted('zip64-directory-' + which, layout([zip64_directory(n, text, which)]))
    yield accepted('zip64-end', layout([Member(n, text)], zip64={}))
    yield accepted('zip64-end-markers', layout([Member(n, text)], zip64={}, end=dict(
        entries=0xFFFF, directory_bytes=M32, directory_at=M32)))
    yield accepted('zip64-end-all-markers', layout([zip64_directory(n, text)], zip64={}, end=dict(
        entries=0xFFFF, directory_bytes=M32, directory_at=M32, disk=0xFFFF, directory_disk=0xFFFF)))
    yield accepted('extra-info-zip', layout([Member(n, text, local=dict(extra=UT + UX),
                                                    central=dict(extra=UT_SHORT + UX))]))
    yield accepted('extra-ntfs', layout([Member(n, text, extra=NTFS)]))
    yield accepted('extra-unknown', layout([Member(n, text, extra=field(0xCAFE, b'') + field(0x1234, bytes(60)))]))
    yield accepted('extra-64k', layout([Member(n, text, local=dict(extra=field(0x1234, bytes(65531))))]))
    yield accepted('extra-unicode-path', layout([Member(n, text, extra=field(0x7075, b'\1' + struct.pack(
        '<I', zlib.crc32(n.encode())) + 'genome_Zoë.txt'.encode()))]))
    yield accepted('extra-unicode-path-stale', layout([Member(n, text, extra=field(0x7075, b'\1' + bytes(4)
            + b'../other.txt'))]))
    yield accepted('zip64-directory-disk', layout([full_zip64(n, text, 'upo', 0xFFFF)]))
    yield accepted('zip64-local-unmarked', layout([Member(n, text, local=dict(extra=field(1,
            struct.pack('<QQ', len(text), len(deflate(text))))))]))
    yield accepted('zip64-marked-disk', layout([Member(n, text, central=dict(disk=0xFFFF, extra=field(1, bytes(4))))]))
    # bytes like an end record's inside a member, which no reader could take for one
    yield accepted('end-in-twin', layout([Member(n, text), Member('.DS_Store', DS_STORE + b'PK\5\6' + b'\1' * 40, method=STORED)]),
                   ['rezipped'])
    yield accepted('comment', layout([Member(n, text)], comment=b'raw data'))
    yield accepted('comment-1024', layout([Member(n, text)], comment=b'c' * 1024))
    yield accepted('entry-comment', layout([Member(n, text, comment=b'raw data')]))
    yield accepted('name-utf8', layout([Member('génome_Zoë_日本.txt', text, flags=0x800)]))
    yield accepted('name-cp437', layout([Member(b'g\x82nome_Zo\x89.txt', text)]))
    yield accepted('name-utf8-without-flag', layout([Member('génome.txt', text)]))
    yield accepted('name-512', layout([Member('n' * 508 + '.txt', text)]))
    yield accepted('name-spaces', layout([Member("O'Neil & Søn (2).txt", text)]))
    yield accepted('name-dots', layout([Member('..genome..v5...txt', text)]))
    yield accepted('name-colon', layout([Member('genome 12:30.txt', text)]))
    yield accepted('name-one-letter', layout([Member('g', text)]))
    yield accepted('name-like-macos', layout([Member('genome.DS_Store', text)]))
    yield accepted('name-looks-nested', layout([Member('data.zip', text)]))
    yield accepted('made-by-dos', layout([Member(n, text, made_by=20, external=0x20)]))
    yield accepted('made-by-ntfs', layout([Member(n, text, made_by=0x0A3F, external=0x80)]))
    yield accepted('made-by-macos', layout([Member(n, text, made_by=0x1315)]))
    yield accepted('mode-without-type', layout([Member(n, text, made_by=0, external=0o600 << 16)]))
    yield accepted('mode-600', layout([Member(n, text, external=0o100600 << 16)]))
    yield accepted('time-zero', layout([Member(n, text, time=0, date=0)]))
    yield accepted('time-differs', layout([Member(n, text, local=dict(time=1, date=0x21))]))
    yield accepted('internal-text', layout([Member(n, text, central=dict(internal=1))]))
    yield accepted('level-flags', layout([Member(n, text, flags=6)]))
    yield accepted('folder', layout([Member(folder, b'', method=STORED, folder=True), Member(folder + n, text)]),
                   ['in-folder'])
    yield accepted('folder-unlisted', layout([Member(folder + n, text)]), ['in-folder'])
    yield accepted('folder-deflated', layout([Member(folder, b'', folder=True), Member(folder + n, text)]),
                   ['in-folder'])
    mac = [Member(n, text, descriptor='sig32'), Member('__MACOSX/._' + n, APPLE_DOUBLE, descriptor='sig32')]
    yield accepted('macos', layout(mac), ['rezipped'])
    yield accepted('macos-folder', layout([
        Member(folder, b'', method=STORED, folder=True), Member(folder + n, text, descriptor='sig32'),
        Member('__MACOSX/', b'', method=STORED, folder=True), Member('__MACOSX/' + folder, b'', method=STORED,
                folder=True),
        Member('__MACOSX/' + folder + '._' + n, APPLE_DOUBLE, descriptor='sig32')]), ['rezipped', 'in-folder'])
    yield accepted('ds-store', layout([Member(n, text), Member('.DS_Store', bytes(6148))]), ['rezipped'])
    yield accepted('ds-store-first', layout([Member('.DS_Store', bytes(6148)), Member(n, text)]), ['rezipped'])
    yield accepted('directory-order', layout([Member('.DS_Store', bytes(100)), Member(n, text)], order=[1, 0]),
                   ['rezipped'])
    root = Member('/', b'', method=STORED, version=10, made_by=20, external=16)
    yield accepted('dropbox', layout([root, Member(n, text, made_by=20, external=0)]), ['rezipped'])
    yield accepted('dropbox-deflated', layout([Member(n, text), Member('/', b'', made_by=20, external=16)]), ['rezipped'])
    windows = dict(made_by=20, external=0)
    yield accepted('backslash', layout([Member('dna\\' + n, text, **windows)]), ['rezipped', 'in-folder'])
    yield accepted('backslash-folder', layout([Member('dna\\', b'', method=STORED, **windows),
                                               Member('dna\\' + n, text, **windows)]), ['rezipped', 'in-folder'])
    yield accepted('backslash-deep', layout([Member('my data\\dna\\' + n, text, **windows)]), ['rezipped', 'in-folder'])
    for word, name, data in (
            ('double', '._' + n, APPLE_DOUBLE), ('double-ds-store', '._.DS_Store', APPLE_DOUBLE[:16]),
            ('desktop-ini', 'desktop.ini', b'[.ShellClassInfo]\r\n'),
            ('desktop-ini-utf16', 'Desktop.ini', '\ufeff\r\n[.ShellClassInfo]\r\n'.encode('utf-16-le')),
            ('zone', n + ':Zone.Identifier', b'[ZoneTransfer]\r\nZoneId=3\r\n'),
            ('thumbs', 'Thumbs.db', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(500)),
            ('directory', '.directory', b'[Desktop Entry]\nIcon=x\n'), ('localized', '.localized', b''),
            ('empty-ini', 'desktop.ini', b''), ('ds-store-zeros', '.DS_Store', bytes(6148))):
        yield accepted('beside-' + word, layout([Member(n, text), Member(name, data)]), ['rezipped'])
        yield accepted('beside-%s-folder' % word, layout([Member(folder + name, data), Member(folder + n, text)]),
                       ['rezipped', 'in-folder'])
        yield accepted('beside-%s-backslash' % word, layout([Member('f\\' + name, data), Member('f\\' + n, text)]),
                       ['rezipped', 'in-folder'])
    yield accepted('pipe', layout([Member('-', text, external=0o010600 << 16, descriptor='sig32')]), ['rezipped'])
    yield accepted('pipe-named', layout([Member(n, text, external=0o010644 << 16)]), ['rezipped'])
    yield accepted('dot-folder', layout([Member('./', b'', method=STORED, folder=True), Member('./' + n, text)]),
                   ['in-folder'])
    yield accepted('eight-entries', layout([Member(n, text)] + [Member('__MACOSX/._%d' % i, APPLE_DOUBLE)
                                                                for i in range(7)]),
                   ['rezipped'])


def damaged_end(v, text):
    """The end record, zip64 and what stands around the archive."""
    n = v.member
    whole = layout([Member(n, text)])
    end = len(whole) - 22
    for cut, word in ((1, 'byte'), (2, 'comment-length'), (21, 'end-record'), (22, 'whole-end-record'),
                      (60, 'directory'),
                      (len(whole) // 2, 'half'), (len(whole) - 30, 'all-but-header'), (len(whole) - 4,
                              'all-but-signature'),
                      (len(whole) - 3, 'all-but-three')):
        yield refused('cut-' + word, 'zip-truncated', whole[:-cut])
    yield refused('cut-begin', None, whole[40:], reason='zip_corrupt')
    for at in (100, len(whole) // 2, len(whole) - 60):  # 7-Zip and split(1) cut anywhere
        yield refused('last-part-%d' % at, 'zip-split', whole[at:])
    yield refused('cut-middle', 'zip-end-record', whole[:60] + whole[160:])
    yield refused('end-signature', 'zip-truncated', patched(whole, end, b'PK\5\7'))
    yield refused('end-disk', 'zip-split', patched(whole, end + 4, b'\1'))
    yield refused('end-directory-disk', 'zip-split', patched(whole, end + 6, b'\1'))
    yield refused('end-entries-here', 'zip-end-record', patched(whole, end + 8, b'\2'))
    yield refused('end-entries-total', 'zip-end-record', patched(whole, end + 10, b'\2'))
    yield refused('end-entries-more', 'zip-directory', layout([Member(n, text)], end=dict(entries=2)))
    yield refused('end-entries-more-long-name', 'zip-directory', layout([Member('n' * 90, text)], end=dict(entries=2)))
    yield refused('end-entries-less', 'zip-directory', layout([Member(n, text), Member('.DS_Store', b'x')],
                                                              end=dict(entries=1)))
    yield refused('end-entries-none', 'zip-end-record', layout([Member(n, text)], end=dict(entries=0)))
    yield refused('end-entries-nine', 'zip-too-many-entries', layout([Member(n, text)], end=dict(entries=9)))
    yield refused('end-directory-short', None, layout([Member(n, text)], end=dict(directory_bytes=20)),
                  reason='zip_corrupt')
    yield refused('end-directory-long', 'zip-end-record', layout([Member(n, text)], end=dict(directory_bytes=5000)))
    yield refused('end-directory-huge', 'zip-directory-too-large', layout([Member(n, text)],
            end=dict(directory_bytes=70000)))
    yield refused('end-directory-earlier', None, layout([Member(n, text)], end=dict(directory_at=10)),
                  reason='zip_corrupt')
    yield refused('end-directory-later', 'zip-end-record', layout([Member(n, text)], end=dict(directory_at=10 ** 9)))
    yield refused('end-marker-offset', 'zip-zip64', layout([Member(n, text)], end=dict(directory_at=M32)))
    yield refused('end-comment-cut', 'zip-truncated', layout([Member(n, text)], end=dict(comment_bytes=5)))
    yield refused('end-comment-short', 'zip-trailer', layout([Member(n, text)], comment=b'abcd',
                                                             end=dict(comment_bytes=2)))
    yield refused('comment-1025', 'zip-comment-too-large', layout([Member(n, text)], comment=b'c' * 1025))
    yield refused('comment-64k', 'zip-comment-too-large', layout([Member(n, text)], comment=b'c' * 65535))
    yield refused('comment-with-end', 'zip-many-ends', layout([Member(n, text)], comment=b'x' + end_record(0, 0, 0)))
    yield refused('comment-with-signature', 'zip-many-ends', layout([Member(n, text)], comment=b'PK\5\6'))
    yield refused('ends-two', 'zip-many-ends', whole + whole[end:])
    yield refused('ends-empty-first', 'zip-many-ends', layout([Member(n, text)], behind_directory=end_record(0, 0, 0)))
    yield refused('ends-empty-last', 'zip-many-ends', whole + end_record(0, 0, 0))
    yield refused('ends-1000', 'zip-many-ends', whole + whole[end:] * 1000)
    yield refused('ends-nested-comments', 'zip-many-ends', layout([Member(n, text)], comment=b''.join(
        end_record(1, 60, 0, comment_bytes=22 * (30 - i)) for i in range(31))))
    for word, values in (('offset', (1, 60, M32)), ('size', (1, M32, 0)), ('early', (1, 60, 0))):
        yield refused('ends-first-' + word, 'zip-many-ends', layout([Member(n, text)],
                                                                    behind_directory=end_record(*values)))
    yield refused('ends-first-late', 'zip-gap', layout([Member(n, text)], behind_directory=end_record(1, 60, 10 ** 9)))
    yield refused('end-disk-and-trailer', 'zip-truncated', patched(whole, end + 4, b'\1') + b'\0')
    yield refused('trailer-byte', 'zip-trailer', whole + b'\0')
    yield refused('trailer-text', 'zip-trailer', whole + b'trailing garbage')
    yield refused('trailer-1000', 'zip-trailer', whole + bytes(1000))
    yield refused('trailer-100k', 'zip-trailer', whole + bytes(100000))
    yield refused('prefix-byte', 'zip-prefix', b'\0' + whole)
    yield refused('prefix-text', 'zip-prefix', b'#!/bin/sh\nexit\n' + whole)
    yield refused('prefix-program', 'zip-prefix', b'MZ' + bytes(500) + whole)
    yield refused('prefix-pdf', 'zip-prefix', b'%PDF-1.4\n%%EOF\n' + whole)
    yield refused('prefix-zip', None, whole + whole, reason='zip_corrupt')
    yield refused('prefix-counted', 'zip-prefix', layout([Member(n, text)], prefix=b'MZ' + bytes(500)))
    yield refused('prefix-local-header', None, layout([Member(n, text)], prefix=whole[:200]), reason='zip_corrupt')
    yield refused('gap-before-directory', 'zip-gap', layout([Member(n, text)], behind_data=b'hidden'))
    yield refused('gap-before-end', 'zip-gap', layout([Member(n, text)], behind_directory=b'hidden'))
    yield refused('gap-between', 'zip-gap', layout([Member(n, text), Member('.DS_Store', b'x', before=b'hidden')]))
    yield refused('gap-unlisted-member', 'zip-gap', layout([Member(n, text)], behind_data=Member('x',
            b'hidden').local_header() + b'hidden'))
    yield refused('directory-signature', 'zip-directory', layout([Member(n, text)], directory=lambda d: d
            + b'PK\5\5\0\0'))
    yield refused('encrypted-directory', 'zip-gap', layout([Member(n, text)], behind_data=b'PK\6\x08' + bytes(8)))
    yield refused('zip64-prefix', 'zip-prefix', b'MZ' + bytes(99) + layout([Member(n, text)], zip64={}))
    yield refused('zip64-locator-first', None, b'PK\6\7' + bytes(16) + end_record(0, 0, 0), reason='any')
    yield refused('ends-in-stored-text', 'zip-many-ends', layout([Member(n, text + end_record(0, 0, 0),
            method=STORED)]))
    yield refused('ends-and-gap', 'zip-many-ends', layout([Member(n, text + end_record(0, 0, 0), method=STORED),
                                                           Member('.DS_Store', b'x', before=b'gap')]))
    for word, more in (('here', dict(here=2)), ('entries', dict(entries=2, here=1)), ('size', dict(directory_bytes=7)),
                       ('offset', dict(directory_at=7)), ('disk', dict(disk=5)), ('directory-disk',
                               dict(directory_disk=5))):
        yield refused('zip64-end-' + word, 'zip-zip64', layout([Member(n, text)], zip64={}, end=more))
    yield refused('zip64-locator-early', 'zip-zip64', layout([Member(n, text)], zip64=dict(
        locator=dict(record_at=0), record=dict(directory_at=1 << 40)), end=dict(directory_at=M32)))
    z = {}
    yield refused('zip64-size', 'zip-zip64', layout([Member(n, text)], zip64=dict(record=dict(size=45))))
    yield refused('zip64-padding', 'zip-zip64', layout([Member(n, text)], zip64=dict(padding=b'hidden')))
    yield refused('zip64-disk', 'zip-split', layout([Member(n, text)], zip64=dict(record=dict(disk=1))))
    yield refused('zip64-directory-disk', 'zip-split',
                  layout([Member(n, text)], zip64=dict(record=dict(directory_disk=1))))
    for disks in (0, 2): # unzip does not follow a locator of none
        yield refused('zip64-disks-%d' % disks, 'zip-split',
                      layout([Member(n, text)], zip64=dict(locator=dict(disks=disks)), end=dict(directory_at=M32)))
    yield refused('zip64-locator-disk', 'zip-split', layout([Member(n, text)], zip64=dict(locator=dict(disk=1))))
    yield refused('zip64-locator-offset', 'zip-zip64',
                  layout([Member(n, text)], zip64=dict(locator=dict(record_at=1 << 40))))
    yield refused('zip64-entries', 'zip-zip64', layout([Member(n, text)], zip64=dict(record=dict(entries=2, here=2))))
    yield refused('zip64-entries-here', 'zip-zip64', layout([Member(n, text)], zip64=dict(record=dict(here=2))))
    yield refused('zip64-directory-bytes', 'zip-zip64', layout([Member(n, text)],
                                                               zip64=dict(record=dict(directory_bytes=7))))
    yield refused('zip64-directory-at', 'zip-zip64', layout([Member(n, text)], zip64=dict(record=dict(directory_at=7))))
    yield refused('zip64-huge', None, layout([Member(n, text)], zip64=dict(record=dict(entries=1 << 60, here=1 << 60)),
                                             end=dict(
        entries=0xFFFF)), reason='zip_unsafe')
    yield refused('zip64-huge-offset', None,
                  layout([Member(n, text)], zip64=dict(record=dict(directory_at=(1 << 64) - 1)), end=dict(
        directory_at=M32)), reason='zip_corrupt')
    yield refused('zip64-locator-alone', 'zip-zip64', layout([Member(n, text)], behind_directory=end64(1, 1, 1,
            1)[56:]))
    yield refused('zip64-gap', 'zip-gap', layout([Member(n, text)], zip64=z, behind_directory=b'hidden'))


def damaged_headers(v, text):
    """Each field of local header and directory entry."""
    n = v.member
    for key, value in (('flags', 2), ('method', STORED), ('crc', 1), ('packed', 5), ('unpacked', 5),
                       ('name', b'x' * len(n)),
                       ('name', n.encode() + b'x'), ('packed', 0), ('unpacked', 0), ('flags', 0x800), ('crc', 0)):
        word = '%s-%s' % (key, value if isinstance(value, int) else len(value))
        yield refused('local-' + word, 'zip-header-mismatch', layout([Member(n, text, local={key: value})]))
        yield refused('central-' + word, None, layout([Member(n, text, central={key: value})]), reason='zip_corrupt')
    yield refused('local-signature', 'zip-local-header', layout([Member(n, text, local=dict(signature=b'PK\3\5'))]))
    yield refused('central-signature', None, layout([Member(n, text, central=dict(signature=b'PK\1\3'))]),
                  reason='zip_corrupt')
    yield refused('local-offset', None, layout([Member(n, text, central=dict(offset=1))]), reason='zip_corrupt')
    yield refused('local-offset-far', 'zip-prefix', layout([Member(n, text, central=dict(offset=10 ** 9))]))
    yield refused('local-version', 'zip-method', layout([Member(n, text, version=51)]))
    yield refused('local-name-length', None, layout([Member(n, text, local=dict(name_bytes=60000))]),
                  reason='zip_corrupt')
    yield refused('local-extra-length', None, layout([Member(n, text, local=dict(extra_bytes=60000))]),
                  reason='zip_corrupt')
    yield refused('central-name-length', None, layout([Member(n, text, central=dict(name_bytes=60000))]),
                  reason='zip_corrupt')
    yield refused('central-extra-length', 'zip-directory', layout([Member(n, text, central=dict(extra_bytes=200))]))
    yield refused('central-comment-length', 'zip-directory', layout([Member(n, text, central=dict(comment_bytes=9))]))
    yield refused('central-disk', 'zip-split', layout([Member(n, text, central=dict(disk=1))]))
    for flag, word in ((1, 'weak'), (1 << 6, 'strong'), (1 << 13, 'masked'), (0x41, 'both')):
        yield refused('encrypted-' + word, 'zip-encrypted', layout([Member(n, text, flags=flag)]))
    yield refused('encrypted-central-only', 'zip-encrypted', layout([Member(n, text, central=dict(flags=1))]))
    yield refused('encrypted-local-only', 'zip-header-mismatch', layout([Member(n, text, local=dict(flags=1))]))
    aes = field(0x9901, struct.pack('<HccBH', 2, b'A', b'E', 3, 8))
    yield refused('encrypted-aes', 'zip-encrypted', layout([Member(n, text, method=99, flags=1, extra=aes)]))
    yield refused('encrypted-aes-method', 'zip-encrypted', layout([Member(n, text, method=99)]))
    yield refused('encrypted-aes-extra', 'zip-encrypted', layout([Member(n, text, extra=aes)]))
    yield refused('encrypted-strong-extra', 'zip-encrypted', layout([Member(n, text, extra=field(0x17, bytes(8)))]))
    yield refused('encrypted-second', 'zip-encrypted', layout([Member(n, text), Member('.DS_Store', b'x', flags=1)]))
    for method in (1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 14, 18, 19, 93, 94, 95, 96, 97, 98, 65535):
        yield refused('method-%d' % method, 'zip-method', layout([Member(n, text, method=method,
                packed=deflate(text))]))
    yield refused('patch', 'zip-method', layout([Member(n, text, flags=1 << 5)]))
    good = Member(n, text)
    for word, body in (('crc', b'\0\0\0\0'), ('none', b''), ('cut', b'PK\7\10')):
        m = Member(n, text, descriptor=body or None, flags=8)
        m.local.update(crc=0, packed=0, unpacked=0)
        yield refused('descriptor-' + word, 'zip-descriptor', layout([m]))
    f = good.fields
    for word, values in (('wrong-crc', (1, f['packed'], f['unpacked'])), ('wrong-packed', (f['crc'], 1, f['unpacked'])),
                         ('wrong-unpacked', (f['crc'], f['packed'], 1))):
        yield refused('descriptor-' + word, 'zip-descriptor', layout([Member(n, text, descriptor=b'PK\7\10'
                + struct.pack('<III', *values))]))
    for word, values in (('packed', (f['crc'], 1, f['unpacked'])), ('unpacked', (f['crc'], f['packed'], 1))):
        yield refused('descriptor-64-wrong-' + word, 'zip-descriptor', layout([Member(n, text, descriptor=b'PK\7\10'
                + struct.pack('<IQQ', *values))]))
    yield refused('descriptor-unasked', 'zip-gap', layout([Member(n, text, flags=0)], behind_data=b'PK\7\10'
                                                          + struct.pack(
        '<III', f['crc'], f['packed'], f['unpacked'])))
    yield refused('descriptor-sizes-differ', 'zip-header-mismatch', layout([Member(n, text, descriptor='sig32',
            local=dict(packed=7))]))
    yield refused('descriptor-and-gap', 'zip-gap', layout([Member(n, text, descriptor='sig32')], behind_data=b'hidden'))
    for word, extra in (('cut', b'\x55'), ('long', b'\x55\x54\x09\0\3'), ('tail', UT + b'\0\0'),
                        ('overrun', struct.pack('<HH', 9, 65535))):
        yield refused('extra-' + word, 'zip-extra-field', layout([Member(n, text, extra=extra)]))
        yield refused('extra-local-' + word, 'zip-extra-field', layout([Member(n, text, local=dict(extra=extra))]))
    yield refused('extra-zip64-twice', 'zip-extra-field', layout([Member(n, text, extra=field(1, b'')
            + field(1, b''))]))
    yield refused('extra-path-version', 'zip-extra-field', layout([Member(n, text, extra=field(0x7075, b'\2'
            + bytes(9)))]))
    yield refused('extra-path-twice', 'zip-extra-field', layout([Member(n, text, extra=field(0x7075, b'\1' + bytes(9))
            * 2)]))
    yield refused('extra-path-bad', 'zip-extra-field', layout([Member(n, text, extra=field(0x7075, b'\2'))]))
    for key in ('packed', 'unpacked', 'offset'):
        yield refused('zip64-missing-' + key, 'zip-zip64', layout([Member(n, text, central={key: M32})]))
    m = zip64_directory(n, text, 'up')
    m.central['extra'] = field(1, struct.pack('<Q', len(text)))
    yield refused('zip64-field-short', 'zip-zip64', layout([m]))
    m = zip64_directory(n, text, 'up')
    m.central['extra'] = field(1, struct.pack('<QQ', len(text) + 1, len(m.body)))
    yield refused('zip64-field-differs', 'zip-header-mismatch', layout([m]))
    m = zip64_member(n, text)
    m.local['extra'] = field(1, struct.pack('<QQ', len(text), len(m.body) + 1))
    yield refused('zip64-local-differs', 'zip-header-mismatch', layout([m]))
    m = Member(n, text, central=dict(extra=field(1, struct.pack('<Q', 77))))
    yield refused('zip64-field-unasked', 'zip-zip64', layout([m]))
    yield refused('zip64-full-disk', 'zip-split', layout([full_zip64(n, text, 'upo', 0xFFFF, 1)]))
    yield refused('zip64-full-unmarked', 'zip-zip64', layout([full_zip64(n, text)]))
    for key in ('packed', 'unpacked'): # one is marked, and both are in the field: bsdtar takes the first for the other
        m = Member(n, text, local={key: M32, 'extra': field(1, struct.pack('<QQ', len(text), len(deflate(text))))})
        yield refused('zip64-local-marked-' + key, 'zip-zip64', layout([m]))
    for word, wrong in (('', (1, 0)), ('-packed', (0, 1))):
        m = Member(n, text, local=dict(extra=field(1, struct.pack('<QQ', len(text) + wrong[0], len(deflate(text))
                + wrong[1]))))
        yield refused('zip64-local-unmarked%s-differs' % word, 'zip-zip64', layout([m]))
    m = Member(n, text, local=dict(extra=field(1, struct.pack('<Q', len(text)))))
    yield refused('zip64-local-field-short', 'zip-zip64', layout([m]))
    unsaid = Member('.DS_Store', b'') # stands in the directory only, right where that begins
    one = Member(n, text)
    unsaid.offset = len(one.local_header() + one.body)
    yield refused('local-missing', 'zip-local-header', layout([one], directory=lambda d: d + unsaid.entry(),
                                                              end=dict(entries=2)))
    yield refused('encrypted-local-extra', 'zip-encrypted', layout([Member(n, text, local=dict(extra=aes))]))
    yield refused('comment-not-utf8', 'zip-unreadable', layout([Member(n, text, flags=0x800, comment=b'\xff\xfe')]))
    yield refused('local-beyond-directory', 'zip-local-header', layout([Member('x' * 500, b'', packed=b'',
            local=dict(extra_bytes=40000))]))
    m = zip64_directory(n, text, 'u')
    m.central['extra'] = field(1, struct.pack('<Q', 1 << 63))
    yield refused('zip64-size-huge', 'zip-bomb-size', layout([m]))


def damaged_data(v, text):
    n = v.member
    packed = deflate(text)
    r = random.Random(5)
    for i in range(6):
        at = r.randrange(len(packed))
        broken = patched(packed, at, bytes([packed[at] ^ 1 << r.randrange(8)]))
        yield refused('flip-%d' % i, None, layout([Member(n, text, packed=broken)]), reason='zip_corrupt')
        at = r.randrange(len(text))
        yield refused('flip-stored-%d' % i, 'zip-crc-mismatch', layout([Member(n, text, method=STORED, packed=patched(
            text, at, bytes([text[at] ^ 1])))]))
    yield refused('crc', 'zip-crc-mismatch', layout([Member(n, text, local=dict(crc=1), central=dict(crc=1))]))
    for word, delta in (('less', -1), ('more', 1), ('thousand', 1000)):
        size = dict(unpacked=len(text) + delta)
        yield refused('size-' + word, 'zip-size-mismatch', layout([Member(n, text, local=size, central=size)]))
    yield refused('deflate-cut', 'zip-deflate', layout([Member(n, text, packed=packed[:-1])]))
    yield refused('deflate-cut-half', 'zip-deflate', layout([Member(n, text, packed=packed[:len(packed) // 2])]))
    yield refused('deflate-none', 'zip-deflate', layout([Member(n, text, packed=b'')]))
    yield refused('deflate-reserved', 'zip-deflate', layout([Member(n, text, packed=b'\7')]))
    yield refused('deflate-far-distance', 'zip-deflate', layout([Member(n, text, packed=b'\x4b\x04\x12' + packed)]))
    yield refused('deflate-tail-byte', 'zip-size-mismatch', layout([Member(n, text, packed=packed + b'\0')]))
    yield refused('deflate-tail-stream', 'zip-size-mismatch', layout([Member(n, text, packed=packed + packed)]))
    yield refused('deflate-tail-100k', 'zip-size-mismatch', layout([Member(n, text, packed=packed + bytes(100000))]))
    for word, unit in (('stored', b'\0\0\0\xff\xff'), ('fixed', b'\x02\x08\x20\x80\x00')):
        yield refused('deflate-empty-blocks-' + word, 'zip-deflate', layout([Member(n, text, packed=unit * 30000
                + packed)]))
        yield accepted('deflate-some-empty-blocks-' + word, layout([Member(n, text, packed=unit * 40 + packed)]))
    yield refused('zlib-wrapped', 'zip-deflate', layout([Member(n, text, packed=zlib.compress(text))]))
    yield refused('stored-sizes', 'zip-size-mismatch', layout([Member(n, text, method=STORED, local=dict(unpacked=5),
            central=dict(unpacked=5))]))
    yield refused('member-empty', 'member-empty', layout([Member(n, b'')]))
    yield refused('member-empty-stored', 'member-empty', layout([Member(n, b'', method=STORED)]))
    yield refused('twin-crc', 'zip-crc-mismatch', layout([Member(n, text), Member('.DS_Store', b'x' * 50,
            local=dict(crc=1), central=dict(crc=1))]))
    yield refused('twin-deflate', 'zip-deflate', layout([Member(n, text), Member('__MACOSX/x', b'x' * 50,
            packed=b'\7')]))
    yield refused('twin-large', 'zip-bomb-size', layout([Member(n, text), Member('.DS_Store', bytes(1048577))]))


def unsafe_names(v, text):
    n = v.member
    names = {'absolute': '/' + n, 'root': '/etc/passwd', 'parent': '../' + n, 'parent-inside': 'a/../../' + n,
             'parent-end': 'a/..',
             'backslash-root': '\\' + n, 'backslash-twice': 'a\\\\' + n, 'backslash-parent-inside': 'a\\..\\' + n,
             'backslash-mixed': 'a/\\' + n, 'backslash-drive': 'C:\\' + n, 'backslash-parent': '..\\' + n,
             'dot': '.', 'dot-in-folder': 'a/.', 'dot-behind-backslash': 'a\\.', 'slashes': '//', 'drive': 'C:' + n, 'drive-path': 'c:/' + n,
             'share': '//server/' + n, 'double-slash': 'a//' + n, 'nul': n + '\0.exe', 'newline': 'a\n' + n,
             'escape': '\x1b[2J' + n,
             'delete': 'a\x7f', 'empty': '', 'dots': '..', 'tab': 'a\tb'}
    for word, name in names.items():
        yield refused('name-' + word, 'zip-name', layout([Member(name, text)]))
    yield refused('name-parent-folder', 'zip-name', layout([Member('../', b'', folder=True), Member(n, text)]))
    yield refused('name-root-with-bytes', 'zip-not-regular', layout([Member('/', text)]))
    yield refused('name-root-twice', 'zip-name-twice', layout([Member('/', b'', folder=True), Member('\\', b'', folder=True),
                                                               Member(n, text)]))
    yield refused('name-twice-backslash', 'zip-name-twice', layout([Member('a/' + n, text), Member('a\\' + n, text)]))
    yield refused('name-backslash-local', 'zip-header-mismatch', layout([Member('a/' + n, text, local=dict(
        name=b'a\\' + n.encode()))]))
    yield refused('name-513', 'zip-name-too-long', layout([Member('n' * 513, text)]))
    yield refused('name-60000', 'zip-name-too-long', layout([Member('n' * 60000, text)]))
    yield refused('name-bad-utf8', 'zip-name', layout([Member(b'g\x82nome.txt', text, flags=0x800)]))
    yield refused('name-overlong-utf8', 'zip-name', layout([Member(b'\xc0\xae\xc0\xae/x', text, flags=0x800)]))
    path = field(0x7075, b'\1' + struct.pack('<I', zlib.crc32(n.encode())) + b'../../etc/passwd')
    yield refused('name-unicode-path', 'zip-name', layout([Member(n, text, extra=path)]))
    yield refused('name-unicode-path-local', 'zip-name', layout([Member(n, text, local=dict(extra=path))]))
    # a reader that takes the path for the name must see the same export: as many files, in the same roles
    for word, name, other in (('folder', n, n + '/'), ('macos', n, '__MACOSX/._x'), ('export', '.DS_Store', n)):
        path = field(0x7075, b'\1' + struct.pack('<I', zlib.crc32(name.encode())) + other.encode())
        for where in ('local', 'central'):
            odd = Member(name, text if name == n else b'other rows', **{where: dict(extra=path)})
            yield refused('name-unicode-path-%s-%s' % (word, where), 'zip-name',
                          layout([odd] if name == n else [Member(n, text), odd]))
    yield refused('name-twice', 'zip-name-twice', layout([Member(n, text), Member(n, text)]))
    yield refused('name-twice-macos', 'zip-name-twice', layout([Member(n, text), Member('.DS_Store', b''),
                                                                Member('.DS_Store', b'')]))
    for word, kind in (('symlink', 0o120777), ('device', 0o020644), ('block', 0o060644),
                       ('socket', 0o140755),
                       ('folder', 0o040755)):
        yield refused('type-' + word, 'zip-not-regular', layout([Member(n, text, external=kind << 16)]))
    yield refused('type-dos-folder', 'zip-not-regular', layout([Member(n, text, made_by=20, external=16)]))
    yield refused('type-dos-label', 'zip-not-regular', layout([Member(n, text, made_by=20, external=8)]))
    yield refused('type-vms', 'zip-not-regular', layout([Member(n, text, made_by=0x0214)]))
    yield refused('type-folder-with-bytes', 'zip-not-regular', layout([Member(n + '/', text, folder=True)]))
    yield refused('type-pipe-of-two', 'zip-not-regular', layout([Member(n, text, external=0o010644 << 16),
            Member('.DS_Store', DS_STORE)]))
    yield refused('type-pipe-folder', 'zip-not-regular', layout([Member(n + '/', b'', external=0o010644 << 16)]))
    yield refused('type-symlink-beside', 'zip-not-regular', layout([Member(n, text),
            Member('__MACOSX/l', b'/etc', external=0o120777 << 16)]))


def contents(v, text):
    """How many members, and what they are."""
    n = v.member
    yield refused('readme', 'zip-several-members', layout([Member(n, text), Member('README.txt', b'Thank you.\n')]))
    yield refused('readme-first', 'zip-several-members', layout([Member('README.txt', b'Thank you.\n'),
            Member(n, text)]))
    yield refused('two-exports', 'zip-several-members', layout([Member(n, text), Member('2' + n, text)]))
    for word, name in (('macosx', '__MACOSX/' + n), ('macosx-double', '__MACOSX/._' + n), ('double', '._' + n),
                       ('ds-store', '.DS_Store'), ('ini', 'desktop.ini'), ('zone', n + ':Zone.Identifier'),
                       ('macosx-backslash', '__MACOSX\\x'), ('thumbs', 'Thumbs.db')):
        yield refused('hidden-' + word, 'zip-several-members', layout([Member(n, text), Member(name, text[:60000])]))
        yield refused('hidden-%s-zip' % word, None, # or, where its end record stands in the tail, zip-many-ends
                      layout([Member(n, text), Member(name, layout([Member(n, text)]))]), reason='any')
    yield refused('hidden-localized', 'zip-bomb-size', layout([Member(n, text), Member('.localized', b'x')]))
    yield refused('hidden-large-ini', 'zip-bomb-size', layout([Member(n, text), Member('desktop.ini', b'[a]\n' * 17000)]))
    yield refused('case-twins', 'zip-several-members', layout([Member('a.txt', text), Member('A.txt', text)]))
    yield refused('only-folder', 'zip-no-member', layout([Member('folder/', b'', folder=True)]))
    yield refused('only-macos', 'zip-no-member', layout([Member('__MACOSX/._x', APPLE_DOUBLE),
                                                         Member('.DS_Store', b'x')]))
    yield refused('entries-9', 'zip-too-many-entries', layout([Member('__MACOSX/%d' % i, b'') for i in range(8)]
                                                              + [Member(n, text)]))
    yield refused('entries-1000', 'zip-too-many-entries', layout([Member('%d' % i, b'', method=STORED)
            for i in range(1000)]))
    yield refused('entries-unsaid', 'zip-directory-too-large', layout(
        [Member('%020d' % i, b'', method=STORED) for i in range(1200)], end=dict(entries=1)))
    inner = layout([Member(n, text)])
    for method in (STORED, DEFLATED):
        word = 'stored' if method == STORED else 'deflated'
        yield refused('two-zips-' + word, 'zip-nested', layout([Member('a.zip', inner, method=method),
                                                                Member('b.zip', inner, method=method)]))
        yield refused('zip-beside-text-' + word, 'zip-several-members', layout([Member(v.archive, inner, method=method),
                                                                                Member(n, text)]))
        yield refused('text-beside-zip-' + word, 'zip-several-members', layout([
            Member(n, text), Member(v.archive, inner, method=method)]))
    sheet = layout([Member('[Content_Types].xml', b'<?xml version="1.0"?>'), Member('_rels/.rels', b'<a/>'),
                    Member('xl/workbook.xml', b'<a/>')])
    yield refused('xlsx', 'zip-document', sheet)
    yield refused('xlsx-large', 'zip-document', layout([Member('docProps/app.xml', b'<a/>')]
                                                       + [Member('xl/worksheets/%d.xml' % i, b'<a/>') for i in range(20)]))
    yield refused('ods', 'zip-document', layout([Member('mimetype', b'application/vnd.oasis', method=STORED),
                                                 Member('content.xml', b'<a/>')]))
    yield refused('xlsx-in-zip', 'zip-nested', layout([Member('genome.xlsx', sheet)]))
    yield refused('nested-zip', 'zip-nested', layout([Member(n, inner)]))
    yield refused('nested-zip-level-0', 'zip-nested', layout([Member(n, inner, packed=deflate(inner, 0))]))
    yield refused('nested-zip-stored', 'zip-nested', layout([Member(v.archive, inner, method=STORED)]), reason=None)
    for word, head in (('gzip', b'\x1f\x8b\10\0'), ('7z', b"7z\xbc\xaf'\x1c\0\4"), ('bzip2', b'BZh91AY&SY'),
                       ('xz', b'\xfd7zXZ\0\0\4'),
                       ('rar', b'Rar!\x1a\7\1\0'), ('zstd', b'\x28\xb5\x2f\xfd'), ('tar', b'genome.txt' + bytes(247)
                               + b'ustar\0'),
                       ('split', b'PK\7\10'), ('empty-zip', end_record(0, 0, 0))):
        yield refused('nested-' + word, 'zip-nested', layout([Member(n, head + bytes(range(256)) * 4)]))
    a, b = Member('a.txt', text), Member('__MACOSX/b', text)
    b.central['offset'] = 0
    yield refused('overlap-same-header', None, layout([a, b]), reason='zip_unsafe')
    kernel = Member(n, text)
    quoted = kernel.local_header() + kernel.body
    outer = Member('__MACOSX/q', quoted, method=STORED)
    kernel.offset = 30 + len('__MACOSX/q')
    out = layout([outer]) # the quoted member is listed as well, inside the other's data
    directory = outer.entry() + kernel.entry()
    body = out[:30 + len('__MACOSX/q') + len(quoted)]
    yield refused('overlap-quoted', 'zip-overlap', body + directory + end_record(2, len(directory), len(body)))
    m = Member(n, text)
    m.fields['packed'] += 30
    yield refused('overlap-directory', 'zip-overlap', layout([m]))


def other_files(v, text):
    """No zip at all."""
    yield refused('file-empty', 'file-empty', b'')
    yield refused('zip-empty', 'zip-without-entries', end_record(0, 0, 0))
    yield refused('zip-empty-comment', 'zip-without-entries', end_record(0, 0, 0, b'nothing'))
    yield refused('text', 'not-a-zip', text)
    yield refused('split-first', 'zip-split', b'PK\7\10' + layout([Member(v.member, text)]))
    yield refused('split-single', 'zip-split', b'PK00' + layout([Member(v.member, text)]))
    packed = zlib.compressobj(6, zlib.DEFLATED, 31)
    yield refused('gzip', 'not-a-zip', packed.compress(text) + packed.flush())
    for word, head in (('pdf', b'%PDF-1.7\n'), ('7z', b"7z\xbc\xaf'\x1c\0\4"), ('rar', b'Rar!\x1a\7\0'),
                       ('bzip2', b'BZh91AY&SY'),
                       ('xz', b'\xfd7zXZ\0\0\4'), ('html', b'<!DOCTYPE html><html>'), ('xml',
                               b'<?xml version="1.0"?>'), ('json', b'{"a":1}'), ('vcf', b'##fileformat=VCFv4.2\n'),
                       ('utf16', b'\xff\xfe#\0'), ('png', b'\x89PNG\r\n\x1a\n'), ('jpeg', b'\xff\xd8\xff\xe0'),
                       ('program', b'MZ\x90\0'), ('elf', b'\x7fELF\2\1\1'), ('zeros', bytes(64)), ('random',
                               bytes(range(255, 0, -1)))):
        yield refused('file-' + word, 'not-a-zip', head + text[:2000])
    yield refused('file-html-short', 'not-a-zip', b'<html>' + text[:2000])
    # the end of a zip that has none
    for word, values in (('empty-with-bytes', (0, 5, 0)), ('empty-of-disks', (0, 0, 0, b'', 1)), ('short', (1, 10, 0)),
                         ('long', (1, 5000, 0)), ('elsewhere', (1, 60, 0))):
        yield refused('file-end-' + word, 'not-a-zip', b'%PDF-1.7\n' + bytes(200) + end_record(*values))
    yield refused('file-one-byte', 'not-a-zip', b'P')


def structure_cases(v):
    text = v.text()
    for part in (good_layouts, damaged_end, damaged_headers, damaged_data, deflate_codes, unsafe_names, contents, other_files):
        yield from part(v, text)
