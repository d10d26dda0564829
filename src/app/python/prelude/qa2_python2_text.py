"""What values of Python 2 look like: str() and repr(), of what stands in lists, too."""

import builtins
import collections
import datetime
import enum
import math

import qa2_python2_errors


class UnicodeText(str):
    """A unicode string: text like any other, which repr() shows with its u."""

    __slots__ = ()

    def __repr__(self):
        return _text_repr(self)

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


class LongInt(int):
    """A whole number that was written or made as a long one: repr() shows its L, and what is made of it is long."""

    __slots__ = ()

    def __repr__(self):
        return int.__repr__(self) + 'L'

    __str__ = int.__repr__

    def __reduce__(self):
        return int, (int(self),)


LongInt.__name__ = 'long'


def _long_result(name):
    plain = getattr(int, name)

    def method(self, *args):
        made = plain(self, *args)
        if type(made) is tuple:
            return tuple(map(LongInt, made))
        return LongInt(made) if type(made) is int else made

    method.__name__ = name
    return method


for _method in 'add sub mul floordiv mod divmod pow lshift rshift and or xor'.split():
    for _side in ('__%s__', '__r%s__'):
        setattr(LongInt, _side % _method, _long_result(_side % _method))
for _method in '__neg__ __pos__ __abs__ __invert__'.split():
    setattr(LongInt, _method, _long_result(_method))

MAX_INT = 2**63 - 1


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


def _error_repr(error):
    return qa2_python2_errors.name_of(error) + repr_of(error.args)


def _timedelta_repr(value):
    parts = [value.days, value.seconds, value.microseconds]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return 'datetime.timedelta(%s)' % ', '.join(map(builtins.str, parts))


_REPRS = {
    collections.OrderedDict: lambda value: 'OrderedDict(%s)' % (repr_of(builtins.list(value.items())) if value else ''),
    collections.defaultdict: lambda value: 'defaultdict(%s, %s)' % (repr_of(value.default_factory), repr_of(builtins.dict(value))),
    datetime.timedelta: _timedelta_repr,
}


def repr_of(value):
    """repr() of Python 2: long numbers end with L, unicode begins with u, bytes beyond ASCII stand as escapes."""
    kind = type(value)
    if kind is int:
        return '%dL' % value if not -MAX_INT - 1 <= value <= MAX_INT else '%d' % value
    if isinstance(value, str) and kind.__repr__ is str.__repr__:
        return _text_repr(value)
    if kind in (list, tuple, dict, set, frozenset):
        return _container_repr(value, kind)
    if isinstance(value, type):
        return text_of(value)
    if kind in _REPRS:
        return _REPRS[kind](value)
    if isinstance(value, BaseException) and kind.__repr__ in (BaseException.__repr__, OSError.__repr__):
        return _error_repr(value)
    if isinstance(value, enum.IntEnum):
        return '%d' % value
    return builtins.repr(value)


def _float_text(value):
    """Twelve digits; an exponent where the last of them would be left of the point."""
    shown = '%.11e' % value
    if 11 <= int(shown.partition('e')[2]):
        digits, _, power = shown.partition('e')
        return digits.rstrip('0').rstrip('.') + 'e' + power
    shown = '%.12g' % value
    return shown if any(mark in shown for mark in '.en') else shown + '.0'


def text_of(value):
    """str() of Python 2: floats show twelve digits."""
    if isinstance(value, float) and getattr(value, '_dtype_name', '') != 'float32':
        return repr(value) if math.isinf(value) or math.isnan(value) else _float_text(value)
    if isinstance(value, bytes):
        return value.decode('latin-1')
    if isinstance(value, type) and (value.__module__ in ('builtins', 'numpy') or value.__module__.startswith('qa2_python2')):
        place = 'exceptions.' if issubclass(value, BaseException) else 'numpy.' if value.__module__ == 'numpy' else ''
        return "<type '%s%s'>" % (place, value.__name__)
    kind = type(value)
    if kind in (list, tuple, dict, set, frozenset) or kind in _REPRS and kind is not datetime.timedelta:
        return repr_of(value)
    if isinstance(value, BaseException) and len(value.args) > 1 and kind.__str__ is BaseException.__str__:
        return repr_of(value.args)
    return builtins.str(value)
