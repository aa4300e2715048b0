#!/usr/bin/env python3
"""make_corpus.py TESTDATA OUT - seeds for the fuzz targets, one folder a target, made from the repository's own test files.
The same input gives the same bytes."""
import gzip, io, os, random, struct, sys, zipfile, zlib

testdata, out = sys.argv[1:3]


def put(target, name, data):
    folder = os.path.join(out, target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


texts = []
for folder, _, names in sorted(os.walk(testdata)):
    for name in sorted(names):
        if name.endswith((".txt", ".csv")):
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            if len(data) < 20000:
                texts.append((os.path.basename(folder) + "-" + name, data))
if not texts:
    sys.exit("make_corpus: no test files under %s" % testdata)

for k, (name, data) in enumerate(texts):
    cut = (k * 131) % max(1, len(data))
    put("text", name, bytes([k & 255]) + struct.pack("<H", cut & 65535) + data)
    put("pipeline", name, bytes([k * 37 & 255]) + data)
    z = io.BytesIO()
    with zipfile.ZipFile(z, "w") as f:
        info = zipfile.ZipInfo(name, (2021, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED if k % 3 else zipfile.ZIP_STORED
        if k % 5 == 0:
            f.writestr(zipfile.ZipInfo("__MACOSX/._" + name), b"\0\5\x16\7")
        f.writestr(info, data[:3000])
    put("archive", name + ".zip", z.getvalue())
    if k % 4 == 0:
        put("archive", name + ".gz", gzip.compress(data[:3000], mtime=0))
        put("archive", name, data[:500])

chain = "chain 900 1 1000 + 0 1000 2 2000 + 100 1090 1\n400 10 0\n590\n\nchain 50 2 2000 + 0 50 2 2000 - 1500 1550 2\n50\n\n"
put("chain", "small.chain", b"\1\0\0\0\0" + chain.encode())
put("chain", "small.chain.gz", b"\1\0\0\0\0" + gzip.compress(chain.encode(), mtime=0))
put("chain", "big.chain", b"\0\0\1\0\0" + b"chain 4900 chr1 249250621 + 10000 177417 chr1 248956422 + 10000 177417 2\n167417\n\n")
put("chain", "assemblies.tsv", b"\0\0\0\0\0GRCh37\tcontig\t1\t1000\t0123456789abcdef0123456789abcdef\nGRCh37\tPAR1\tX:1-10\tY:1-10\n")
rng = random.Random(1)
for k in range(20):
    put("json", "%02d" % k, bytes(rng.randrange(256) for _ in range(30 + 20 * k)))

# Lines of VCF for the encoder that knows them, and bytes it was not made for.
tails = ["A\tG\t.\tPASS\t.\tGT\t0/1", "C\t.\t.\tPASS\t.\tGT\t0/0", "G\tT\t.\tHetHaploid\tOG=G/T\tGT\t.", "T\tC,G\t.\tPASS\tFLIP\tGT\t1/2"]
for k in range(12):
    position, lines = 10000, []
    for _ in range(5 + 40 * k):
        position += rng.randrange(1, 9000)
        lines.append("%d\t%d\trs%d\t%s\n" % (1 + k, position, rng.randrange(10 ** (k % 9 + 1)), rng.choice(tails)))
    put("deflate", "lines%02d" % k, bytes([k * 21 & 255 | 1]) + "".join(lines).encode())
    put("deflate", "bytes%02d" % k, bytes([k * 23 & 255]) + bytes(rng.randrange(256 >> k % 8) for _ in range(1 + 300 * k)))
    put("deflate", "same%02d" % k, bytes([k * 29 & 255]) + b"\t\n"[k & 1:][:1] * (1 + 700 * k))

# Deflate streams of every kind of block, in ways of cutting them.
for k, (name, data) in enumerate(texts):
    for level, strategy in ((6, zlib.Z_DEFAULT_STRATEGY), (1, zlib.Z_FIXED), (9, zlib.Z_HUFFMAN_ONLY), (4, zlib.Z_RLE), (0, 0)):
        if (k + level) % 4 == 0 or k < 2:
            z = zlib.compressobj(level, zlib.DEFLATED, -15, 1 + k % 9, strategy)
            packed = z.compress(data[:5000]) + z.flush(zlib.Z_FULL_FLUSH if k % 2 else zlib.Z_PARTIAL_FLUSH) + z.compress(data[:400])
            cuts = bytes([rng.randrange(256), rng.randrange(256), rng.randrange(256)])
            put("inflate", "%s-%d-%d" % (name, level, strategy), cuts + packed + z.flush())
for k, data in enumerate((b"a", b"ab" * 3000, b"abcdefg" * 900, bytes(70000), bytes(rng.randrange(256) for _ in range(3000)),
                          bytes(min(255, int(rng.expovariate(0.04))) for _ in range(9000)))):
    for strategy in range(5):
        z = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
        put("inflate", "made-%d-%d" % (k, strategy), bytes([15 * (k % 2), 7 + k, 77]) + z.compress(data) + z.flush())

# Compiled site tables of contig 1 (SNVs) and 2 (an indel with two names); .2bit files of both versions and byte orders.


def pad(data):
    return data + bytes(-len(data) % 8)


def site_table(snvs, indels, names, pool):
    contigs, body = b"", b""
    for c in range(CONTIGS):
        n = snvs if c == 1 else 0
        contigs += struct.pack("<IIII40s", 1000, n, 0, indels if c == 2 else 0, b"")
        body += pad(struct.pack("<%dI" % n, *range(10, 10 + 5 * n, 5))) + pad(bytes(k * 7 % 64 for k in range(n)))
    for k in range(indels):
        body += struct.pack("<IIBBH", 100 + k, 0, 2, 2, 0)
    body += bytes(-(12 * indels) % 8)
    body += pad(b"".join(struct.pack("<III", n, 0, kind) for n, kind in names)) + pad(pool)
    head = b"DTCSITES" + struct.pack("<IIIIIIQQ64s", 1, 0x01020304, 2, indels, len(names), len(pool), 0, 0, b"md5:0")
    return b"\1" + head + contigs + body


CONTIGS = 26
put("sites", "table-empty", site_table(0, 0, [], b"\0"))
put("sites", "table-snvs", site_table(40, 0, [], b"\0"))
put("sites", "table-indels", site_table(3, 2, [(5, 1), (8, 2)], b"AC\0A\0x.1\0"))
for version in (0, 1):
    for order in "<>":
        start = 16 + 1 + 4 + (8 if version else 4)
        head = struct.pack(order + "IIII", 0x1A412743, version, 1, 0) + b"\4chr1" + struct.pack(order + ("Q" if version else "I"), start)
        record = struct.pack(order + "IIIIIIII", 41, 1, 5, 6, 1, 3, 4, 0) + bytes(range(27, 38))
        put("sites", "twobit-%d-%s" % (version, "le" if order == "<" else "be"), b"\0" + head + record)
