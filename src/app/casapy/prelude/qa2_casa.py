"""CASA's names inside Python: tasks, tools, casadef, the shell, and what CASA 4 put into the namespace."""

import atexit
import builtins
import collections
import importlib.machinery
import inspect
import io
import itertools
import json
import os
import platform
import re
import shutil
import signal
import string
import subprocess
import sys
import time
import traceback
import types
import weakref

import numpy
import qa2_engine
import qa2_host
import qa2_parameters
import qa2_python2
import qa2_session
from qa2_analysis import AnalysisUtilities, good_size
from qa2_engine import AbsentTool, CasaError, Task, Tool, absent_task, ask
from qa2_astropy import AstropyModules
from qa2_scipy import ScipyModules

SPACE = qa2_session.SPACE
_is_version_fixed = False
has_prompt = False
"""The user types."""
has_editor = False
"""Lines of the prompt come from an editor of the terminal."""


# ---------------------------------------------------------------- the version that scripts see

def _numbers(version):
    return [int(part) for part in (re.findall(r'\d+', version) + ['0'] * 4)[:4]]


def _install_versions():
    """casalith and the versions of packages, which scripts of CASA 6 ask."""
    told = lambda: sys.modules['casadef'].casa_version
    names = dict(version_string=told, version=lambda: _numbers(told()))
    SPACE['casalith'] = qa2_python2._add_module('casalith', compare_version=SPACE['cu'].compare_version, **names)
    for name in ('casatasks', 'casatools'):
        sys.modules[name].__dict__.update(names)


def set_version(version):
    sys.modules['casadef'].casa_version = version
    SPACE['casa']['build']['version'] = version
    qa2_host.call('setVersion', version)


def _follow_version(text, _filename):
    version = qa2_session.stated_version(text)
    if version and not _is_version_fixed:
        set_version(version if version.count('.') > 1 else version + '.0')


_start = {}


def arguments_of(language, text):
    """sys.argv as the script's CASA set it: 6 to the file and its arguments, 5 with casa -c before, 4 the whole line."""
    words, at = _start['words'], _start['scriptAt']
    given = words[at:]
    if language == 3 and given:
        return given if os.path.isfile(given[0]) else ['casa', *words]
    told = _start['casaVersion'] if _is_version_fixed else qa2_session.stated_version(text) or _start['casaVersion']
    if given and words[at - 1:at] == ['-c']:
        return ['casa', '-c', *given] if int(told.split('.')[0]) >= 5 else ['casapy', *words]
    return ['casapy', *(given or words)]


# ---------------------------------------------------------------- the shell


def _ask_shell(command, capture, **options):
    """Runs a shell command; returns what the shell answers."""
    sys.stdout.flush()
    sys.stderr.flush()
    environment = {str(key): str(value) for key, value in os.environ.items()}
    answer = qa2_host.call('shell', {
        'command': qa2_python2.native(command), 'cwd': os.getcwd(), 'environment': environment, 'capture': capture, **options,
    })
    if answer.get('errors'):
        sys.stderr.write('sh: %s\n' % answer['errors'])
    return answer


def shell(command, capture=True):
    """Runs a shell command; returns the exit status and what it printed."""
    answer = _ask_shell(command, capture)
    return answer['status'], answer['output']


def _wait_status(status):
    return status << 8 if status >= 0 else -status


def _popen(command, mode='r', buffering=-1):
    """os.popen"""
    return _PipeIn(command) if mode.startswith('w') else _Pipe(command)


class _Pipe(io.StringIO):
    """A pipe to read: the command has run when this object exists."""

    def __init__(self, command):
        self._status, output = shell(command)
        super().__init__(output)

    def close(self):
        super().close()
        return _wait_status(self._status) or None


def _command_line(command):
    import shlex

    return command if isinstance(command, str) else ' '.join([shlex.quote(part) for part in command])


def _as_output(output, is_text):
    """What a program printed, as its reader expects it: bytes are text in Python 2."""
    return output if is_text or qa2_session.current_language(SPACE) == 2 else output.encode('utf-8', 'surrogateescape')


def _run(command, check=False, capture_output=False, stdout=None, stderr=None, **options):
    if capture_output:
        stdout = stderr = subprocess.PIPE
    given = options.pop('input', None)
    with _Process(command, stdin=None if given is None else subprocess.PIPE, stdout=stdout, stderr=stderr, **options) as process:
        output, errors = process.communicate(given)
    if check and process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output, errors)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _as_text(data):
    return data if isinstance(data, str) else bytes(data).decode('utf-8', 'surrogateescape')


class _Input:
    """What a program will read, written as text or bytes; closing it lets the program run."""

    def __init__(self, run):
        self._parts, self._run, self.closed = [], run, False

    def write(self, data):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
        self._parts.append(_as_text(data))
        return len(data)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        """All is kept until the program runs."""

    def close(self):
        if not self.closed:
            self.closed = True
            self._run()

    def content(self):
        return ''.join(self._parts)


_serials, _waiting = itertools.count(), weakref.WeakValueDictionary()


@atexit.register
def _finish_waiting():
    """Programs run whose input a script left open."""
    for process in list(_waiting.values()):
        process._finish()


class _Process:
    """subprocess.Popen: the command has run when its input is closed or its output is asked for."""

    def __init__(self, command, bufsize=-1, executable=None, stdin=None, stdout=None, stderr=None, **options):
        self.args, self.pid, self.returncode = command, os.getpid(), None
        self._is_text = bool(options.get('text') or options.get('universal_newlines') or options.get('encoding'))
        self._folder, self._stdout, self._environment = options.get('cwd'), stdout, options.get('env')
        self._errors = {subprocess.PIPE: 'apart', subprocess.DEVNULL: 'apart', subprocess.STDOUT: 'joined'}.get(stderr, 'terminal')
        self._stderr = stderr
        self.stdin = None
        if stdin == subprocess.PIPE:
            self.stdin = _Input(self._finish)
            _waiting[next(_serials)] = self
        if hasattr(stderr, 'write'):
            self._errors = 'apart'
        if self.stdin is None:
            self._finish()

    def _finish(self, given=None):
        if self.returncode is not None:
            return
        options = {'errors': self._errors}
        if self.stdin is not None:
            options['input'] = self.stdin.content() + _as_text(given or '')
            self.stdin.closed = True
        if self._folder:
            options['cwd'] = os.path.join(os.getcwd(), self._folder)
        if self._environment is not None:
            options['environment'] = {str(key): str(value) for key, value in self._environment.items()}
        answer = _ask_shell(_command_line(self.args), self._stdout is not None, **options)
        self.returncode = answer['status']
        for target, name in ((self._stdout, 'output'), (self._stderr, 'errorOutput')):
            if hasattr(target, 'write'):
                target.write(_as_output(answer.get(name, ''), 'b' not in getattr(target, 'mode', 'w')))
        self._out = self._reader(self._stdout, answer['output'])
        self._err = self._reader(self._stderr, answer.get('errorOutput', ''))

    def _reader(self, target, content):
        if target != subprocess.PIPE:
            return None
        content = _as_output(content, self._is_text)
        return io.StringIO(content) if isinstance(content, str) else io.BytesIO(content)

    @property
    def stdout(self):
        self._finish()
        return self._out

    @property
    def stderr(self):
        self._finish()
        return self._err

    def communicate(self, input=None, timeout=None):
        self._finish(input)
        return tuple(stream.read() if stream else None for stream in (self._out, self._err))

    def wait(self, timeout=None):
        self._finish()
        return self.returncode

    def poll(self):
        return self.wait()

    def __del__(self):
        if self.stdin is not None:
            self._finish()

    def kill(self):
        """It has ended already."""

    terminate = kill

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.wait()


def _check_output(command, **options):
    return _run(command, **{**options, 'stdout': subprocess.PIPE, 'check': True}).stdout


def _statvfs(path):
    found = qa2_host.call('fileSystem', os.path.join(os.getcwd(), path))
    return types.SimpleNamespace(
        f_bsize=found['bsize'], f_frsize=found['bsize'], f_blocks=found['blocks'], f_bfree=found['bfree'],
        f_bavail=found['bavail'], f_files=found['files'], f_ffree=found['ffree'], f_favail=found['ffree'],
        f_namemax=255,
    )


def _disk_usage(path):
    found = _statvfs(path)
    size, free = found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize
    return shutil._ntuple_diskusage(size, size - found.f_bfree * found.f_frsize, free)


def _status_and_output(command):
    answer = _ask_shell(command, True, errors='joined')
    return answer['status'], answer['output'].removesuffix('\n')


def _wait_status_and_output(command):
    status, output = _status_and_output(command)
    return _wait_status(status), output


def _pipes(joins_errors, has_errors):
    """os.popen2, popen3 and popen4 of Python 2."""

    def start(command, *_buffering):
        errors = subprocess.STDOUT if joins_errors else subprocess.PIPE if has_errors else None
        process = _Process(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        streams = [process.stdin, _Late(process, 'stdout'), _Late(process, 'stderr')]
        return tuple(streams if has_errors else streams[:2])

    return start


class _PipeIn:
    """A pipe to write: the command runs when it is closed."""

    def __init__(self, command):
        self._process = _Process(command, stdin=subprocess.PIPE)

    def close(self):
        self._process.stdin.close()
        return _wait_status(self._process.returncode) or None

    def __del__(self):
        self.close()

    # While these work, the pipe is in use and stays.
    def write(self, data):
        return self._process.stdin.write(data)

    def writelines(self, lines):
        self._process.stdin.writelines(lines)

    def __getattr__(self, name):
        return getattr(self._process.stdin, name)

    def __enter__(self):
        return self

    def __exit__(self, *_failure):
        self.close()


class _Late:
    """A stream of a process that runs when the stream is read."""

    def __init__(self, process, name):
        self._process, self._name = process, name

    def __getattr__(self, name):
        return getattr(getattr(self._process, self._name), name)

    def __iter__(self):
        return iter(getattr(self._process, self._name))


def _install_shell():
    os.system = lambda command: _wait_status(shell(command, False)[0])
    os.popen = _popen
    os.statvfs = _statvfs
    subprocess.run, subprocess.Popen = _run, _Process
    subprocess.call = lambda command, **options: _run(command, **options).returncode
    subprocess.check_call = lambda command, **options: _run(command, **{**options, 'check': True}).returncode
    subprocess.check_output = _check_output
    subprocess.getstatusoutput = _status_and_output
    subprocess.getoutput = lambda command: _status_and_output(command)[1]
    shutil.disk_usage = _disk_usage
    qa2_python2._add_module('commands', getoutput=subprocess.getoutput, getstatusoutput=_wait_status_and_output)
    os.popen2, os.popen3, os.popen4 = _pipes(False, False), _pipes(False, True), _pipes(True, False)


def bdflags2MS(*words):
    """CASA's program of that name: sets the flags of the binary data in a MeasurementSet."""
    sys.stdout.write(ask({'kind': 'program', 'name': 'bdflags2MS', 'words': words}))


# ---------------------------------------------------------------- the namespace


class _Maker:
    """casac.table(), tbtool(): makes a new tool."""

    def __init__(self, name):
        self._name = name

    def __call__(self):
        return Tool(self._name)()

    create = __call__


_TOOL_NAMES = {'table': 'tb', 'ms': 'ms', 'msmetadata': 'msmd', 'measures': 'me', 'quanta': 'qa', 'image': 'ia', 'imager': 'im', 'componentlist': 'cl', 'utils': 'cu', 'coordsys': 'cs', 'regionmanager': 'rg'}
# Tools that are not here, by the names of their makers: the name in scripts and what they do.
_ABSENT_TOOLS = {
    'simulator': ('sm', 'simulation of observations; qa2 simulate makes ASDMs'), 'vpmanager': ('vp', 'tables of primary beams'),
    'spectralline': ('sl', 'tables of spectral lines'), 'imagepol': ('po', 'polarimetry of images'), 'atmosphere': ('at', 'models of the atmosphere'),
    'calibrater': ('cb', 'the calibrater behind gaincal, bandpass and applycal'), 'deconvolver': ('dc', 'deconvolution of images alone'),
    'singledishms': ('sdms', 'single-dish data'), 'functional': ('fn', 'functions to fit'), 'fitter': ('fi', 'fits of functions'),
    'logsink': ('lg', 'log sinks'), 'agentflagger': ('af', 'the agents behind flagdata'), 'mstransformer': ('mt', 'the transformer behind mstransform'),
    'imagemetadata': ('imd', 'headers of images; imhead has them'), 'miriadfiller': ('mi', 'data of Miriad'), 'synthesisimager': ('si', 'the imager behind tclean'),
}
# Tasks of CASA 3.4 to 6.7 that are not here; scripts may import them, and are told when they call them.
_ABSENT_TASKS = """
accor accum autoclean blcal boxit caltabconvert casaviewer conjugatevis csvclean
deconvolve defintent exportasdm find fringefit getantposalma getcalmodvla getephemtable imbaseline
importasap importatca importevla importfitsidi importgmrt importmiriad importnro importvla
listfits listhistory listpartition listsdm listvis mosaic msmoments msuvbin msuvbinflag msview nrobeamaverage oldstatwt
partition peel plotprofilemap plotuv plotweather plotxy polcal polfromgain predictcomp rmfit sdatmcor sdbaseline sdcal sdcal2 sdfit
sdfixscan sdflag sdgaincal sdimaging sdintimaging sdmath sdplot sdpolaverage sdsave sdscale sdsidebandsplit sdsmooth
sdtimeaverage simalma simanalyze simobserve slsearch specfit splattotable spxfit ssoflux
testconcat tsdimaging uvmodelfit widebandpbcor widefield
""".split()
# Tasks for windows and locks, which are not here: scripts go on, and the log says why nothing happened.
_IDLE_TASKS = {
    'browsetable': 'There is no window to show a table in.',
    'clearplot': 'There is no window with a plot to clear.',
    'clearstat': 'No table stays locked here after a task.',
}
_RECIPES = ('fixsyscaltimes', 'tsysspwmap')


def _idle_task(name, sentence):
    def task(*_positional, **_named):
        SPACE['casalog'].post(sentence, 'INFO', name)

    task.__name__ = name
    return task


class _SynthesisUtilities:
    """casatools.synthesisutils: the size of images."""

    @staticmethod
    def getOptimumSize(size=100):
        return good_size(int(size), (2, 3, 5))

    @staticmethod
    def done():
        return True


_USAGE = collections.namedtuple(
    'struct_rusage', 'ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw'
)


def _usage(who):
    """resource.getrusage: processor times in seconds and the largest memory in kB, of this program; scripts have no children."""
    used = qa2_host.call('usage') if who != -1 else {'user': 0.0, 'system': 0.0, 'memory': 0}
    return _USAGE(used['user'], used['system'], used['memory'], *[0] * 13)


_LIMITED = 'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS'.split()
_LIMITS = {}


def _limit(which, limits):
    """resource.setrlimit: nothing here runs out of open files, stack or room for core files; other limits would not be kept."""
    if _LIMITED[which] not in ('STACK', 'CORE', 'NOFILE') and limits[0] != -1:
        raise NotImplementedError('resource.setrlimit(RLIMIT_%s) is not available here: casapy sets no limits to a script; --memory says what the engine may take.' % _LIMITED[which])
    _LIMITS[which] = tuple(limits)


def _install_modules():
    add = qa2_python2._add_module
    add(
        'resource', RUSAGE_SELF=0, RUSAGE_CHILDREN=-1, RUSAGE_THREAD=1, RLIM_INFINITY=-1, getrusage=_usage, struct_rusage=_USAGE, error=OSError,
        getrlimit=lambda which: _LIMITS.get(which, (-1, -1)), setrlimit=_limit, getpagesize=lambda: 4096, **{'RLIMIT_' + name: at for at, name in enumerate(_LIMITED)},
    )
    makers = {name: _Maker(tool) for name, tool in _TOOL_NAMES.items()}
    for name, told in _ABSENT_TOOLS.items():
        SPACE[told[0]] = SPACE[told[0] + 'tool'] = makers[name] = AbsentTool(*told)
    add('casadef', casa_version='0.0.0', python_library_directory='', subversion_revision='')
    add('__casac__', **{name: types.SimpleNamespace(**{name: maker}) for name, maker in makers.items()})
    SPACE['casac'] = types.SimpleNamespace(**makers)
    for name, tool in _TOOL_NAMES.items():
        SPACE[tool + 'tool'] = makers[name]
    SPACE['msmdtool'] = makers['msmetadata']
    helpers = {name: Task(name) for name in _RECIPES}
    for package in ('recipes', 'casarecipes'):
        recipes = add(package)
        recipes.__path__ = []
        recipes.almahelpers = add(package + '.almahelpers', **helpers)
    add('almahelpers_localcopy', **helpers)
    add('casa_stack_manip', stack_frame_find=lambda: SPACE, stack_find=SPACE.get)
    mpi = add('casampi')
    mpi.__path__ = []
    mpi.MPIEnvironment = add('casampi.MPIEnvironment', MPIEnvironment=_MPIEnvironment)


class _TaskModules:
    """Modules of CASA 4 and 5 with one task each: `clean_cli`, `task_clean`, `clean`; files of the user come first."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        task = re.sub(r'^task_|_cli$', '', name)
        if path is None and isinstance(SPACE.get(task), Task):
            return importlib.machinery.ModuleSpec(name, _TaskModules)

    @staticmethod
    def create_module(spec):
        task = re.sub(r'^task_|_cli$', '', spec.name)
        module = types.ModuleType(spec.name)
        module.__dict__.update({task: SPACE[task], task + '_cli': SPACE[task]})
        return module

    @staticmethod
    def exec_module(module):
        pass


_NOT_HERE = frozenset(
    'pandas IPython spectral_cube radio_beam regions reproject pyregion aplpy astroquery pyspeckit h5py emcee requests '
    'PIL sklearn skimage photutils lmfit uncertainties tqdm bs4 dask xarray numba casashell'.split()
)


class _RefusedModules:
    """Packages that analysts import and that are not here say so; a file of that name beside the script comes first."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if path is None and name in _NOT_HERE:
            what = "No module named '%s': casapy has Python's standard library, numpy, parts of scipy, plain plots by pylab, parts of astropy, and CASA's tasks and tools." % name
            raise ModuleNotFoundError(what)


class _MPIEnvironment:
    """One process, as CASA without mpicasa."""

    is_mpi_enabled = is_mpi_client = is_mpi_debug_mode_enabled = False
    mpi_processor_rank, mpi_world_size, hostname = 0, 1, 'localhost'

    @staticmethod
    def mpi_server_rank_list():
        return []


def _gentools(tools=None):
    """New tools by name, as taskinit of CASA 4 and 5 gave them."""
    names = tools or ['im', 'cb', 'ms', 'tb', 'me', 'ia', 'po', 'sm', 'cl', 'cs', 'rg', 'sl', 'dc', 'vp', 'msmd', 'fi', 'fn', 'imd', 'sdms']
    return tuple(SPACE[name].create() for name in names if tools or name in SPACE)


# The functions of Python 2's module math.
_MATH = (
    'acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees e erf erfc exp expm1 fabs factorial floor fmod frexp '
    'fsum gamma hypot isinf isnan ldexp lgamma log log10 log1p modf pi radians sin sinh sqrt tan tanh trunc'
)


def install():
    """What the snapshot keeps."""
    qa2_session.HIDDEN.extend(['qa2_casa.py', 'qa2_engine.py', 'qa2_fits.py', 'qa2_fits_header.py', 'qa2_astropy.py', 'qa2_units.py', 'qa2_units_numpy.py', 'qa2_equivalencies.py', 'qa2_constants.py', 'qa2_sky.py', 'qa2_wcs.py', 'qa2_parameters.py', 'qa2_prompt.py', 'qa2_magic.py', 'qa2_analysis.py', 'qa2_delivery.py', 'subprocess.py'])
    _install_modules()
    sys.meta_path.extend([_TaskModules, AstropyModules, ScipyModules, _RefusedModules])
    _install_shell()
    # casapy.py of CASA 3 to 5 has `from math import *` and these modules; pow stays Python's, which scripts of CASA 6 mean.
    SPACE.update({name: getattr(qa2_python2.MATH, name) for name in _MATH.split()})
    SPACE.update(
        inspect=inspect, platform=platform, shutil=shutil, signal=signal, string=string, time=time, traceback=traceback,
        T=True, F=False, true=True, false=False, os=os, sys=sys, math=qa2_python2.MATH, re=re,
        casadef=sys.modules['casadef'], **qa2_parameters.NAMES, bdflags2MS=bdflags2MS, CasaError=CasaError,
        casa={'build': {'version': '0.0.0', 'number': '1'}, 'files': {'logfile': ''}, 'flags': {}, 'dirs': {}},
    )
    # casapy of CASA 3 to 5 began as IPython with pylab, and scripts take these names for granted.
    pylab = sys.modules['pylab']
    SPACE.update(np=numpy, pylab=pylab, pl=pylab, plt=sys.modules['matplotlib.pyplot'])
    qa2_session.on_source.append(_follow_version)
    qa2_engine.takes_globals = lambda: has_prompt or qa2_session.current_language(SPACE) == 2


def attach(start):
    """Connects CASA's names to the engine of this run."""
    global _is_version_fixed, has_editor
    has_editor = start['hasEditor']
    for name in start['tasks']:
        SPACE[name] = Task(name)
    Tool.METHODS.update(start['tools'])
    for name in start['tools']:
        SPACE[name] = (AnalysisUtilities if name == 'aU' else Tool)(name)
    why = '%s() is a CASA task that is not available here; docs/coverage.md lists those that are.'
    absent = {name: absent_task(name, why % name) for name in _ABSENT_TASKS if name not in start['tasks']}
    absent.update({name: _idle_task(name, sentence) for name, sentence in _IDLE_TASKS.items()})
    SPACE.update(absent)
    add = qa2_python2._add_module
    tasks = {**absent, **{name: SPACE[name] for name in start['tasks']}}
    add('casatasks', **tasks, casalog=SPACE['casalog'])
    add('tasks', **tasks)
    # Packages of CASA 6 that hold one task each.
    add('casaplotms', plotms=SPACE['plotms'])
    add('casaviewer', imview=SPACE['imview'])
    makers = {name: made for name, made in SPACE.items() if isinstance(made, (_Maker, AbsentTool))}
    add('casac', casac=SPACE['casac'])
    add('casa_system', casa=SPACE['casa'])
    # Analysts import the module under names of their own; what it has here are the methods of the tool.
    sys.modules['analysisUtils'] = SPACE['au'] = SPACE['aU']
    add('taskinit', casac=SPACE['casac'], gentools=_gentools, **{name: SPACE[name] for name in start['tools']}, **makers)
    absent_tools = {name: SPACE[told[0]] for name, told in _ABSENT_TOOLS.items()}
    add('casatools', **{name: _Maker(tool) for name, tool in _TOOL_NAMES.items() if tool in start['tools']}, synthesisutils=_SynthesisUtilities, **absent_tools)
    SPACE.update({name: sys.modules[name] for name in ('casatasks', 'casatools')})  # as at the prompt of CASA 6
    _install_versions()
    _is_version_fixed = start['isVersionFixed']
    _start.update(start)
    qa2_session.arguments_of = arguments_of
    SPACE['casa']['files']['logfile'] = start['logfile']
    set_version(start['casaVersion'])


install()
