"""The way from Python to its host: a device file that takes requests and gives replies. No JavaScript object comes here."""

import json
import os
import struct

_descriptor = None


class HostError(RuntimeError):
    """The host could not answer."""


def attach():
    """Opens the device; called once, when the host is there."""
    global _descriptor
    _descriptor = os.open('/dev/qa2', os.O_RDWR)


def _read(size):
    parts = []
    while size > 0:
        part = os.read(_descriptor, size)
        if not part:
            raise HostError('The host ended in the middle of a reply.')
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b''.join(parts)


def call(name, *arguments):
    """The value of a service's answer."""
    return exchange(name, *arguments)[0]


def exchange(name, *arguments):
    """The value of a service's answer, and the buffers that came with it."""
    os.write(_descriptor, json.dumps((name,) + arguments).encode('utf-8', 'surrogateescape'))
    count, = struct.unpack('<I', _read(4))
    lengths = struct.unpack('<%dI' % count, _read(4 * count))
    head = json.loads(_read(lengths[0]))
    buffers = [_read(length) for length in lengths[1:]]
    if 'error' in head:
        raise HostError(head['error'])
    return head['value'], buffers
