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
import qa2_python2
import qa2_session

_history = []
_FILE = 'ipython.hist'


def history():
    """Prints the lines that were typed."""
    for number, line in enumerate(_history, 1):
        print('%4d  %s' % (number, line))


def help_of(thing=None):
    """help(task): the parameters of a task; else Python's own help."""
    if isinstance(thing, qa2_engine.Task):
        print(thing.__doc__)
    elif thing is None:
        print('help(task) describes a task; inp(task), default(task), go(), tget(task), tput(task), saveinputs(task), history().')
        print(' '.join(sorted(name for name, value in qa2_session.SPACE.items() if isinstance(value, qa2_engine.Task))))
    else:
        import pydoc

        pydoc.help(thing)


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


def _call_words(line):
    """`inp gaincal`, `default 'split'`, `go` without parentheses, `gaincal?` and `!ls`, as CASA's prompt took them."""
    words = line.split()
    if line.startswith('!'):
        return '_ = os.system(%r)' % line[1:]
    if line.strip().startswith('?') or line.rstrip().endswith('?'):
        return 'help(%s)' % line.strip().strip('?')
    if words and words[0] in ('ls', 'pwd', 'cd') and words[0] not in qa2_session.SPACE and '(' not in line and '=' not in line:
        folder = os.path.expanduser(words[1].strip('\'"')) if len(words) > 1 else os.environ.get('HOME', '.')
        return {'cd': 'os.chdir(%r)' % folder, 'pwd': 'print(os.getcwd())'}.get(words[0], '_ = os.system(%r)' % line)
    if words and words[0] in ('inp', 'default', 'go', 'tget', 'tput', 'saveinputs', 'help', 'history') and '(' not in line and '=' not in line:
        return '%s(%s)' % (words[0], ', '.join(repr(word.strip('\'"')) if words[0] != 'help' else word for word in words[1:]))
    return line


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
        with builtins.open(_FILE) as file:
            return [line for line in file.read().split('\n') if line]
    except OSError:
        return []


def _read_block(number, language):
    """Source and code of the next block; None at the end of the input."""
    lines = []
    while True:
        line = _read_line('CASA <%d>: ' % number if not lines else '   ...: ')
        if line is None:
            return None
        lines.append(_call_words(line) if not lines else line)
        source = '\n'.join(lines)
        code = _compiled(source, language)
        if code is not None:
            return source, code


def run_prompt(language):
    """Reads and runs blocks until the input ends or exit is called; returns the exit code."""
    space = qa2_session.SPACE
    space.update(history=history, exit=sys.exit, quit=sys.exit)
    number = 1
    _kept.extend(_earlier()[-1000:])
    while True:
        try:
            block = _read_block(number, language)
            if block is None:
                return 0
            _history.append(block[0])
            qa2_session._run_code(block[1], language, space, None)
            number += 1
        except SystemExit as error:
            return qa2_session._exit_code(error)
        except KeyboardInterrupt:
            print('\nKeyboardInterrupt')
        except BaseException as error:
            qa2_session._report(error)
            sys.stderr.flush()
        finally:
            _keep_history()


def _keep_history():
    try:
        with builtins.open(_FILE, 'w') as file:
            file.write(''.join(line + '\n' for line in _kept + _history))
    except OSError:
        pass


_kept = []
"""Lines of earlier sessions."""

qa2_session.prompt = run_prompt
qa2_session.SPACE['help'] = help_of
