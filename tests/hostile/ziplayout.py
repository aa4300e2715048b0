"""Zip archives laid out byte by byte (PKWARE APPNOTE 6.3): every field of every record can be given another value.

A Member holds what its records say; layout() puts them in order. Standard library only."""
import struct
import zlib

STORED, DEFLATED = 0, 8


def deflate(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY, flush=zlib.Z_FINISH):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 8, strategy)
    return packer.compress(data) + packer.flush(flush)


def field(kind, data):
    """An extra field."""
    return struct.pack('<HH', kind, len(data)) + data


class Member:
    """local and central override single fields of one header; both keyword arguments override the two alike.
    Keys: signature version flags method time date crc packed unpacked name extra, and in central made_by comment disk
    internal external offset. descriptor: None, 'sig32', '32', 'sig64', '64', or the bytes themselves."""

    def __init__(self, name, data, method=DEFLATED, level=6, packed=None, flags=0, version=20, time=0x2A00, date=0x4EEB,
                 external=0o100644 << 16, made_by=0x0314, extra=b'', comment=b'', descriptor=None, local=None,
                 central=None,
                 before=b'', folder=False):
        self.name = name if isinstance(name, bytes) else name.encode()
        self.body = packed if packed is not None else deflate(data, level) if method == DEFLATED else data
        self.fields = dict(version=version, flags=flags | (8 if descriptor else 0), method=method, time=time, date=date,
                           crc=zlib.crc32(data), packed=len(self.body), unpacked=len(data), name=self.name, extra=extra)
        self.central = dict(signature=b'PK\1\2', made_by=made_by, comment=comment, disk=0, internal=0,
                            external=0o040755 << 16 | 16 if folder else external)
        self.central.update(central or {})
        self.local = {'signature': b'PK\3\4', **(local or {})}
        self.before = before
        self.descriptor = descriptor
        self.offset = None

    def local_header(self):
        f = dict(self.fields)
        if self.descriptor:
            f.update(crc=0, packed=0, unpacked=0)
        f.update(self.local)
        return (f['signature'] + struct.pack('<HHHHHIIIHH', f['version'], f['flags'], f['method'], f['time'], f['date'],
                f['crc'], f['packed'], f['unpacked'], f.get('name_bytes', len(f['name'])),
                f.get('extra_bytes', len(f['extra']))) + f['name'] + f['extra'])

    def descriptor_bytes(self):
        if not self.descriptor or isinstance(self.descriptor, bytes):
            return self.descriptor or b''
        f = self.fields
        size = '<IQQ' if self.descriptor.endswith('64') else '<III'
        return (b'PK\7\10' if self.descriptor.startswith('sig') else b'') + struct.pack(
            size, f['crc'], f['packed'], f['unpacked'])

    def entry(self):
        f = dict(self.fields, offset=self.offset)
        f.update(self.central)
        return (f['signature'] + struct.pack('<HHHHHHIIIHHHHHII', f['made_by'], f['version'], f['flags'], f['method'],
                f['time'], f['date'], f['crc'], f['packed'], f['unpacked'], f.get('name_bytes', len(f['name'])),
                f.get('extra_bytes', len(f['extra'])), f.get('comment_bytes',
                                                             len(f['comment'])), f['disk'], f['internal'],
                f['external'], f['offset']) + f['name'] + f['extra'] + f['comment'])


def end_record(entries, directory_bytes, directory_at, comment=b'', disk=0, directory_disk=0, here=None,
               comment_bytes=None,
               signature=b'PK\5\6'):
    return signature + struct.pack('<HHHHIIH', disk, directory_disk, entries if here is None else here, entries,
                                   directory_bytes, directory_at,
                                   len(comment) if comment_bytes is None else comment_bytes) + comment


def end64(entries, directory_bytes, directory_at, record_at, record=None, locator=None, padding=b''):
    """The zip64 end record and its locator; record and locator override their fields by name."""
    r = dict(size=44 + len(padding), made_by=45, needed=45, disk=0, directory_disk=0, here=entries, entries=entries,
             directory_bytes=directory_bytes, directory_at=directory_at)
    r.update(record or {})
    lo = dict(disk=0, record_at=record_at, disks=1)
    lo.update(locator or {})
    return (b'PK\6\6' + struct.pack('<QHHIIQQQQ', r['size'], r['made_by'], r['needed'], r['disk'], r['directory_disk'],
            r['here'], r['entries'], r['directory_bytes'], r['directory_at']) + padding
            + b'PK\6\7' + struct.pack('<IQI', lo['disk'], lo['record_at'], lo['disks']))


def layout(members, prefix=b'', behind_data=b'', behind_directory=b'', trailer=b'', comment=b'', end=None, zip64=None,
           order=None, shift=0, directory=None):
    """The archive's bytes. end overrides arguments of end_record; zip64 those of end64 ({} for a plain one); order gives
    the directory's order; shift is added to every offset; directory(bytes) may change the directory."""
    out = bytearray(prefix)
    for m in members:
        out += m.before
        if m.offset is None:
            m.offset = len(out) + shift
        out += m.local_header() + m.body + m.descriptor_bytes()
    out += behind_data
    directory_at = len(out)
    entries = b''.join(members[i].entry() for i in (order if order is not None else range(len(members))))
    if directory:
        entries = directory(entries)
    out += entries + behind_directory
    e = dict(entries=len(members), directory_bytes=len(entries), directory_at=directory_at + shift, comment=comment)
    if zip64 is not None:
        out += end64(len(members), len(entries), directory_at + shift, len(out), **zip64)
    e.update(end or {})
    return bytes(out) + end_record(**e) + trailer
