"""The interactive prompt: blocks of lines, Python 2 or 3, a history that is kept."""

import builtins
import codeop
import keyword
import os
import sys
import warnings

import qa2_casa
import qa2_engine
import qa2_host
import qa2_magic
import qa2_parameters
import qa2_python2
import qa2_session

_history = []
_FILE = 'ipython.hist'
_start = []


def _place():
    """Where the history is kept: in the directory in which the prompt was started."""
    if not _start:
        _start.append(os.getcwd())
    return os.path.join(_start[0], _FILE)


def history():
    """Prints the lines that were typed."""
    for number, line in enumerate(_history, 1):
        print('%4d  %s' % (number, line))


def help_of(thing=None):
    """help(task): the parameters of a task, help(tool) and help(tool.method): how a tool is called; else Python's own help."""
    named = qa2_session.SPACE.get(thing) if isinstance(thing, str) else thing
    if isinstance(named, (qa2_engine.Task, qa2_engine.Tool, qa2_engine.ToolMethod)):
        print(named.__doc__)
    elif thing is None:
        print('help(task) describes a task, help(tool) the methods of a tool (toolhelp() names them); inp(task), default(task), go(), tget(task), tput(task), saveinputs(task), history().')
        tasklist()
    else:
        import pydoc

        pydoc.help(thing)


def _tasks():
    return {name: value for name, value in sorted(qa2_session.SPACE.items()) if isinstance(value, qa2_engine.Task)}


def tasklist():
    """Prints the names of the tasks."""
    print(' '.join(_tasks()))


def taskhelp():
    """Prints each task with its purpose."""
    for name in _tasks():
        print('%-16s %s' % (name, qa2_parameters.describe(name)['summary']))


def toolhelp():
    """Prints each tool with its methods."""
    for name, methods in sorted(qa2_engine.Tool.METHODS.items()):
        print('%-8s %s' % (name, ', '.join(methods)))


def _compiled(source, language):
    """The code of a block; None while lines are missing."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        if language == 3:
            return codeop.compile_command(source, '<prompt>', 'single')
        translated = qa2_host.call('translate', source + '\n')
        if codeop.compile_command(translated.rstrip('\n') + ('\n' if source.endswith('\n') else ''), '<prompt>', 'single') is None:
            return None
        return qa2_python2.compile_translated(translated, '<prompt>', 'single')


def _read_line(prompt):
    """A line without its end; None at the end of the input. A terminal has arrow keys, history and completion."""
    sys.stdout.flush()
    if not qa2_casa.has_editor:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        line = sys.stdin.readline()
        return None if line == '' else line.rstrip('\n')
    names = sorted({name for name in [*qa2_session.SPACE, *dir(builtins), *keyword.kwlist] if not name.startswith('_')})
    request = {'prompt': prompt, 'names': names, 'cwd': os.getcwd()}
    if not _told:
        _told.append(True)
        request['history'] = _earlier()
    answer = qa2_host.call('readLine', request)
    if answer.get('isInterrupted'):
        raise KeyboardInterrupt()
    return answer.get('line')


_told = []


def _earlier():
    try:
        with builtins.open(_place()) as file:
            return [line for line in file.read().split('\n') if line]
    except OSError:
        return []


def _first_line(line, language):
    """The first line of a block as Python; a call without parentheses where it would be none."""
    line = qa2_magic.python_line(line)
    called = qa2_magic.called_line(line)
    if called:
        try:
            _compiled(line, language)
        except SyntaxError:
            return called
    return line


def _read_block(number, language):
    """What was typed and code of the next block; None at the end of the input. What is indented as a whole is moved to the left."""
    typed, lines, indent = [], [], ''
    while True:
        line = _read_line('CASA <%d>: ' % number if not lines else '   ...: ')
        if line is None:
            return None
        if not lines and line.strip() in ('%cpaste', 'cpaste', '%paste'):
            source = qa2_magic.pasted(_read_line)
            return source, _compiled_file(source, language)
        if not lines:
            text = line.lstrip()
            if not text or text.startswith('#'):
                continue
            indent = line[: len(line) - len(text)]
        typed.append(line)
        line = line[len(indent) :] if line.startswith(indent) else line
        lines.append(line if lines else _first_line(line, language))
        code = _compiled('\n'.join(lines), language)
        if code is not None:
            return '\n'.join(typed), code


def _compiled_file(source, language):
    return qa2_session._compile_old(source, '<prompt>') if language == 2 else qa2_session._compile_new(source, '<prompt>')


def _show(value):
    """Prints the value of an expression; `_` is the last one."""
    if value is not None:
        is_old = qa2_session.current_language(qa2_session.SPACE) == 2
        print((qa2_python2.repr_of if is_old else repr)(value))
        qa2_session.SPACE['_'] = value


def _turn(number, language):
    """Reads and runs a block; returns whether it ran well, and the exit code where the session ends."""
    try:
        block = _read_block(number, language)
        if block is None:
            return False, 0
        _history.append(block[0].rstrip('\n'))
        qa2_session._run_code(block[1], language, qa2_session.SPACE, None)
        return True, None
    except SystemExit as error:
        return False, qa2_session._exit_code(error)
    except KeyboardInterrupt:
        print('\nKeyboardInterrupt')
    except BaseException as error:
        qa2_session._report(error)
        sys.stderr.flush()
    return False, None


def run_prompt(language):
    """Reads and runs blocks until the input ends or exit is called; returns the exit code."""
    space = qa2_session.SPACE
    space.update(
        history=history, exit=sys.exit, quit=sys.exit, tasklist=tasklist, taskhelp=taskhelp, toolhelp=toolhelp,
        __casapy__=qa2_magic.Typed, CasaUsageError=qa2_engine.CasaUsageError,
    )
    sys.displayhook = _show
    qa2_casa.has_prompt = True
    number = 1
    _kept.extend(_earlier()[-1000:])
    qa2_magic.before.update(space)
    while True:
        try:
            is_done, code = _turn(number, language)
            number += is_done
            _keep_history()
            if code is not None:
                return code
        except KeyboardInterrupt:
            # A second Ctrl-C while the first was told.
            pass


def _keep_history():
    try:
        with builtins.open(_place(), 'w') as file:
            file.write(''.join(line + '\n' for line in _kept + _history))
    except OSError:
        pass


_kept = []
"""Lines of earlier sessions."""

qa2_session.prompt = run_prompt
qa2_session.SPACE['help'] = help_of
