#!/usr/bin/env python3
"""gencal, wvrgcal, applycal and setjy of this program beside CASA 6.7 on the same MeasurementSet.

    python calibration_apply.py [--ms IMPORTED.ms] [--work DIR]

Run with a Python that has casatasks. IMPORTED.ms is an ALMA-like MS with WVR, SYSCAL and POINTING, as importasdm leaves
it, flagged or not; without it CASA imports the first Execution Block in ALMA_QA2_SIMULATED (of `qa2 simulate`).
Prints PASS/FAIL lines; exit status 1 when one failed.
"""
import argparse
import glob
import json
import os
import shutil
import subprocess
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAILED = []


def check(name, value, limit, note=""):
    good = bool(value <= limit)
    if not good:
        FAILED.append(name)
    print("%s %s: %.3g (limit %.3g) %s" % ("PASS" if good else "FAIL", name, value, limit, note), flush=True)


def build():
    """The driver as the runner of the peers has built it; run by hand, it is built here."""
    out = os.path.join(ROOT, "dist", "peers", "calibration-apply-run.js")
    if "ALMA_QA2_ROOT" not in os.environ:
        subprocess.run(["npx", "esbuild", "test/peers/calibration-apply-run.ts", "--bundle", "--platform=node", "--format=esm",
                        "--packages=external", "--outfile=" + out, "--log-level=error"], cwd=ROOT, check=True)
    return out


def ours(bundle, work, calls):
    p = subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), bundle, os.path.join(ROOT, "dist/kernels.wasm"), os.path.join(ROOT, "data/erfa.wasm")],
                       input=json.dumps(calls), text=True, capture_output=True, cwd=work)
    if p.returncode:
        raise RuntimeError(p.stderr[-2000:])
    return [json.loads(line) for line in p.stdout.splitlines()]


def tables():
    from casatools import table
    return table()


def columns(path, names, query=None):
    tb = tables()
    tb.open(path)
    t = tb.query(query) if query else tb
    out = {n: t.getcol(n) for n in names}
    if query:
        t.close()
    tb.close()
    return out


def names_of(path):
    tb = tables()
    tb.open(path)
    names = tb.colnames()
    tb.close()
    return names


KEYS = ["TIME", "FIELD_ID", "SPECTRAL_WINDOW_ID", "ANTENNA1", "ANTENNA2", "INTERVAL", "SCAN_NUMBER", "OBSERVATION_ID"]


def compare_tables(name, casa, own):
    tb = tables()
    tb.open(casa)
    par = "CPARAM" if "CPARAM" in tb.colnames() else "FPARAM"
    words = [tb.getkeyword(k) for k in ("ParType", "VisCal")] + [tb.info()]
    spws = sorted(set(tb.getcol("SPECTRAL_WINDOW_ID").tolist()))
    tb.open(own)
    mine = [tb.getkeyword(k) for k in ("ParType", "VisCal")] + [tb.info()]
    tb.close()
    check(name + " type and keywords differ", int(words != mine), 0)
    wrong, worst = set(), 0.0
    for spw in spws:
        q = "SPECTRAL_WINDOW_ID==%d" % spw
        a = columns(casa, KEYS + [par, "FLAG", "SNR", "PARAMERR"], q)
        b = columns(own, KEYS + [par, "FLAG", "SNR", "PARAMERR"], q)
        wrong |= {k for k in KEYS + ["FLAG", "SNR", "PARAMERR"] if a[k].shape != b[k].shape or not np.array_equal(a[k], b[k])}
        if a[par].shape != b[par].shape:
            wrong.add(par)
        else:
            worst = max(worst, float(np.abs(a[par] - b[par]).max() / max(np.abs(a[par]).max(), 1e-30)))
    check(name + " columns differ", len(wrong), 0, ",".join(sorted(wrong)))
    check(name + " " + par, worst, 1e-5)


def wvr(name, a, b):
    """Gains beside those of CASA; their phases are tens of radians, and the steps of both retrievals the same."""
    x, y = (columns(p, ["CPARAM", "FLAG", "TIME"], "SPECTRAL_WINDOW_ID==%d" % min(columns(b, ["SPECTRAL_WINDOW_ID"])["SPECTRAL_WINDOW_ID"])) for p in (a, b))
    same = x["TIME"].shape == y["TIME"].shape and np.array_equal(x["FLAG"], y["FLAG"])
    check("wvrgcal %s: rows and flags differ" % name, int(not same), 0)
    if same:
        good = ~x["FLAG"]
        check("wvrgcal %s: largest difference of a gain" % name, float(np.abs(x["CPARAM"] - y["CPARAM"])[good].max()), 2e-5)


def compare_statistics(name, printed, exact):
    """What wvrgcal returns: CASA reads numbers back from its table, which has three digits."""
    unlike = [key for key in ("Name", "WVR", "Flag", "success") if list(np.atleast_1d(printed[key])) != list(np.atleast_1d(exact[key]))]
    for key in ("Frac_unflagged", "RMS_um", "Disc_um"):
        a, b = np.array(printed[key]), np.array(exact[key])
        digit = 10.0 ** (np.floor(np.log10(np.maximum(a, 1e-9))) - 2)
        if a.shape != b.shape or (np.abs(a - b) > 0.51 * digit).any():
            unlike.append("%s %s %s" % (key, a, b))
    check("wvrgcal %s: statistics that differ" % name, len(unlike), 0, ", ".join(unlike))


def reset(path, spws):
    tb = tables()
    tb.open(path, nomodify=False)
    for s in spws:
        t = tb.query("DATA_DESC_ID==%d" % s)
        t.putcol("CORRECTED_DATA", np.zeros_like(t.getcol("DATA")))
        t.putcol("WEIGHT", np.ones_like(t.getcol("WEIGHT")))
        t.close()
    tb.close()


def compare_data(name, a, b, spws, field):
    worst = dict(data=0.0, amplitude=0.0, phase=0.0, weight=0.0, sigma=0.0, flags=0)
    for s in spws:
        q = "DATA_DESC_ID==%d && FIELD_ID==%d" % (s, field)
        x, y = (columns(p, ["CORRECTED_DATA", "WEIGHT", "SIGMA", "FLAG", "FLAG_ROW"], q) for p in (a, b))
        rms = np.sqrt((np.abs(x["CORRECTED_DATA"]) ** 2).mean())
        worst["data"] = max(worst["data"], np.sqrt((np.abs(x["CORRECTED_DATA"] - y["CORRECTED_DATA"]) ** 2).mean()) / max(rms, 1e-30))
        good = ~(x["FLAG"] | y["FLAG"]) & (x["CORRECTED_DATA"] != 0)
        if good.any():
            one, two = (t["CORRECTED_DATA"][good].astype(complex) for t in (x, y))
            worst["amplitude"] = max(worst["amplitude"], float(np.abs(np.abs(two) / np.abs(one) - 1).max()))
            worst["phase"] = max(worst["phase"], float(np.abs(np.angle(two * one.conj())).max()))
        worst["sigma"] = max(worst["sigma"], float((np.abs(x["SIGMA"] - y["SIGMA"]) / np.maximum(np.abs(x["SIGMA"]), 1e-30)).max()))
        worst["weight"] = max(worst["weight"], float((np.abs(x["WEIGHT"] - y["WEIGHT"]) / np.maximum(np.abs(x["WEIGHT"]), 1e-30)).max()))
        worst["flags"] += int((x["FLAG"] != y["FLAG"]).sum()) + int((x["FLAG_ROW"] != y["FLAG_ROW"]).sum())
    check("applycal %s: corrected data, rms difference / rms" % name, worst["data"], 1e-5)
    check("applycal %s: largest difference of an amplitude" % name, worst["amplitude"], 1e-5)
    check("applycal %s: largest difference of a phase, rad" % name, worst["phase"], 1e-4)
    check("applycal %s: weights" % name, worst["weight"], 1e-5)
    check("applycal %s: sigmas" % name, worst["sigma"], 1e-5)
    check("applycal %s: flags that differ" % name, worst["flags"], 0)


def damage(path, seed, share):
    """Flags a share of the solutions of a table."""
    tb = tables()
    tb.open(path, nomodify=False)
    f = tb.getcol("FLAG")
    f |= np.random.default_rng(seed).random(f.shape) < share
    tb.putcol("FLAG", f)
    tb.close()


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--ms")
    ap.add_argument("--work", default="work")
    ns = ap.parse_args()
    source, work = os.path.abspath(ns.ms or "imported.ms"), os.path.abspath(ns.work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    bundle = build()
    import casatasks as C
    from casatools import msmetadata
    if not ns.ms:
        asdm = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
        C.importasdm(asdm=asdm, vis=source, asis="Antenna Station Receiver Source", bdfflags=True, process_caldevice=False)
    os.chdir(work)
    for p in ("casa.ms", "ours.ms"):
        shutil.copytree(source, p)
    md = msmetadata()
    md.open(source)
    names, fields = md.antennanames(), md.fieldnames()
    science = sorted(set(int(s) for s in md.spwsforintent("OBSERVE_TARGET*")) & set(int(s) for s in md.fdmspws().tolist() + md.tdmspws().tolist()))
    tsys = sorted(set(columns(source + "/SYSCAL", ["SPECTRAL_WINDOW_ID"])["SPECTRAL_WINDOW_ID"].tolist()))
    bases = {s: md.baseband(s) for s in science + tsys}
    falling = [s for s in science if md.chanfreqs(s)[0] > md.chanfreqs(s)[-1]][0]
    target = fields[int(list(md.fieldsforintent("OBSERVE_TARGET*"))[0])]
    phase = fields[int(list(md.fieldsforintent("CALIBRATE_PHASE*"))[-1])]
    md.done()
    tmap = list(range(max(science + tsys) + 2))
    for s in science:
        tmap[s] = [t for t in tsys if bases[t] == bases[s]][0]
    offsets = [0.001, -0.002, 0.0015, -0.0014, 0.000058, 0.00144]
    both = dict(vis="casa.ms")
    todo = [("tsys", {}), ("uneven", dict(caltype="tsys", uniform=False)), ("antpos", dict(antenna=",".join(names[1:3]), parameter=offsets)),
            ("amp", dict(spw=str(science[0]), antenna=names[0], pol="Y", parameter=[1.25])),
            ("ph", dict(spw="", antenna=",".join(names[:2]), pol="X,Y", parameter=[10.0, 20.0, 30.0, 40.0])),
            ("gains", dict(caltype="amp", spw="%d,%d" % (science[1], science[0]), antenna=names[1] + "," + names[0], parameter=[1.1, 1.2, 1.3, 1.4])),
            ("gains", dict(caltype="ph", antenna="0~1", pol="Y", parameter=[15.0, 25.0])),
            ("sbd", dict(antenna=names[1], parameter=[1.5])), ("mbd", dict(spw="%d,%d" % (science[0], science[1]), pol="Y,X", parameter=[1.0, 2.0, 3.0, 4.0])),
            ("sbd", dict(spw=str(science[0]), pol="X", parameter=[-0.5])), ("opac", dict(spw="%d,%d" % (science[1], science[0]), parameter=[0.07, 0.1])),
            ("jyperk", dict(infile="factors.csv"))]
    with open("factors.csv", "w") as f:
        for p in ("casa", "ours"):
            f.writelines("%s.ms,%s,%d,I,%g\n" % (p, n, s, 40 + i + s) for i, n in enumerate(names[:3]) for s in science)
    for kind, more in todo:
        C.gencal(caltable="casa." + kind, **{"caltype": kind, **both, **more})
    sources = dict(spw=science, toffset=0, tie=["%s,%s" % (target, phase)], statsource=target)
    one = dict(spw=science[:1])
    retrievals = {"tied sources": ("casa.wvr", "ours.wvr", sources), "another seed": ("seed.wvr", "ours.seed", dict(rseed=12345, **sources)),
                  "one fit for all": ("all.wvr", "ours.all", dict(spw=science, segsource=False)),
                  "a radiometer flagged, neighbours near": ("near.wvr", "ours.near", dict(one, wvrflag=names[1:2], maxdistm=1000.0, minnumants=2, scale=0.9, toffset=-1)),
                  "none near": ("far.wvr", "ours.far", dict(one, wvrflag=names[1:2], maxdistm=0.0)),
                  "smoothed, a source left out": ("smooth.wvr", "ours.smooth", dict(one, smooth="13s", sourceflag=[phase], mingoodfrac=0.5, wvrspw=[0])),
                  "reversed window, reference, dispersion": ("disperse.wvr", "ours.disperse", dict(reversespw="0", refant=[names[2]], disperse=True, statsource=target))}
    statistics = [C.wvrgcal(caltable=theirs, **both, **parameters) for theirs, _, parameters in retrievals.values()]
    answers = ours(bundle, work, [["gencal", {"vis": "ours.ms", "caltable": "ours." + k, "caltype": k, **m}] for k, m in todo]
         + [["wvrgcal", dict(vis="ours.ms", caltable=own, **parameters)] for _, own, parameters in retrievals.values()])
    for kind in dict(todo):
        compare_tables("gencal " + kind, "casa." + kind, "ours." + kind)
    for (name, (theirs, own, _)), printed, answer in zip(retrievals.items(), statistics, answers[-len(retrievals):]):
        wvr(name, theirs, own)
        compare_statistics(name, printed, answer[1])

    # Tables that CASA solved, some of their solutions flagged, applied by both programs.
    first = str(science[0])
    pre = dict(gaintable=["casa.tsys", "casa.wvr"], interp=["linear,linear", "linear"], spwmap=[tmap, []])
    C.gaincal(caltable="casa.G", field="0", spw=first, solint="int", refant=names[0], calmode="ap", minsnr=0, **both, **pre)
    C.gaincal(caltable="casa.T", field="", spw=first, solint="inf", refant=names[0], gaintype="T", minsnr=0, **both, **pre)
    C.gaincal(caltable="casa.K", field="0", spw=first, solint="inf", combine="scan", refant=names[0], gaintype="K", minsnr=0, **both, **pre)
    C.bandpass(caltable="casa.B", field="0", spw="%s,%d" % (first, falling), solint="inf", refant=names[0], minsnr=0, **both, **pre)
    shutil.copytree("casa.B", "damaged.B")
    shutil.copytree("casa.G", "damaged.G")
    shutil.copytree("casa.tsys", "damaged.tsys")
    damage("damaged.B", 1, 0.1)
    damage("damaged.G", 2, 0.1)
    damage("damaged.tsys", 3, 0.05)
    variants = [
        ("tsys, wvr, antpos", 0, science, dict(gaintable=["casa.tsys", "casa.wvr", "casa.antpos"], gainfield=["0", "0", ""], interp=["linear,linear", "linear", "linear"], spwmap=[tmap, [], []], calwt=[True])),
        ("tsys linear in time and frequency", 2, science, dict(gaintable=["casa.tsys"], interp=["linear,linear"], spwmap=[tmap], calwt=[True])),
        ("tsys nearest field, nearest", 2, science, dict(gaintable=["casa.tsys"], gainfield=["nearest"], interp=["nearest,nearest"], spwmap=[tmap], calwt=[True])),
        ("damaged tsys, linearflag", 2, science, dict(gaintable=["damaged.tsys"], interp=["linear,linearflag"], spwmap=[tmap], calwt=[True])),
        ("damaged tsys, nearestflag", 1, science, dict(gaintable=["damaged.tsys"], interp=["nearest,nearestflag"], spwmap=[tmap], calwt=[True])),
        ("tsys cubic", 0, science, dict(gaintable=["casa.tsys"], interp=["nearest,cubic"], spwmap=[tmap], calwt=[True])),
        ("tsys spline", 0, science, dict(gaintable=["casa.tsys"], interp=["nearest,spline"], spwmap=[tmap], calwt=[True])),
        ("B and G", 0, science[:1], dict(gaintable=["casa.B", "casa.G"], interp=["nearest", "linear"], calwt=[True])),
        ("damaged B and G", 0, science[:1], dict(gaintable=["damaged.B", "damaged.G"], interp=["nearest,linear", "linear"], calwt=[True])),
        ("damaged B flag, G nearest, no weights", 0, science[:1], dict(gaintable=["damaged.B", "damaged.G"], interp=["nearest,linearflag", "nearest"], calwt=[False])),
        ("damaged B nearest, rising and falling channels", 0, [science[0], falling], dict(gaintable=["damaged.B"], interp=["linear,nearest"], calwt=[True])),
        ("T of all fields, weights for one", 3, science[:1], dict(gaintable=["casa.T", "casa.B"], interp=["linear", "nearest"], calwt=[True, False])),
        ("K delays", 1, science[:1], dict(gaintable=["casa.K", "casa.T"], interp=["nearest", "nearest"], calwt=[True])),
        ("stated gains, delays and factors", 1, science[:2], dict(gaintable=["casa.gains", "casa.mbd", "casa.jyperk"], calwt=[True, False, True])),
        ("spwmap of one window for all", 1, science, dict(gaintable=["casa.T"], spwmap=[[science[0]] * (max(science) + 1)], interp=["linear"], calwt=[True])),
        ("T linearPD, one window for all", 1, science, dict(gaintable=["casa.T"], spwmap=[[science[0]] * (max(science) + 1)], interp=["linearPD"], calwt=[True])),
        ("T nearestPD, one window for all", 0, science, dict(gaintable=["casa.T"], spwmap=[[science[0]] * (max(science) + 1)], interp=["nearestPD"], calwt=[True])),
        ("G linearPDperobs, one window for all", 0, science, dict(gaintable=["casa.G"], spwmap=[[science[0]] * (max(science) + 1)], interp=["linearPDperobs"], calwt=[True])),
        ("wvr linearPD", 2, science, dict(gaintable=["casa.wvr"], interp=["linearPD"], spwmap=[[science[0]] * (max(science) + 1)], calwt=[True])),
        ("B and G, some channels", 0, science[:1], dict(gaintable=["damaged.B", "damaged.G"], interp=["nearest,linearflag", "linear"], calwt=[True], chans=":3~9;14~20")),
        ("tsys, some channels", 2, science, dict(gaintable=["casa.tsys"], interp=["linear,linear"], spwmap=[tmap], calwt=[True], chans=":3~9")),
        ("calflagstrict, some channels", 0, science[:2], dict(gaintable=["casa.G"], interp=["linear"], calwt=[True], applymode="calflagstrict", chans=":3~9")),
        ("T cubic in time", 2, science[:1], dict(gaintable=["casa.T"], interp=["cubic"], calwt=[True])),
        ("window without solutions", 1, science, dict(gaintable=["casa.T"], interp=["linear"], calwt=[True])),
        ("calonly", 0, science[:1], dict(gaintable=["damaged.B"], interp=["nearest"], calwt=[True], applymode="calonly")),
        ("flagonly", 0, science[:1], dict(gaintable=["damaged.G"], interp=["nearest"], calwt=[True], applymode="flagonly")),
        ("calflagstrict", 0, science[:2], dict(gaintable=["casa.G"], interp=["linear"], calwt=[True], applymode="calflagstrict")),
        ("trial", 0, science[:1], dict(gaintable=["damaged.G"], interp=["linear"], calwt=[True], applymode="trial")),
        ("flagonlystrict", 0, science[:2], dict(gaintable=["damaged.G"], interp=["linear"], calwt=[True], applymode="flagonlystrict")),
        ("G linearperobs, B linear by observation", 0, science[:1], dict(gaintable=["damaged.G", "casa.B"], interp=["linearperobs", "nearestperobs,linear"], calwt=[True])),
        ("damaged B cubicflag", 0, science[:1], dict(gaintable=["damaged.B"], interp=["nearest,cubicflag"], calwt=[True])),
    ]
    C.applycal(field="0", spw=first, gaintable=["casa.wvr"], flagbackup=False, **both)
    shutil.rmtree("ours.ms")
    for name, field, spws, options in variants:
        reset("casa.ms", science)
        shutil.rmtree("ours.ms", ignore_errors=True)
        shutil.copytree("casa.ms", "ours.ms")
        options = dict(options)
        chans = options.pop("chans", "")
        what = dict(field=str(field), spw=",".join("%d%s" % (s, chans) for s in spws), **options)
        ours(bundle, work, [["applycal", dict(vis="ours.ms", **what)]])
        C.applycal(flagbackup=False, **both, **what)
        compare_data(name, "casa.ms", "ours.ms", spws, field)
    models(C, bundle, work, science)
    print("%d failed" % len(FAILED))
    sys.exit(1 if FAILED else 0)


def models(C, bundle, work, science):
    """Flux models: each program reads what the other has set."""
    spw = ",".join(map(str, science[:2]))
    cases = [dict(fluxdensity=[1.5, 0, 0, 0], spix=-0.55, reffreq="225GHz"),
             dict(fluxdensity=[1.5, 0.1, 0.2, 0.05], spix=[-0.7, -0.1], reffreq="100GHz")]
    for index, case in enumerate(cases):
        for p in ("casa.ms", "ours.ms"):
            shutil.rmtree(p + ".scratch", ignore_errors=True)
        common = dict(field="1", spw=spw, standard="manual", **case)
        a = C.setjy(vis="casa.ms", usescratch=False, **common)
        b = ours(bundle, work, [["setjy", dict(vis="ours.ms", usescratch=False, **common)], ["modelOf", dict(vis="ours.ms", field="1", spw=science[0])],
                                ["modelOf", dict(vis="casa.ms", field="1", spw=science[0])]])
        fa = np.array([a["1"][str(s)]["fluxd"] for s in science[:2]])
        fb = np.array([b[0][1]["1"][str(s)]["fluxd"] for s in science[:2]])
        check("setjy %d flux densities" % index, float(np.abs(fa - fb).max() / fa.max()), 1e-4)
        own, read = (np.array(x[1]) for x in b[1:])
        check("setjy %d CASA's virtual model as we read it" % index, float(np.abs(own - read).max() / np.abs(own).max()), 1e-4)
        seen = []
        for p in ("casa.ms", "ours.ms"):
            shutil.rmtree("model.ms", ignore_errors=True)
            C.mstransform(vis=p, outputvis="model.ms", field="1", spw=str(science[0]), datacolumn="model", realmodelcol=True)
            seen.append(columns("model.ms", ["MODEL_DATA" if "MODEL_DATA" in names_of("model.ms") else "DATA"]).popitem()[1][:, :, 0])
        check("setjy %d our virtual model as CASA reads it" % index, float(np.abs(seen[0] - seen[1]).max() / np.abs(seen[0]).max()), 1e-5)
        check("setjy %d our own model beside CASA's" % index, float(np.abs(own[..., 0].T - seen[0].real).max() / np.abs(seen[0]).max()), 1e-4)


main()
