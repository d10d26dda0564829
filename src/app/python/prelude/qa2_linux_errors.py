"""
Error numbers of Linux. The system under this Python numbers its errors in another way and words some differently;
scripts compare numbers (`e.errno == 17`) and print errors.
"""

import ast
import errno
import importlib
import os
import sys
import types

# Names in the order of their numbers, from 1; a dot stands where there is none.
_NAMES = '''
EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV
ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG
ENOLCK ENOSYS ENOTEMPTY ELOOP . ENOMSG EIDRM ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL
ENOANO EBADRQC EBADSLT . EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP
EDOTDOT EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART ESTRPIPE EUSERS
ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT
EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN
ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM
EREMOTEIO EDQUOT ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE
'''.split()
_SAME = {'EWOULDBLOCK': 'EAGAIN', 'EDEADLOCK': 'EDEADLK', 'ENOTSUP': 'EOPNOTSUPP'}
# What Linux says where the text differs.
_WORDED = {
    'EIO': 'Input/output error', 'ECHILD': 'No child processes', 'ENOMEM': 'Cannot allocate memory',
    'EBUSY': 'Device or resource busy', 'EXDEV': 'Invalid cross-device link', 'EMFILE': 'Too many open files',
    'ENOTTY': 'Inappropriate ioctl for device', 'ESPIPE': 'Illegal seek', 'EDOM': 'Numerical argument out of domain',
    'ERANGE': 'Numerical result out of range', 'EDEADLK': 'Resource deadlock avoided', 'ENAMETOOLONG': 'File name too long',
    'ENOSYS': 'Function not implemented', 'ELOOP': 'Too many levels of symbolic links', 'EOPNOTSUPP': 'Operation not supported',
    'ETIMEDOUT': 'Connection timed out', 'EDQUOT': 'Disk quota exceeded',
}
_own_text = os.strerror


def _module():
    module = types.ModuleType('errno')
    numbers = {name: at for at, name in enumerate(_NAMES, 1) if name != '.'}
    module.errorcode = {number: name for name, number in numbers.items()}
    module.__dict__.update(numbers, **{name: numbers[other] for name, other in _SAME.items()})
    return module


NAME = 'qa2_linux_errno'
MODULE = sys.modules[NAME] = _module()
"""The module errno as scripts see it, and the name by which it is imported."""


def text_of_number(number):
    """os.strerror of Linux."""
    name = MODULE.errorcode.get(number)
    own = getattr(errno, name or '', None)
    return _WORDED.get(name) or (_own_text(own) if own else 'Unknown error %d' % number)


_TOLD = {
    (own, _own_text(own)): (getattr(MODULE, name), text_of_number(getattr(MODULE, name)))
    for own, name in errno.errorcode.items()
    if hasattr(MODULE, name)
}


def told(error=None):
    """
    The error that is being handled, or the one given, with Linux's number and words.

    An error that a script raised with a number of its own stays: its text is not the one that this system has for the number.
    """
    error = sys.exception() if error is None else error
    if isinstance(error, OSError):
        linux = _TOLD.get((error.errno, error.strerror))
        if linux:
            error.errno, error.strerror = linux
            error.args = linux + error.args[2:]
    return error


_KINDS = {number: type(OSError(getattr(errno, name), '')) for number, name in MODULE.errorcode.items() if hasattr(errno, name)}
_NAMES_OF_KIND = ('OSError', 'IOError', 'EnvironmentError')
_import_module = importlib.import_module


def os_error(called, kind, *args, **named):
    """OSError(number, text, …) of a script, under the name `called`: its subclass is that of Linux's number."""
    if kind is not OSError or named or len(args) < 2 or not isinstance(args[0], int):
        error = kind(*args, **named)
    elif _KINDS.get(args[0], OSError) is not OSError:
        error = _KINDS[args[0]](*args)
    else:
        # No subclass has the number 0 here; others may have the script's.
        error = OSError(0, *args[1:])
        error.errno, error.args = args[0], (args[0], *error.args[1:])
    if kind is OSError:
        error.is_of_file = called == 'IOError'  # two kinds in Python 2
    return error


def picks_kind(call):
    """Makes of a call OSError(…) in a syntax tree one of __os_error__."""
    if isinstance(call.func, ast.Name) and call.func.id in _NAMES_OF_KIND:
        call.args[:0] = [ast.copy_location(ast.Constant(call.func.id), call.func), call.func]
        call.func = ast.copy_location(ast.Name('__os_error__', ast.Load()), call.func)


def import_module(name, package=None):
    """importlib.import_module, which scripts call, with Linux's errno."""
    return MODULE if name == 'errno' else _import_module(name, package)


os.strerror = text_of_number
importlib.import_module = import_module
