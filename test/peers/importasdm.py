"""Imports ASDMs with this program and with CASA and compares the two MeasurementSets table by table, column by column.

usage: python importasdm.py [ASDM [OPTIONS_JSON]] ...      (Python with casatools and casatasks)
Without arguments a small simulated ASDM is taken, with several sets of options, and tiny ones with other forms of binary data. Each OPTIONS_JSON holds importasdm's parameters.
Prints PASS or FAIL lines; exit code 1 when one failed.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from casatools import table

# What may differ, and why: see docs/differences-from-casa.md.
EXPECTED = {
    ("HISTORY", None): "other program, other time",
    ("SPECTRAL_WINDOW", "ASSOC_NATURE"): "CASA writes empty texts",
    ("OBSERVATION", "RELEASE_DATE"): "CASA writes days into a column of seconds",
    ("ASDM_WEATHER", None): "CASA gives up at a doubled row",
    ("ASDM_SYSCAL", "timeInterval"): "CASA copies the interval as cut at the next row",
    ("ASDM_EXECBLOCK", "sessionReference"): "entity type as the data model names it",
    ("ASDM_SBSUMMARY", "sbSummaryUID"): "entity type as the data model names it",
    ("ASDM_SBSUMMARY", "obsUnitSetUID"): "entity type as the data model names it",
}
# What is imported when no ASDM is named.
SETS = [
    {"asis": "*", "bdfflags": True},
    {"ocorr_mode": "ao", "with_pointing_correction": True, "process_flags": False},
    {"ocorr_mode": "co", "scans": "0:2~4", "process_pointing": False, "process_caldevice": False},
    {"scans": "3", "ignore_time": True, "tbuff": 1.5},
    {"corr_mode": "ac", "srt": "ca", "time_sampling": "i si", "scans": "0:2~4"},
    {"lazy": True, "scans": "0:2~4"},
    {"lazy": True, "ocorr_mode": "ao", "scans": "1"},
]
# Tiny ASDMs of test/pipeline/ingest/small-bdf.ts.
SMALL = [
    {"crossType": "int32"},
    {"crossType": "float32", "isFullPolarization": True},
    {"isOneBaseband": True, "hasZeroLags": True, "hasActualTimes": True},
    {"isSubIntegration": True, "hasBoundaryBytes": True},
    {"hasEphemeris": True},
]
# Relative differences allowed beyond 1e-14, and why: see docs/differences-from-casa.md.
LIMITS = {
    "EPHEM.RadVel": 1e-8,  # the rotation of the Earth
    "SOURCE.DIRECTION": 1e-12,  # interpolated in the ephemeris; the two programs' order of operations
}
failed = 0


def report(ok, name, text=""):
    global failed
    failed += not ok
    print("%s importasdm %s %s" % ("PASS" if ok else "FAIL", name, text))


def casa_import(asdm, vis, options):
    code = "import sys, json; from casatasks import importasdm; importasdm(asdm=sys.argv[1], vis=sys.argv[2], **json.loads(sys.argv[3]))"
    subprocess.run([sys.executable, "-c", code, asdm, vis, json.dumps(options)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def columns_of(path):
    tb = table()
    tb.open(path)
    found = {}
    for name in tb.colnames():
        description = tb.getcoldesc(name)
        found[name] = (description["valueType"], description.get("keywords", {}), tb.getcolkeywords(name))
    rows = tb.nrows()
    keywords = {key: value for key, value in tb.getkeywords().items() if not str(value).startswith("Table:")}
    tb.close()
    return found, rows, keywords


def same_shape_runs(tb, name, rows):
    """Runs of rows whose cells have one shape, as (start, count, is defined)."""
    runs = []
    for row in range(rows):
        shape = str(tb.getcolshapestring(name, row, 1)[0]) if tb.iscelldefined(name, row) else None
        if runs and runs[-1][2] == shape:
            runs[-1][1] += 1
        else:
            runs.append([row, 1, shape])
    return runs


def close(ours, theirs, name):
    if ours.shape != theirs.shape:
        return False, "shape %s, not %s" % (ours.shape, theirs.shape)
    if ours.dtype.kind in "US":
        bad = ours != theirs
        return not bad.any(), "" if not bad.any() else "%r, not %r" % (ours[bad][0], theirs[bad][0])
    if ours.dtype.kind in "biu":
        bad = ours != theirs
        return not bad.any(), "" if not bad.any() else "%d values differ, e.g. %s, not %s" % (bad.sum(), ours[bad][0], theirs[bad][0])
    difference = np.abs(ours - theirs)
    scale = np.maximum(np.abs(theirs), 1e-300)
    limit = LIMITS.get(name, 1e-14) if ours.dtype.itemsize in (8, 16) and ours.dtype.kind == "f" else 0
    worst = (difference / scale).max() if difference.size else 0
    ok = bool((difference <= limit * scale + (1e-15 if limit else 0)).all())
    return ok, "" if ok else "relative difference %.2g, e.g. %r, not %r" % (worst, ours.flat[int(np.argmax(difference))], theirs.flat[int(np.argmax(difference))])


def compare_column(ours, theirs, name, rows, is_array, label):
    full_name = "%s.%s" % ("EPHEM" if label.startswith("EPHEM") else label, name)
    if not is_array:
        return close(np.asarray(ours.getcol(name)), np.asarray(theirs.getcol(name)), full_name)
    for start, count, shape in same_shape_runs(theirs, name, rows):
        if shape is None:
            if any(ours.iscelldefined(name, row) for row in range(start, start + count)):
                return False, "row %d has a value, CASA's has none" % start
            continue
        if not ours.iscelldefined(name, start):
            return False, "row %d has no value, CASA's has one" % start
        ok, text = close(np.asarray(ours.getcol(name, start, count)), np.asarray(theirs.getcol(name, start, count)), full_name)
        if not ok:
            return False, "rows %d+%d: %s" % (start, count, text)
    return True, ""


def compare_table(ours_path, theirs_path, label):
    our_columns, our_rows, our_keywords = columns_of(ours_path)
    columns, rows, keywords = columns_of(theirs_path)
    if (label, None) in EXPECTED:
        report(set(our_columns) == set(columns), label, "columns (%s)" % EXPECTED[(label, None)])
        return
    report(our_rows == rows, label, "%d rows" % rows if our_rows == rows else "%d rows, not %d" % (our_rows, rows))
    report(set(our_columns) == set(columns), label + " columns", str(sorted(set(our_columns) ^ set(columns))))
    if our_rows != rows:
        return
    for name in set(columns) & set(our_columns):
        if our_columns[name][0] != columns[name][0] or str(our_columns[name][2]) != str(columns[name][2]):
            report(False, "%s.%s type or keywords" % (label, name), "%s, not %s" % (our_columns[name], columns[name]))
    ours, theirs = table(), table()
    ours.open(ours_path)
    theirs.open(theirs_path)
    bad = []
    for name in columns:
        if name not in our_columns or (label, name) in EXPECTED or rows == 0:
            continue
        if label == "MAIN" and name in ("UVW", "FLAG_CATEGORY", "WEIGHT_SPECTRUM"):
            continue
        if (label, name) == ("FIELD", "PHASE_DIR") and "EPHEMERIS_ID" in columns:
            continue  # CASA sets the offset of the first field of an ephemeris to zero
        is_array = not theirs.isscalarcol(name)
        ok, text = compare_column(ours, theirs, name, rows, is_array, label)
        if not ok:
            bad.append(name)
            report(False, "%s.%s" % (label, name), text)
    if not bad and rows:
        report(True, label, "%d columns the same" % len(columns))
    ours.close()
    theirs.close()


def compare_uvw(ours_path, theirs_path):
    ours, theirs = table(), table()
    ours.open(ours_path)
    theirs.open(theirs_path)
    a, b = ours.getcol("UVW"), theirs.getcol("UVW")
    if a.shape != b.shape:
        return
    length = np.linalg.norm(b, axis=0)
    cross = length > 0
    worst = (np.linalg.norm(a - b, axis=0)[cross] / length[cross]).max() if cross.any() else 0
    zero = np.abs(a[:, ~cross]).max() if (~cross).any() else 0
    report(worst < 1e-6 and zero == 0, "MAIN.UVW", "differs by %.2g of the baseline at most" % worst)
    ours.close()
    theirs.close()


def digest(path):
    tb = table()
    tb.open(path)
    name = "DATA" if "DATA" in tb.colnames() else "FLOAT_DATA"
    found = hashlib.md5()
    for row in range(tb.nrows()):
        cell = tb.getcell(name, row)
        found.update(cell.astype("c8" if name == "DATA" else "f4").tobytes(order="F"))
    tb.close()
    return found.hexdigest()


def compare_lazy(ours, theirs):
    """Each program reads the visibilities of both lazy MeasurementSets."""
    for name, path in (("ours", ours), ("CASA's", theirs)):
        read = [digest(path), driver("digest", path).strip()]
        report(read[0] == read[1], "lazy visibilities", "%s read by both programs: %s" % (name, " ".join(read)))


def subtable_names(path):
    tb = table()
    tb.open(path)
    names = {key: str(value)[7:] for key, value in tb.getkeywords().items() if str(value).startswith("Table: ")}
    tb.close()
    return names


def compare_ms(ours, theirs):
    if not os.path.exists(theirs) or not os.path.exists(ours):
        report(os.path.exists(theirs) == os.path.exists(ours), os.path.basename(theirs), "made by one of the two only")
        return
    compare_table(ours, theirs, "MAIN")
    compare_uvw(ours, theirs)
    names, our_names = subtable_names(theirs), subtable_names(ours)
    report(set(names) == set(our_names), "subtables", str(sorted(set(names) ^ set(our_names))))
    for name in sorted(names):
        if name in our_names:
            compare_table(our_names[name], names[name], name)


def driver(*arguments):
    root = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    command = [os.environ.get("ALMA_QA2_NODE", "node"), os.path.join(root, "dist", "peers", "ingest-driver.js"), root]
    return subprocess.run(command + list(arguments), check=True, stdout=subprocess.PIPE, text=True).stdout


def casa_summary(asdm):
    """The lines that CASA's asdmsummary writes to its log."""
    code = "import sys; from casatasks import asdmsummary, casalog; casalog.setlogfile(sys.argv[2]); asdmsummary(asdm=sys.argv[1])"
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "summary.log")
        subprocess.run([sys.executable, "-c", code, asdm, log], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(log) as found:
            lines = [line.rstrip("\n").split("\t", 3)[-1] for line in found if "asdmsummary" in line]
    return [line.rstrip() for line in lines if not line.startswith(("#####", "asdmsummary(", "Task asdmsummary", "Result asdmsummary"))]


def compare_summary(asdm):
    ours = [line.rstrip() for line in driver("summary", asdm).split("\n")]
    theirs = casa_summary(asdm)
    while theirs and theirs[-1] == "":
        theirs.pop()
    while ours and ours[-1] == "":
        ours.pop()
    other = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
    report(ours == theirs, "asdmsummary", "%d lines" % len(theirs) if ours == theirs else "%d lines, not %d; %s" % (len(ours), len(theirs), other[:1]))


def cases(arguments, folder):
    if not arguments:
        asdm = driver("simulate", os.path.join(folder, "simulated")).split()[0]
        made = []
        for number, variant in enumerate(SMALL):
            made.append(os.path.join(folder, "small-%d" % number))
            driver("small", made[-1], json.dumps(variant))
        return [(asdm, options) for options in SETS] + [(path, {"bdfflags": True}) for path in made]
    chosen = []
    for argument in arguments:
        if argument.startswith("{"):
            chosen[-1] = (chosen[-1][0], json.loads(argument))
        else:
            chosen.append((argument, {}))
    return chosen


def main():
    with tempfile.TemporaryDirectory() as outer:
        chosen = cases(sys.argv[1:], outer)
        for asdm in dict.fromkeys(asdm for asdm, _ in chosen):
            compare_summary(asdm)
        for asdm, options in chosen:
            with tempfile.TemporaryDirectory() as folder:
                ours, theirs = os.path.join(folder, "ours.ms"), os.path.join(folder, "casa.ms")
                print("--", os.path.basename(asdm), json.dumps(options))
                driver("import", asdm, ours, json.dumps(options))
                casa_import(asdm, theirs, options)
                compare_ms(ours, theirs)
                if options.get("lazy"):
                    compare_lazy(ours, theirs)
                corrected = [path.replace(".ms", "-wvr-corrected.ms") for path in (ours, theirs)]
                report(
                    os.path.exists(corrected[0]) == os.path.exists(corrected[1]),
                    "corrected MS",
                    "made" if os.path.exists(corrected[1]) else "not made",
                )
                if all(os.path.exists(path) for path in corrected):
                    compare_ms(*corrected)
                    if options.get("lazy"):
                        compare_lazy(*corrected)
    sys.exit(1 if failed else 0)


main()
