"""Numbers in binary files and buffers: tofile, fromfile, frombuffer, and numpy's own .npy and .npz."""

import array
import ast
import collections.abc
import io
import math
import os
import sys

import qa2_ndarray as core
import qa2_numpy as np
from qa2_ndarray import ndarray


def _read(data, kind, order='<'):
    kind = core.dtype(kind)
    if kind.name == 'bool':
        return core.from_values([byte != 0 for byte in data], (len(data),), kind)
    code = {'complex64': 'f', 'complex128': 'd'}.get(kind.name) or core._CODES.get(kind.name)
    if code is None:
        raise NotImplementedError('%s values are not read from bytes here.' % kind)
    flat = array.array(code)
    flat.frombytes(data)
    if (order == '>') != (sys.byteorder == 'big'):
        flat.byteswap()
    values = core._Pairs(flat) if kind.kind == 'c' else flat
    return ndarray((len(values),), kind, values)


def _order_of(dtype):
    text = dtype if isinstance(dtype, str) else getattr(dtype, 'str', '<')
    return '>' if text[:1] in '>!' else '<'


def frombuffer(buffer, dtype='float64', count=-1, offset=0):
    data = buffer.encode('latin-1') if isinstance(buffer, str) else bytes(buffer)
    size = core.dtype(dtype).itemsize
    end = len(data) if count < 0 else offset + count * size
    if (end - offset) % size:
        raise ValueError('buffer size must be a multiple of element size')
    return _read(data[offset:end], dtype, _order_of(dtype))


def fromstring(string, dtype='float64', count=-1, sep=''):
    if sep == '':
        return frombuffer(string, dtype, count)
    words = string.split(None if sep.strip() == '' else sep)
    words = [word for word in words if word.strip()]
    return np.array([float(word) for word in (words if count < 0 else words[:count])]).astype(dtype)


def fromfile(file, dtype='float64', count=-1, sep=''):
    source = open(file, 'rb') if isinstance(file, str) else file
    data = source.read()
    if isinstance(file, str):
        source.close()
    if sep:
        return fromstring(data.decode('latin-1') if isinstance(data, bytes) else data, dtype, count, sep)
    size = core.dtype(dtype).itemsize
    return frombuffer(data[:len(data) // size * size], dtype, count)


def _write_file(self, fid, sep='', format='%s'):
    target = open(fid, 'wb') if isinstance(fid, str) else fid
    values = sep.join(format % value for value in self._values()) if sep else self.tobytes()
    target.write(values.encode('latin-1') if isinstance(values, str) else values)
    if isinstance(fid, str):
        target.close()


_MAGIC = b'\x93NUMPY\x01\x00'


def _check_kind(given):
    if given.dtype.kind not in 'biufc':
        raise NotImplementedError('numpy.save keeps numbers only here.')


def _file_name(file):
    return os.fspath(file) if hasattr(file, '__fspath__') else file


def save(file, arr):
    given = np.asarray(arr)
    _check_kind(given)
    file = _file_name(file)
    head = repr({'descr': given.dtype.str if given.dtype.kind != 'b' else '|b1', 'fortran_order': False, 'shape': given.shape})
    head += ' ' * (-(len(_MAGIC) + 3 + len(head)) % 64) + '\n'
    name = file if not isinstance(file, str) or file.endswith('.npy') else file + '.npy'
    target = open(name, 'wb') if isinstance(name, str) else name
    target.write(_MAGIC + len(head).to_bytes(2, 'little') + head.encode('latin-1') + given.tobytes())
    if isinstance(name, str):
        target.close()


def _save_archive(file, arrays, named, compression):
    import zipfile
    members = {'arr_%d' % index: np.asarray(array) for index, array in enumerate(arrays)}
    for name, array in named.items():
        if name in members:
            raise ValueError('Cannot use un-named variables and keyword %s' % name)
        members[name] = np.asarray(array)
    for array in members.values():
        _check_kind(array)
    name = _file_name(file)
    name = name if not isinstance(name, str) or name.endswith('.npz') else name + '.npz'
    with zipfile.ZipFile(name, 'w', compression) as archive:
        for member, array in members.items():
            content = io.BytesIO()
            save(content, array)
            archive.writestr(member + '.npy', content.getvalue())


def savez(file, *args, **kwds):
    _save_archive(file, args, kwds, 0)  # stored


def savez_compressed(file, *args, **kwds):
    _save_archive(file, args, kwds, 8)  # deflated


class NpzFile(collections.abc.Mapping):
    """The arrays of an .npz archive by name; each is read when it is asked for."""

    def __init__(self, content):
        import zipfile
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self.files = [name[:-4] if name.endswith('.npy') else name for name in self._archive.namelist()]

    def __getitem__(self, name):
        members = self._archive.namelist()
        member = name if name in members else name + '.npy'
        if member not in members:
            raise KeyError('%s is not a file in the archive' % name)
        return _parse(self._archive.read(member), name)

    def __iter__(self):
        return iter(self.files)

    def __len__(self):
        return len(self.files)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        self._archive.close()


def load(file, mmap_mode=None, allow_pickle=False, **_others):
    file = _file_name(file)
    source = open(file, 'rb') if isinstance(file, str) else file
    data = source.read()
    if isinstance(file, str):
        source.close()
    return NpzFile(data) if data[:4] in (b'PK\x03\x04', b'PK\x05\x06') else _parse(data, file)


def _parse(data, name):
    if data[:6] != _MAGIC[:6]:
        raise ValueError('%s is no .npy or .npz file; pickles are not read here.' % (name,))
    width = 2 if data[6] == 1 else 4
    start = 8 + width + int.from_bytes(data[8:8 + width], 'little')
    head = ast.literal_eval(data[8 + width:start].decode('latin-1').strip())
    kind = '?' if head['descr'] == '|b1' else head['descr']
    if not isinstance(kind, str) or core.dtype(kind).kind not in 'biufc':
        raise NotImplementedError('%s holds values of a kind that is not read here: %s.' % (name, head['descr']))
    found = _read(data[start:start + math.prod(head['shape']) * core.dtype(kind).itemsize], kind, _order_of(kind))
    return found.reshape(head['shape'], order='F' if head['fortran_order'] else 'C')


ndarray.tofile = _write_file
np.__dict__.update(frombuffer=frombuffer, fromstring=fromstring, fromfile=fromfile, save=save, savez=savez, savez_compressed=savez_compressed, load=load)
