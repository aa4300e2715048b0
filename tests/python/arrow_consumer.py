"""A consumer of Arrow's C stream by ctypes, which knows nothing but the published structures."""

import ctypes


class Schema(ctypes.Structure):
    pass


class Array(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


release_schema = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
release_array = ctypes.CFUNCTYPE(None, ctypes.POINTER(Array))
Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))),
    ("private_data", ctypes.c_void_p),
]
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


def pointer_of(capsule, name, kind):
    return ctypes.cast(_pointer(capsule, name), ctypes.POINTER(kind))


def release(structure):
    """Calls a schema's or an array's own release, as its last user."""
    kind = release_schema if isinstance(structure, Schema) else release_array
    ctypes.cast(structure.release, kind)(ctypes.byref(structure))
    assert not structure.release


def columns_of(schema):
    """(name, format, flags) of each column."""
    assert schema.format == b"+s"
    children = [schema.children[k].contents for k in range(schema.n_children)]
    return [(child.name.decode(), child.format.decode(), child.flags) for child in children]


def _texts(array):
    count = array.length
    assert array.n_buffers == 3
    offsets = ctypes.cast(array.buffers[1], ctypes.POINTER(ctypes.c_int32))
    data = ctypes.string_at(array.buffers[2], offsets[count]) if count else b""
    validity = array.buffers[0]
    bits = ctypes.string_at(validity, (count + 7) // 8) if validity else None
    texts = [data[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
    valid = [bits is None or bits[i // 8] >> i % 8 & 1 for i in range(count)]
    assert sum(not v for v in valid) == array.null_count
    return [text if v else None for text, v in zip(texts, valid)]


def values_of(array, format_):
    """The values of one column, None where there is none."""
    assert array.offset == 0
    if format_ == "u":
        return _texts(array)
    assert (format_, array.n_buffers, array.null_count) == ("I", 2, 0)
    return list(ctypes.cast(array.buffers[1], ctypes.POINTER(ctypes.c_uint32))[: array.length])


class Taken:
    """A stream moved out of its capsule, as consumers do."""

    def __init__(self, table):
        self.stream = Stream()
        capsule = table.__arrow_c_stream__()
        pointer = pointer_of(capsule, b"arrow_array_stream", Stream)
        ctypes.memmove(ctypes.byref(self.stream), pointer, ctypes.sizeof(Stream))
        pointer.contents.release = type(self.stream.release)()
        self.schema = Schema()
        assert self.stream.get_schema(self.stream, self.schema) == 0
        self.columns = columns_of(self.schema)

    def chunks(self):
        """Each array; whoever takes it releases it."""
        while True:
            array = Array()
            assert self.stream.get_next(self.stream, array) == 0, self.stream.get_last_error(self.stream)
            if not array.release:
                return
            yield array

    def close(self):
        release(self.schema)
        self.stream.release(self.stream)


def rows_of_array(array, columns):
    children = [array.children[k].contents for k in range(array.n_children)]
    return list(zip(*(values_of(child, format_) for child, (_, format_, _) in zip(children, columns))))
