"""CASA 6.7's gaincal, bandpass, fluxscale and smoothcal beside ours on the same MeasurementSet.

Usage: calibration_solve.py [ASDM] [--out DIR] [--cases NAME,…]   (run by the Python of the CASA environment; needs node and esbuild)
With --cases only those are solved, on the data that an earlier run left in DIR.

Without an ASDM our simulator makes one. It is imported by CASA; its science windows are split. Then
- noisy data: each case is solved by both. A case passes when flags, times and row keys agree and every gain differs by at
  most max(1e-5, 2 % of its error), or ours is at the minimum of chi² that numpy finds and CASA's is not nearer to it;
- noise-free data (gains times a point source): gains within 1e-6 of each other and, relative to the truth, too;
- closed forms (fluxscale, smoothcal): 1e-6 and log lines letter by letter, but for one unit in the last digit of a number;
- a table that we read and wrote again: CASA's applycal gives the same bits as with the original.
Prints PASS and FAIL lines with numbers; the exit code is 1 when one failed.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
args = sys.argv[1:]
OUT = os.path.abspath(args[args.index("--out") + 1]) if "--out" in args else tempfile.mkdtemp(prefix="calibration-solve-")
GIVEN = [os.path.abspath(a) for a in args[:1] if not a.startswith("--")]
ONLY = args[args.index("--cases") + 1].split(",") if "--cases" in args else []
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import numpy as np  # noqa: E402
import casatools  # noqa: E402
from casatasks import (applycal, bandpass, casalog, flagdata, fluxscale, gaincal, importasdm, rerefant, setjy, smoothcal, split)  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
tb = casatools.table()
FAILED = []
VIS = "science.ms"
# Where CASA loses no data it finds the same: with interp linear it leaves out integrations beside those that an antenna misses.
CLOSE = ["bandpass_nearest"]


def say(ok, name, text):
    print("%s %s %s" % ("PASS" if ok else "FAIL", name, text), flush=True)
    if not ok:
        FAILED.append(name)


def columns(path, names, where=""):
    tb.open(path)
    t = tb.query(where) if where else tb
    values = [t.getcol(n) for n in names]
    if where:
        t.close()
    tb.close()
    return values


def prepare():
    """The science windows (FULL_RES, not the first eight of pointing and atmosphere) of one Execution Block."""
    for path in ("raw.ms", VIS, "clean.ms"):
        shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(path + ".flagversions", ignore_errors=True)
    if GIVEN:
        asdm = GIVEN[0]
    else:
        calls = [dict(name="asdm", task="simulate", args=dict(out="simulated", preset="tiny", antennaCount=8, channelCount=96, overwrite=True))]
        asdm = run_ours(calls)["asdm"]["result"]["asdms"][0]
    importasdm(asdm=asdm, vis="raw.ms", lazy=False, bdfflags=True, overwrite=True)
    tb.open("raw.ms/SPECTRAL_WINDOW")
    name, nchan = tb.getcol("NAME"), tb.getcol("NUM_CHAN")
    tb.close()
    msmd = casatools.msmetadata()
    msmd.open("raw.ms")
    target = set(msmd.spwsforintent("OBSERVE_TARGET*").tolist())
    known = " ".join(msmd.intents())
    msmd.done()
    sci = [i for i in sorted(target) if "FULL_RES" in name[i] and nchan[i] > 1]
    flagdata(vis="raw.ms", mode="manual", autocorr=True, flagbackup=False)
    split(vis="raw.ms", outputvis=VIS, spw=",".join(map(str, sci)), antenna="*&*", datacolumn="data", keepflags=True,
          intent=",".join("*%s*" % i for i in ("BANDPASS", "FLUX", "AMPLI", "PHASE") if "CALIBRATE_" + i in known))
    edge = max(1, int(nchan[sci[0]]) // 64)
    last = int(nchan[sci[0]]) - 1
    flagdata(vis=VIS, mode="manual", spw="*:0~%d;%d~%d" % (edge - 1, last - edge + 1, last), flagbackup=False)
    flagdata(vis=VIS, mode="manual", antenna="2&5", correlation="", spw="0:10~17", flagbackup=False)
    flagdata(vis=VIS, mode="manual", antenna="1&4", correlation="XX", spw="1", flagbackup=False)
    times, spws = columns(VIS, ["TIME", "DATA_DESC_ID"])
    third = np.unique(times[spws == 0])[2]
    tb.open(VIS, nomodify=False)
    t = tb.query("abs(TIME-%.3f)<0.5 && (ANTENNA1==3 || ANTENNA2==3)" % third)
    t.putcol("FLAG", np.ones_like(t.getcol("FLAG")))
    t.close()
    tb.close()
    flux = int(np.unique(columns(VIS, ["FIELD_ID"])[0])[1])
    setjy(vis=VIS, field=str(flux), standard="manual", fluxdensity=[1.74, 0, 0, 0], spix=-0.6, reffreq="225GHz", usescratch=False)
    shutil.rmtree("outliers.ms", ignore_errors=True)
    shutil.copytree(VIS, "outliers.ms")
    tb.open("outliers.ms", nomodify=False)
    t = tb.query("(ANTENNA1==1 && ANTENNA2==2) || (ANTENNA1==4 && ANTENNA2==6)")
    t.putcol("DATA", t.getcol("DATA") * 1.4j)
    t.close()
    tb.close()
    return flux


def cases(ref, fields, nchan):
    mid = "*:%d~%d" % (int(.4 * nchan), int(.6 * nchan))
    three = ",".join(map(str, fields))
    bp, fx, ph = map(str, fields)
    g = dict(refant=ref, minsnr=2.0)
    return [
        ("int_p", gaincal, dict(g, field=bp, spw=mid, solint="int", calmode="p", minsnr=1.0)),
        ("bandpass", bandpass, dict(field=bp, solint="inf", combine="scan", refant=ref, solnorm=True, gaintable=["int_p"])),
        ("bandpass_nearest", bandpass, dict(field=bp, solint="inf", combine="scan", refant=ref, solnorm=True, gaintable=["int_p"], interp=["nearest"])),
        ("phase_int", gaincal, dict(g, field=three, solint="int", calmode="p", gaintable=["bandpass"])),
        ("phase_inf", gaincal, dict(g, field=three, solint="inf", calmode="p", gaintable=["bandpass"])),
        ("ampli_inf", gaincal, dict(g, field=three, solint="inf", calmode="a", gaintable=["bandpass", "phase_int"])),
        ("inf_ap", gaincal, dict(g, field=bp, solint="inf", calmode="ap")),
        ("time_13s", gaincal, dict(g, field=bp, solint="13s", calmode="ap")),
        ("scans", gaincal, dict(g, field=ph, solint="inf", combine="scan", calmode="ap")),
        ("windows", gaincal, dict(g, field=bp, solint="inf", combine="spw", calmode="ap")),
        ("fields", gaincal, dict(g, field="%s,%s" % (bp, ph), solint="inf", combine="scan,field", calmode="p")),
        ("t_jones", gaincal, dict(g, field=bp, solint="inf", gaintype="T", calmode="ap", minsnr=0.0)),
        ("solnorm", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", solnorm=True)),
        ("no_refant", gaincal, dict(field=bp, spw="0", solint="inf", calmode="ap", minsnr=2.0)),
        ("normtype", gaincal, dict(g, field=bp, spw="0,1", solint="inf", calmode="ap", solnorm=True, normtype="median")),
        ("corrdepflags", gaincal, dict(g, field=bp, spw="1", solint="inf", calmode="ap", corrdepflags=True)),
        ("smodel", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", smodel=[2.0, 0.3, 0.1, 0.0])),
        ("smodel_I", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", smodel=[2.0])),
        ("uvrange", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", uvrange="<%dm" % np.percentile(np.hypot(*columns(VIS, ["UVW"])[0][:2]), 80), minblperant=2)),
        ("antenna", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", antenna="!6", minblperant=5)),
        ("unselected", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", selectdata=False, antenna="0&1", scan="99")),
        ("flex", gaincal, dict(g, field=bp, spw="0", solint="int", calmode="p", refant="3,5", minsnr=0.0)),
        ("strict", gaincal, dict(g, field=bp, spw="0", solint="int", calmode="p", refant="3,5", minsnr=0.0, refantmode="strict")),
        ("corrdep_band", bandpass, dict(field=bp, spw="1", solint="inf", refant=ref, corrdepflags=True, minsnr=0.0)),
        ("smodel_band", bandpass, dict(field=bp, spw="1", solint="inf", refant=ref, smodel=[1.0, 0.2, 0, 0], minsnr=0.0)),
        ("reject", gaincal, dict(g, vis="outliers.ms", field=bp, spw="0", solint="inf", calmode="ap", solmode="R")),
        ("reject_p", gaincal, dict(g, vis="outliers.ms", field=bp, spw="0", solint="inf", calmode="p", solmode="R", rmsthresh=[5.0, 4.0, 3.5])),
        ("reject_2", gaincal, dict(g, vis="outliers.ms", field=bp, spw="0", solint="inf", calmode="ap", solmode="R", rmsthresh=[5.0, 2.0, 2.0])),
        ("least", gaincal, dict(g, vis="outliers.ms", field=bp, spw="0", solint="inf", calmode="ap", solmode="L1")),
        ("least_reject", gaincal, dict(g, vis="outliers.ms", field=bp, spw="0", solint="inf", calmode="ap", solmode="L1R")),
        ("least_reject_2", gaincal, dict(g, vis="outliers.ms", field=bp, spw="0", solint="inf", calmode="ap", solmode="L1R", rmsthresh=[5.0, 3.0])),
        ("no_width", gaincal, dict(g, field=bp, spw="0", solint="inf,40ch", calmode="ap")),
        ("no_threshold", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap", rmsthresh=[2.0])),
        ("append", gaincal, dict(g, field=bp, spw="0", solint="inf", calmode="ap")),
        ("append", gaincal, dict(g, field=bp, spw="1", solint="inf", calmode="ap", append=True)),
        ("delay", gaincal, dict(g, field=bp, solint="inf", gaintype="K")),
        ("delay_R", gaincal, dict(g, field=bp, spw="0", solint="inf", gaintype="K", solmode="R", rmsthresh=[2.0])),
        ("delay_scans", gaincal, dict(g, field=ph, solint="inf", combine="scan", gaintype="K")),
        ("delay_windows", gaincal, dict(g, field=bp, spw="0,1", solint="inf", combine="spw", gaintype="K")),
        ("bandpass_scans", bandpass, dict(field=ph, solint="inf", combine="scan", refant=ref, minsnr=0.0)),
        ("bandpass_part", bandpass, dict(field=bp, spw="0:10~30", solint="inf", refant=ref)),
        ("bandpass_20ch", bandpass, dict(field=bp, solint="inf,20ch", refant=ref)),
        ("bandpass_80MHz", bandpass, dict(field=bp, spw="*:10~75", solint="inf,80MHz", refant=ref, minsnr=0.0)),
        ("bandpass_gaps", bandpass, dict(field=bp, solint="inf", refant=ref, minsnr=12.0, fillgaps=8)),
    ]


def run_casa(todo, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name, task, kw in todo:
        kw = dict(kw)
        if "gaintable" in kw:
            kw["gaintable"] = [os.path.join("casa", t) for t in kw["gaintable"]]
        task(vis=kw.pop("vis", VIS), caltable=os.path.join(folder, name), **kw)


def run_ours(calls):
    bundle = os.path.join(ROOT, "dist", "peers", "calibration-driver.js")
    if not os.path.exists(bundle) or "ALMA_QA2_ROOT" not in os.environ:  # run by hand: not built by the runner of the peers
        subprocess.check_call(["node", os.path.join(ROOT, "scripts", "build.mjs")])
        subprocess.check_call([os.path.join(ROOT, "node_modules", ".bin", "esbuild"), os.path.join(HERE, "calibration-driver.ts"),
                               "--bundle", "--platform=node", "--format=esm", "--packages=external", "--loader:.py=text",
                               "--loader:.wasm=binary", "--log-level=error", "--outfile=" + bundle])
    json.dump(dict(cwd=OUT, calls=calls), open("calls.json", "w"))
    kernels, erfa = os.path.join(ROOT, "dist", "kernels.wasm"), os.path.join(ROOT, "data", "erfa.wasm")
    subprocess.check_call([os.environ.get("ALMA_QA2_NODE", "node"), bundle, kernels, erfa, "calls.json", "results.json"])
    results = json.load(open("results.json"))
    for name, r in results.items():
        if "error" in r:
            say(False, name, r["error"].split("\n")[0])
    return results


def call(name, task, kw, folder):
    kw = dict(kw, vis=kw.get("vis", VIS), caltable=os.path.join(folder, name))
    if "gaintable" in kw:
        kw["gaintable"] = [os.path.join("casa", t) for t in kw["gaintable"]]
    return dict(name=os.path.join(folder, name), task="bandpass" if task is bandpass else "gaincal", args=kw)


def read(path):
    tb.open(path)
    par = "CPARAM" if "CPARAM" in tb.colnames() else "FPARAM"
    t = {c: tb.getcol(c) for c in ("TIME", "FIELD_ID", "SPECTRAL_WINDOW_ID", "ANTENNA1", "ANTENNA2", "SCAN_NUMBER", "OBSERVATION_ID")}
    t["cells"] = [[np.atleast_2d(tb.getcell(c, r)) for r in range(tb.nrows())] for c in (par, "FLAG", "PARAMERR", "SNR")]
    tb.close()
    return t


# --- the minimum by numpy: averages as gaincal makes them, then alternating least squares in double precision ---

class Data:
    def __init__(self, vis):
        names = ["DATA", "FLAG", "SIGMA", "TIME", "ANTENNA1", "ANTENNA2", "FIELD_ID", "SCAN_NUMBER", "DATA_DESC_ID"]
        for n, v in zip(names, columns(vis, names)):
            setattr(self, n, v)
        self.FLAG = self.FLAG.any(axis=0)
        self.chan_width = abs(columns(vis + "/SPECTRAL_WINDOW", ["CHAN_WIDTH"])[0][0, 0])
        self.nant = int(self.ANTENNA2.max()) + 1

    def phases(self, table):
        """Gains of a table with one solution at each time of the data, by (window, time): [antenna, polarization]."""
        t = read(table)
        self.table = {}
        for r in range(len(t["TIME"])):
            key = (t["SPECTRAL_WINDOW_ID"][r], round(t["TIME"][r], 2))
            self.table.setdefault(key, np.ones((self.nant, 2), complex))[t["ANTENNA1"][r]] = t["cells"][0][r][:, 0]
            if t["cells"][1][r].any():
                self.table[key][t["ANTENNA1"][r]] = np.nan

    def average(self, rows, mode, joined, chans, corrected):
        """One matrix pair per polarization: sums of w V and w over rows and channels, conditioned for the mode."""
        A, B = np.zeros((2, self.nant, self.nant)), np.zeros((2, self.nant, self.nant), complex)
        w = (self.SIGMA[:, rows].astype(float) ** -2)[:, None, :] * ~self.FLAG[None][:, chans, :][:, :, rows]
        v = self.DATA[:, chans, :][:, :, rows].astype(complex)
        if corrected:
            g = np.array([self.table[(self.DATA_DESC_ID[r], round(self.TIME[r], 2))][[self.ANTENNA1[r], self.ANTENNA2[r]]] for r in rows])
            g = (g[:, 0] * g[:, 1].conj()).T[:, None, :]
            w, v = np.where(np.isfinite(g).all(0), w, 0), np.where(np.isfinite(g), v / g, 0)
        n, d = (w * v).sum(1), w.sum(1)
        key = self.ANTENNA1[rows] * self.nant + self.ANTENNA2[rows]
        for p in range(2):
            S = np.bincount(key, n[p].real, self.nant ** 2) + 1j * np.bincount(key, n[p].imag, self.nant ** 2)
            W = np.bincount(key, d[p], self.nant ** 2)
            amp = np.abs(S)
            ok = W > 0
            q = 0 if joined else p
            if mode == "p":
                a, b = np.where(ok, amp ** 2 / np.where(ok, W, 1), 0), np.where(ok, S * amp / np.where(ok, W, 1), 0)
            else:
                a, b = W, amp + 0j if mode == "a" else S
            A[q] += a.reshape(self.nant, self.nant)
            B[q] += b.reshape(self.nant, self.nant)
        return A, B


def minimum(A, B, start):
    """Gains at the minimum of sum A |B/A - g g*|² (upper triangles), from a start."""
    A, B = A + A.T, B + B.conj().T
    g = np.where(A.sum(1) > 0, start, 0).astype(complex)
    for step in range(20000):
        new = (B @ g) / np.where(A.sum(1) > 0, np.maximum(A @ np.abs(g) ** 2, 1e-300), 1)
        done = np.abs(new - g).max() < 1e-14 * np.abs(new).max()
        g = (new + g) / 2 if step % 2 else new
        if done:
            break
    return g


def exact(data, casa, kw):
    """Gains like the table's at numpy's minimum: (rows, polarization, channel, gains, A, B, chi²) of each solution."""
    if kw.get("gaintable", ["int_p"]) != ["int_p"]:
        return None
    mode, joined, combine = kw.get("calmode", "ap"), kw.get("gaintype") == "T", kw.get("combine", "")
    time, _, width = kw["solint"].partition(",")
    step = {"inf": np.inf, "int": 1e-3}.get(time) or float(time.rstrip("s"))
    first_chan = int(kw["spw"][2:].split("~")[0]) if width and "spw" in kw else 0
    last_chan = int(kw["spw"].split("~")[1]) if width and "spw" in kw else data.FLAG.shape[0] - 1
    width = int(width[:-2]) if width.endswith("ch") else int(float(width[:-3]) * 1e6 // data.chan_width) if width else 1
    chosen = np.isin(data.FIELD_ID, [int(f) for f in kw["field"].split(",")])
    out = []
    for spw, time in sorted(set(zip(casa["SPECTRAL_WINDOW_ID"].tolist(), casa["TIME"].tolist()))):
        first = np.nonzero((casa["SPECTRAL_WINDOW_ID"] == spw) & (casa["TIME"] == time))[0]
        q = chosen.copy() if "scan" in combine else chosen & (data.SCAN_NUMBER == casa["SCAN_NUMBER"][first[0]])
        if np.isfinite(step):
            bin_of = np.floor((data.TIME - data.TIME[q].min()) / step)
            q &= bin_of == bin_of[q][np.abs(data.TIME[q] - time).argmin()]
        windows = np.unique(data.DATA_DESC_ID) if "spw" in combine else [spw]
        nchan = casa["cells"][0][first[0]].shape[1]
        for chan in range(nchan):
            start = first_chan + width * chan
            pick = slice(None) if nchan == 1 else slice(start, min(start + width, last_chan + 1))
            A = B = 0
            for s in windows:
                for f in np.unique(data.FIELD_ID[q]):
                    a, b = data.average(np.nonzero(q & (data.DATA_DESC_ID == s) & (data.FIELD_ID == f))[0], mode, joined, pick, "gaintable" in kw)
                    A, B = A + a, B + b
            for p in range(casa["cells"][0][first[0]].shape[0]):
                start = np.array([casa["cells"][0][r][p, chan] for r in first])
                flagged = np.array([casa["cells"][1][r][p, chan] for r in first])
                if flagged.all():
                    continue
                g = minimum(A[p], B[p], np.where(flagged, np.abs(start[~flagged]).mean(), start))
                chi = chi_square(A[p], B[p], g)
                out.append([first, p, chan, g, A[p], B[p], chi, start, flagged])
    finish(out, casa, kw)
    return out


def finish(out, casa, kw):
    """Phases and scales as the task leaves them: referenced to the table's own, normalised."""
    mode = kw.get("calmode", "ap")
    for item in out:
        first, g, start = item[0], item[3], item[7]
        ref = casa["ANTENNA2"][first[0]]
        g = g * np.exp(1j * (np.angle(start[ref]) - np.angle(g[ref])))
        item[3] = g / np.where(np.abs(g) > 0, np.abs(g), 1) if mode == "p" else np.abs(g) + 0j if mode == "a" else g
    if not kw.get("solnorm"):
        return
    groups = {}
    for item in out:
        if kw.get("calmode"):  # gaincal: one factor a window
            groups.setdefault(casa["SPECTRAL_WINDOW_ID"][item[0][0]], []).append((item, ~item[8]))
        else:  # bandpass: one an antenna and polarization, with the mean phase
            for ant in np.nonzero(~item[8])[0]:
                groups.setdefault((item[0][0], item[1], ant), []).append((item, np.arange(len(item[8])) == ant))
    scaled = []
    for key, members in groups.items():
        v = np.concatenate([item[3][m] for item, m in members])
        factor = np.sqrt((np.abs(v) ** 2).mean())
        if not kw.get("calmode"):
            mean = (v / np.abs(v)).sum()
            factor = factor * mean / abs(mean)
        scaled += [(item, m, factor) for item, m in members]
    for item in out:
        item[3] = item[3].copy()
    for item, m, factor in scaled:
        item[3][m] /= factor


def chi_square(A, B, g):
    """chi² without its constant part."""
    m = np.outer(g, g.conj())
    return float((A * np.abs(m) ** 2 - 2 * (B.conj() * m).real).sum())


def compare(name, kw, data, where=""):
    a, b = read(os.path.join(where + "casa", name)), read(os.path.join(where + "ours", name))
    keys = [k for k in a if k != "cells" and k != "TIME" and (a[k].shape != b[k].shape or (a[k] != b[k]).any())]
    if keys:
        return say(False, name, "rows differ in %s" % ",".join(keys))
    flat = lambda t, i: np.concatenate([x.ravel() for x in t["cells"][i]])  # noqa: E731
    pa, fa, ea, sa = (flat(a, i) for i in range(4))
    pb, fb, eb, sb = (flat(b, i) for i in range(4))
    dt, ok = np.abs(a["TIME"] - b["TIME"]).max(), ~fa & ~fb
    if fa.shape != fb.shape or not ok.any():
        return say(False, name, "no cells to compare")
    d = np.abs(pa - pb)[ok]
    text = "n %d max %.1e rms %.1e flags differ %d time %.0e s" % (ok.sum(), d.max(), np.sqrt((d ** 2).mean()), (fa != fb).sum(), dt)
    good = dt < 1e-3 and not (fa != fb).any()
    with np.errstate(all="ignore"):
        error = np.where(sa[ok] > 0, np.abs(pa[ok]) / sa[ok], np.inf)
        text += " of error %.3f; error ratio %.5f…%.5f" % (np.nanmax(d / error), np.nanmin(eb[ok] / ea[ok]), np.nanmax(eb[ok] / ea[ok]))
    if kw.get("solmode", "").startswith("L1"):
        casa, ours, kept = absolute_sums(Data(kw["vis"]), a, b, kw)
        text += "; sum of weight times residual of the same %s baselines: CASA %s, ours %s" % (kept, casa, ours)
        return say(good and (ours <= casa * (1 + 1e-6)).all(), name, text)
    if kw.get("gaintype") == "K":  # CASA puts a parabola through the peak of a transform whose step is 1 / (8 bandwidth)
        step = 1e9 / (8 * np.abs(columns(VIS + "/SPECTRAL_WINDOW", ["TOTAL_BANDWIDTH"])[0]).min())
        text = "n %d max %.1e ns, a hundredth of CASA's step is %.1e" % (ok.sum(), d.max(), 0.01 * step)
        sums = delayed_sums(data, a, b, kw)
        text += "; chi² with the delays but for a constant: CASA %.10g, ours %.10g" % tuple(-sums)
        return say(good and (d <= 0.01 * step).all() and sums[1] >= sums[0] * (1 - 1e-9) > 0, name, text)
    near = (d <= np.maximum(1e-5, 0.02 * error)).all()
    if near or not good or name in CLOSE:
        return say(near and good, name, text)
    sol = exact(data, a, kw)
    if sol is None:
        return say(False, name, text)
    casa = ours = excess_casa = excess_ours = 0.0
    for rows, p, chan, g, A, B, chi, _, flagged in sol:
        of = lambda t: np.array([t["cells"][0][r][p, chan] for r in rows])  # noqa: E731
        casa, ours = max(casa, np.abs(of(a) - g)[~flagged].max()), max(ours, np.abs(of(b) - g)[~flagged].max())
        if kw.get("calmode", "ap") == "ap" and not kw.get("solnorm"):
            excess_casa += chi_square(A, B, of(a)) - chi
            excess_ours += chi_square(A, B, of(b)) - chi
    text += "; from the minimum: CASA %.1e, ours %.1e" % (casa, ours)
    if kw.get("calmode", "ap") == "ap" and not kw.get("solnorm"):
        text += "; chi² above it: CASA %.1e, ours %.1e" % (excess_casa, excess_ours)
    say(ours <= 1e-5 and ours <= casa, name, text)


def delayed_sums(data, casa, ours, kw):
    """Of two tables of delays: the sum over baselines to the reference antenna of |sum of w V exp(-2 pi i delay frequency)|² / sum of w."""
    freqs = columns(VIS + "/SPECTRAL_WINDOW", ["CHAN_FREQ"])[0]
    chosen = data.FIELD_ID == int(kw["field"])
    windows = [int(s) for s in kw["spw"].split(",")] if "spw" in kw else np.unique(data.DATA_DESC_ID).tolist()
    totals = np.zeros(2)
    ref = 0  # the reference antenna of all cases; tables of delays name none
    for row in range(len(casa["TIME"])):
        ant = casa["ANTENNA1"][row]
        if ant == ref or casa["cells"][1][row].any() or ours["cells"][1][row].any():
            continue
        used = windows if "spw" in kw.get("combine", "") else [casa["SPECTRAL_WINDOW_ID"][row]]
        on = chosen & (data.ANTENNA1 == min(ant, ref)) & (data.ANTENNA2 == max(ant, ref))
        if "scan" not in kw.get("combine", ""):
            on &= data.SCAN_NUMBER == casa["SCAN_NUMBER"][row]
        for pol in range(2):
            sums, weights = np.zeros(2, complex), 0.0
            for spw in used:
                rows = np.nonzero(on & (data.DATA_DESC_ID == spw))[0]
                w = (data.SIGMA[pol, rows].astype(float) ** -2) * ~data.FLAG[:, rows]
                spectrum, weights = (w * data.DATA[pol][:, rows]).sum(1), weights + w.sum()
                for number, table in enumerate((casa, ours)):
                    delay = 1e-9 * table["cells"][0][row][pol, 0] * (1 if ant < ref else -1)
                    sums[number] += (spectrum * np.exp(-2j * np.pi * delay * freqs[:, spw])).sum()
            totals += np.abs(sums) ** 2 / max(weights, 1e-300)
    return totals


def absolute_sums(data, casa, ours, kw):
    """Sums of weight times residual of each polarization, for two tables of one solution, over the baselines that our gains keep."""
    rows = np.nonzero((data.FIELD_ID == int(kw["field"])) & (data.DATA_DESC_ID == int(kw["spw"])))[0]
    A, B = data.average(rows, "ap", False, slice(None), False)
    passes = kw.get("rmsthresh", [7, 5, 4, 3.5, 3, 2.8, 2.6, 2.4, 2.2, 2.5]) if kw["solmode"] == "L1R" else []
    sums = []
    for p in range(2):
        known = A[p] > 0
        of = lambda t: np.abs(B[p] / np.where(known, A[p], 1) - np.outer(*(lambda g: (g, g.conj()))(np.array([x[p, 0] for x in t["cells"][0]]))))  # noqa: E731
        residual, kept = of(ours), known
        for limit in passes:
            kept = known & (residual <= limit * np.sqrt((A[p] * residual ** 2)[kept].sum() / A[p][kept].sum()))
        sums.append([(A[p] * of(casa))[kept].sum(), (A[p] * residual)[kept].sum(), kept.sum()])
    return np.array(sums).T


def compare_clean(name, mode, truth):
    """Noise-free: ours against the truth and, where CASA has a solution, against CASA's."""
    a, b = read(os.path.join("casa", name)), read(os.path.join("ours", name))
    key = lambda t, r: (t["SPECTRAL_WINDOW_ID"][r], round(t["TIME"][r], 2), t["ANTENNA1"][r])  # noqa: E731
    casa = {key(a, r): r for r in range(len(a["TIME"]))}
    to_truth = to_casa = casa_truth = 0.0
    for r in range(len(b["TIME"])):
        g = truth[b["SPECTRAL_WINDOW_ID"][r], b["SCAN_NUMBER"][r]]
        g = g * np.exp(-1j * np.angle(g[:, :1]))
        g = (g / np.abs(g) if mode == "p" else np.abs(g) if mode == "a" else g)[:, b["ANTENNA1"][r]][:, None]
        ok = ~b["cells"][1][r]
        to_truth = max(to_truth, (np.abs(b["cells"][0][r] - g) / np.abs(g))[ok].max(initial=0))
        if key(b, r) in casa:
            c = casa[key(b, r)]
            both = ok & ~a["cells"][1][c]
            to_casa = max(to_casa, (np.abs(b["cells"][0][r] - a["cells"][0][c]) / np.abs(g))[both].max(initial=0))
            casa_truth = max(casa_truth, (np.abs(a["cells"][0][c] - g) / np.abs(g))[both].max(initial=0))
    text = "solutions CASA %d, ours %d; from the truth: CASA %.1e, ours %.1e; from each other %.1e"
    fine = to_truth <= 1e-6 and (to_casa <= 1e-6 or casa_truth > to_truth) and len(a["TIME"]) <= len(b["TIME"])
    say(fine, name, text % (len(a["TIME"]), len(b["TIME"]), casa_truth, to_truth, to_casa))


def noise_free(nant):
    """DATA become g_i conj(g_j) of a point source of 1 Jy; the same gains in every channel, new ones in each scan."""
    shutil.copytree(VIS, "clean.ms")
    tb.open("clean.ms", nomodify=False)
    a1, a2, sc, dd = (tb.getcol(c) for c in ("ANTENNA1", "ANTENNA2", "SCAN_NUMBER", "DATA_DESC_ID"))
    rng = np.random.default_rng(5)
    shape = (int(dd.max()) + 1, int(sc.max()) + 1, 2, nant)
    g = rng.uniform(0.7, 1.4, shape) * np.exp(1j * rng.uniform(-3, 3, shape))
    data = tb.getcol("DATA")
    v = np.array([g[dd, sc, p, a1] * np.conj(g[dd, sc, p, a2]) for p in range(2)])
    tb.putcol("DATA", np.broadcast_to(v[:, None, :], data.shape).astype(np.complex64))
    tb.close()
    return g


def compare_dicts(name, a, b):
    worst = 0.0
    if isinstance(a, dict):
        if set(a) != set(b):
            return 9.0
        return max(compare_dicts(name, a[k], b[k]) for k in a)
    if isinstance(a, str) or (isinstance(a, np.ndarray) and a.dtype.kind in "US"):
        return 0.0 if np.array_equal(np.array(a), np.array(b)) else 9.0
    x, y = np.array(a, float), np.array(b, float)
    if x.shape != y.shape:
        return 9.0
    worst = (np.abs(x - y) / np.maximum(np.abs(x), 1e-12)).max() if x.size else 0.0
    return float(worst)


def only(todo):
    """The cases named on the command line, on the data of an earlier run."""
    todo = [case for case in todo if case[0] in ONLY]
    run_casa(todo, "chosen/casa")
    shutil.rmtree("chosen/ours", ignore_errors=True)
    run_ours([call(n, t, kw, "chosen/ours") for n, t, kw in todo])
    data = Data(VIS)
    data.phases("casa/int_p")
    for name, _, kw in todo:
        compare(name, kw, data, "chosen/")


def main():
    flux = 0 if ONLY else prepare()
    nant = len(columns(VIS + "/ANTENNA", ["NAME"])[0])
    ref = str(columns(VIS + "/ANTENNA", ["NAME"])[0][0])
    nchan = int(columns(VIS + "/SPECTRAL_WINDOW", ["NUM_CHAN"])[0][0])
    fields = [int(f) for f in np.unique(columns(VIS, ["FIELD_ID"])[0])][:3]
    todo = cases(ref, fields, nchan)
    if ONLY:
        return only(todo)
    truth = noise_free(nant)
    clean = [("clean_ap", gaincal, dict(vis="clean.ms", field=str(fields[0]), solint="inf", refant=ref, calmode="ap")),
             ("clean_p", gaincal, dict(vis="clean.ms", field=str(fields[2]), solint="int", refant=ref, calmode="p")),
             ("clean_a", gaincal, dict(vis="clean.ms", field=str(fields[0]), solint="inf", refant=ref, calmode="a")),
             ("clean_b", bandpass, dict(vis="clean.ms", field=str(fields[0]), solint="inf", refant=ref))]
    run_casa(todo + clean, "casa")
    scale = {"flux": {}, "flux_map": dict(refspwmap=[0] * len(np.unique(columns(VIS, ["DATA_DESC_ID"])[0]))),
             "flux_incremental": dict(incremental=True), "flux_scans": dict(scan="4,7"), "flux_transfer": dict(transfer="0"), "flux_order2": dict(fitorder=2), "flux_threshold": dict(gainthreshold=0.05)}
    smooth = {"smooth_mean": dict(smoothtype="mean", smoothtime=20.0), "smooth_median": dict(smoothtype="median", smoothtime=300.0)}
    referred = {"rerefant_flex": dict(refant="3,5"), "rerefant_strict": dict(refant="3,5", refantmode="strict")}
    given = {}
    for name, kw in scale.items():
        given[name] = fluxscale(vis=VIS, caltable="casa/ampli_inf", fluxtable="casa/" + name, reference=str(flux), listfile="casa/%s.list" % name, **kw)
    for name, kw in smooth.items():
        smoothcal(vis=VIS, tablein="casa/phase_int", caltable="casa/" + name, **kw)
    for name, kw in referred.items():
        rerefant(vis=VIS, tablein="casa/phase_int", caltable="casa/" + name, **kw)
    shutil.rmtree("ours", ignore_errors=True)
    os.makedirs("ours")
    calls = [call(n, t, kw, "ours") for n, t, kw in todo + clean]
    calls += [dict(name=n, task="fluxscale", args=dict(vis=VIS, caltable="casa/ampli_inf", fluxtable="ours/" + n, reference=str(flux), listfile="ours/%s.list" % n, **kw)) for n, kw in scale.items()]
    calls += [dict(name=n, task="smoothcal", args=dict(vis=VIS, tablein="casa/phase_int", caltable="ours/" + n, **kw)) for n, kw in smooth.items()]
    calls += [dict(name=n, task="rerefant", args=dict(vis=VIS, tablein="casa/phase_int", caltable="ours/" + n, **kw)) for n, kw in referred.items()]
    calls += [dict(name="copy_" + n, task="copy", args={"from": os.path.join(OUT, "casa", n), "to": os.path.join(OUT, "ours", "copy_" + n)}) for n in ("bandpass", "phase_int", "ampli_inf")]
    results = run_ours(calls)
    data = Data(VIS)
    data.phases("casa/int_p")
    for name, _, kw in todo:
        compare(name, kw, data)
    for name, _, kw in clean:
        compare_clean(name, kw.get("calmode", "ap"), truth)
    for name in scale:
        worst = compare_dicts(name, given[name], results[name]["result"])
        same = same_lines(*(open("%s/%s.list" % (p, name)).read() for p in ("casa", "ours")))
        say(worst < 1e-6 and same, name + "_result", "largest relative difference %.1e, log lines %s" % (worst, "equal" if same else "differ"))
        closed(name)
    for name in list(smooth) + list(referred):
        closed(name)
    round_trip(fields)


def same_lines(a, b):
    number = r"[-+]?\d+\.?\d*(?:e[-+]\d+)?"
    x, y = (np.array(re.findall(number, text), float) for text in (a, b))
    return re.sub(number, "#", a) == re.sub(number, "#", b) and bool((np.abs(x - y) <= 1.01e-5 * np.abs(x)).all())


def closed(name):
    a, b = read(os.path.join("casa", name)), read(os.path.join("ours", name))
    pa, pb = (np.concatenate([x.ravel() for x in t["cells"][0]]) for t in (a, b))
    fa, fb = (np.concatenate([x.ravel() for x in t["cells"][1]]) for t in (a, b))
    one, two = pa[~fa & ~fb].astype(complex), pb[~fa & ~fb].astype(complex)
    size, turn = np.abs(np.abs(two) / np.abs(one) - 1), np.abs(np.angle(two * one.conj()))
    good = size.max() <= 1e-5 and turn.max() <= 1e-4 and (fa == fb).all() and np.abs(a["TIME"] - b["TIME"]).max() < 1e-3
    say(good, name, "n %d, largest and rms difference: amplitude %.1e %.1e, phase %.1e %.1e rad" % (
        one.size, size.max(), np.sqrt((size ** 2).mean()), turn.max(), np.sqrt((turn ** 2).mean())))


def round_trip(fields):
    tables = ["bandpass", "phase_int", "ampli_inf"]
    corrected = []
    for folder in ("casa/", "ours/copy_"):
        applycal(vis=VIS, field=str(fields[0]), gaintable=[folder + t for t in tables], gainfield=["", str(fields[0]), str(fields[0])],
                 interp=["linear,linear", "linear", "linear"], calwt=True, flagbackup=False)
        corrected.append(columns(VIS, ["CORRECTED_DATA", "WEIGHT", "FLAG"], "FIELD_ID==%d" % fields[0]))
    same = all((x == y).all() for x, y in zip(*corrected))
    say(same, "round_trip", "CASA's applycal with tables that we wrote: %s" % ("identical" if same else "differs"))


main()
sys.exit(1 if FAILED else 0)
