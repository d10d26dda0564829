"""What values of Python 2 look like: str() and repr(), of what stands in lists, too."""

import builtins
import math
import sys


class UnicodeText(str):
    """A unicode string: text like any other, which repr() shows with its u."""

    __slots__ = ()

    def __add__(self, other):
        return UnicodeText(str.__add__(self, other))

    def __radd__(self, other):
        return UnicodeText(str.__add__(other, self)) if isinstance(other, str) else NotImplemented

    def __getitem__(self, place):
        return UnicodeText(str.__getitem__(self, place))

    def __iter__(self):
        return map(UnicodeText, str.__iter__(self))

    def __mul__(self, count):
        return UnicodeText(str.__mul__(self, count))

    __rmul__ = __mul__

    def __reduce__(self):
        # Python 3 writes its str as Python 2's unicode.
        return str, (str.__str__(self),)

    def __copy__(self):
        return self

    def __deepcopy__(self, _known):
        return self


UnicodeText.__name__ = 'unicode'


def _keep(name):
    """A method of strings that gives unicode again."""
    plain = getattr(str, name)

    def method(self, *args, **named):
        made = plain(self, *args, **named)
        return UnicodeText(made) if isinstance(made, str) else type(made)(map(UnicodeText, made))

    method.__name__ = name
    return method


for _method in (
    'upper lower strip lstrip rstrip split rsplit splitlines replace zfill ljust rjust center title capitalize swapcase'
    ' expandtabs join format partition rpartition'
).split():
    setattr(UnicodeText, _method, _keep(_method))


def unicode_deep(value):
    """The same value with all its strings as unicode ones, as json gives them."""
    if isinstance(value, str):
        return UnicodeText(value)
    if type(value) is list:
        return [unicode_deep(part) for part in value]
    if type(value) is dict:
        return {unicode_deep(key): unicode_deep(part) for key, part in value.items()}
    return value


def _text_repr(value):
    shown = repr(str.__str__(value))
    mark = 'u' if isinstance(value, UnicodeText) else ''
    if not shown.isascii():
        shown = ''.join([part if ord(part) < 128 else _escaped(ord(part)) for part in shown])
    return mark + shown


def _escaped(code):
    return '\\x%02x' % code if code < 256 else '\\u%04x' % code if code < 65536 else '\\U%08x' % code


_BRACKETS = {list: '[]', tuple: '()'}
_shown_now = []
"""Containers that are being shown; one that holds itself is cut short there."""


def _container_repr(value, kind):
    if any(value is other for other in _shown_now):
        return '{...}' if kind is dict else '[...]' if kind is list else '(...)'
    _shown_now.append(value)
    try:
        if kind is dict:
            return '{%s}' % ', '.join(['%s: %s' % (repr_of(key), repr_of(part)) for key, part in value.items()])
        parts = ', '.join([repr_of(part) for part in value])
        if kind in (set, frozenset):
            return '%s([%s])' % (kind.__name__, parts)
        opening, closing = _BRACKETS[kind]
        return opening + parts + (',' if kind is tuple and len(value) == 1 else '') + closing
    finally:
        _shown_now.pop()


def repr_of(value):
    """repr() of Python 2: long numbers end with L, unicode begins with u, bytes beyond ASCII stand as escapes."""
    kind = type(value)
    if kind is int:
        return '%dL' % value if not -sys.maxsize - 1 <= value <= sys.maxsize else '%d' % value
    if isinstance(value, str) and kind.__repr__ is str.__repr__:
        return _text_repr(value)
    if kind in (list, tuple, dict, set, frozenset):
        return _container_repr(value, kind)
    if isinstance(value, type):
        return text_of(value)
    return builtins.repr(value)


def text_of(value):
    """str() of Python 2: floats show twelve digits."""
    if isinstance(value, float):
        if math.isinf(value) or math.isnan(value):
            return repr(value)
        shown = '%.12g' % value
        return shown if any(mark in shown for mark in '.en') else shown + '.0'
    if isinstance(value, bytes):
        return value.decode('latin-1')
    if isinstance(value, type) and (value.__module__ == 'builtins' or value.__module__.startswith('qa2_python2')):
        return "<type '%s%s'>" % ('exceptions.' if issubclass(value, BaseException) else '', value.__name__)
    if type(value) in (list, tuple, dict, set, frozenset):
        return repr_of(value)
    return builtins.str(value)


class ShownContainer:
    """A list, tuple or set that `%s` and `%r` show as Python 2 did."""

    def __init__(self, value):
        self._value = value

    def __str__(self):
        return repr_of(self._value)

    __repr__ = __str__
