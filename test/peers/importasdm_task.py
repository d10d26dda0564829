"""importasdm as a task of both programs: online flags applied and saved, flag versions, two MeasurementSets at
once, bdflags2MS.

    python importasdm_task.py      (ALMA_QA2_ROOT)

Prints a PASS or FAIL line a comparison; exit code 1 when one failed.
"""
import json
import os
import subprocess
import sys
from os.path import join

import numpy as np
from casatasks import importasdm  # noqa: F401  (in the calls)
from casatools import table

ROOT = os.environ['ALMA_QA2_ROOT']
NODE = os.environ.get('ALMA_QA2_NODE', 'node')
CALLS = {
    'both': "importasdm(asdm='small', vis='WHO-both.ms', wvr_corrected_data='both', savecmds=True, outfile=['WHO-a.txt', 'WHO-b.txt'])",
    'apply': "importasdm(asdm='raw', vis='WHO-apply.ms', applyflags=True, savecmds=True, tbuff=0.5, scans='1~3')",
    'none': "importasdm(asdm='raw', vis='WHO-none.ms', flagbackup=False, process_flags=False, savecmds=True, scans='2')",
    'named': "importasdm(asdm='raw', vis='WHO-named.ms', savecmds=True, outfile='WHO-commands.txt', applyflags=True, bdfflags=True, ignore_time=True, scans='2')",
}
# Flags of the binary data: set here by bdflags2MS as delivered scripts call it, in CASA 6.7, which has the program no more, by bdfflags.
LATER = {
    'later': ("importasdm(asdm='raw', vis='WHO-later.ms', flagbackup=False, process_flags=False, bdfflags=False, scans='1~4')", '-f ALL -s 1~4'),
    'lazy': ("importasdm(asdm='raw', vis='WHO-lazy.ms', flagbackup=False, process_flags=False, bdfflags=False, lazy=True, scans='1~4')",
             '-f "COR DELA INT MIS SIG SYN TFB WVR ZER" -s 1~4'),
}
COLUMNS = {
    '': ['FLAG', 'FLAG_ROW', 'TIME', 'ANTENNA1', 'DATA_DESC_ID', 'SCAN_NUMBER'],
    '/FLAG_CMD': ['TIME', 'INTERVAL', 'TYPE', 'REASON', 'LEVEL', 'SEVERITY', 'APPLIED', 'COMMAND'],
}
failed = 0


def report(good, name, text=''):
    global failed
    failed += not good
    print('%s %s %s' % ('PASS' if good else 'FAIL', name, text), flush=True)


def column(path, name):
    tb = table()
    tb.open(path)
    cells = tb.getcol(name) if tb.isscalarcol(name) else [tb.getcell(name, row) for row in range(tb.nrows())]
    tb.close()
    return cells


def compare_ms(name):
    for part, columns in COLUMNS.items():
        wrong = []
        for one in columns:
            theirs, ours = (column(who + '-' + name + part, one) for who in ('casa', 'ours'))
            if len(theirs) != len(ours) or not all(np.array_equal(a, b) for a, b in zip(theirs, ours)):
                wrong.append(one)
        report(not wrong, name + part, ', '.join(wrong) or '%d columns the same' % len(columns))


def driver(*arguments):
    return subprocess.run([NODE, join(ROOT, 'dist', 'peers', 'ingest-driver.js'), ROOT, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    os.symlink(driver('simulate', 'simulated').split()[0], 'raw')
    driver('small', 'small', json.dumps({}))
    with open('ours.py', 'w') as file:
        file.write('import os\n' + '\n'.join(call.replace('WHO', 'ours') for call in CALLS.values()) + '\n')
        for name, (call, options) in LATER.items():
            file.write(call.replace('WHO', 'ours') + '\n')
            file.write("if os.system(os.environ['CASAPATH'].split()[0] + '/bin/bdflags2MS %s raw ours-%s.ms'): raise SystemExit(1)\n" % (options, name))
    run = subprocess.run([NODE, join(ROOT, 'bin', 'casapy.mjs'), '--nologfile', '--trust', '--casa-version', '6.7.0', '-c', 'ours.py'], capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    for call in CALLS.values():
        eval(call.replace('WHO', 'casa'))
    for call, _ in LATER.values():
        eval(call.replace('WHO', 'casa').replace('bdfflags=False', 'bdfflags=True'))
    for name in LATER:
        flagged = sum(int(np.sum(cell)) for cell in column('casa-%s.ms' % name, 'FLAG'))
        report(flagged > 0, 'bdflags2MS, ' + name, '%d flags to set' % flagged)
    made = [sorted(name[5:] for name in os.listdir('.') if name.startswith(who + '-')) for who in ('casa', 'ours')]
    report(made[0] == made[1], 'outputs', ' '.join(made[0]) if made[0] == made[1] else '%s by CASA, %s here' % tuple(made))
    for name in sorted(set(made[0]) & set(made[1])):
        if name.endswith('.ms'):
            compare_ms(name)
        elif name.endswith('.txt'):
            theirs, ours = (open(who + '-' + name).read() for who in ('casa', 'ours'))
            report(theirs == ours, name, '%d commands' % theirs.count('\n') if theirs == ours else 'differs')
        else:
            theirs, ours = (sorted(os.listdir(who + '-' + name)) for who in ('casa', 'ours'))
            report(theirs == ours, name, ' '.join(ours))
    sys.exit(1 if failed else 0)


main()
