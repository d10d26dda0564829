"""CASA's parameters of tasks from globals: default, inp, go, tget, tput, saveinputs, and the files <task>.last."""

import builtins
import os

import qa2_engine
import qa2_python2
import qa2_session
from qa2_engine import ask

SPACE = qa2_session.SPACE
_described = {}


def describe(name):
    """What the engine knows of a task: its summary and its parameters."""
    if name not in _described:
        _described[name] = ask({'kind': 'describe', 'name': name})
    return _described[name]


def _name_of(task):
    name = task if isinstance(task, str) else getattr(task, '__name__', None)
    return qa2_python2.native(name) if name else _current_name()


def _current_name():
    if 'taskname' not in SPACE:
        raise qa2_engine.CasaUsageError("No task is chosen yet; name one, as in default('clean') or inp('clean').")
    return SPACE['taskname']


def _initial(parameter):
    """What default() sets: the default, or an empty name for what must be given, as CASA has it."""
    value = parameter.get('default')
    if parameter['type'] == 'float' and isinstance(value, int):
        return float(value)
    return '' if value is None and parameter['type'] != 'any' else value


def _is_value(name):
    """A global that a parameter may take: a value, and no task or tool of that name."""
    return name in SPACE and not callable(SPACE[name]) and not isinstance(SPACE[name], qa2_engine.Tool)


def _choose(name, keeps):
    """Makes a task the one that inp() and go() work on; its globals stay where they are kept, the others get their defaults."""
    declared = describe(name)['parameters']
    for parameter in declared:
        if not (keeps and _is_value(parameter['name'])):
            SPACE[parameter['name']] = _initial(parameter)
    SPACE['taskname'] = name
    qa2_engine.current.update(
        task=name, values=lambda: {part['name']: SPACE[part['name']] for part in declared if part['name'] in SPACE}
    )


def default(task):
    """Sets the globals of a task to its defaults; the next call without parameters takes them."""
    _choose(_name_of(task), False)


def _make_current(task):
    """As CASA: inp(), go() and tput() of another task show and take the globals as they stand."""
    if task is None and qa2_engine.current.get('task') != _current_name():
        task = _current_name()
    if task is not None and qa2_engine.current.get('task') != _name_of(task):
        _choose(_name_of(task), True)


def globals_of(name):
    """What a call without any parameter takes in CASA 3 to 5, and at the prompt: the globals of the names of its parameters."""
    return {part['name']: SPACE[part['name']] for part in describe(name)['parameters'] if _is_value(part['name'])}


def _is_hidden(parameter, value):
    """Whether a parameter counts with other values of another one only, as CASA's sub-parameters do."""
    return parameter['inert'].startswith('belongs to other values') and value == _initial(parameter)


def inp(task=None):
    """Prints the parameters of a task as they stand, those that count."""
    _make_current(task)
    told = describe(_current_name())
    print('#  %s :: %s' % (told['name'], told['summary']))
    values = qa2_engine.current['values']()
    for parameter in told['parameters']:
        if parameter['name'] in values and not _is_hidden(parameter, values[parameter['name']]):
            print('%-20s= %10s        #  %s' % (parameter['name'], _literal(values[parameter['name']], "'"), parameter['doc']))


def go(task=None):
    """Runs the task whose parameters were set."""
    _make_current(task)
    return SPACE[_current_name()]()


def _literal(value, quote='"'):
    """A value as CASA writes it into files of parameters."""
    if isinstance(value, str):
        text = qa2_python2.native(value)
        return repr(text) if quote in text or '\\' in text or '\n' in text else quote + text + quote
    if isinstance(value, (list, tuple)):
        parts = ', '.join(_literal(part) for part in value)
        return '[%s]' % parts if isinstance(value, list) else '(%s%s)' % (parts, ',' if len(value) == 1 else '')
    # Long numbers of Python 2 without their L, which Python 3 would not read.
    return '%d' % value if isinstance(value, int) and not isinstance(value, bool) else repr(value)


def _write(path, name, values):
    lines = ['%-18s = %s\n' % ('taskname', _literal(name))]
    lines += ['%-18s =  %s\n' % (key, _literal(value)) for key, value in values.items()]
    lines.append('#%s(%s)\n' % (name, ','.join('%s=%s' % (key, _literal(value)) for key, value in values.items())))
    with builtins.open(path, 'w') as file:
        file.write(''.join(lines))


def keep_last(name, positional, named):
    """<task>.last, which tget reads; where it cannot be written, or a call is wrong, it is left out as CASA does."""
    declared = describe(name)['parameters']
    given = dict(zip([part['name'] for part in declared], positional), **named)
    values = {part['name']: given.pop(part['name'], _initial(part)) for part in declared}
    if given or len(positional) > len(declared):
        return
    try:
        _write(name + '.last', name, values)
    except OSError:
        pass


def saveinputs(task=None, outfile=''):
    """Writes the parameters of a task as Python, into <task>.saved when no file is named; tget and execfile read them."""
    _make_current(task)
    name = _current_name()
    _write(outfile or name + '.saved', name, qa2_engine.current['values']())


def tput(task=None):
    """Writes the parameters of a task into <task>.last."""
    _make_current(task)
    saveinputs(None, _current_name() + '.last')


def tget(task=None, savfile=''):
    """Sets the parameters of a task to those of its last call, or of a file that saveinputs wrote."""
    name = _name_of(task)
    path = savfile or next((one for one in (name + '.last', name + '.saved') if os.path.exists(one)), name + '.last')
    if not os.path.exists(path):
        why = 'its calls and tput() write that file' if path == name + '.last' else 'saveinputs() writes such files'
        raise qa2_engine.CasaUsageError('tget(): there is no %s here; %s.' % (path, why))
    default(name)
    with builtins.open(path) as file:
        exec(compile(file.read(), path, 'exec'), SPACE)


NAMES = dict(default=default, inp=inp, go=go, saveinputs=saveinputs, tput=tput, tget=tget)
qa2_engine.before_task = keep_last
qa2_engine.globals_of = globals_of
