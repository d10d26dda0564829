"""concat and virtualconcat against CASA 6.7: MeasurementSets that differ in one thing each, joined by both programs.

Usage: ms_concat.py [ASDM ASDM] [CASE ...]   (run by CASA's Python; the tables are compared by the system's python-casacore)
Without ASDMs: the two Execution Blocks of `qa2 simulate --preset demo` in ALMA_QA2_SIMULATED. Works in the current directory.
Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from casatasks import clearcal, concat, importasdm, listobs, split, virtualconcat
from casatools import ms as mstool
from casatools import table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")
ASDMS = [arg for arg in sys.argv[1:] if os.path.isdir(arg)] or sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[:2]
WANTED = [arg for arg in sys.argv[1:] if not os.path.isdir(arg)]
ARCSEC = np.pi / 180 / 3600

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def ours(calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    node = os.environ.get("ALMA_QA2_NODE", "node")
    return [r.get("result") for r in json.loads(subprocess.check_output([node, DRIVER, KERNELS, "calls.json"]))]


def same_ms(name, mine, theirs, *skip):
    args = ["/usr/bin/python3", os.path.join(ROOT, "test", "peers", "ms_compare.py"), mine, theirs]
    # CASA repeats FEED rows of antennas whose number changes, and so do not we (docs/differences-from-casa.md)
    for item in ("HISTORY", "FEED") + skip:
        args += ["--skip", item]
    run = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                         env=dict(os.environ, PYTHONPATH="", PYTHONHOME=""))
    bad = [line[5:] for line in run.stdout.split("\n") if line.startswith("FAIL")]
    report(run.returncode == 0, name, " | ".join(bad or [run.stdout[-200:]])[:900] if run.returncode else "")


def prepare():
    if os.path.exists("p.ms"):
        return
    for asdm, vis in zip(ASDMS, ("p.ms", "q.ms")):
        importasdm(asdm=asdm, vis="full.ms", asis="Antenna Station", bdfflags=True, process_caldevice=False)
        science = sorted(spws_of("full.ms"))[:2]
        split(vis="full.ms", outputvis=vis, spw=",".join(map(str, science)), datacolumn="data", antenna="0~3",
              scan=",".join(map(str, scans_of("full.ms", science)[1:5])), width=8)
        shutil.rmtree("full.ms")
        shutil.rmtree("full.ms.flagversions", ignore_errors=True)
        with Edit(vis, "POINTING") as tb:
            tb.removerows(list(range(40, tb.nrows())))


def spws_of(vis):
    tb = table()
    tb.open(vis + "/SPECTRAL_WINDOW")
    found = [row for row in range(tb.nrows()) if tb.getcell("NUM_CHAN", row) > 32]
    tb.close()
    return found


def scans_of(vis, dds):
    tb = table()
    tb.open(vis)
    part = tb.query("DATA_DESC_ID in %s" % dds)
    found = sorted(set(part.getcol("SCAN_NUMBER")))
    part.close()
    tb.close()
    return [int(scan) for scan in found]


class Edit:
    """A table of an MS, open for changes."""

    def __init__(self, vis, name=""):
        self.path, self.tb = os.path.join(vis, name) if name else vis, table()

    def __enter__(self):
        self.tb.open(self.path, nomodify=False)
        return self.tb

    def __exit__(self, *_):
        self.tb.close()


def put(name, column, row, value):
    def edit(_, second):
        with Edit(second, name) as tb:
            tb.putcell(column, row, value)
    return edit


def change(name, column, function):
    def edit(_, second):
        with Edit(second, name) as tb:
            tb.putcol(column, function(tb.getcol(column)))
    return edit


def both(*edits):
    def edit(first, second):
        for one in edits:
            one(first, second)
    return edit


def first(one):
    return lambda vis, _: one(None, vis)


def shift_field(row, seconds, columns=("PHASE_DIR", "DELAY_DIR", "REFERENCE_DIR")):
    def edit(_, second):
        with Edit(second, "FIELD") as tb:
            for column in columns:
                cell = tb.getcell(column, row)
                cell[1] += seconds * ARCSEC
                tb.putcell(column, row, cell)
    return edit


def shift_window(row, hertz, stretch=0.0):
    def edit(_, second):
        with Edit(second, "SPECTRAL_WINDOW") as tb:
            tb.putcell("REF_FREQUENCY", row, tb.getcell("REF_FREQUENCY", row) + hertz)
            tb.putcell("CHAN_FREQ", row, tb.getcell("CHAN_FREQ", row) + hertz)
            if stretch:
                tb.putcell("CHAN_WIDTH", row, tb.getcell("CHAN_WIDTH", row) * (1 + stretch))
                tb.putcell("TOTAL_BANDWIDTH", row, tb.getcell("TOTAL_BANDWIDTH", row) * (1 + stretch))
    return edit


def reverse_window(row):
    def edit(_, second):
        with Edit(second, "SPECTRAL_WINDOW") as tb:
            tb.putcell("CHAN_FREQ", row, tb.getcell("CHAN_FREQ", row)[::-1])
            tb.putcell("CHAN_WIDTH", row, -tb.getcell("CHAN_WIDTH", row))
    return edit


def swap_antennas(one, other):
    def edit(_, second):
        with Edit(second, "ANTENNA") as tb:
            for column in ("NAME", "STATION", "POSITION", "DISH_DIAMETER"):
                cells = tb.getcell(column, one), tb.getcell(column, other)
                tb.putcell(column, one, cells[1])
                tb.putcell(column, other, cells[0])
    return edit


def move_antenna(row, metres, station=None):
    def edit(_, second):
        with Edit(second, "ANTENNA") as tb:
            tb.putcell("POSITION", row, tb.getcell("POSITION", row) + np.array([metres, 0, 0]))
            if station:
                tb.putcell("STATION", row, station)
    return edit


def same_observation(one, other):
    for vis, scans in ((one, slice(0, 2)), (other, slice(1, 4))):
        chosen = scans_of(one, [0, 1])[scans] if vis == one else scans_of("p.ms", [0, 1])[scans]
        shutil.rmtree(vis)
        split(vis="p.ms", outputvis=vis, datacolumn="data", scan=",".join(map(str, chosen)))


def narrower(_, second):
    shutil.rmtree(second)
    split(vis="q.ms", outputvis=second, datacolumn="data", width=[2, 1])


def turned_windows(_, second):
    shutil.rmtree(second)
    split(vis="q.ms", outputvis=second, datacolumn="data", spw="1")


def one_correlation(_, second):
    shutil.rmtree(second)
    split(vis="q.ms", outputvis=second, datacolumn="data", correlation="XX")


def scratch(which):
    def edit(one, second):
        for vis in (one, second)[which] if which == slice(0, 2) else [(one, second)[which]]:
            clearcal(vis=vis, addmodel=True)
            with Edit(vis) as tb:
                for row in range(0, tb.nrows(), 3):
                    tb.putcell("CORRECTED_DATA", row, tb.getcell("CORRECTED_DATA", row) * 2)
                    tb.putcell("MODEL_DATA", row, tb.getcell("MODEL_DATA", row) * 3)
    return edit


def weight_spectra(*which):
    def edit(one, second):
        from casatasks import initweights
        for place in which:
            initweights(vis=(one, second)[place], wtmode="weight", dowtsp=True)
    return edit


def empty(name):
    def edit(_, second):
        with Edit(second, name) as tb:
            tb.removerows(list(range(tb.nrows())))
    return edit


def repeat_row(name, row, **cells):
    def edit(_, second):
        with Edit(second, name) as tb:
            copy = {column: tb.getcell(column, row) for column in tb.colnames() if tb.iscelldefined(column, row)}
            tb.addrows(1)
            for column, value in dict(copy, **cells).items():
                tb.putcell(column, tb.nrows() - 1, value)
    return edit


def later(seconds):
    def edit(_, second):
        with Edit(second) as tb:
            for column in ("TIME", "TIME_CENTROID"):
                tb.putcol(column, tb.getcol(column) + seconds)
    return edit


def joined(edit):
    """The second MeasurementSet is what concat makes of it and of a changed copy, an hour later."""
    def make(_, second):
        parts = [second + ".a", second + ".b"]
        os.rename(second, parts[0])
        shutil.copytree(parts[0], parts[1])
        later(3600)(None, parts[1])
        edit(None, parts[1])
        concat(vis=parts, concatvis=second)
        for part in parts:
            shutil.rmtree(part)
    return make


def renumber_sources(_, second):
    for name in ("FIELD", "SOURCE"):
        with Edit(second, name) as tb:
            tb.putcol("SOURCE_ID", tb.getcol("SOURCE_ID").max() - tb.getcol("SOURCE_ID"))


def overlap(one, second):
    tb = table()
    starts = []
    for vis in (one, second):
        tb.open(vis)
        starts.append(tb.getcol("TIME").min())
        tb.close()
    later(starts[0] - starts[1] + 7.5)(one, second)


def ephemeris(*which, rows=slice(0, 400)):
    """Gives the first field of MSs an ephemeris of an hour's steps, from a day before the data."""
    def edit(one, second):
        for place in which:
            vis, path = (one, second)[place], os.path.abspath(os.path.join(os.path.dirname(one), "eph%d.tab" % place))
            write_ephemeris(path, rows if place else slice(0, 400))
            tool = mstool()
            tool.open(vis, nomodify=False)
            tool.addephemeris(0, path, "Body%d" % place, [0])
            tool.close()
            with Edit(vis, "FIELD") as tb:
                for column in ("PHASE_DIR", "DELAY_DIR", "REFERENCE_DIR"):
                    tb.putcell(column, 0, tb.getcell(column, 0) * 0)
                tb.putcell("TIME", 0, table_of(vis, "TIME").min())
    return edit


def write_ephemeris(path, rows):
    start = np.floor(table_of("p.ms", "TIME").min() / 86400) - 1
    ra, dec = np.degrees(table_of("p.ms/FIELD", "PHASE_DIR")[:, 0, 0])
    hours = np.arange(400.0)[rows]
    tb = table()
    columns = ["MJD", "RA", "DEC", "Rho", "RadVel", "diskLong", "diskLat"]
    units = ["d", "deg", "deg", "AU", "AU/d", "deg", "deg"]
    tb.create(path, {name: dict(valueType="double", dataManagerType="", dataManagerGroup="", option=0, maxlen=0, comment="",
                                keywords={"UNIT": unit}) for name, unit in zip(columns, units)}, nrow=len(hours))
    for name, values in zip(columns, (start + hours / 24, ra % 360 + hours / 200, dec + hours / 300, hours * 0 + 19, hours * 0,
                                      hours * 0, hours * 0)):
        tb.putcol(name, values)
    for key, value in dict(VS_CREATE="2013/01/01/00:00", VS_DATE="2013/01/01/00:00", VS_VERSION="0001.0001",
                           VS_TYPE="Table of comet/planetary positions", MJD0=start + hours[0] / 24 - 1 / 24, dMJD=1 / 24,
                           NAME="Body", GeoLong=0.0, GeoLat=0.0, GeoDist=0.0, obsloc="GEOCENTRIC", posrefsys="ICRF/ICRS").items():
        tb.putkeyword(key, value)
    tb.putinfo(dict(type="IERS", subType="Solar System", readme=""))
    tb.close()
# Slips of CASA (docs/differences-from-casa.md): what is not compared there
SLIPS = {
    "field elsewhere": ("FIELD.SOURCE_ID",),
    "delay centre elsewhere": ("FIELD.SOURCE_ID",),
    "field of another name, respectname": ("FIELD.SOURCE_ID",),
    "window 100 Hz away": ("SOURCE",),
    "window of other bandwidth": ("SOURCE",),
    "window of fewer channels": ("SOURCE",),
    "two fields within dirtol": ("MAIN.FIELD_ID",),
    "names exchanged within dirtol": ("MAIN.FIELD_ID",),
    "no states in the first": ("MAIN.STATE_ID",),
    "a joined one, field elsewhere": ("FIELD.SOURCE_ID",),
    "a joined one, window 100 Hz away": ("SOURCE", "SPECTRAL_WINDOW.ASSOC_NATURE"),
    "a joined one, of two observations": ("MAIN.OBSERVATION_ID", "MAIN.SCAN_NUMBER"),
    "no pointing in the second": ("POINTING",),
}
CASES = {
    "plain": ({}, None),
    "field elsewhere": ({}, shift_field(1, 5)),
    "field elsewhere, dirtol": (dict(dirtol="10arcsec"), shift_field(1, 5)),
    "delay centre elsewhere": ({}, shift_field(1, 5, ("DELAY_DIR",))),
    "field of another name": ({}, put("FIELD", "NAME", 1, "renamed")),
    "field of another name, respectname": (dict(respectname=True), put("FIELD", "NAME", 1, "renamed")),
    "two fields within dirtol": (dict(dirtol="1deg"), both(shift_field(0, 20), first(repeat_row("FIELD", 0, NAME="twin")))),
    "names exchanged within dirtol": (dict(dirtol="180deg"), put("FIELD", "NAME", 0, "nameless")),
    "window 100 Hz away": ({}, shift_window(0, 100)),
    "window 100 Hz away, freqtol": (dict(freqtol="1kHz"), shift_window(0, 100)),
    "window of other widths": (dict(freqtol="1kHz"), shift_window(0, 0, 0.1)),
    "window of other bandwidth": (dict(freqtol="1kHz"), shift_window(0, 0, 0.5)),
    "window turned round": ({}, reverse_window(0)),
    "window of fewer channels": ({}, narrower),
    "one window, of another number": ({}, turned_windows),
    "fewer correlations": ({}, one_correlation),
    "antennas in another order": ({}, swap_antennas(0, 2)),
    "antennas in another order, weights": (dict(visweightscale=[1, 3]), swap_antennas(1, 3)),
    "antenna on another pad": ({}, move_antenna(1, 300, "A199")),
    "antenna 0.5 m away": ({}, move_antenna(1, 0.5)),
    "antenna 3 m away": ({}, move_antenna(1, 3)),
    "the same observation": ({}, same_observation),
    "observation of another log": ({}, both(change("OBSERVATION", "TIME_RANGE", lambda _: table_of("p.ms/OBSERVATION", "TIME_RANGE")),)),
    "state 0.5 K warmer": ({}, change("STATE", "CAL", lambda cal: cal + 0.5)),
    "state 2 K warmer": ({}, change("STATE", "CAL", lambda cal: cal + 2)),
    "another intent": ({}, put("STATE", "OBS_MODE", 0, "OBSERVE_TARGET#ON_SOURCE")),
    "no states in the second": ({}, empty("STATE")),
    "no states in the first": ({}, first(empty("STATE"))),
    "processor of another kind": ({}, put("PROCESSOR", "SUB_TYPE", 0, "another")),
    "source of another line": ({}, put("SOURCE", "NUM_LINES", 0, 3)),
    "source of another name": ({}, put("SOURCE", "NAME", 0, "renamed")),
    "sources numbered otherwise": ({}, renumber_sources),
    "no sources in the second": ({}, empty("SOURCE")),
    "no sources in the first": ({}, first(empty("SOURCE"))),
    "weights": (dict(visweightscale=[2, 3]), None),
    "weights of channels": (dict(visweightscale=[1, 3]), weight_spectra(0, 1)),
    "weights of channels in the second": ({}, weight_spectra(1)),
    "timesort": (dict(timesort=True), overlap),
    "overlapping, not sorted": ({}, overlap),
    "corrected data in the first": ({}, scratch(0)),
    "corrected data in the second": ({}, scratch(1)),
    "corrected data in both": ({}, scratch(slice(0, 2))),
    "pointing left out": (dict(copypointing=False), None),
    "no pointing in the second": ({}, empty("POINTING")),
    "no pointing in the first": ({}, first(empty("POINTING"))),
    "weather at antennas": ({}, both(swap_antennas(0, 2), change("WEATHER", "ANTENNA_ID", lambda ids: ids * 0 + 2))),
    "a joined one": ({}, joined(put("SOURCE", "NUM_LINES", 0, 1))),
    "a joined one, field elsewhere": ({}, joined(shift_field(1, 5))),
    "a joined one, window 100 Hz away": ({}, joined(shift_window(0, 100))),
    "a joined one, of two observations": ({}, joined(put("OBSERVATION", "PROJECT", 0, "another"))),
    "ephemeris in both": ({}, ephemeris(0, 1)),
    "ephemeris in the first": ({}, ephemeris(0)),
    "ephemeris in both, forced": (dict(forcesingleephemfield=[0]), ephemeris(0, 1, rows=slice(20, 420))),
}


def table_of(path, column):
    tb = table()
    tb.open(path)
    values = tb.getcol(column)
    tb.close()
    return values


def one_case(number, name, kwargs, edit):
    """Makes the inputs of a case, lets CASA join them, and says what we are to do."""
    where = "case%d" % number
    shutil.rmtree(where, ignore_errors=True)
    os.mkdir(where)
    inputs = [os.path.join(where, vis) for vis in ("p.ms", "q.ms")]
    for vis, path in zip(("p.ms", "q.ms"), inputs):
        shutil.copytree(vis, path)
    if edit:
        edit(*inputs)
    concat(vis=inputs[::-1], concatvis=where + "/theirs.ms", **reversed_scales(kwargs))
    return ["concat", dict(reversed_scales(kwargs), vis=inputs[::-1], concatvis=where + "/mine.ms")]


VIRTUAL = ("plain", "field elsewhere, dirtol", "antennas in another order", "antenna on another pad", "window turned round",
           "the same observation", "state 0.5 K warmer", "corrected data in the second", "pointing left out", "weights of channels")


def virtual_case(number, name, kwargs, edit):
    """The inputs of a case twice, because virtualconcat takes them away; CASA joins one pair."""
    calls = None
    for program in ("theirs", "mine"):
        where = os.path.join("virtual%d" % number, program)
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(where)
        inputs = [os.path.join(where, vis) for vis in ("p.ms", "q.ms")]
        for vis, path in zip(("p.ms", "q.ms"), inputs):
            shutil.copytree(vis, path)
        if edit:
            edit(*inputs)
        options = dict(reversed_scales(kwargs), vis=inputs[::-1], concatvis=where + "/joined.ms", keepcopy=name == "plain")
        if program == "theirs":  # with keepcopy CASA only takes names of the working directory
            home = os.getcwd()
            os.chdir(where)
            virtualconcat(**dict(options, vis=["q.ms", "p.ms"], concatvis="joined.ms"))
            os.chdir(home)
        calls = ["virtualconcat", options]
    return calls


def tree(path):
    """Parts and links of a multi-MS."""
    found = []
    for base, folders, _ in os.walk(path):
        for folder in folders:
            full = os.path.join(base, folder)
            found.append((os.path.relpath(full, path), os.readlink(full) if os.path.islink(full) else ""))
    return sorted(found)


def compare_virtual(number, name):
    mine, theirs = ("virtual%d/%s/joined.ms" % (number, program) for program in ("mine", "theirs"))
    same_ms("virtualconcat, " + name, mine, theirs)
    report(tree(mine) == tree(theirs), "virtualconcat, parts and links, " + name, str(set(tree(mine)) ^ set(tree(theirs)))[:300])
    left = [sorted(os.listdir("virtual%d/%s" % (number, program))) for program in ("mine", "theirs")]
    report(left[0] == left[1], "virtualconcat, inputs afterwards, " + name, str(left))
    if name == "plain":
        texts = []
        for path in (mine, theirs):
            listobs(vis=path, listfile="listobs.txt", overwrite=True)
            texts.append(open("listobs.txt").read().replace(path, "").split("\n", 2)[2])
        report(texts[0] == texts[1], "virtualconcat, CASA lists ours as its own")
        for vis, out in ((theirs, "split.ms"), (mine, "split2.ms")):
            shutil.rmtree(out, ignore_errors=True)
            ours([["split", dict(vis=vis, outputvis=out, datacolumn="data", spw="1")]])
        shutil.rmtree("split3.ms", ignore_errors=True)
        split(vis=mine, outputvis="split3.ms", datacolumn="data", spw="1", keepmms=False)
        same_ms("split of CASA's multi-MS and of ours", "split2.ms", "split.ms")
        same_ms("split of ours by CASA", "split2.ms", "split3.ms")


def check_sources(name, where):
    """Every row of MAIN has the field name, source name and window frequencies that it had in its input."""
    expected, found = ([of_rows(os.path.join(where, vis)) for vis in names] for names in (("p.ms", "q.ms"), ("mine.ms",)))
    both = [sum((list(part[k]) for part in expected), []) for k in range(2)]
    order = np.argsort(np.array(both[0]), kind="stable"), np.argsort(np.array(found[0][0]), kind="stable")
    same = [both[1][k] for k in order[0]] == [found[0][1][k] for k in order[1]]
    if "dirtol" not in name and "ources" not in name and "of another name" != name[-15:] and "other line" not in name:
        report(same, "sources and windows of rows, " + name)


def of_rows(vis):
    times, fields, dds = (table_of(vis, column) for column in ("TIME", "FIELD_ID", "DATA_DESC_ID"))
    ids = table_of(vis + "/FIELD", "SOURCE_ID")
    sources = dict(zip(table_of(vis + "/SOURCE", "SOURCE_ID"), table_of(vis + "/SOURCE", "NAME")))
    windows = table_of(vis + "/DATA_DESCRIPTION", "SPECTRAL_WINDOW_ID")
    names = table_of(vis + "/SPECTRAL_WINDOW", "NAME")
    return times, [(sources.get(ids[field]), names[windows[dd]]) for field, dd in zip(fields, dds)]


def reversed_scales(kwargs):
    return dict(kwargs, visweightscale=kwargs["visweightscale"][::-1]) if "visweightscale" in kwargs else kwargs


def main():
    prepare()
    chosen = [(number, name, *case) for number, (name, case) in enumerate(CASES.items()) if not WANTED or any(w in name for w in WANTED)]
    calls = []
    for number, name, kwargs, edit in chosen:
        try:
            calls.append(one_case(number, name, kwargs, edit))
        except Exception as error:  # what CASA refuses is told, not compared
            print("INFO CASA refuses %s: %s" % (name, str(error)[:200]), flush=True)
            calls.append(None)
    for (number, name, _, _), call in zip(chosen, calls):
        if not call:
            continue
        try:
            ours([call])
            same_ms("concat, " + name, "case%d/mine.ms" % number, "case%d/theirs.ms" % number, *SLIPS.get(name, ()))
            check_sources(name, "case%d" % number)
        except subprocess.CalledProcessError as error:
            report(False, "concat, " + name, str(error)[-300:])


def main_virtual():
    cases = [(number, name, *CASES[name]) for number, name in enumerate(VIRTUAL) if not WANTED or any(w in "virtual " + name for w in WANTED)]
    calls = [virtual_case(*case) for case in cases]
    for (number, name, _, _), call in zip(cases, calls):
        try:
            ours([call])
            compare_virtual(number, name)
        except subprocess.CalledProcessError as error:
            report(False, "virtualconcat, " + name, str(error)[-300:])


started = time.time()
main()
main_virtual()
print("INFO %d differing, %.0f s" % (failures, time.time() - started))
sys.exit(1 if failures else 0)
