"""The same calls of tools in CASA and here: msmd, me, qa, and what tools_calls.py has besides."""
import json
import math
import os
import subprocess
import sys
from os.path import join

from tools_documented import DOCUMENTED, holds

ROOT = os.environ['ALMA_QA2_ROOT']
NODE = os.environ.get('ALMA_QA2_NODE', 'node')
CALLS = join(ROOT, 'test', 'peers', 'tools_calls.py')

# Section: relative tolerance and, for numbers about zero, absolute one; docs/differences-from-casa.md says what makes them.
TOLERANCES = {'msmd': (1e-12, 1e-9), 'me': (1e-8, 6e-6), 'qa': (1e-9, 1e-15), 'ms': (1e-6, 1e-9), 'ia': (1e-9, 1e-9), 'making': (1e-9, 1e-9)}


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
    for section, tolerance in TOLERANCES.items():
        answers = []
        for name, start in (('casa.json', lambda *w: subprocess.run([sys.executable, *w], stdout=subprocess.DEVNULL, check=True)), ('ours.json', casapy)):
            start(CALLS, section, name, 'a.ms', 'a.image')
            with open(name) as file:
                answers.append(json.load(file))
        judge(section, tolerance, *answers)


def judge(section, tolerance, theirs, ours):
    documented = DOCUMENTED.get(section, {})
    good, known, bad = 0, 0, 0
    for key in theirs:
        call = key.split(' ', 1)[1]
        call = call if section == 'making' else call.split('.', 1)[1]
        a, b = theirs[key], ours.get(key)
        close = lambda x, y, absolute=0: is_close(x, y, (tolerance[0], max(tolerance[1], absolute)))
        if call not in documented and close(a, b):
            good += 1
        elif call in documented and holds(documented[call], a, b, close):
            known += 1
        else:
            bad += 1
            print('FAIL %s %s: CASA %s, here %s' % (section, key, str(a)[:150], str(b)[:150]))
    unknown = [call for call in documented if not any(key.endswith((' ' if section == 'making' else '.') + call) for key in theirs)]
    for call in unknown:
        print('FAIL %s: %s is documented, but not called' % (section, call))
    print('INFO %s: %d of %d calls give the same, %d differ as documented' % (section, good, len(theirs), known))
    print('%s %s' % ('FAIL' if bad or unknown else 'PASS', section))


if __name__ == '__main__':
    main()
