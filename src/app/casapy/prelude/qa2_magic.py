"""What people type at CASA's prompt that is no Python: commands of IPython, of the shell, and calls without parentheses."""

import builtins
import os
import re
import sys
import textwrap
import time

import qa2_casa
import qa2_engine
import qa2_session

SPACE = qa2_session.SPACE

# Their words are names of tasks or files; `help` takes any name.
_CALLED_WITH_WORDS = ('inp', 'default', 'go', 'tget', 'tput', 'saveinputs')
# Functions that may stand alone.
_CALLED_ALONE = ('history', 'tasklist', 'taskhelp', 'toolhelp', 'exit', 'quit', 'help')
_SHELL_WORDS = ('ls', 'll', 'cat', 'less', 'more', 'rm', 'mv', 'cp', 'mkdir', 'rmdir', 'ln')
# Commands of IPython about windows, colours and the like: taken, without effect.
_SILENT = ('matplotlib', 'pylab', 'colors', 'autocall', 'automagic', 'autoindent', 'xmode', 'config', 'load_ext', 'logstart', 'logstop', 'logoff')

before = set()
"""Names that were there before the user's first line."""


class Typed:
    """The commands behind `__casapy__` in what the prompt runs."""

    @staticmethod
    def shell(command):
        qa2_casa.shell(command, False)

    @staticmethod
    def lines(command):
        """The lines that a command prints: `files = !ls`."""
        return qa2_casa.shell(command)[1].splitlines()

    @staticmethod
    def cd(folder):
        os.chdir(os.path.expanduser(folder or os.environ.get('HOME', '.')))

    @staticmethod
    def run(words):
        """`%run FILE arguments`: the file in this namespace, as execfile runs it."""
        words = [word for word in words if not re.fullmatch(r'-\w', word)]
        if not words:
            raise qa2_engine.CasaUsageError('run needs the name of a script, as in run scriptForPI.py')
        is_whole = words[0].endswith('.py') or os.path.exists(words[0])
        path = words[0] if is_whole else words[0] + '.py'
        kept, sys.argv = sys.argv, [path, *words[1:]]
        try:
            text, old_text = qa2_session.read_source(path)
            qa2_session.run_text(text, path, SPACE, SPACE, qa2_session.current_language(SPACE), old_text)
        finally:
            sys.argv = kept

    @staticmethod
    def who(is_long=False):
        """The names that the user made, with their types and values."""
        names = sorted(name for name in SPACE if name not in before and not name.startswith('_'))
        if not is_long:
            print('  '.join(names) if names else 'No names yet.')
        for name in names if is_long else ():
            print('%-20s %-12s %s' % (name, type(SPACE[name]).__name__, textwrap.shorten(repr(SPACE[name]), 80)))

    @staticmethod
    def time(act):
        start, computing = time.time(), time.process_time()
        value = act()
        print('CPU times: %.2f s, wall time: %.2f s' % (time.process_time() - computing, time.time() - start))
        return value


def _words(text):
    return [word.strip('\'"') for word in re.findall(r'\'[^\']*\'|"[^"]*"|\S+', text)]


def _magic(name, rest):
    """A line of Python for a command, or None."""
    if name in _SHELL_WORDS:
        return '__casapy__.shell(%r)' % ('ls -l ' + rest if name == 'll' else 'cat ' + rest if name in ('less', 'more') else name + ' ' + rest)
    if name == 'sx' or name == 'system':
        return '__casapy__.lines(%r)' % rest
    if name == 'cd':
        return '__casapy__.cd(%r)' % rest.strip().strip('\'"')
    if name == 'pwd':
        return 'print(os.getcwd())'
    if name == 'run':
        return '__casapy__.run(%r)' % _words(rest)
    if name in ('who', 'whos'):
        return '__casapy__.who(%r)' % (name == 'whos')
    if name in ('hist', 'history'):
        return 'history()'
    if name in ('time', 'timeit') and rest:
        return '__casapy__.time(lambda: (%s))' % rest if '=' not in re.sub(r'\([^()]*\)|[=!<>]=', '', rest) else rest
    return None


def python_line(line):
    """
    A first line of a block as Python: `inp gaincal`, `go` without parentheses, `gaincal?`, `!ls`, `files = !ls`, `%run f.py`,
    and `ls`, `cat f`, `run f.py` where no name of the script stands in the way.
    """
    text = line.strip()
    if text.startswith('!'):
        return '__casapy__.shell(%r)' % text.lstrip('!')
    taken = re.fullmatch(r'(\w+)\s*=\s*!(.*)', text)
    if taken:
        return '%s = __casapy__.lines(%r)' % taken.groups()
    if re.fullmatch(r'\?{1,2}\s*[\w.]+|[\w.]+\s*\?{1,2}', text):
        return 'help(%s)' % text.strip('? ')
    if text in ('?', '??'):
        return 'help()'
    name, rest = (re.match(r'%?([\w-]*)\s*(.*)', text, re.S) or re.match('()(.*)', text)).groups()
    if text.startswith('%'):
        known = _magic(name, rest) or ('pass' if name in _SILENT else None)
        return known or 'raise CasaUsageError("The prompt has no %%%s; it has %%run, %%time, %%cpaste, %%who, %%whos, %%history, %%cd and commands of the shell.")' % name
    is_ours = callable(SPACE.get(name))
    if name in _CALLED_WITH_WORDS and is_ours and (not rest or re.match(r'[\w\'"]', rest)):
        return '%s(%s)' % (name, ', '.join(repr(word.rstrip(',')) for word in _words(rest)))
    if not rest and (name in _CALLED_ALONE and is_ours or text == name and isinstance(SPACE.get(name), qa2_engine.Task)):
        return name + '()'
    if name == 'help' and re.fullmatch(r'[\w.]+', rest):
        return 'help(%s)' % rest
    is_python = re.match(r'[=(\[,:;+*%&|^<>]|\.\w|-\s|/\s|(?:in|is|if|and|or|not)\b', rest)
    if name not in SPACE and not is_python and name != 'time':
        return _magic(name, rest) or line
    return line


def called_line(line):
    """`execfile 'f.py'` as a call, where the first word can be called and the line is no Python; else None."""
    found = re.fullmatch(r'\s*[,/]?([A-Za-z_][\w.]*)\s+([^=(].*)', line)
    if not found:
        return None
    try:
        called = eval(found.group(1), {'__builtins__': builtins}, SPACE)
    except Exception:
        return None
    return '%s(%s)' % found.groups() if callable(called) else None


def pasted(read_line):
    """The lines behind `%cpaste`, up to `--`, without common indentation and prompts."""
    print("Paste the lines; then -- on a line of its own.")
    lines = []
    while True:
        line = read_line(':')
        if line is None or line.strip() == '--':
            return textwrap.dedent('\n'.join(lines)) + '\n'
        lines.append(re.sub(r'^\s*(?:>>> ?|\.\.\. ?|(?:CASA <\d+>|In \[\d+\]|\s*\.{3,}): ?)', '', line))
