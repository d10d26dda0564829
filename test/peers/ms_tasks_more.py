"""mstransform, cvel2, phaseshift, fixvis, fixplanets, statwt, clearcal, uvsub and delmod against CASA 6.7 on the same MeasurementSet.

Usage: ms_tasks_more.py [ASDM]   (run by CASA's Python; the tables are compared by the system's python-casacore)
Without an argument: an Execution Block of `qa2 simulate --preset tiny`. Works in the current directory.
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
from casatools import msmetadata, quanta, table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")
SIMULATOR = os.path.join(ROOT, "dist", "peers", "ingest-driver.js")
NODE = os.environ.get("ALMA_QA2_NODE", "node")

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def ours(*calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    return [r.get("result") for r in json.loads(subprocess.check_output([NODE, DRIVER, KERNELS, "calls.json"]))]


COMPARE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from ms_compare import compare_ms
for prefix, (mine, theirs, skip) in enumerate(json.load(open("pairs.json"))):
    compare_ms(mine, theirs, skip, 1e-5, "case %d" % prefix)
"""


class Cases:
    """Calls that both programs make, ours in one process, and pairs of MeasurementSets that are compared in one."""

    def __init__(self):
        self.names, self.calls, self.pairs = [], [], []

    def add(self, name, task, theirs, mine, other, *skip):
        """`mine` and `other` are the arguments of each program; the MeasurementSets compared are their outputvis or vis."""
        theirs(**other)
        self.names.append(name)
        self.calls.append([task, mine])
        self.pairs.append([args.get("outputvis", args["vis"]) for args in (mine, other)] + [["HISTORY", "FEED.FOCUS_LENGTH", *skip]])

    def new(self, name, task, theirs, vis, kwargs, *skip):
        """A task that writes a MeasurementSet."""
        out = "%s-%d.ms" % ("%s", len(self.names))
        self.add(name, task, theirs, *[dict(kwargs, vis=vis, outputvis=out % who) for who in ("ours", "casa")], *skip)

    def in_place(self, name, task, theirs, kwargs, *skip, base="base.ms"):
        """A task that changes one; returns both."""
        both = ["%s-%d.ms" % (who, len(self.names)) for who in ("ours", "casa")]
        for vis in both:
            shutil.copytree(base, vis)
        self.add(name, task, theirs, *[dict(kwargs, vis=vis) for vis in both], *skip)
        return both

    def compare(self, judges=()):
        """Makes our calls and reports; then what the judges have to say. Removes what was compared."""
        ours(*self.calls)
        with open("pairs.json", "w") as out:
            json.dump(self.pairs, out)
        run = subprocess.run(["/usr/bin/python3", "-c", COMPARE, os.path.dirname(os.path.abspath(__file__))], stdout=subprocess.PIPE,
                             universal_newlines=True, env=dict(os.environ, PYTHONPATH="", PYTHONHOME=""))
        lines = run.stdout.split("\n")
        for number, name in enumerate(self.names):
            bad = [line[5:] for line in lines if line.startswith("FAIL case %d " % number)]
            report(not bad and "PASS case %d FEED" % number in lines, name, " | ".join(bad)[:500])
        for judge in judges:
            judge()
        for pair in self.pairs:
            for path in pair[:2]:
                shutil.rmtree(path)
        self.__init__()


def prepare(asdm=""):
    asdm = asdm or subprocess.check_output([NODE, SIMULATOR, ROOT, "simulate", "simulated"], text=True).split()[0]
    importasdm(asdm=asdm, vis="a.ms", asis="Antenna Station Receiver Source", bdfflags=True, process_caldevice=False)
    clearcal(vis="a.ms", addmodel=True)
    split(vis="a.ms", outputvis="base.ms", spw="17,19,18", datacolumn="all", antenna="*&*", scan="3~9")
    rng = np.random.default_rng(2)
    tb = table()
    tb.open("base.ms", nomodify=False)
    for dd in sorted(set(tb.getcol("DATA_DESC_ID"))):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        data, weight, sigma, flag = (part.getcol(name) for name in ("DATA", "WEIGHT", "SIGMA", "FLAG"))
        part.putcol("CORRECTED_DATA", data * (1.5 + 0.2j))
        part.putcol("WEIGHT", weight * rng.uniform(0.5, 2, weight.shape))
        part.putcol("SIGMA", sigma * rng.uniform(0.5, 2, sigma.shape))
        flag |= rng.random(flag.shape) < 0.05
        rows = rng.random(flag.shape[2]) < 0.1
        flag[:, :, rows] = True
        part.putcol("FLAG", flag)
        part.putcol("FLAG_ROW", flag.all(axis=(0, 1)))
        part.close()
    tb.close()
    # As of windows that the correlator smooths: a channel reaches into its neighbours.
    tb.open("base.ms/SPECTRAL_WINDOW", nomodify=False)
    for window in range(tb.nrows()):
        width = abs(tb.getcell("CHAN_WIDTH", window))
        tb.putcell("EFFECTIVE_BW", window, 1.5 * width)
        tb.putcell("RESOLUTION", window, 2 * width)
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


def without_flagged_rows():
    """The same with averages of all windows at the same times: no row is flagged as a whole."""
    shutil.copytree("overlap.ms", "even.ms")
    tb = table()
    tb.open("even.ms", nomodify=False)
    tb.putcol("FLAG_ROW", np.zeros(tb.nrows(), bool))
    flag = tb.getcol("FLAG")
    flag[:, :, flag.all(axis=(0, 1))] = False
    tb.putcol("FLAG", flag)
    tb.close()


class Channels:
    """The channels of window 0, as texts of frequency and velocity that grids are asked for with."""

    def __init__(self):
        tb = table()
        tb.open("base.ms/SPECTRAL_WINDOW")
        freqs = tb.getcell("CHAN_FREQ", 0)
        tb.close()
        tb.open("base.ms/FIELD")
        self.ra, self.dec = tb.getcell("PHASE_DIR", 0).ravel()
        tb.close()
        self.count, self.width, self.middle = len(freqs), abs(freqs[1] - freqs[0]), freqs.mean()
        self.rest = "%.6fGHz" % (self.middle / 1e9)

    def hz(self, channels):
        return "%.6fMHz" % (channels * self.width / 1e6)

    def at(self, channels):
        """Frequency so many channels from the middle."""
        return "%.6fGHz" % ((self.middle + channels * self.width) / 1e9)

    def kms(self, channels):
        return "%.4fkm/s" % (channels * 299792.458 * self.width / self.middle)

    def fit(self, width, part=0.6):
        """How many channels of a width, in those of the window, fit into a part of it."""
        return int(part * self.count / width)

    def beside(self, frame="J2000"):
        """A direction 9 arcsec from that of field 0."""
        return "%s %.9frad %.9frad" % (frame, self.ra + 1.4e-5, self.dec + 4.4e-5)


def grid(mode, **more):
    return dict(dict(regridms=True, mode=mode, spw="0", datacolumn="data"), **more)


def transforms(c):
    start, lsrk = c.at(-0.3 * c.count), dict(restfreq=c.rest, outframe="LSRK")
    velocities = dict(lsrk, nchan=c.fit(1.5), start=c.kms(-0.3 * c.count), width=c.kms(1.5))
    return {
        "selection without reindexing": dict(reindex=False, spw="1", datacolumn="data"),
        "Hanning": dict(hanning=True, spw="0,1:3~4", datacolumn="corrected"),
        "time and channel average": dict(timeaverage=True, timebin="60s", timespan="scan,state", chanaverage=True, chanbin=4,
                                         spw="0,1", datacolumn="data"),
        "time and channel average of all columns": dict(timeaverage=True, timebin="20s", timespan="state", chanaverage=True, chanbin=4,
                                                        spw="0,1", datacolumn="all"),
        "time bins of baselines with gaps": dict(timeaverage=True, timebin="40s", keepflags=False, datacolumn="data"),
        "time bins over scans and fields, by distance": dict(timeaverage=True, timebin="400s", timespan="scan,field", keepflags=False,
                                                             maxuvwdistance=1.0, datacolumn="data"),
        "WEIGHT_SPECTRUM": dict(usewtspectrum=True, chanaverage=True, chanbin=2, spw="0,1", datacolumn="corrected"),
        "WEIGHT_SPECTRUM of all columns": dict(usewtspectrum=True, spw="0,1", hanning=True, datacolumn="all"),
        "velocity LSRK": grid("velocity", **dict(velocities, datacolumn="corrected")),
        "velocity LSRK of all columns": grid("velocity", **dict(velocities, datacolumn="all")),
        "optical velocity backwards": grid("velocity", nchan=c.fit(1.5), start=c.kms(0.3 * c.count), width=c.kms(-1.5), veltype="optical",
                                           **lsrk),
        "frequency BARY, wide": grid("frequency", nchan=c.fit(2.6), start=start, width=c.hz(2.6), outframe="BARY"),
        "frequency of the Galaxy": grid("frequency", nchan=c.fit(1.3), start=start, width=c.hz(1.3), outframe="GALACTO"),
        "cubic": grid("frequency", nchan=c.fit(1.3), start=start, width=c.hz(1.3), outframe="LSRK", interpolation="cubic"),
        "nearest": grid("frequency", nchan=c.fit(1.3), start=start, width=c.hz(1.3), outframe="LSRK", interpolation="nearest"),
        "channels in TOPO": grid("channel", nchan=c.count // 2, start=3, width=1, spw="1"),
        "three channels wide": grid("channel", width=3),
        "means of four channels": grid("channel", width=4, preaverage=True),
        "means of four channels, smoothed": grid("channel", width=4, preaverage=True, hanning=True),
        "time average of one correlation": dict(timeaverage=True, timebin="60s", spw="2", correlation="YY", datacolumn="data"),
        "means of three channels, in LSRK": grid("velocity", width=c.kms(3.1), start=c.kms(-0.3 * c.count), nchan=c.fit(3.1), preaverage=True, **lsrk),
        "means of two channels of all columns": grid("frequency", usewtspectrum=True, nchan=c.fit(2.6), start=start, width=c.hz(2.6),
                                                     outframe="BARY", preaverage=True, **{"datacolumn": "all"}),
        "wide velocities": grid("velocity", width=c.kms(3.1), start=c.kms(-0.3 * c.count), nchan=c.fit(3.1), **lsrk),
        "Hanning and regrid": grid("frequency", hanning=True, width=c.hz(1.6), start=start, nchan=c.fit(1.6), outframe="LSRK",
                                   **{"datacolumn": "corrected"}),
    }


def combinations(c):
    """Of windows that overlap by some channels and a part of one (see overlapping())."""
    part = "%d~%d" % (c.count // 8, c.count - 2)
    lsrk = dict(regridms=True, mode="velocity", nchan=c.fit(1.3), start=c.kms(0.3 * c.count), width=c.kms(-1.3), restfreq=c.rest,
                outframe="LSRK")
    wide = dict(mode="frequency", start=c.at(-0.3 * c.count), width=c.hz(2.7), nchan=c.fit(2.7, 1))
    return {
        "combined windows": ("mstransform", dict(combinespws=True, datacolumn="corrected")),
        "combined windows in LSRK": ("mstransform", dict(combinespws=True, datacolumn="data", **lsrk)),
        "combined windows with WEIGHT_SPECTRUM and rows of one of them": ("mstransform", dict(combinespws=True, usewtspectrum=True,
                                                                                              keepflags=False, datacolumn="data")),
        "combined windows, the same channels of each": ("mstransform", dict(combinespws=True, datacolumn="data",
                                                                            spw="1:%s,0:%s" % (part, part))),
        "combined windows of all columns": ("mstransform", dict(combinespws=True, hanning=True, datacolumn="all")),
        "cvel2 of two windows": ("cvel2", dict(wide, datacolumn="data", hanning=True)),
        "cvel2 of two windows and all columns": ("cvel2", wide),
    }


def averaged_combinations():
    return {
        "combined windows, averaged in time": dict(timebin="12s", datacolumn="data"),
        "combined windows of all columns, averaged in time": dict(timebin="20s", timespan="scan,state", datacolumn="all", usewtspectrum=True),
        "combined windows, Hanning, averaged in time": dict(timebin="7s", hanning=True, keepflags=False, datacolumn="corrected"),
    }


WEIGHTS = {
    "statwt": dict(datacolumn="data"),
    "statwt channel and time bins": dict(datacolumn="corrected", timebin="20s", chanbin=8),
    "statwt blocks of integrations": dict(datacolumn="data", timebin=5),
    "statwt channel bins of SIGMA": dict(datacolumn="data", chanbin=16),
    "statwt chauvenet": dict(datacolumn="corrected", statalg="chauvenet", zscore=2.0, maxiter=3),
    "statwt fit-half": dict(datacolumn="corrected", statalg="fit-half", center="median", lside=False),
    "statwt hinges-fences": dict(datacolumn="corrected", statalg="hinges-fences", fence=0.5, timebin=4, slidetimebin=True),
    "statwt residual with a range": dict(datacolumn="residual", timebin="30s", slidetimebin=True, combine="scan,field", scan="4", wtrange=[1e6, 3e7]),
}

INTERLEAVED = {
    "scans": dict(combine="scan"), "scans in blocks": dict(timebin=100, combine="scan"),
    "scans, sliding": dict(timebin="70s", combine="scan", slidetimebin=True), "scans and states": dict(combine="scan,state"),
    "scans, fields and states": dict(combine="scan,field,state"), "fields": dict(combine="field"), "nothing": {},
    "nothing, chauvenet by number": dict(timebin=1, statalg="chauvenet"),
    "nothing, chauvenet by number of channel bins": dict(timebin=1, statalg="chauvenet", chanbin=8),
}


INITIAL = {
    "nyq": dict(wtmode="nyq"), "nyq, channels": dict(wtmode="nyq", dowtsp=True), "sigma": dict(wtmode="sigma"),
    "sigma, channels": dict(wtmode="sigma", dowtsp=True), "weight, channels": dict(wtmode="weight", dowtsp=True),
    "ones": dict(wtmode="ones"), "ones, channels": dict(wtmode="ones", dowtsp=True), "delwtsp": dict(wtmode="delwtsp"),
    "delsigsp": dict(wtmode="delsigsp"),
}


def uvw_close(name, both, limit):
    """UVW to a part of the baseline."""
    uvw = []
    tb = table()
    for vis in both:
        tb.open(vis)
        uvw.append(tb.getcol("UVW"))
        tb.close()
    worst = (np.abs(uvw[0] - uvw[1]).max(axis=0) / np.linalg.norm(uvw[1], axis=0)).max()
    report(worst < limit, name + " UVW", "%.1e of the baseline" % worst)


def fixplanets_pointing(both):
    """The direction found in POINTING, within the 1.2 arcsec by which horizons differ."""
    found = []
    tb = table()
    for vis in both:
        tb.open(vis + "/FIELD")
        found.append(tb.getcell("PHASE_DIR", 1).ravel())
        tb.close()
    miss = np.hypot((found[0][0] - found[1][0]) * np.cos(found[0][1]), found[0][1] - found[1][1])
    report(miss < 7e-6, "fixplanets from POINTING", "%.2f arcsec" % np.degrees(miss * 3600))


def make_ephemeris(path):
    """A body that moves away from field 0 in steps of six hours, so slowly that CASA's UVW, of where it is at FIELD.TIME, are ours."""
    tb = table()
    tb.open("base.ms/FIELD")
    start, (ra, dec) = tb.getcell("TIME", 0) / 86400 - 1, np.degrees(tb.getcell("PHASE_DIR", 0).ravel())
    tb.close()
    steps = np.arange(12.0)
    columns = {"MJD": start + steps / 4, "RA": ra % 360 + steps / 1500, "DEC": dec - steps / 2000, "Rho": 9 + steps / 50, "RadVel": 0.01 + steps / 5e3}
    column = dict(valueType="double", dataManagerType="", dataManagerGroup="", option=0, maxlen=0, comment="", keywords={})
    tb.create(path, {name: column for name in columns}, nrow=len(steps))
    for name, unit in zip(columns, ("d", "deg", "deg", "AU", "AU/d")):
        tb.putcol(name, columns[name])
        tb.putcolkeyword(name, "UNIT", unit)
    for key, value in dict(VS_CREATE="2013/01/01/00:00", VS_DATE="2013/01/01/00:00", VS_VERSION="0001.0001",
                           VS_TYPE="Table of comet/planetary positions", MJD0=start - 0.25, dMJD=0.25, NAME="Body", GeoLong=0.0,
                           GeoLat=0.0, GeoDist=0.0, obsloc="GEOCENTRIC", posrefsys="ICRF/J2000.0").items():
        tb.putkeyword(key, value)
    tb.putinfo(dict(type="IERS", subType="Solar System", readme=""))
    tb.close()


def first_time():
    """The first integration of field 0, as a range of times."""
    tb = table()
    tb.open("base.ms")
    first = tb.query("FIELD_ID==0 && DATA_DESC_ID==0").getcol("TIME").min()
    tb.close()
    qa = quanta()
    return "~".join(qa.time("%.3fs" % (first + shift), form="ymd", prec=9)[0] for shift in (-0.5, 0.5))


def moving_centre(both):
    """Where both programs say that the moving field of CASA's MeasurementSet is."""
    says = "msmd.open('%s'); place = msmd.phasecenter(0); msmd.close(); print('%%r %%r' %% (place['m0']['value'], place['m1']['value']))" % both[1]
    out = subprocess.check_output([NODE, os.path.join(ROOT, "bin", "casapy.mjs"), "--nologfile", "--trust", "-c", says], text=True)
    here = np.array([float(word) for word in out.split("\n")[-2].split()])
    msmd = msmetadata()
    msmd.open(both[1])
    place = msmd.phasecenter(0)
    msmd.close()
    miss = np.abs(here - [place["m0"]["value"], place["m1"]["value"]]).max()
    report(miss < 1e-11, "phase centre of a field with an ephemeris", "%.1e rad" % miss)


def channels_and_places(cases, c):
    for name, kwargs in transforms(c).items():
        # FLAG_ROW of a bin whose rows are all flagged is set here.
        skipped = ["MAIN.FLAG_ROW"] if "timebin" in kwargs else []
        cases.new("mstransform, " + name, "mstransform", mstransform, "base.ms", kwargs, *skipped)
    cases.new("cvel2", "cvel2", cvel2, "base.ms", dict(mode="velocity", nchan=c.fit(1.5), start=c.kms(-0.3 * c.count), width=c.kms(1.5),
                                                       restfreq=c.rest, outframe="LSRK", spw="0", datacolumn="data"))
    overlapping()
    for name, (task, kwargs) in combinations(c).items():
        cases.new(name, task, {"mstransform": mstransform, "cvel2": cvel2}[task], "overlap.ms", kwargs, "MAIN.FLAG_ROW")
    without_flagged_rows()
    for name, kwargs in averaged_combinations().items():
        cases.new(name, "mstransform", mstransform, "even.ms", dict(kwargs, combinespws=True, timeaverage=True), "MAIN.FLAG_ROW")
    cases.new("phaseshift", "phaseshift", phaseshift, "base.ms", dict(phasecenter=c.beside(), field="0", datacolumn="all"))
    cases.new("phaseshift to ICRS", "phaseshift", phaseshift, "base.ms", dict(phasecenter=c.beside("ICRS"), scan="4", datacolumn="data"))
    fixed = cases.in_place("fixvis, UVW anew", "fixvis", fixvis, dict(field="0,1", reuse=False), "MAIN")
    given = cases.in_place("fixplanets, given direction", "fixplanets", fixplanets, dict(field="0", fixuvw=True, direction=c.beside()), "MAIN")
    make_ephemeris("body.tab")
    moving = cases.in_place("fixplanets, ephemeris", "fixplanets", fixplanets, dict(field="0", fixuvw=True, direction="body.tab"), "MAIN")
    # Of one time: at later ones CASA's velocity changes with the wrong sign.
    cases.new("mstransform to the frame of a moving object", "mstransform", mstransform, moving[1],
              grid("velocity", nchan=c.fit(1.5, 0.4), width=c.kms(1.5), outframe="SOURCE", restfreq=c.rest, field="0", timerange=first_time()))
    pointed = cases.in_place("fixplanets from POINTING, other tables", "fixplanets", fixplanets, dict(field="1"), "FIELD", "SOURCE")
    cases.compare([lambda: uvw_close("fixvis, UVW anew", fixed, 1e-6), lambda: uvw_close("fixplanets, given direction", given, 1e-6),
                   lambda: uvw_close("fixplanets, ephemeris", moving, 1e-6), lambda: moving_centre(moving),
                   lambda: fixplanets_pointing(pointed)])


def weights(cases):
    for name, kwargs in WEIGHTS.items():
        cases.in_place(name, "statwt", lambda **k: statwt(flagbackup=False, **k), kwargs)
    # Of two fields in turn: 2, 3, 2, 3.
    split(vis="a.ms", outputvis="interleaved.ms", spw="17,19", datacolumn="data", antenna="*&*", scan="9~13")
    for name, kwargs in INTERLEAVED.items():
        kwargs = dict(dict(datacolumn="data", timebin="300s"), **kwargs)
        cases.in_place("statwt of fields in turn, spanning " + name, "statwt", lambda **k: statwt(flagbackup=False, **k), kwargs,
                       base="interleaved.ms")
    for name, kwargs in INITIAL.items():
        cases.in_place("initweights " + name, "initweights", initweights, kwargs)
    cases.compare()
    initweights(vis="base.ms", wtmode="weight", dowtsp=True)
    with_spectrum = table()
    with_spectrum.open("base.ms", nomodify=False)
    for row in range(0, with_spectrum.nrows(), 5):
        with_spectrum.putcell("WEIGHT_SPECTRUM", row, with_spectrum.getcell("WEIGHT_SPECTRUM", row) * 3)
    with_spectrum.close()
    for name, kwargs in INITIAL.items():
        cases.in_place("initweights %s, with WEIGHT_SPECTRUM" % name, "initweights", initweights, kwargs)
    for column in ("data", "corrected", "all"):
        kwargs = dict(timeaverage=True, timebin="20s", chanaverage=True, chanbin=4, spw="0,1", datacolumn=column)
        cases.new("mstransform with WEIGHT_SPECTRUM, averages of " + column, "mstransform", mstransform, "base.ms", kwargs, "MAIN.FLAG_ROW")
    cases.compare()
    initweights(vis="base.ms", wtmode="delwtsp")


def models(cases):
    cases.in_place("uvsub", "uvsub", uvsub, {})
    cases.in_place("uvsub reverse", "uvsub", uvsub, dict(reverse=True))
    cases.in_place("clearcal", "clearcal", clearcal, dict(field="1", spw="1"))
    setjy(vis="base.ms", field="0", standard="manual", fluxdensity=[2, 0, 0, 0], usescratch=False)
    cases.in_place("delmod", "delmod", delmod, dict(otf=True, scr=True), "SOURCE.SOURCE_MODEL")
    cases.compare()


if __name__ == "__main__":
    started = time.time()
    prepare(*sys.argv[1:])
    channels_and_places(Cases(), Channels())
    weights(Cases())
    models(Cases())
    print("INFO %d differing, %.0f s" % (failures, time.time() - started))
    sys.exit(1 if failures else 0)
