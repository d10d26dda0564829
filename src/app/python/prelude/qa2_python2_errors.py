"""Errors as a script of Python 2 sees them: in its words, without the frames of ours below its own."""

import inspect
import re
import traceback

import qa2_linux_errors

_NOT_SHOWN = ('/lib/qa2/', '<frozen importlib')
_IN_FUNCTION = r"name ('\w+') is not defined$"
# What Python says today, and what it said then.
_WORDS = [
    (kind, re.compile(today), then)
    for kind, today, then in (
        (UnboundLocalError, r"cannot access local variable ('\w+').*", r'local variable \1 referenced before assignment'),
        (NameError, r"cannot access free variable ('\w+').*", r'free variable \1 referenced before assignment in enclosing scope'),
        (ImportError, r"cannot import name '(\w+)'.*", r'cannot import name \1'),
        (AttributeError, r"(?:partially initialized )?module '.*has no attribute ('\w+').*", r"'module' object has no attribute \1"),
        (ValueError, r"could not convert string to float: '(.*)'$", r'could not convert string to float: \1'),
        (ValueError, r'not enough values to unpack \(expected \d+, got 1\)', 'need more than 1 value to unpack'),
        (ValueError, r'not enough values to unpack \(expected \d+, got (\d+)\)', r'need more than \1 values to unpack'),
        (ValueError, r'too many values to unpack \(.*', 'too many values to unpack'),
        (ValueError, r'expected a (?:noninteger|positive|nonnegative|number).* input\b.*', 'math domain error'),
        (ValueError, r'(max|min)\(\) iterable argument is empty', r'\1() arg is an empty sequence'),
        (ZeroDivisionError, r'division by zero$', 'integer division or modulo by zero'),
        (TypeError, r'can only concatenate str \(not "(\w+)"\) to str', r"cannot concatenate 'str' and '\1' objects"),
        (TypeError, r"('\w+') object is not subscriptable", r"\1 object has no attribute '__getitem__'"),
        (TypeError, r'(list|tuple) indices must be integers or slices, not (\w+)', r'\1 indices must be integers, not \2'),
        (TypeError, r"string indices must be integers, not '(\w+)'", r'string indices must be integers, not \1'),
        (TypeError, r"(int\(\) argument must be a string).*, (not '\w+')", r'\1 or a number, \2'),
        (TypeError, r"(float\(\) argument must be a string).*, not '\w+'", r'\1 or a number'),
        (TypeError, r"cannot use .* \((unhashable type: '\w+')\)", r'\1'),
    )
]


def name_of(error):
    """The kind of an error, without its module: what open() said was an IOError, what other calls said an OSError."""
    kind = type(error)
    if isinstance(error, OSError) and kind.__module__ == 'builtins':
        return 'IOError' if getattr(error, 'is_of_file', False) else 'OSError'
    return kind.__name__


def lines_of(kind, error):
    """What traceback.format_exception_only gives, with the kind as it was then."""
    *lines, last = traceback.format_exception_only(kind, error)
    shown = kind.__qualname__ if kind.__module__ == 'builtins' else '%s.%s' % (kind.__module__, kind.__qualname__)
    return [*lines, last.replace(shown, name_of(error) if isinstance(error, kind) else kind.__name__, 1)]


def _last_frame(error):
    """The script's own frame in which an error arose; frames of ours and of the way to a module are left out."""
    kept, step = [], error.__traceback__
    while step:
        if not step.tb_frame.f_code.co_filename.startswith(_NOT_SHOWN):
            kept.append(step)
        step = step.tb_next
    if not kept:
        return None
    for step, following in zip(kept, [*kept[1:], None]):
        step.tb_next = following
    error.__traceback__ = kept[0]
    return kept[-1].tb_frame


def told(error=None):
    """The error that is being handled, or the one given, as Python 2 would have told it."""
    error = qa2_linux_errors.told(error)
    frame = _last_frame(error)
    if len(error.args) != 1 or not isinstance(error.args[0], str):
        return error
    text = error.args[0]
    if type(error) is NameError and frame and frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        text = re.sub(_IN_FUNCTION, r'global name \1 is not defined', text)
    for kind, today, then in _WORDS:
        if isinstance(error, kind) and today.match(text):
            text = today.sub(then, text)
            break
    if text != error.args[0]:
        error.args = (text,)
        if isinstance(error, ImportError):
            error.msg = text
    if isinstance(error, (NameError, AttributeError)):
        error.name = None  # no guess of what was meant
    return error
