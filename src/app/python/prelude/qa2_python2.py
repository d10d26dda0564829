"""Python 2.7's meaning for scripts that run on Python 3.

Three parts: a pass over the syntax tree (division, methods that changed, names that live on after `except`), the
functions that its calls lead to, and a copy of the builtins in which the names that changed mean what they meant.
A script of Python 2 runs with that copy as its `__builtins__`; the standard library keeps the real ones.
"""

import abc
import ast
import builtins
import codecs
import collections.abc
import decimal
import functools
import importlib
import importlib.abc
import importlib.machinery
import io
import itertools
import math
import numbers
import operator
import os
import string
import sys
import time
import types

import qa2_python2_bytes
import qa2_python2_imports
import qa2_python2_library
import qa2_python2_loops
import qa2_python2_random
import qa2_python2_scopes
from qa2_linux_errors import os_error, picks_kind
from qa2_python2_errors import told
from qa2_python2_format import format_value, percent, shown
from qa2_python2_text import MAX_INT, LongInt, UnicodeText, repr_of, text_of


def _keep_bytes(error):
    """What Latin-1 lacks is written as UTF-8."""
    return error.object[error.start:error.end].encode('utf-8', 'surrogateescape'), error.end


codecs.register_error('qa2', _keep_bytes)


def native(text):
    """Python 2 source is read byte by character; this gives the text that the bytes mean."""
    if text.isascii():
        return text
    try:
        return text.encode('latin-1').decode('utf-8')
    except UnicodeError:
        return text


# ---------------------------------------------------------------- what the syntax pass calls


def divide(left, right):
    if isinstance(left, int) and isinstance(right, int):
        if right == 0:
            raise ZeroDivisionError('integer division or modulo by zero')
        return left // right
    if hasattr(left, '__div__'):
        return left.__div__(right)
    if hasattr(right, '__rdiv__'):
        return right.__rdiv__(left)
    try:
        return left / right
    except ZeroDivisionError:
        raise ZeroDivisionError('float division by zero') from None


def remainder(left, right):
    """`%`: a format when the left side is a string."""
    if isinstance(left, builtins.str):
        return percent(left, right)
    try:
        return left % right
    except ZeroDivisionError:
        are_whole = isinstance(left, int) and isinstance(right, int)
        raise ZeroDivisionError('integer division or modulo by zero' if are_whole else 'float modulo') from None


def divide_in_place(left, right):
    """`left /= right`: arrays change where they are."""
    if isinstance(left, int) or not hasattr(left, '__itruediv__') and not hasattr(left, '__idiv__'):
        return divide(left, right)
    return left.__idiv__(right) if hasattr(left, '__idiv__') else operator.itruediv(left, right)


def remainder_in_place(left, right):
    """`left %= right`"""
    return remainder(left, right) if isinstance(left, builtins.str) else operator.imod(left, right)


def _rank(value):
    """Python 2 compares anything: None first, then numbers, then by the name of the type."""
    if value is None:
        return (0, '', 0)
    if isinstance(value, (int, float)):
        return (1, '', value)
    return (2, type(value).__name__, value)


def _order_of_parts(left, right):
    for one, other in builtins.zip(left, right):
        if one != other:
            return compare(one, other)
    return (len(left) > len(right)) - (len(left) < len(right))


def _order_of_dicts(left, right):
    """The shorter one first; else the smallest key that differs, then its value."""
    if len(left) != len(right):
        return (len(left) > len(right)) - (len(left) < len(right))
    differing = lambda one, other: ordered([key for key in one if key not in other or one[key] != other[key]])[:1]
    mine, others = differing(left, right), differing(right, left)
    return compare(mine, others) or compare([left[key] for key in mine], [right[key] for key in others])


def _order(left, right):
    """How Python 2 orders two values that Python 3 does not compare: below, at or above 0."""
    for kind, order in ((builtins.list, _order_of_parts), (builtins.tuple, _order_of_parts), (builtins.dict, _order_of_dicts)):
        if isinstance(left, kind) and isinstance(right, kind):
            return order(left, right)
    one, other = _rank(left), _rank(right)
    if one[:2] == other[:2] and type(left) is type(right) and not isinstance(left, (int, float, builtins.str)):
        one, other = id(left), id(right)
    return (one > other) - (one < other)


def less(left, right):
    try:
        return left < right
    except TypeError:
        return _order(left, right) < 0


def less_equal(left, right):
    try:
        return left <= right
    except TypeError:
        return _order(left, right) <= 0


_BY_CMP = {
    '__lt__': lambda sign: sign < 0, '__le__': lambda sign: sign <= 0, '__gt__': lambda sign: sign > 0,
    '__ge__': lambda sign: sign >= 0, '__eq__': lambda sign: sign == 0, '__ne__': lambda sign: sign != 0,
}


def compared(kind):
    """Gives a class with __cmp__ the comparisons that follow from it."""
    for name, test in _BY_CMP.items():
        if name not in vars(kind):
            setattr(kind, name, lambda self, other, test=test: test(self.__cmp__(other)))
    return kind


def greater(left, right):
    return less(right, left)


def greater_equal(left, right):
    return less_equal(right, left)


def compare(left, right):
    """cmp() of Python 2."""
    return (greater(left, right) or 0) - (less(left, right) or 0)


def ordered(values, cmp=None, key=None, reverse=False):
    """sorted() of Python 2."""
    turn = functools.cmp_to_key(cmp or compare)
    chosen = turn if key is None else lambda value: turn(key(value))
    try:
        return builtins.sorted(values, key=key if cmp is None else chosen, reverse=reverse)
    except TypeError:
        return builtins.sorted(values, key=chosen, reverse=reverse)


def _extreme(real):
    def found(*values, key=None):
        try:
            return real(*values) if key is None else real(*values, key=key)
        except TypeError:
            turn = functools.cmp_to_key(compare)
            return real(*values, key=turn if key is None else lambda value: turn(key(value)))

    return found


def _dict_method(target, name, args):
    if name == 'has_key':
        return args[0] in target
    if name.startswith('iter'):
        return iter(getattr(target, name[4:])())
    if name.startswith('view'):
        return getattr(target, name[4:])()
    return list(getattr(target, name)())


_BYTE_CODECS = {'hex', 'base64', 'zlib', 'bz2', 'quopri', 'uu', 'hex_codec', 'base64_codec', 'rot13', 'rot_13', 'string_escape'}


def to_byte_text(text, encoding, errors):
    return text.encode(encoding, errors).decode('latin-1')


def _recoded(target, way, encoding='ascii', errors='strict'):
    """`text.encode('hex')`, `text.decode('utf-8')` …"""
    kind = encoding.lower()
    if kind not in _BYTE_CODECS:
        text = native(target)
        # What is made of bytes has been encoded before.
        if way == 'decode':
            return UnicodeText(text)
        return builtins.str(target) if target.isascii() or text != target else to_byte_text(target, encoding, errors)
    if kind in ('rot13', 'rot_13'):
        return codecs.encode(target, 'rot13')
    if kind == 'string_escape':
        return codecs.decode(target, 'unicode_escape') if way == 'decode' else repr_of(builtins.str(target))[1:-1]
    return qa2_python2_bytes.to_text(getattr(codecs, way)(qa2_python2_bytes.to_bytes(target), kind))


def _text_method(target, name, args, kwargs):
    if name == 'format':
        return target.format(*builtins.map(shown, args), **{key: shown(value) for key, value in kwargs.items()})
    if name in ('decode', 'encode'):
        return _recoded(target, name, *args, **kwargs)
    if name == 'translate' and len(args) > 0 and not isinstance(args[0], dict):
        table = args[0]
        kept = [c for c in target if len(args) < 2 or c not in args[1]]
        return ''.join(kept if table is None else [table[ord(c)] for c in kept])
    if name == 'join':
        parts = builtins.list(args[0])
        made = builtins.str.join(target, parts)
        return UnicodeText(made) if any(isinstance(part, UnicodeText) for part in (target, *parts)) else made
    return getattr(target, name)(*args, **kwargs)


_DICT_METHODS = {
    'keys', 'values', 'items', 'iterkeys', 'itervalues', 'iteritems', 'viewkeys', 'viewvalues', 'viewitems', 'has_key',
}


def _has(value, name):
    """hasattr() of Python 2, by which many tell a text from a list."""
    if isinstance(value, builtins.str) and name == '__iter__':
        return False
    if isinstance(value, builtins.dict) and name in _DICT_METHODS:
        return True
    return hasattr(value, name) or name == 'next' and hasattr(value, '__next__')


def _get(value, name, *default):
    """getattr() of Python 2."""
    if name in _METHODS and not hasattr(value, name) and _has(value, name):
        return functools.partial(call_method, value, name)
    return getattr(value, name, *default)


def call_method(target, name, *args, **kwargs):
    """Calls of methods that differ between the two Pythons."""
    if isinstance(target, type) and args and issubclass(target, (builtins.dict, builtins.list)) and isinstance(args[0], target):
        return call_method(args[0], name, *args[1:], **kwargs)
    if isinstance(target, builtins.dict) and name in _DICT_METHODS:
        return _dict_method(target, name, args)
    if isinstance(target, builtins.str) and (name == 'decode' or hasattr(builtins.str, name)):
        return _text_method(target, name, args, kwargs)
    if name == 'sort' and isinstance(target, builtins.list):
        cmp = args[0] if args else kwargs.pop('cmp', None)
        target[:] = ordered(target, cmp=cmp, **kwargs)
        return None
    if name == 'has_key' and not hasattr(target, 'has_key'):
        return args[0] in target
    if name == 'next' and not hasattr(target, 'next'):
        return next(target)
    if name == 'xreadlines' and not hasattr(target, name):
        return iter(target)
    # Elements of XML lost these in Python 3.9.
    if name == 'getchildren' and not hasattr(target, name):
        return builtins.list(target)
    if name == 'getiterator' and not hasattr(target, name):
        return builtins.list(target.iter(*args, **kwargs))
    return getattr(target, name)(*args, **kwargs)


# Attributes of functions and methods by the names that they had.
_FUNCTION_PARTS = {
    'func_name': '__name__', 'func_code': '__code__', 'func_defaults': '__defaults__', 'func_globals': '__globals__',
    'func_doc': '__doc__', 'func_dict': '__dict__', 'im_func': '__func__', 'im_self': '__self__',
}


def attribute(target, name):
    """`.message` of exceptions, `.func_name` of functions."""
    if name in _FUNCTION_PARTS and not hasattr(target, name):
        return getattr(target, _FUNCTION_PARTS[name])
    if name == 'message' and isinstance(target, BaseException) and not hasattr(target, 'message'):
        return text_of(target.args[0]) if len(target.args) == 1 else ''
    return getattr(target, name)


def part_of(target, place):
    """`target[place]`, of the arguments of an exception, too."""
    return target.args[place] if isinstance(target, BaseException) and not hasattr(target, '__getitem__') else target[place]


def make_error(kind, value=None, trace=None):
    """raise X, value, traceback"""
    if isinstance(kind, BaseException):
        error = kind
    elif isinstance(value, BaseException):
        error = value
    elif value is None:
        error = kind()
    else:
        # Of the two names of OSError, scripts raise IOError.
        error = os_error('IOError', kind, *(value if isinstance(value, builtins.tuple) else (value,)))
    return error.with_traceback(trace)


# ---------------------------------------------------------------- print


def write_print(file, ends_line, *values):
    """The print statement with its soft space."""
    out = sys.stdout if file is None else file
    soft = getattr(out, 'softspace', 0)
    for value in values:
        text = text_of(value)
        out.write(' ' + text if soft else text)
        soft = not (text[-1:].isspace() and text[-1:] != ' ')
    if ends_line:
        out.write('\n')
        soft = 0
    try:
        out.softspace = int(soft)
    except AttributeError:
        pass


def print_function(*values, sep=' ', end='\n', file=None, flush=False):
    """print() after `from __future__ import print_function`."""
    out = sys.stdout if file is None else file
    out.write((' ' if sep is None else sep).join([text_of(value) for value in values]) + ('\n' if end is None else end))
    if flush:
        out.flush()


# ---------------------------------------------------------------- types and builtins


class _OldType:
    """
    Stands for a builtin type: converts as Python 2 did, and is that type for isinstance, subclasses and comparisons of types.

    text is str and not unicode, and the other way round: both are texts of Python 3, which `excluded` tells apart.
    """

    def __init__(self, name, real, convert, excluded=()):
        self._name, self._real, self._convert, self._excluded = name, real, convert, excluded

    def __call__(self, *args, **kwargs):
        return self._convert(*args, **kwargs)

    def __instancecheck__(self, value):
        return isinstance(value, self._real) and not isinstance(value, self._excluded)

    def __subclasscheck__(self, kind):
        kind = kind._real if isinstance(kind, _OldType) else kind
        return issubclass(kind, self._real) and not issubclass(kind, self._excluded)

    def __mro_entries__(self, bases):
        return (self._real,)

    def __eq__(self, other):
        # No value is of the type basestring.
        if self._name == 'basestring':
            return other is self
        return other is self or other is self._real or other is _ALIKE.get(self._real)

    def __hash__(self):
        return hash(self._real)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def __repr__(self):
        return "<type '%s'>" % self._name


_ALIKE = {builtins.str: qa2_python2_bytes.ByteText}


def _to_str(value='', *rest, **named):
    return builtins.str(value, *rest, **named) if rest or named else text_of(value)


def _to_unicode(value='', *rest, **named):
    return UnicodeText(native(_to_str(value)))


_STR, _UNICODE = _OldType('str', builtins.str, _to_str, UnicodeText), _OldType('unicode', UnicodeText, _to_unicode)


def _map(function, *lists):
    """The shorter lists go on with None."""
    if len(lists) < 2:
        return builtins.list(lists[0]) if function is None else builtins.list(builtins.map(function, lists[0]))
    together = itertools.zip_longest(*lists)
    return builtins.list(together) if function is None else [function(*parts) for parts in together]


def _filter(function, values):
    kept = builtins.filter(function, values)
    if isinstance(values, builtins.str):
        return ''.join(kept)
    return builtins.tuple(kept) if isinstance(values, builtins.tuple) else builtins.list(kept)


def _round(value, digits=0):
    """Halves, as they are exactly, go away from zero."""
    value = float(value)
    if digits > 22 or math.isinf(value) or math.isnan(value):
        return value
    exact = decimal.Decimal(value)
    return float(exact.quantize(decimal.Decimal(1).scaleb(-digits), decimal.ROUND_HALF_UP, _WIDE))


_WIDE = decimal.Context(prec=400)


def _digits_of(value):
    """What int() and float() of a text see: Python 3 would take 1_0 for 10."""
    if isinstance(value, builtins.str) and '_' in value:
        raise ValueError('invalid literal for int() with base 10: %s' % repr_of(value))
    return value


def _chr(code):
    if code > 255:
        raise ValueError('chr() arg not in range(256)')
    return chr(code)


def _long(value=0, *base):
    return LongInt(int(value.strip().rstrip('lL') if isinstance(value, builtins.str) else value, *base))


class _LongType(_OldType):
    """The type long; whole numbers beyond 64 bits are long, too."""

    def __instancecheck__(self, value):
        return isinstance(value, LongInt) or isinstance(value, int) and not -MAX_INT - 1 <= value <= MAX_INT


_LONG = _LongType('long', LongInt, _long)


def _based(convert):
    def shown_so(value):
        made = convert(value)
        return made + 'L' if isinstance(value, LongInt) or not -MAX_INT - 1 <= value <= MAX_INT else made

    return shown_so


_hex = _based(builtins.hex)
_oct = _based(lambda value: builtins.oct(value).replace('0o', '0' if value else ''))


def _old_math():
    """The module math of Python 2, in which the next whole number is a float."""
    module = types.ModuleType('math')
    module.__dict__.update(vars(math))
    module.floor, module.ceil = (lambda value: float(math.floor(value))), (lambda value: float(math.ceil(value)))
    return module


MATH = _old_math()
_OF_ERRORS = ('exc_type', 'exc_value', 'exc_traceback')


class _OldSys(types.ModuleType):
    """The module sys, with Python 2's answers for what tells which Python runs."""

    def __getattr__(self, name):
        if name in _OF_SYS:
            return _OF_SYS[name][1]
        if name in _OF_ERRORS and sys.exc_info()[0]:
            return sys.exc_info()[_OF_ERRORS.index(name)]
        return getattr(sys, name)

    def __setattr__(self, name, value):
        setattr(sys, name, value)

    def __delattr__(self, name):
        delattr(sys, name)

    def __dir__(self):
        return dir(sys)

    @property
    def __all__(self):
        return [name for name in dir(sys) if not name.startswith('_')]


_Version = collections.namedtuple('version_info', 'major minor micro releaselevel serial')
# What `sys.name` is to a script of Python 2, and the builtin that holds it.
_OF_SYS = {
    'version_info': ('__py2_version__', _Version(2, 7, 18, 'final', 0)), 'maxsize': ('__py2_maxsize__', MAX_INT),
    'version': ('__py2_version_text__', '2.7.18 (default, alma-qa2)'), 'platform': ('__py2_platform__', 'linux2'),
}
_SYS = _OldSys('sys')
_SYS.__dict__.update(__loader__=sys.__loader__, __doc__=sys.__doc__)


def _old_module(name):
    return MATH if name == 'math' else _SYS if name == 'sys' else qa2_python2_library.module_of(name)


_import = qa2_python2_imports.importer(_old_module)


def open_file(name, mode='r', buffering=-1, **named):
    plain = mode.replace('U', '') or 'r'
    path = native(name) if isinstance(name, builtins.str) else name
    try:
        if 'b' in plain:
            return qa2_python2_bytes.open_binary(path, plain)
        return builtins.open(path, plain, encoding='latin-1', errors='qa2', newline=None if 'U' in mode else '\n')
    except OSError as error:
        error.is_of_file = True
        raise


def _raw_input(prompt=''):
    sys.stdout.write(text_of(prompt))
    sys.stdout.flush()
    return builtins.input()


def old_builtins(run_source, evaluate_source, execfile, run_file, compile_old):
    """
    The builtins of a Python 2 script.

    run_source(text, globals, locals) and evaluate_source do exec and eval of Python 2 text, run_file(path, globals, locals)
    does execfile; execfile itself runs in the names of its caller. compile_old(text, filename, mode) compiles.
    """

    def execute(code, space=None, local=None):
        frame = sys._getframe(1)
        if isinstance(code, builtins.tuple):
            code, space, local = (code + (None, None))[:3]
        if space is None:
            space, local = frame.f_globals, frame.f_locals
        if isinstance(code, builtins.str):
            return run_source(code, space, local)
        exec(code, space, space if local is None else local)

    def evaluate(code, space=None, local=None):
        frame = sys._getframe(1)
        if space is None:
            space, local = frame.f_globals, frame.f_locals
        if not isinstance(code, builtins.str):
            return eval(code, space, space if local is None else local)
        return evaluate_source(code, space, local)

    def compile_source(source, filename, mode, *rest):
        return compile_old(source, filename, mode) if isinstance(source, builtins.str) else compile(source, filename, mode, *rest)

    names = dict(vars(builtins))
    names.update(
        __py2_print__=write_print, __py2_unicode__=UnicodeText, repr=repr_of, __py2_exec__=execute, __py2_raise__=make_error, __py2_divide__=divide,
        __py2_remainder__=remainder, __py2_method__=call_method, __py2_attribute__=attribute, __py2_Lt__=less,
        __py2_LtE__=less_equal, __py2_compared__=compared, __py2_classobj__=OldClass, **dict(_OF_SYS.values()), __py2_Gt__=greater, __py2_GtE__=greater_equal,
        __import__=_import, print=print_function, eval=evaluate, execfile=execfile, raw_input=_raw_input,
        input=lambda prompt='': evaluate_source(_raw_input(prompt), sys._getframe(1).f_globals, None),
        str=_STR, unicode=_UNICODE,
        basestring=_OldType('basestring', builtins.str, _to_str), long=_LONG, __py2_long__=LongInt,
        file=_OldType('file', io.IOBase, open_file), open=open_file,
        range=lambda *bounds: builtins.list(builtins.range(*bounds)), xrange=builtins.range, map=_map, filter=_filter,
        zip=lambda *lists: builtins.list(builtins.zip(*lists)), sorted=ordered, round=_round, cmp=compare, unichr=lambda code: UnicodeText(chr(code)),
        chr=_chr, oct=_oct, hex=_hex, min=_extreme(builtins.min), max=_extreme(builtins.max), format=format_value,
        hash=qa2_python2_random.old_hash, __py2_told__=told, __os_error__=os_error, __py2_part__=part_of, __py2_digits__=_digits_of,
        __py2_idivide__=divide_in_place, __py2_iremainder__=remainder_in_place,
        __py2_run_here__=qa2_python2_scopes.run_here(run_source, run_file), __py2_locals__=qa2_python2_scopes.locals_of,
        __py2_star__=qa2_python2_scopes.star(_import),
        hasattr=_has, getattr=_get, compile=compile_source,
        reduce=functools.reduce, apply=lambda function, args=(), kwargs={}: function(*args, **kwargs),
        reload=qa2_python2_imports.reload, StandardError=Exception, intern=sys.intern, buffer=memoryview,
        coerce=lambda left, right: (left + 0 * right, right + 0 * left), callable=callable,
    )
    return names


# ---------------------------------------------------------------- the pass over the syntax tree

_METHODS = _DICT_METHODS | {
    'sort', 'next', 'join', 'format', 'decode', 'encode', 'translate', 'getchildren', 'getiterator', 'xreadlines',
}
_SPECIAL = {'__nonzero__': '__bool__', 'next': '__next__', '__div__': '__truediv__', '__unicode__': '__str__'}
_UNPACK = '__py2_unpack_'


def _name(text, context=None):
    return ast.Name(text, context or ast.Load())


def _leaves(target, source):
    """Names of a tuple parameter, each with the expression that gives its value."""
    if isinstance(target, ast.Name):
        return [(target.id, source)]
    return [
        leaf
        for index, part in enumerate(target.elts)
        for leaf in _leaves(part, ast.Subscript(source, ast.Constant(index), ast.Load()))
    ]


def _is_type(node):
    """Whether an expression is a type to all appearance."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == 'type'
    return isinstance(node, ast.Attribute) and node.attr == '__class__' or isinstance(node, ast.Name) and node.id in ('str', 'unicode')


class _Meaning(ast.NodeTransformer):
    def __init__(self, divides, is_typed, unicode_value):
        # leaks: whether variables of list comprehensions live on: not in a class (False), nor where they cannot (None).
        self.divides, self.is_typed, self.leaks, self.unicode_value = divides, is_typed, True, unicode_value
        self.caught = set()

    def visit_Constant(self, node):
        if node.kind == 'u':
            return self._call('__py2_unicode__', ast.Constant(self.unicode_value(node)), at=node)
        return node

    def visit_Expr(self, node):
        # A string that stands alone tells about the program; at the prompt it is a value to show.
        if isinstance(node.value, ast.Constant) and not self.is_typed:
            return node
        self.generic_visit(node)
        return self._one_by_one(node) if isinstance(node.value, ast.Call) else node

    @staticmethod
    def _one_by_one(node):
        """`print a(), b()` writes the first value before it makes the second."""
        call = node.value
        is_print = isinstance(call.func, ast.Name) and call.func.id == '__py2_print__'
        if not is_print or len(call.args) < 4 or not any(isinstance(part, ast.Call) for value in call.args[3:] for part in ast.walk(value)):
            return node
        file, ends_line, *values = call.args
        if not isinstance(file, (ast.Constant, ast.Name)) and not (isinstance(file, ast.Attribute) and isinstance(file.value, ast.Name)):
            return node
        return [
            ast.copy_location(ast.Expr(ast.copy_location(ast.Call(call.func, [file, last, value], []), node)), node)
            for value, last in zip(values, [ast.Constant(False)] * (len(values) - 1) + [ends_line])
        ]

    def _within(self, node, leaks):
        kept, self.leaks = self.leaks, leaks
        self.generic_visit(node)
        self.leaks = kept
        return node

    def visit_ListComp(self, node):
        self.generic_visit(node)
        return qa2_python2_loops.leaking(node) if self.leaks else node

    # These have variables of their own in Python 2, too; Python 3 forbids bindings in what they run over.
    def visit_GeneratorExp(self, node):
        return self._within(node, None)

    visit_SetComp = visit_DictComp = visit_GeneratorExp

    def _call(self, function, *args, at):
        return ast.copy_location(ast.Call(_name(function), list(args), []), at)

    def visit_BinOp(self, node):
        self.generic_visit(node)
        if isinstance(node.op, ast.Div) and not self.divides:
            return self._call('__py2_divide__', node.left, node.right, at=node)
        if isinstance(node.op, ast.Mod):
            return self._call('__py2_remainder__', node.left, node.right, at=node)
        return node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        function = {ast.Div: '__py2_idivide__', ast.Mod: '__py2_iremainder__'}.get(type(node.op))
        if function is None or (function == '__py2_idivide__' and self.divides):
            return node
        read = ast.parse(ast.unparse(node.target), mode='eval').body
        return ast.copy_location(ast.Assign([node.target], self._call(function, read, node.value, at=node)), node)

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            function = '__py2_%s__' % type(node.ops[0]).__name__
            return self._call(function, node.left, node.comparators[0], at=node)
        # Each type that changed has a stand-in, which is equal to what type() gives.
        if any(map(_is_type, [node.left, *node.comparators])):
            kinds = {ast.Is: ast.Eq, ast.IsNot: ast.NotEq}
            node.ops = [kinds.get(type(op), type(op))() for op in node.ops]
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ('int', 'float') and len(node.args) == 1 and not node.keywords:
            if not isinstance(node.args[0], (ast.Constant, ast.Starred)):
                node.args = [self._call('__py2_digits__', node.args[0], at=node)]
            return node
        picks_kind(node)
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _METHODS:
            return node
        args = [node.func.value, ast.Constant(node.func.attr), *node.args]
        return ast.copy_location(ast.Call(_name('__py2_method__'), args, node.keywords), node)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if (node.attr == 'message' or node.attr in _FUNCTION_PARTS) and isinstance(node.ctx, ast.Load):
            return self._call('__py2_attribute__', node.value, ast.Constant(node.attr), at=node)
        if isinstance(node.value, ast.Name) and node.value.id == 'sys' and node.attr in _OF_SYS and isinstance(node.ctx, ast.Load):
            return ast.copy_location(_name(_OF_SYS[node.attr][0]), node)
        return node

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self.caught and isinstance(node.ctx, ast.Load):
            return self._call('__py2_part__', node.value, node.slice, at=node)
        return node

    def visit_ExceptHandler(self, node):
        """The name of a caught exception lives on after the handler; the numbers of errors are Linux's."""
        self.caught.add(node.name)
        self.generic_visit(node)
        if not node.name:
            node.body.insert(0, ast.copy_location(ast.Expr(ast.Call(_name('__py2_told__'), [], [])), node))
        else:
            target, caught = _name(node.name, ast.Store()), ast.Call(_name('__py2_told__'), [_name('__py2_caught__')], [])
            if node.name.startswith(_UNPACK):
                target = ast.parse(bytes.fromhex(node.name[len(_UNPACK):]).decode() + ' = 0').body[0].targets[0]
                caught = caught if isinstance(target, ast.Attribute) else ast.Attribute(caught, 'args', ast.Load())
            keep = ast.Assign([target], caught)
            node.body.insert(0, ast.copy_location(keep, node))
            node.name = '__py2_caught__'
        return node

    def visit_ClassDef(self, node):
        self._within(node, False)
        defined = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
        for old, today in _SPECIAL.items():
            if old in defined and today not in defined:
                node.body.append(ast.copy_location(ast.Assign([_name(today, ast.Store())], _name(old)), node))
        if '__cmp__' in defined:
            node.decorator_list.append(ast.copy_location(_name('__py2_compared__'), node))
        for part in node.body:
            if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name) and part.targets[0].id == '__metaclass__':
                node.keywords.append(ast.keyword('metaclass', part.value))
        if not node.bases and not node.keywords:
            node.keywords.append(ast.keyword('metaclass', ast.copy_location(_name('__py2_classobj__'), node)))
        return node

    def visit_FunctionDef(self, node):
        self._within(node, True)
        for name, target in reversed(self._tuples(node.args)):
            taken = ast.Assign([ast.parse(target + ' = 0').body[0].targets[0]], _name(name))
            qa2_python2_scopes.put_first(node, ast.copy_location(taken, node))
        return qa2_python2_scopes.opened(node)

    def visit_Lambda(self, node):
        self._within(node, None if self.leaks is None else True)
        leaves = []
        for name, target in self._tuples(node.args):
            leaves += _leaves(ast.parse(target, mode='eval').body, _name(name))
        if leaves:
            names = ast.arguments([], [ast.arg(name) for name, _ in leaves], None, [], [], None, [])
            node.body = ast.copy_location(ast.Call(ast.Lambda(names, node.body), [value for _, value in leaves], []), node)
        return node

    @staticmethod
    def _tuples(args):
        names = [arg.arg for arg in args.args if arg.arg.startswith(_UNPACK)]
        return [(name, bytes.fromhex(name[len(_UNPACK):]).decode()) for name in names]


def _unicode_value(text, encoding, node):
    """What a unicode literal says: the source is read byte by character, its escapes are characters."""
    written = '' if node.value.isascii() or text.isascii() else ast.get_source_segment(text, node) or ''
    if written.isascii():
        return node.value
    try:
        return ast.literal_eval(written.encode('latin-1').decode(encoding))
    except UnicodeError:
        return node.value


def compile_translated(text, filename, mode='exec', encoding='utf-8'):
    """Compiles Python 2 source whose syntax is translated already; encoding: what its bytes are."""
    tree = ast.parse(text, filename, mode)
    futures = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == '__future__']
    divides = any(part.name == 'division' for node in futures for part in node.names)
    tree = ast.fix_missing_locations(_Meaning(divides, mode == 'single', functools.partial(_unicode_value, text, encoding)).visit(tree))
    for node in ast.walk(tree):
        if 'lineno' in node._attributes:
            # Lines are the script's, columns those of the translation: tracebacks mark none.
            node.end_lineno, node.col_offset, node.end_col_offset = node.lineno, -1, -1
    return compile(tree, filename, mode, dont_inherit=True)


# ---------------------------------------------------------------- modules


def _add_module(name, **content):
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
    return module


class OldClass(abc.ABCMeta):
    """Classes without bases and what derives from them alone: names are looked for in the first base and its bases, then in the second."""

    def mro(cls):
        if not all(isinstance(base, OldClass) for base in cls.__bases__ if base is not object) or cls.__bases__[-1] is object is not cls.__bases__[0]:
            return type.mro(cls)
        found = dict.fromkeys(place for base in cls.__bases__ for place in base.__mro__ if place is not object)
        return [cls, *found, object]

    def __repr__(cls):
        return '<class %s.%s at %#x>' % (cls.__module__, cls.__qualname__, id(cls))

    def __str__(cls):
        return '%s.%s' % (cls.__module__, cls.__qualname__)


# Modules that Python 3 has under other names; they are loaded when a script asks for them.
_RENAMED = {
    'Queue': 'queue', 'ConfigParser': 'configparser', 'HTMLParser': 'html.parser', 'htmlentitydefs': 'html.entities',
    'urlparse': 'urllib.parse', 'httplib': 'http.client', 'anydbm': 'dbm', 'cookielib': 'http.cookiejar', 'urllib2': 'urllib.request', 'copy_reg': 'copyreg', 'repr': 'reprlib', 'thread': '_thread',
    'UserDict': 'collections', 'UserList': 'collections', 'UserString': 'collections',
}
# Names of `types` for builtin types.
_TYPES = {
    'StringType': _STR, 'UnicodeType': _UNICODE, 'StringTypes': (_STR, _UNICODE), 'IntType': int, 'LongType': _LONG,
    'FloatType': float, 'ComplexType': complex, 'BooleanType': bool, 'ListType': builtins.list, 'TupleType': builtins.tuple,
    'DictType': builtins.dict, 'DictionaryType': builtins.dict, 'TypeType': type, 'ClassType': OldClass, 'ObjectType': object,
    'InstanceType': types.SimpleNamespace, 'FileType': io.IOBase, 'NoneType': type(None), 'XRangeType': builtins.range, 'SliceType': slice,
}


class _OldNames(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules by the names that they had in Python 2."""

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self) if name in _RENAMED else None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__dict__.update(vars(importlib.import_module(_RENAMED[spec.name])))
        if spec.name == 'ConfigParser':
            module.SafeConfigParser = module.ConfigParser
            module.ConfigParser.readfp = module.ConfigParser.read_file
        return module

    def exec_module(self, module):
        """Its content is there already."""


class _TextInMemory(io.StringIO):
    """StringIO of Python 2: takes what is no text as its str()."""

    def __init__(self, text=''):
        super().__init__(text_of(text), newline='\n')

    def write(self, text):
        return super().write(text if isinstance(text, builtins.str) else text_of(text))

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    @property
    def buf(self):
        return self.getvalue()

    @property
    def len(self):
        return builtins.len(self.getvalue())


def _hash(kind):
    def new(text=''):
        import hashlib

        return hashlib.new(kind, text.encode('latin-1') if isinstance(text, builtins.str) else text)

    return new


def _exchange_text(module, name, taken=qa2_python2_bytes.to_bytes):
    """A function that takes and gives bytes takes and gives strings in scripts of Python 2; taken() makes an argument ready."""
    real = getattr(module, name)

    def call(*args, **named):
        if '__py2_print__' not in sys._getframe(1).f_builtins:
            return real(*args, **named)
        return qa2_python2_bytes.to_text(real(*builtins.map(taken, args), **named))

    setattr(module, name, call)


def install_modules():
    """Old modules and old functions of modules; none of them replaces what Python 3 has."""
    import xml.etree.ElementTree as tree

    methods = 'upper lower strip lstrip rstrip split rsplit replace find rfind count index zfill ljust rjust center'.split()
    for name in methods + ['swapcase', 'expandtabs', 'capitalize']:
        setattr(string, name, functools.partial(lambda method, text, *args: getattr(text, method)(*args), name))
    string.join = lambda words, separator=' ': separator.join(words)
    string.zfill = lambda text, width: (text if isinstance(text, builtins.str) else repr_of(text)).zfill(width)
    string.translate = lambda text, table, deletions='': call_method(text, 'translate', table, deletions)
    string.joinfields, string.splitfields = string.join, string.split
    string.atoi, string.atof, string.atol = int, float, int
    string.letters, string.lowercase, string.uppercase = string.ascii_letters, string.ascii_lowercase, string.ascii_uppercase
    string.maketrans = lambda source, target: ''.join(
        [dict(builtins.zip(source, target)).get(chr(code), chr(code)) for code in builtins.range(256)]
    )
    sys.maxint = 2**63 - 1
    os.getcwdu = os.getcwd
    sys.modules['xml.etree.cElementTree'] = tree
    sys.modules['xml.etree'].cElementTree = tree
    sys.modules['cPickle'] = qa2_python2_bytes.module_of('cPickle')
    _exchange_text(os, 'read')
    _exchange_text(os, 'write')
    _exchange_text(tree, 'tostring', lambda value: value)
    _add_module('StringIO', StringIO=_TextInMemory)
    _add_module('cStringIO', StringIO=_TextInMemory)
    _add_module('exceptions', StandardError=Exception, **{name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)})
    shown_set = lambda self: '%s(%s)' % (type(self).__name__, repr_of(builtins.list(self)))
    _add_module('sets', Set=type('Set', (set,), {'__repr__': shown_set}), ImmutableSet=type('ImmutableSet', (frozenset,), {'__repr__': shown_set}))
    _add_module('new', instancemethod=types.MethodType, classobj=OldClass, function=types.FunctionType, module=types.ModuleType)
    _add_module('imp', **qa2_python2_imports.IMP)
    _add_module('md5', new=_hash('md5'), md5=_hash('md5'))
    _add_module('sha', new=_hash('sha1'), sha=_hash('sha1'))
    itertools.izip, itertools.imap, itertools.ifilter = zip, builtins.map, builtins.filter
    itertools.izip_longest, itertools.ifilterfalse = itertools.zip_longest, itertools.filterfalse
    time.clock = time.process_time
    for name in collections.abc.__all__:
        setattr(collections, name, getattr(collections.abc, name))
    operator.div, operator.idiv, operator.isCallable = divide, divide_in_place, callable
    operator.isSequenceType = lambda value: hasattr(value, '__getitem__') and not isinstance(value, builtins.dict)
    operator.isMappingType, operator.sequenceIncludes = (lambda value: isinstance(value, builtins.dict)), operator.contains
    operator.isNumberType = lambda value: isinstance(value, numbers.Number)
    sys.setdefaultencoding = lambda _name: None
    sys.exc_clear = lambda: None
    for name, kind in _TYPES.items():
        setattr(types, name, kind)
    types.__all__.extend(_TYPES)
    sys.meta_path.append(_OldNames())


class _OldBuiltins(types.ModuleType):
    """The module __builtin__: what is set there, scripts see everywhere."""

    def __setattr__(self, name, value):
        super().__setattr__(name, value)
        self.names[name] = value


def install_builtins(names):
    """The module __builtin__ of Python 2."""
    module = sys.modules['__builtin__'] = _OldBuiltins('__builtin__')
    module.__dict__.update(names, names=names)
