"""mstransform, cvel2, phaseshift, fixvis, fixplanets, statwt, clearcal, uvsub and delmod against CASA 6.7 on the same MeasurementSet.

Usage: ms_tasks_more.py ASDM   (run by CASA's Python; the tables are compared by the system's python-casacore)
Run by hand, in an empty directory, after `npm run test:peers -- ms_tasks` has built the drivers; a small ASDM will do.
Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from casatasks import (clearcal, cvel2, delmod, fixplanets, fixvis, importasdm, initweights, mstransform, phaseshift, setjy, split,
                       statwt, uvsub)
from casatools import table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")
ASDM = sys.argv[1]
CENTRE = "J2000 15h17m42.0s -24d22m10s"

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def ours(*calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    node = os.environ.get("ALMA_QA2_NODE", "node")
    return [r.get("result") for r in json.loads(subprocess.check_output([node, DRIVER, KERNELS, "calls.json"]))]


def same_ms(name, mine, theirs, *skip):
    args = ["/usr/bin/python3", os.path.join(ROOT, "test", "peers", "ms_compare.py"), mine, theirs, "--rtol", "1e-5"]
    for item in ("HISTORY", "FEED.FOCUS_LENGTH") + skip:
        args += ["--skip", item]
    run = subprocess.run(args, stdout=subprocess.PIPE, universal_newlines=True,
                         env=dict(os.environ, PYTHONPATH="", PYTHONHOME=""))
    bad = [line[5:] for line in run.stdout.split("\n") if line.startswith("FAIL")]
    report(not bad and "PASS FIELD" in run.stdout, name, " | ".join(bad)[:500])


def prepare():
    importasdm(asdm=ASDM, vis="a.ms", asis="Antenna Station Receiver Source", bdfflags=True, process_caldevice=False)
    clearcal(vis="a.ms", addmodel=True)
    split(vis="a.ms", outputvis="base.ms", spw="17,19,18", datacolumn="all", antenna="*&*", scan="3~9")
    rng = np.random.default_rng(2)
    tb = table()
    tb.open("base.ms", nomodify=False)
    for dd in sorted(set(tb.getcol("DATA_DESC_ID"))):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        data, weight, flag = part.getcol("DATA"), part.getcol("WEIGHT"), part.getcol("FLAG")
        part.putcol("CORRECTED_DATA", data * (1.5 + 0.2j))
        part.putcol("WEIGHT", weight * rng.uniform(0.5, 2, weight.shape))
        flag |= rng.random(flag.shape) < 0.05
        rows = rng.random(flag.shape[2]) < 0.1
        flag[:, :, rows] = True
        part.putcol("FLAG", flag)
        part.putcol("FLAG_ROW", flag.all(axis=(0, 1)))
        part.close()
    tb.close()


def overlapping():
    """Of two windows, the second moved to 5.3 channels below the end of the first."""
    split(vis="base.ms", outputvis="overlap.ms", spw="0,1", datacolumn="all", scan="3~5")
    tb = table()
    tb.open("overlap.ms/SPECTRAL_WINDOW", nomodify=False)
    freqs, width = tb.getcell("CHAN_FREQ", 0), tb.getcell("CHAN_WIDTH", 0)
    count = len(freqs)
    tb.putcell("CHAN_FREQ", 1, freqs + width * (count - 5.3))
    for column in ("CHAN_WIDTH", "EFFECTIVE_BW", "RESOLUTION"):
        tb.putcell(column, 1, tb.getcell(column, 0))
    tb.close()


def grid(mode, **more):
    return dict(dict(regridms=True, mode=mode, spw="0", datacolumn="data"), **more)


TRANSFORMS = {
    "mstransform selection without reindexing": dict(reindex=False, spw="1", datacolumn="data"),
    "mstransform Hanning": dict(hanning=True, spw="0,1", datacolumn="corrected"),
    "mstransform time and channel average": dict(timeaverage=True, timebin="60s", timespan="scan,state", chanaverage=True,
                                                 chanbin=4, spw="0,1", datacolumn="data"),
    "mstransform time bins of baselines with gaps": dict(timeaverage=True, timebin="40s", keepflags=False, datacolumn="data"),
    "mstransform time bins over scans and fields, by distance": dict(timeaverage=True, timebin="400s", timespan="scan,field", keepflags=False,
                                                                     maxuvwdistance=1.0, datacolumn="data"),
    "mstransform with WEIGHT_SPECTRUM": dict(usewtspectrum=True, chanaverage=True, chanbin=2, spw="0,1", datacolumn="corrected"),
    "mstransform velocity LSRK": grid("velocity", nchan=30, start="-200km/s", width="30km/s", restfreq="230.538GHz",
                                      outframe="LSRK", datacolumn="corrected"),
    "mstransform optical velocity backwards": grid("velocity", nchan=30, start="700km/s", width="-30km/s",
                                                   restfreq="230.538GHz", outframe="LSRK", veltype="optical"),
    "mstransform frequency BARY, wide": grid("frequency", nchan=25, start="230.0GHz", width="40MHz", outframe="BARY"),
    "mstransform cubic": grid("frequency", nchan=40, start="230.0GHz", width="20MHz", outframe="LSRK",
                              interpolation="cubic"),
    "mstransform nearest": grid("channel", outframe="LSRK", spw="0:10~60", interpolation="nearest"),
    "mstransform channels in TOPO": grid("channel", nchan=40, start=3, width=1, spw="1"),
    "mstransform three channels wide": grid("channel", width=3),
    "mstransform wide velocities": grid("velocity", width="60km/s", start="-300km/s", nchan=13, restfreq="230.538GHz",
                                        outframe="LSRK"),
    "mstransform Hanning and regrid": grid("frequency", hanning=True, width="25MHz", start="230.0GHz", nchan=20,
                                           outframe="LSRK", datacolumn="corrected"),
}
# Of windows that overlap by some channels and a part of one (see overlapping()).
COMBINATIONS = {
    "combined windows": ("mstransform", dict(combinespws=True, datacolumn="corrected")),
    "combined windows in LSRK": ("mstransform", dict(combinespws=True, datacolumn="data", regridms=True, mode="velocity", nchan=37,
                                                     start="300km/s", width="-26km/s", restfreq="230.538GHz", outframe="LSRK")),
    "combined windows with WEIGHT_SPECTRUM and rows of one of them": ("mstransform", dict(combinespws=True, usewtspectrum=True,
                                                                                          keepflags=False, datacolumn="data")),
    "combined windows, the same channels of each": ("mstransform", dict(combinespws=True, datacolumn="data", spw="1:8~40,0:8~40")),
    "cvel2 of two windows": ("cvel2", dict(datacolumn="data", hanning=True, mode="channel", start=3, width=3)),
}
WEIGHTS = {
    "statwt": dict(datacolumn="data"),
    "statwt channel and time bins": dict(datacolumn="corrected", timebin="20s", chanbin=8),
    "statwt blocks of integrations": dict(datacolumn="data", timebin=5),
    "statwt channel bins of SIGMA": dict(datacolumn="data", chanbin=16),
    "statwt chauvenet": dict(datacolumn="corrected", statalg="chauvenet", zscore=2.0, maxiter=3),
    "statwt fit-half": dict(datacolumn="corrected", statalg="fit-half", center="median", lside=False),
    "statwt hinges-fences": dict(datacolumn="corrected", statalg="hinges-fences", fence=0.5, timebin=2),
    "statwt residual with a range": dict(datacolumn="residual", timebin="30s", combine="scan,field", wtrange=[1e6, 3e7]),
}


INITIAL = {
    "nyq": dict(wtmode="nyq"), "nyq, channels": dict(wtmode="nyq", dowtsp=True), "sigma": dict(wtmode="sigma"),
    "sigma, channels": dict(wtmode="sigma", dowtsp=True), "weight, channels": dict(wtmode="weight", dowtsp=True),
    "ones": dict(wtmode="ones"), "ones, channels": dict(wtmode="ones", dowtsp=True), "delwtsp": dict(wtmode="delwtsp"),
    "delsigsp": dict(wtmode="delsigsp"),
}


def in_place(name, theirs, task, kwargs, *skip):
    for vis in ("p1.ms", "p2.ms"):
        shutil.rmtree(vis, ignore_errors=True)
        shutil.copytree("base.ms", vis)
    theirs(vis="p1.ms", **kwargs)
    ours([task, dict(kwargs, vis="p2.ms")])
    same_ms(name, "p2.ms", "p1.ms", *skip)


def uvw_close(name, task, theirs, kwargs, limit):
    """UVW to a part of the baseline; the rest as same_ms."""
    in_place(name, theirs, task, kwargs, "MAIN")
    uvw = []
    tb = table()
    for vis in ("p1.ms", "p2.ms"):
        tb.open(vis)
        uvw.append(tb.getcol("UVW"))
        tb.close()
    worst = (np.abs(uvw[0] - uvw[1]).max(axis=0) / np.linalg.norm(uvw[0], axis=0)).max()
    report(worst < limit, name + " UVW", "%.1e of the baseline" % worst)


def fixplanets_pointing():
    """The direction found in POINTING, within the 1.2 arcsec by which horizons differ."""
    for vis in ("p1.ms", "p2.ms"):
        shutil.rmtree(vis, ignore_errors=True)
        shutil.copytree("base.ms", vis)
    fixplanets(vis="p1.ms", field="1")
    ours(["fixplanets", dict(vis="p2.ms", field="1")])
    found = []
    tb = table()
    for vis in ("p1.ms", "p2.ms"):
        tb.open(vis + "/FIELD")
        found.append(tb.getcell("PHASE_DIR", 1).ravel())
        tb.close()
    miss = np.hypot((found[0][0] - found[1][0]) * np.cos(found[0][1]), found[0][1] - found[1][1])
    report(miss < 7e-6, "fixplanets from POINTING", "%.2f arcsec" % np.degrees(miss * 3600))


def main():
    prepare()
    for number, (name, kwargs) in enumerate(TRANSFORMS.items()):
        mstransform(vis="base.ms", outputvis="s%d.ms" % number, **kwargs)
        ours(["mstransform", dict(kwargs, vis="base.ms", outputvis="x%d.ms" % number)])
        same_ms(name, "x%d.ms" % number, "s%d.ms" % number)
    kwargs = dict(mode="velocity", nchan=30, start="-200km/s", width="30km/s", restfreq="230.538GHz", outframe="LSRK", spw="0",
                  datacolumn="data")
    cvel2(vis="base.ms", outputvis="c.ms", **kwargs)
    ours(["cvel2", dict(kwargs, vis="base.ms", outputvis="cx.ms")])
    same_ms("cvel2", "cx.ms", "c.ms")
    overlapping()
    for number, (name, (task, kwargs)) in enumerate(COMBINATIONS.items()):
        {"mstransform": mstransform, "cvel2": cvel2}[task](vis="overlap.ms", outputvis="o%d.ms" % number, **kwargs)
        ours([task, dict(kwargs, vis="overlap.ms", outputvis="ox%d.ms" % number)])
        same_ms(name, "ox%d.ms" % number, "o%d.ms" % number, "MAIN.FLAG_ROW")
    kwargs = dict(phasecenter=CENTRE, field="0", datacolumn="all")
    phaseshift(vis="base.ms", outputvis="h.ms", **kwargs)
    ours(["phaseshift", dict(kwargs, vis="base.ms", outputvis="hx.ms")])
    same_ms("phaseshift", "hx.ms", "h.ms")
    kwargs = dict(phasecenter=CENTRE.replace("J2000", "ICRS"), scan="4", datacolumn="data")
    phaseshift(vis="base.ms", outputvis="hi.ms", **kwargs)
    ours(["phaseshift", dict(kwargs, vis="base.ms", outputvis="hy.ms")])
    same_ms("phaseshift to ICRS", "hy.ms", "hi.ms")
    uvw_close("fixvis, UVW anew", "fixvis", fixvis, dict(field="0,1", reuse=False), 1e-6)
    uvw_close("fixplanets, given direction", "fixplanets", fixplanets, dict(field="0", fixuvw=True, direction=CENTRE), 1e-6)
    fixplanets_pointing()
    for name, kwargs in WEIGHTS.items():
        in_place(name, lambda **k: statwt(flagbackup=False, **k), "statwt", kwargs)
    for name, kwargs in INITIAL.items():
        in_place("initweights " + name, initweights, "initweights", kwargs)
    initweights(vis="base.ms", wtmode="weight", dowtsp=True)
    with_spectrum = table()
    with_spectrum.open("base.ms", nomodify=False)
    for row in range(0, with_spectrum.nrows(), 5):
        with_spectrum.putcell("WEIGHT_SPECTRUM", row, with_spectrum.getcell("WEIGHT_SPECTRUM", row) * 3)
    with_spectrum.close()
    for name, kwargs in INITIAL.items():
        in_place("initweights %s, with WEIGHT_SPECTRUM" % name, initweights, "initweights", kwargs)
    initweights(vis="base.ms", wtmode="delwtsp")
    in_place("uvsub", uvsub, "uvsub", {})
    in_place("uvsub reverse", uvsub, "uvsub", dict(reverse=True))
    in_place("clearcal", clearcal, "clearcal", dict(field="1", spw="1"))
    setjy(vis="base.ms", field="0", standard="manual", fluxdensity=[2, 0, 0, 0], usescratch=False)
    in_place("delmod", delmod, "delmod", dict(otf=True, scr=True), "SOURCE.SOURCE_MODEL")


started = time.time()
if not ASDM:
    print("INFO not available: no ASDM to compare with; name one")
    sys.exit(0)
main()
print("INFO %d differing, %.0f s" % (failures, time.time() - started))
sys.exit(1 if failures else 0)
