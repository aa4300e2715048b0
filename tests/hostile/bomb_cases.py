"""Bombs and exact size limits: large when unpacked, so they are made for one vendor only."""
import struct
import zlib

from case import accepted, refused
from exports import join
from ziplayout import STORED, Member, deflate, layout

MIB = 1 << 20


def zeros_deflated(count):
    """A deflate stream of so many zeros, and their CRC, without holding them."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    out, crc, block = [], 0, bytes(MIB)
    for _ in range(count // MIB):
        out.append(packer.compress(block))
        crc = zlib.crc32(block, crc)
    rest = bytes(count % MIB)
    out.append(packer.compress(rest) + packer.flush())
    return b''.join(out), zlib.crc32(rest, crc)


def claimed(name, packed, crc, unpacked):
    both = dict(crc=crc, unpacked=unpacked)
    return Member(name, b'', packed=packed, local=both, central=both)


def bomb_cases(v):
    n = v.member
    text = v.text()
    packed, crc = zeros_deflated(300 * MIB)
    yield refused('bomb-300m', 'zip-bomb-size', layout([claimed(n, packed, crc, 300 * MIB)]))
    yield refused('bomb-300m-lie', None, layout([claimed(n, packed, crc, 1000)]), reason='zip_unsafe')
    yield refused('bomb-300m-claims-70m', None, layout([claimed(n, packed, crc, 70 * MIB)]), reason='zip_unsafe')
    yield refused('bomb-claims-4g', 'zip-bomb-size', layout([claimed(n, deflate(text), 0, 0xFFFFFFFE)]))
    yield refused('bomb-twin', 'zip-bomb-size', layout([Member(n, text), claimed('__MACOSX/._x', packed, crc,
            300 * MIB)]))
    yield refused('bomb-twin-lie', None, layout([Member(n, text), claimed('.DS_Store', packed, crc, 1000)]),
                  reason='zip_unsafe')
    packed, crc = zeros_deflated(64 * MIB + 1)
    yield refused('bomb-ratio', 'zip-bomb-ratio', layout([claimed(n, packed, crc, 64 * MIB + 1)]))
    packed, crc = zeros_deflated(64 * MIB)
    yield refused('dense-64m', None, layout([claimed(n, packed, crc, 64 * MIB)]),
                  reason='provider_not_supported')  # no bomb yet
    inner = layout([claimed('a.txt', packed, crc, 64 * MIB)])
    yield refused('bomb-nested', 'zip-nested', layout([Member(n, inner)]))
    yield refused('bomb-shared-data', 'zip-overlap', overlapping(text))
    whole = layout([Member(n, text)])
    yield accepted('limit-file', whole, arguments=['--max-size', str(len(whole))])
    yield refused('limit-file-over', 'file-too-large', whole, ['--max-size', str(len(whole) - 1)])
    yield accepted('limit-unpacked', whole, arguments=['--max-unpacked', str(len(text))])
    yield refused('limit-unpacked-over', 'zip-bomb-size', whole, ['--max-unpacked', str(len(text) - 1)])
    padded = layout([Member(n, text), Member('.DS_Store', bytes(1048576), method=STORED)])
    yield accepted('limit-twin', padded, ['rezipped'])
    yield from exact_size(v, 26214400)


def exact_size(v, limit):
    """A good export whose archive is as large as the default limit, to the byte; the comment makes up the rest."""
    n = v.member
    every = [v.row('rs%d' % (1000 + i), c, 9000, 'A') if c == 'MT' else v.row('rs%d' % (1000 + i), c, 9000, 'AG')
             for i, c in enumerate([str(c) for c in range(2, 23)] + ['MT'])]
    text = join(v.header(v.versions[0]) + every + [v.row('rs%d' % (1000000 + i), '1', 1000 + 100 * i, 'AG')
                                                   for i in range(1100000)], v.end)
    room = limit - len(layout([Member(n, b'', method=STORED)])) - 500
    text = text[:text.rindex(v.end.encode(), 0, room) + len(v.end)]
    whole = len(layout([Member(n, text, method=STORED)]))
    yield accepted('limit-25m', layout([Member(n, text, method=STORED)], comment=b' ' * (limit - whole)), None)
    yield refused('limit-25m-over', 'file-too-large', layout([Member(n, text, method=STORED)],
                                                             comment=b' ' * (limit + 1 - whole)))


def overlapping(text, count=8):
    """Members that share one deflate stream, as the densest bombs do."""
    kernel = Member('a.txt', text)
    data = kernel.local_header() + kernel.body
    kernel.offset = 0
    directory = kernel.entry()
    for i in range(1, count):
        m = Member('__MACOSX/%d' % i, text)
        m.offset = 0
        directory += m.entry()
    return data + directory + b'PK\5\6' + struct.pack('<HHHHIIH', 0, 0, count, count, len(directory), len(data), 0)
