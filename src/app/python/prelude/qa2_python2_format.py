"""Texts made by `%` and by str.format as Python 2 made them."""

import builtins
import functools
import re

from qa2_python2_text import UnicodeText, repr_of, text_of

_PART = re.compile(r'%(\([^()]*\))?([#0\- +]*)(\*|\d*)(\.(?:\*|\d*))?[hlL]?(.)', re.S)


class _Told(str):
    """A text that `%r` puts in as it stands."""

    def __repr__(self):
        return str.__str__(self)


@functools.lru_cache(maxsize=1024)
def _parse(layout):
    """What a format takes, one mark a value: its letter, or * for a width; keys of values; the format without keys."""
    kinds, keys = [], []

    def plain(part):
        key, flags, width, precision, kind = part.groups('')
        if kind != '%':
            kinds.extend('*' * (width == '*') + '*' * (precision == '.*') + kind)
            keys.append(key[1:-1] if key else None)
        return part.group().replace(key, '', 1) if key else part.group()

    bare = _PART.sub(plain, layout)
    return ''.join(kinds), keys, bare if any(key is not None for key in keys) else None


def _told(kind, value):
    if kind == 's':
        return value if type(value) is str or isinstance(value, UnicodeText) else _Told(text_of(value))
    if kind == 'r':
        return _Told(repr_of(value))
    return int(value) if kind in 'xXo' and isinstance(value, float) else value


def percent(left, right):
    """left % right for a text on the left."""
    kinds, keys, bare = _parse(left)
    if bare is not None:
        values = [right[key] for key in keys]
        layout = bare
    else:
        values = right if isinstance(right, tuple) else (right,) if kinds else None
        layout = left
    if values is None or len(values) != len(kinds):
        return str.__mod__(left, right)
    try:
        made = str.__mod__(layout, tuple([_told(kind, value) for kind, value in zip(kinds, values)]))
    except TypeError as error:
        raise TypeError(*[builtins.str(part).replace('a real number', 'a number') for part in error.args]) from None
    if '#' in layout and 'o' in kinds:
        made = re.sub(r'\b0o(?=[0-7])', '0', made)
    is_unicode = isinstance(left, UnicodeText) or any(isinstance(value, UnicodeText) for kind, value in zip(kinds, values) if kind == 's')
    return UnicodeText(made) if is_unicode else made


class _ShownFloat(float):
    """A float that `{}` shows as Python 2 did."""

    def __str__(self):
        return text_of(float(self))

    def __format__(self, spec):
        return text_of(float(self)) if spec == '' else float.__format__(float(self), spec)


class _Shown:
    """A value without a format of its own: `{}` shows it, and lays out its text, as Python 2 did."""

    def __init__(self, value):
        self.value = value

    def __getitem__(self, place):
        return shown(_value_of(self)[place])

    def __getattribute__(self, name):
        return shown(getattr(_value_of(self), name))

    def __str__(self):
        return text_of(_value_of(self))

    def __repr__(self):
        return repr_of(_value_of(self))

    def __format__(self, spec):
        return format(text_of(_value_of(self)), spec)


def _value_of(given):
    return object.__getattribute__(given, 'value')


def shown(value):
    """The value as str.format is to have it."""
    if type(value).__format__ is object.__format__:
        return _Shown(value)
    return _ShownFloat(value) if type(value) is float else value


def format_value(value, layout=''):
    """format() of Python 2."""
    return format(shown(value), layout)
