"""Sound text in deflate streams whose codes no compressor would write: the bytes and their CRC are right, so only a reader
that looks at the codes themselves refuses what zlib refuses (RFC 1951; inftrees.c)."""
from case import accepted, refused
from ziplayout import Member, layout

PRECODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)


class Bits:
    def __init__(self):
        self.value, self.count = 0, 0

    def number(self, value, count):
        self.value |= value << self.count
        self.count += count

    def code(self, code):
        """A Huffman code, as a word of 0 and 1."""
        self.number(int(code[::-1] or '0', 2), len(code))

    def bytes(self):
        return self.value.to_bytes((self.count + 7) // 8, 'little')


def codes_of(lengths):
    """Canonical codes, also where there are not as many as there could be."""
    codes, code = {}, 0
    for length in range(1, 16):
        for symbol, own in enumerate(lengths):
            if own == length:
                codes[symbol] = format(code, '0%db' % length)[-length:]
                code += 1
        code <<= 1
    return codes


def block(text, litlens, distances, precode=None):
    """One last block of literals in the codes of these lengths."""
    precode = precode or [4] * 16 + [0] * 3
    words = codes_of(precode)
    out = Bits()
    out.number(5, 3)
    out.number(len(litlens) - 257, 5)
    out.number(len(distances) - 1, 5)
    out.number(19 - 4, 4)
    for symbol in PRECODE_ORDER:
        out.number(precode[symbol], 3)
    for length in litlens + distances:
        out.code(words[length])
    codes = codes_of(litlens)
    whole = ''.join(codes[c] for c in text) + codes.get(256, '')
    out.number(int(whole[::-1], 2), len(whole))
    return out.bytes()


def deflate_codes(v, text):
    full = [8] * 255 + [9, 9]  # 257 symbols, all codes used

    def member(*arguments):
        return layout([Member(v.member, text, packed=block(text, *arguments))])

    yield accepted('deflate-codes-all-used', member(full, [1, 1]))
    yield accepted('deflate-codes-one-distance', member(full, [1]))
    yield accepted('deflate-codes-no-distance', member(full, [0]))
    yield accepted('deflate-codes-286-and-30', member(full + [0] * 29, [1] + [0] * 29))
    for word, arguments in (('literals-incomplete', ([9] * 257, [1, 1])),
                            ('literals-one-missing', ([8] * 255 + [9, 10], [1, 1])),
                            ('literals-too-many', ([8] * 257, [1, 1])),
                            ('distances-incomplete', (full, [2, 2, 2])),
                            ('distances-one-of-two-bits', (full, [2])),
                            ('distances-too-many', (full, [1, 1, 1])),
                            ('precode-incomplete', (full, [1, 1], [5] * 16 + [0] * 3)),
                            ('precode-too-many', (full, [1, 1], [3] * 16 + [0] * 3)),
                            ('287-literals', (full + [0] * 30, [1, 1])),
                            ('31-distances', (full, [1, 1] + [0] * 29)),
                            ('no-end', (full[:255] + [8, 0], [1, 1]))):
        yield refused('deflate-codes-' + word, 'zip-deflate', member(*arguments))
