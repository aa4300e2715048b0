"""A reader of Crypt4GH by the specification's text (GA4GH File Encryption Standard 1.0) and the RFCs it names, with
nothing but Python: no code is shared with what it reads. Slow, and not meant for secrets.

    X25519            RFC 7748, section 5      ChaCha20-Poly1305   RFC 8439, section 2
    BLAKE2b           hashlib (RFC 7693)       checked() below holds both against the RFCs' own vectors
"""
import base64
import hashlib
import struct

P = 2 ** 255 - 19


def x25519(scalar, point):
    k = int.from_bytes(bytes([scalar[0] & 248]) + scalar[1:31] + bytes([scalar[31] & 127 | 64]), "little")
    x1 = int.from_bytes(point, "little") & (2 ** 255 - 1)
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = (x2 + z2) % P, (x2 - z2) % P, (x3 + z3) % P, (x3 - z3) % P
        da, cb, aa, bb = d * a % P, c * b % P, a * a % P, b * b % P
        x3, z3 = (da + cb) ** 2 % P, x1 * (da - cb) ** 2 % P
        e = (aa - bb) % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def public_of(secret):
    return x25519(secret, b"\x09" + bytes(31))


M = 0xffffffff


def chacha_block(key, counter, nonce):
    start = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, *struct.unpack("<8I", key), counter, *struct.unpack("<3I", nonce)]
    w = list(start)
    for k in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            w[a] = w[a] + w[b] & M
            x = w[d] ^ w[a]
            w[d] = (x << 16 | x >> 16) & M
            w[c] = w[c] + w[d] & M
            x = w[b] ^ w[c]
            w[b] = (x << 12 | x >> 20) & M
            w[a] = w[a] + w[b] & M
            x = w[d] ^ w[a]
            w[d] = (x << 8 | x >> 24) & M
            w[c] = w[c] + w[d] & M
            x = w[b] ^ w[c]
            w[b] = (x << 7 | x >> 25) & M
    return struct.pack("<16I", *[x + y & M for x, y in zip(w, start)])


def poly1305(key, text):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    sum_, prime = 0, 2 ** 130 - 5
    for at in range(0, len(text), 16):
        sum_ = (sum_ + int.from_bytes(text[at:at + 16] + b"\x01", "little")) * r % prime
    return (sum_ + int.from_bytes(key[16:32], "little") & 2 ** 128 - 1).to_bytes(16, "little")


class Refused(Exception):
    pass


def aead_open(key, nonce, sealed, more=b""):
    text, tag = sealed[:-16], sealed[-16:]
    padded = more + bytes(-len(more) % 16) + text + bytes(-len(text) % 16) + struct.pack("<QQ", len(more), len(text))
    if poly1305(chacha_block(key, 0, nonce)[:32], padded) != tag:
        raise Refused("the tag is not that of this text")
    stream = b"".join(chacha_block(key, 1 + k, nonce) for k in range((len(text) + 63) // 64))
    return (int.from_bytes(text, "little") ^ int.from_bytes(stream[:len(text)], "little")).to_bytes(len(text), "little")


def header_open(content, secret):
    """The data key, and where the segments begin."""
    magic, version, packets = struct.unpack_from("<8sII", content)
    if magic != b"crypt4gh" or version != 1:
        raise Refused("not a Crypt4GH file, version 1")
    at, keys, own = 16, [], public_of(secret)
    for _ in range(packets):
        (length,) = struct.unpack_from("<I", content, at)
        packet, at = content[at + 4:at + length], at + length
        if len(packet) != length - 4 or packet[:4] != bytes(4):  # X25519_chacha20_ietf_poly1305
            continue
        writer = packet[4:36]
        shared = hashlib.blake2b(x25519(secret, writer) + own + writer).digest()[:32]
        try:
            payload = aead_open(shared, packet[36:48], packet[48:])
        except Refused:
            continue  # somebody else's
        if payload[:8] != bytes(8):  # data_encryption_parameters, chacha20_ietf_poly1305
            raise Refused("a packet of a type that is not known here")
        keys.append(payload[8:40])
    if len(keys) != 1:
        raise Refused("no packet, or several, for this key")
    return keys[0], at


def segment_open(key, sealed):
    return aead_open(key, sealed[:12], sealed[12:])


def read(content, secret):
    """The whole plain file."""
    key, at = header_open(content, secret)
    return b"".join(segment_open(key, content[k:k + 65564]) for k in range(at, len(content), 65564))


def key_file(public):
    return "-----BEGIN CRYPT4GH PUBLIC KEY-----\n%s\n-----END CRYPT4GH PUBLIC KEY-----\n" % base64.b64encode(public).decode()


def checked():
    """The reader itself, by the vectors of RFC 7748 (5.2), RFC 8439 (2.8.2) and RFC 7693 (appendix A)."""
    h = bytes.fromhex
    assert x25519(h("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"),
                  h("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")) == \
        h("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")
    assert hashlib.blake2b(b"abc").hexdigest().startswith("ba80a53f981c4d0d6a2797b69f12f6e9")
    sealed = h("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b"
               "1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
               "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691")
    text = aead_open(bytes(range(0x80, 0xa0)), h("070000004041424344454647"), sealed, h("50515253c0c1c2c3c4c5c6c7"))
    assert text.startswith(b"Ladies and Gentlemen of the class of '99"), text
