"""Work on arrays of numbers that the host's loops do: the memory of each array is lent for one call and used in place."""

import array
import errno
import os

import qa2_host

SMALL = 40
"""Fewer values are quicker in Python."""

MANY = 400
"""The same for what takes several loops."""

CODES = {
    'bool': (0, 'B'), 'int8': (1, 'b'), 'uint8': (2, 'B'), 'int16': (3, 'h'), 'uint16': (4, 'H'), 'int32': (5, 'i'), 'uint32': (6, 'I'),
    'int64': (7, 'q'), 'uint64': (8, 'Q'), 'float32': (9, 'f'), 'float64': (10, 'd'), 'complex64': (11, 'f'), 'complex128': (12, 'd'),
}
"""The loops' number of each type, and the code of the Python array that stores it."""

# One value of each type: a complex one has two parts.
_ONE = {name: array.array(code, [0, 0] if name[0] == 'c' else [0]) for name, (_, code) in CODES.items()}

_LOOP_TYPES = {'bool': 'bool', 'i64': 'int64', 'f64': 'float64', 'c128': 'complex128'}

_DEVICE = 4095
"""The descriptor of the device: the last one, which no file gets when a script has closed it."""

_operations = {}


def _ready():
    """The number of each operation; the device is opened and loops are compiled when the first script needs them."""
    if not _operations:
        _operations.update((name, at) for at, name in enumerate(qa2_host.call('arrayOperations')))
        _open()
    return _operations


def _open():
    device = os.open('/dev/qa2-arrays', os.O_RDONLY)
    os.dup2(device, _DEVICE)
    os.close(device)


def has(name):
    return name in _ready()


def works_on(given, at_least=None):
    """Whether loops take the array: enough numbers, of a type of theirs."""
    return given.size >= (SMALL if at_least is None else at_least) and given.dtype.name in CODES


def memory(name, count):
    """New storage for values of a type, all 0: a Python array of numbers or of the parts of complex ones."""
    if name == 'bool':
        return bytearray(count)
    return _ONE[name] * count


def run(name, shape, operands, argument=0):
    """An operation on operands (type, storage, offset, strides), the result first; they share the shape."""
    operation = _ready()[name]
    words = [operation, 0, argument, len(operands), len(shape), *shape]
    buffers = [None]
    for kind, storage, offset, strides in operands:
        words += (CODES[kind][0], offset, *strides)
        buffers.append(storage)
    request = buffers[0] = array.array('i', words)
    try:
        os.readv(_DEVICE, buffers)
    except OSError as error:
        if error.errno == errno.EBADF:
            _open()
            return run(name, shape, operands, argument)
        if error.errno == errno.ENOMEM:
            raise MemoryError('numpy: there is no memory for %s of arrays of shape %s.' % (name, tuple(shape))) from None
        if error.errno == errno.EINVAL:
            raise ValueError('numpy: %s is not possible for arrays %s of shape %s.' % (name, [kind for kind, *_ in operands], tuple(shape))) from None
        raise
    if request[0] != ~operation:
        _open()
        raise OSError('numpy: another file took the descriptor %d, with which arrays are worked on; the values of this operation are lost.' % _DEVICE)
    return request[1]


def loop_kind(*kinds):
    """The ending of the loops for values of these kinds of types; unsigned ones of 64 bits have none."""
    return 'c128' if 'c' in kinds else 'f64' if 'f' in kinds else 'i64' if 'i' in kinds or 'u' in kinds else 'bool'


def loop_type(ending):
    return _LOOP_TYPES[ending]
