"""What surrounds a run of scriptForPI: our own forecast of its disk space before, a check of its results after."""

import glob
import os
import re
import sys

import qa2_session
from qa2_engine import CasaError, ask

_started = {}

_VISIBILITY_BYTES = 4.0
"""Of one visibility in the binary data of an ASDM: two numbers of 16 bits."""
_MS_FACTOR = (8 + 1 + 8) / _VISIBILITY_BYTES
"""DATA, FLAG and CORRECTED_DATA of the MeasurementSet and of its split."""
_RESULT_FACTOR = (8 + 1) / _VISIBILITY_BYTES
_REST = 1.1
"""Subtables, flag versions, calibration tables."""
_BLOCK_BYTES = 5e6
"""What even the smallest execution block takes: each column of its MeasurementSets has at least one tile."""


def follow(text, filename):
    """Notes that a scriptForPI is about to run."""
    if 'scriptForPI' not in os.path.basename(filename) or _started:
        return
    _started['folder'] = os.path.dirname(os.path.abspath(filename))
    _refuse_heuristics(_started['folder'], text)
    forecast(_started['folder'])


def _refuse_heuristics(folder, text):
    """Ends at once what scriptForPI would find out after hours: that it comes to tasks of the pipeline that are not here."""
    there = lambda pattern: sorted(glob.glob(os.path.join(folder, pattern)))
    reruns = there('*casa_pipescript.py')
    calibrating = there('*casa_piperestorescript.py') + there('*uid*.ms.scriptFor*Calibration.py')
    if reruns and not calibrating and 'casa_pipescript' in text:
        raise SystemExit(
            'Not started: script/ has no casa_piperestorescript.py, and scriptForPI would run the whole pipeline anew (%s), which is '
            'not available here; ask ALMA for the restore script and the calibration products of this package.'
            % os.path.basename(reruns[0])
        )
    if 'hif_mstransform' not in text or not calibrating or not there('../calibration/*cont.dat'):
        return
    selfcal = there('../calibration/*selfcal.json') if 'selfcal.json' in text else []
    if qa2_session.SPACE.get('DOCONTSUB') is True or len(selfcal) == 1:
        way = 'Move %s out of calibration/' % os.path.basename(selfcal[0]) if selfcal else 'Start without DOCONTSUB'
        raise SystemExit(
            'Not started: after the calibration, scriptForPI would subtract the continuum with tasks of the pipeline '
            '(hif_mstransform, hif_uvcontsub ...), which are not available here. %s for the calibrated data; uvcontsub takes the '
            'ranges of cont.dat then.' % way
        )


def _size(folder):
    return sum(os.path.getsize(path) for path in glob.glob(os.path.join(folder, '**'), recursive=True) if os.path.isfile(path))


def space_needed(sizes, saving):
    """Largest space in use, in bytes, for the sizes of the binary data of all execution blocks and SPACESAVING 0 to 3."""
    whole = [(2 * _MS_FACTOR + _RESULT_FACTOR) * size * _REST for size in sizes]
    kept = [{0: 2 * _MS_FACTOR, 1: _MS_FACTOR}.get(saving, 0.0) * size * _REST + _RESULT_FACTOR * size * _REST for size in sizes]
    peaks = [sum(kept[:index]) + part for index, part in enumerate(whole)]
    return max(peaks + [sum(kept) + (sum(sizes) * _RESULT_FACTOR if len(sizes) > 1 else 0)]) if sizes else 0.0


def _pipeline_blocks(folder):
    """Execution blocks that the pipeline calibrated: the processing request names them."""
    requests = glob.glob(os.path.join(folder, '*PPR*.xml')) or glob.glob(os.path.join(folder, '*pprequest.xml'))
    if not requests:
        return []
    with open(requests[0], errors='replace') as file:
        return re.findall(r'<AsdmDiskName>\s*(uid[^<\s]*)', file.read())


def restore_space_needed(sizes):
    """The same for a pipeline package: all MeasurementSets are restored before the first is split."""
    return sum(sizes) * (_MS_FACTOR + _RESULT_FACTOR) * _REST


def forecast(folder):
    """Prints how much space the run will need, beside what the script says itself."""
    sizes = [_size(os.path.join(path, 'ASDMBinary')) for path in sorted(glob.glob(os.path.join(folder, '..', 'raw', '*.asdm.sdm')))]
    if not sizes:
        return
    saving = qa2_session.SPACE.get('SPACESAVING', 0)
    is_restored = _pipeline_blocks(folder) and glob.glob(os.path.join(folder, '*casa_piperestorescript.py'))
    with_saving = lambda level: space_needed(sizes, level) + _BLOCK_BYTES * len(sizes)
    saving = saving if saving in (1, 2, 3) else 0
    needed = restore_space_needed(sizes) + _BLOCK_BYTES * len(sizes) if is_restored else with_saving(saving)
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    print('Forecast: about %.0f MB of disk space are needed, %.0f MB are free.' % (needed / 1e6, free / 1e6))
    # SPACESAVING=-1 asks later versions of the script not to look at the disk.
    is_told = qa2_session.SPACE.get('IGNORESPACE') or qa2_session.SPACE.get('SPACESAVING') == -1
    if needed > free and not is_told:
        raise SystemExit(
            'Not started: the disk has too little space. Make room%s; IGNORESPACE=True starts all the same.'
            % ('' if is_restored or saving == 3 else _saving_advice(saving, with_saving, free))
        )


def _saving_advice(saving, with_saving, free):
    """The least SPACESAVING with which the run would fit, or that none does."""
    fitting = [level for level in range(saving + 1, 4) if with_saving(level) <= free]
    return ' or set SPACESAVING=%d' % fitting[0] if fitting else ' (SPACESAVING=3 needs %.0f MB)' % (with_saving(3) / 1e6)


def _expected(folder):
    """Names, relative to the script, of what scriptForPI promises."""
    scripts = glob.glob(os.path.join(folder, '*scriptForCalibration.py'))
    # Since 2022 the names begin with those of the Member.
    names = [os.path.basename(path).replace('.ms.scriptForCalibration.py', '') for path in scripts]
    blocks = sorted(name[max(0, name.rfind('uid__')):] for name in names)
    restored = [_restored_name(folder, block) for block in _pipeline_blocks(folder)]
    if restored:
        return [block + '.ms.split.cal' for block in blocks] + restored
    if glob.glob(os.path.join(folder, '*scriptForFluxCalibration.py')):
        if qa2_session.SPACE.get('SPACESAVING', 0) >= 3:
            return ['calibrated.ms']
        return [block + '.ms.split.cal' for block in blocks] + ['calibrated.ms']
    return [block + '.ms.split.cal' for block in blocks]


def _restored_name(folder, block):
    """Where the pipeline made the images, scriptForPI leaves the whole MeasurementSet in place of the split one."""
    whole = os.path.join(folder, '..', 'calibrated', block + '.ms')
    return block + ('.ms' if os.path.isdir(whole) else '.ms.split.cal')


def _describe(path):
    table = ask({'kind': 'new-tool', 'tool': 'tb'})
    table.open(path)
    rows, columns = table.nrows(), table.colnames()
    table.close()
    data = [name for name in ('DATA', 'CORRECTED_DATA', 'MODEL_DATA', 'FLOAT_DATA') if name in columns]
    found = ask({'kind': 'task', 'name': 'flagdata', 'positional': [], 'named': {'vis': path, 'mode': 'summary', 'flagbackup': False}})
    flagged = 100.0 * found['flagged'] / max(1.0, found['total'])
    return rows, data, flagged


def check_end():
    """After scriptForPI: are the results there, and what is in them? Returns the exit code."""
    if not _started:
        return 0
    folder = _started['folder']
    missing = 0
    for name in _expected(folder):
        path = os.path.normpath(os.path.join(folder, '..', 'calibrated', name))
        if not os.path.isdir(path):
            print('Result %s: missing.' % path)
            missing += 1
            continue
        try:
            rows, data, flagged = _describe(path)
        except CasaError as error:
            print('Result %s: cannot be read: %s' % (path, error))
            missing += 1
            continue
        print('Result %s: %d rows, %s, %.1f %% flagged.' % (path, rows, ' '.join(data), flagged))
        missing += rows == 0 or not data
    if missing:
        sys.stdout.flush()
        sys.stderr.write('%d of the results that scriptForPI promises are missing or empty; see the messages above and the log.\n' % missing)
    return 1 if missing else 0


qa2_session.on_source.append(follow)
qa2_session.at_end.append(check_end)
