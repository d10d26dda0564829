"""The same calls of tools and tasks in CASA and here: tools_calls.py by number, results_calls.py by type."""
import json
import math
import os
import subprocess
import sys
from os.path import join

from tools_documented import DOCUMENTED, RESULTS_WITHOUT, holds

ROOT = os.environ['ALMA_QA2_ROOT']
NODE = os.environ.get('ALMA_QA2_NODE', 'node')
CALLS = join(ROOT, 'test', 'peers', 'tools_calls.py')
RESULTS = join(ROOT, 'test', 'peers', 'results_calls.py')

# Section: relative tolerance and, for numbers about zero, absolute one; docs/differences-from-casa.md says what makes them.
TOLERANCES = {'msmd': (1e-12, 1e-9), 'me': (1e-8, 6e-6), 'qa': (1e-9, 1e-15), 'ms': (1e-6, 1e-9), 'ia': (1e-9, 1e-9), 'making': (1e-9, 1e-9), 'cl': (1e-12, 1e-15), 'tb': (1e-15, 0), 'im': (1e-6, 0)}


def casapy(*words):
    run = subprocess.run(
        [NODE, join(ROOT, 'bin', 'casapy.mjs'), '--nologfile', '--trust', '--casa-version', '6.7.0', '-c', *words],
        capture_output=True, text=True,
    )
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])


def is_close(theirs, ours, tolerance):
    if isinstance(theirs, bool) or isinstance(ours, bool):
        return theirs is ours
    if isinstance(theirs, (int, float)) and isinstance(ours, (int, float)):
        if math.isnan(theirs) or math.isnan(ours):
            return math.isnan(theirs) and math.isnan(ours)
        relative, absolute = tolerance
        return abs(theirs - ours) <= max(absolute, relative * abs(theirs)) and isinstance(theirs, int) == isinstance(ours, int)
    if type(theirs) is not type(ours):
        return False
    if isinstance(theirs, list):
        return len(theirs) == len(ours) and all(is_close(a, b, tolerance) for a, b in zip(theirs, ours))
    if isinstance(theirs, dict):
        return theirs.keys() == ours.keys() and all(is_close(theirs[key], ours[key], tolerance) for key in theirs)
    return theirs == ours


def main():
    simulated = os.environ['ALMA_QA2_SIMULATED']
    asdm = sorted(name for name in os.listdir(simulated) if name.startswith('uid___'))[0]
    casapy("importasdm('%s', vis='a.ms', process_caldevice=False)" % join(simulated, asdm))
    casapy(
        "tclean(vis='a.ms', imagename='a', field='3', spw='17', specmode='cube', imsize=[64, 48], cell='0.2arcsec', niter=0, "
        "nchan=3, restfreq='230.538GHz', outframe='LSRK', weighting='natural')"
    )
    casapy("split('a.ms', 's.ms', datacolumn='data', spw='17,19', field='0,1', scan='4,7', width=16)")
    for section, tolerance in TOLERANCES.items():
        judge(section, tolerance, *both(CALLS, section, lambda name: (section, name, 'a.ms', 'a.image')))
    theirs, ours = both(RESULTS, 'results', lambda name: (name, 'a.ms', 's.ms', 'a.image'))
    for part in ('forms', 'values'):
        judge_results(part, theirs[part], ours[part])


def both(script, label, words):
    """What a script writes in CASA and here."""
    answers = []
    for program, start in (('casa', casa), ('ours', casapy)):
        name = '%s-%s.json' % (program, label)
        start(script, *words(name))
        with open(name) as file:
            answers.append(json.load(file))
    return answers


def casa(*words):
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def gaps(theirs, ours, path=''):
    """The entries in which two results differ."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return [gap for key in {**theirs, **ours} for gap in gaps(theirs.get(key), ours.get(key), path + '/' + key)]
    return [] if is_close(theirs, ours, (1e-6, 1e-9)) else ['%s CASA %s, here %s' % (path, str(theirs)[:100], str(ours)[:100])]


def judge_results(part, theirs, ours):
    for name in theirs:
        wrong = gaps(theirs[name], ours.get(name))
        wrong = [gap for gap in wrong if not any(key in gap for key in RESULTS_WITHOUT.get(name, ()))]
        broken = theirs[name] == 'error'
        print('%s %s of %s%s' % ('FAIL' if wrong or broken else 'PASS', part, name, ': ' + '; '.join(wrong[:3]) if wrong else ''))


def judge(section, tolerance, theirs, ours):
    documented = DOCUMENTED.get(section, {})
    good, known, bad = 0, 0, 0
    for key in theirs:
        call = key.split(' ', 1)[1]
        call = call if section in ('making', 'tb') else call.split('.', 1)[1]
        a, b = theirs[key], ours.get(key)
        close = lambda x, y, absolute=0: is_close(x, y, (tolerance[0], max(tolerance[1], absolute)))
        if call not in documented and close(a, b):
            good += 1
        elif call in documented and holds(documented[call], a, b, close):
            known += 1
        else:
            bad += 1
            print('FAIL %s %s: CASA %s, here %s' % (section, key, str(a)[:150], str(b)[:150]))
    unknown = [call for call in documented if not any(key.endswith((' ' if section in ('making', 'tb') else '.') + call) for key in theirs)]
    for call in unknown:
        print('FAIL %s: %s is documented, but not called' % (section, call))
    print('INFO %s: %d of %d calls give the same, %d differ as documented' % (section, good, len(theirs), known))
    print('%s %s' % ('FAIL' if bad or unknown else 'PASS', section))


if __name__ == '__main__':
    main()
