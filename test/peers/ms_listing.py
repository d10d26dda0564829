"""listobs (text, dictionary, every parameter) and vishead (every item and mode) of CASA 6.7 and of this program.

Usage: ms_listing.py [MS ...]   (run by CASA's Python) Works in the current directory; MeasurementSets are copied.
Without arguments: two Execution Blocks of `qa2 simulate --preset demo` in ALMA_QA2_SIMULATED, split and joined.
"""
import glob
import json
import math
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from casatasks import concat, importasdm, split
from casatools import table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
NODE = os.environ.get("ALMA_QA2_NODE", "node")
CALLS = os.path.join(ROOT, "test", "peers", "ms_listing_calls.py")

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def column(path, name):
    tb = table()
    tb.open(path)
    values = tb.getcol(name)
    tb.close()
    return values


def prepare():
    asdms = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[:2]
    for asdm, vis in zip(asdms, ("a.ms", "b.ms")):
        importasdm(asdm=asdm, vis="full.ms", asis="Antenna", bdfflags=True, process_caldevice=False)
        # windows whose frequencies ascend: CASA counts partly flagged rows of others as less than nothing
        tb = table()
        tb.open("full.ms/SPECTRAL_WINDOW")
        windows = [row for row in range(tb.nrows()) if tb.getcell("NUM_CHAN", row) > 32 and tb.getcell("CHAN_WIDTH", row)[0] > 0][:2]
        tb.close()
        split(vis="full.ms", outputvis=vis, spw=",".join(map(str, windows)), datacolumn="data", antenna="0~3&", width=8)
        for path in ("full.ms", "full.ms.flagversions"):
            shutil.rmtree(path, ignore_errors=True)
    damage("a.ms")
    concat(vis=["a.ms", "b.ms"], concatvis="k.ms")
    return ["a.ms", "k.ms"]


def damage(vis):
    """Flags of parts of rows and whole rows; a long name of a field."""
    rng = np.random.default_rng(5)
    tb = table()
    tb.open(vis, nomodify=False)
    flags = tb.getcol("FLAG") | (rng.random(tb.getcol("FLAG").shape) < 0.1)
    tb.putcol("FLAG", flags)
    tb.putcol("FLAG_ROW", rng.random(flags.shape[2]) < 0.1)
    tb.close()
    tb.open(vis + "/FIELD", nomodify=False)
    tb.putcell("NAME", 1, "A_name_of_more_than_20_characters")
    tb.close()


def is_close(theirs, ours):
    if isinstance(theirs, float) or isinstance(ours, float):
        return isinstance(ours, (int, float)) and isinstance(theirs, (int, float)) and (theirs == ours or abs(theirs - ours) <= 1e-9 * abs(theirs) or math.isnan(theirs) and math.isnan(ours))
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(map(is_close, theirs, ours))
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return theirs.keys() == ours.keys() and all(is_close(theirs[key], ours[key]) for key in theirs)
    if isinstance(theirs, str) and isinstance(ours, str) and theirs[19:20] == "*":
        return theirs[:19] + theirs[20:] == ours[:19] + ours[20:]  # CASA puts a star into long names also in the dictionary
    return type(theirs) is type(ours) and theirs == ours


def compare(vis, label):
    answers = []
    tb = table()
    tb.open(vis)
    scan = str(tb.getcell("SCAN_NUMBER", tb.nrows() - 1))
    tb.close()
    casapy = [NODE, os.path.join(ROOT, "bin", "casapy.mjs"), "--nologfile", "--trust", "--casa-version", "6.7.0", "-c"]
    for program, start in (("theirs", [sys.executable]), ("ours", casapy)):
        shutil.rmtree("copy.ms", ignore_errors=True)
        shutil.copytree(vis, "copy.ms")
        shutil.rmtree(program, ignore_errors=True)
        os.makedirs(program)
        run = subprocess.run([*start, CALLS, program + ".json", "copy.ms", program, scan], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, universal_newlines=True)
        if run.returncode:
            report(False, label, run.stderr[-600:])
            return
        with open(program + ".json") as file:
            answers.append(json.load(file))
    theirs, ours = answers
    for key in theirs:
        matches_nothing = theirs[key] == theirs["listobs 0"] or "BeginTime" not in (theirs[key] or {})
        if ours[key] == {"error": True} and matches_nothing and key.startswith("listobs"):
            continue  # a selection that matches nothing: CASA lists all or nothing, here it is refused
        report(is_close(theirs[key], ours.get(key)), "%s %s" % (label, key), difference(theirs[key], ours.get(key)))
        if key.startswith("listobs"):
            texts = []
            for program in ("theirs", "ours"):
                name = os.path.join(program, key.split()[1] + ".txt")
                texts.append(open(name).read() if os.path.exists(name) else "")
            report(texts[0] == texts[1], "%s text of %s" % (label, key), first_line(*texts))


def difference(theirs, ours):
    if is_close(theirs, ours):
        return ""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        keys = [key for key in sorted(set(theirs) | set(ours)) if not is_close(theirs.get(key), ours.get(key))]
        return "; ".join("%s: %s and %s" % (key, str(theirs.get(key))[:150], str(ours.get(key))[:150]) for key in keys[:3])
    return "%s and %s" % (str(theirs)[:200], str(ours)[:200])


def first_line(theirs, ours):
    for one, other in zip(theirs.split("\n"), ours.split("\n")):
        if one != other:
            return "%r and %r" % (one, other)
    return "" if theirs == ours else "one is longer"


started = time.time()
for number, path in enumerate(sys.argv[1:] or prepare()):
    compare(path.rstrip("/"), os.path.basename(path.rstrip("/")))
print("INFO %d differing, %.0f s" % (failures, time.time() - started))
sys.exit(1 if failures else 0)
