"""CASA 6.7 in the place of this program: it lists our MeasurementSets and runs the scripts of a delivery.

    python delivery_in_casa.py   (ALMA_QA2_DELIVERY: the --out of `qa2 run --keep`; ALMA_QA2_ROOT, ALMA_QA2_NODE)

The tars are unpacked, CASA runs scriptForPI.py through casa_harness.py, and its calibrated data are held against ours.

- Closed forms (gencal; applycal and split with CASA's own solutions): 1e-5 of the rms, weights 1e-5, flags the same.
- Solutions: amplitudes and phases within 2 % of their error; CASA's solver stops short of the minimum of chi² where SNR is little
  (docs/differences-from-casa.md), which it is not here.
- Radiometer phases: retrieved by sampling from the same random numbers, 1e-4 of the phases.
- Calibrated data, therefore: scale of each field and window 1e-4, mean phase 0.01 degree, rms of the difference 2e-4 of the rms,
  weights 1e-3. Rows are the same; baselines within 1e-4 of their length.
- Flags: an integration beside a flagged one may be flagged by CASA alone: the time of its solution is rounded by a microsecond.

scriptForImaging.py runs in CASA without iterations: it takes the parameters and makes images of the same axes and beams (within
2 %: the common beam of a cube's channels is a matter of choice).
Prints a PASS or FAIL line a check; exit code 1 when one failed.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

import numpy as np
from casatasks import listobs
from casatools import image, table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
NODE = os.environ.get("ALMA_QA2_NODE", "node")
DELIVERY = os.environ["ALMA_QA2_DELIVERY"]
OURS = glob.glob(os.path.join(DELIVERY, "*/*/*/*/calibrated"))[0]
failures = 0


def check(name, good, text):
    global failures
    failures += 0 if good else 1
    print("%s %s: %s" % ("PASS" if good else "FAIL", name, text), flush=True)


def limited(name, values):
    """values: {what: (value, limit)}"""
    good = all(value <= limit for value, limit in values.values())
    check(name, good, ", ".join("%s %.2g (limit %.2g)" % (what, *pair) for what, pair in values.items()))


def columns(path, names, where=""):
    tb = table()
    tb.open(path)
    rows = tb.query(where) if where else tb
    values = {name: rows.getcol(name) for name in names}
    if where:
        rows.close()
    tb.close()
    return values


def ours(program, *args, cwd="."):
    run = subprocess.run([NODE, os.path.join(ROOT, "bin", program + ".mjs"), *args], cwd=cwd, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, universal_newlines=True)
    if run.returncode:
        raise RuntimeError("%s %s: %s" % (program, args[0], run.stdout[-1500:]))


def harness(script, cwd):
    command = [sys.executable, os.path.join(ROOT, "test", "peers", "casa_harness.py"), script]
    run = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    check("CASA runs " + script, run.returncode == 0, "exit code %d%s" % (run.returncode, "" if run.returncode == 0 else "; " + run.stdout[-600:]))


def compare_listings(uid):
    """CASA's listobs of our MeasurementSets says what ours says."""
    for name in (uid + ".ms", uid + ".ms.split"):
        vis = os.path.join(OURS, uid + ".calibration", name)
        listobs(vis=vis, listfile="theirs.txt", overwrite=True)
        ours("casapy", "--trust", "-c", "listobs(vis='%s', listfile='mine.txt', overwrite=True)" % vis)
        check("listobs " + name, open("theirs.txt").read() == open("mine.txt").read(), "%d lines" % open("theirs.txt").read().count("\n"))


def excused(flags, theirs):
    """Rows whose flags differ beside an integration that lacks one of their antennas altogether."""
    rows = np.where(flags.any(axis=(0, 1)))[0]
    times = np.unique(theirs["TIME"])
    whole = theirs["FLAG"].all(axis=(0, 1))
    count = 0
    for row in rows:
        at = np.searchsorted(times, theirs["TIME"][row])
        for time in times[max(0, at - 1):at + 2]:
            for antenna in (theirs["ANTENNA1"][row], theirs["ANTENNA2"][row]):
                on = (theirs["TIME"] == time) & ((theirs["ANTENNA1"] == antenna) | (theirs["ANTENNA2"] == antenna))
                if time != theirs["TIME"][row] and whole[on].all():
                    count += 1
                    break
            else:
                continue
            break
    return count, len(rows)


KEYS = ["TIME", "ANTENNA1", "ANTENNA2", "SCAN_NUMBER"]


def compare_data(name, mine, theirs):
    """One check of rows and baselines, one of data and weights, one of flags for each field."""
    fields = columns(os.path.join(theirs, "FIELD"), ["NAME"])["NAME"]
    count = len(columns(os.path.join(theirs, "DATA_DESCRIPTION"), ["SPECTRAL_WINDOW_ID"])["SPECTRAL_WINDOW_ID"])
    for field in range(len(fields)):
        worst = dict.fromkeys(["scale", "phase, deg", "data", "weights"], 0.0)
        baselines, differing, rows_same, excuses, cells = 0.0, 0, True, [0, 0], 0
        for window in range(count):
            where = "FIELD_ID==%d && DATA_DESC_ID==%d" % (field, window)
            x, y = (columns(path, KEYS + ["DATA", "WEIGHT", "FLAG", "UVW"], where) for path in (mine, theirs))
            if any(x[key].shape != y[key].shape or not np.array_equal(x[key], y[key]) for key in KEYS):
                rows_same = False
                continue
            length = np.linalg.norm(y["UVW"], axis=0)
            baselines = max(baselines, (np.linalg.norm(x["UVW"] - y["UVW"], axis=0) / length).max())
            good = ~(x["FLAG"] | y["FLAG"])
            a, b = x["DATA"][good].astype(complex), y["DATA"][good].astype(complex)
            ratio = (a * b.conj()).sum() / (np.abs(b) ** 2).sum()
            used = good.any(axis=1)
            weights = np.abs(x["WEIGHT"][used] / y["WEIGHT"][used] - 1).max()
            data = np.sqrt((np.abs(a - b) ** 2).mean() / (np.abs(b) ** 2).mean())
            found = {"scale": abs(abs(ratio) - 1), "phase, deg": abs(np.angle(ratio, deg=True)), "data": data, "weights": weights}
            worst = {key: max(worst[key], found[key]) for key in worst}
            flags = x["FLAG"] != y["FLAG"]
            differing += int(flags.sum())
            cells += flags.size
            if flags.any():
                excuses = [one + other for one, other in zip(excuses, excused(flags & y["FLAG"], y))]
                excuses[1] += int((flags & x["FLAG"]).any(axis=(0, 1)).sum())
        label = "%s %s" % (name, fields[field])
        check(label + " rows", rows_same and baselines <= 1e-4, "the same; baselines within %.1e of their length" % baselines)
        limits = {"scale": 1e-4, "phase, deg": 0.01, "data": 2e-4, "weights": 1e-3}
        limited(label + " data", {key: (worst[key], limits[key]) for key in limits})
        text = "%d of %d differ" % (differing, cells)
        if excuses[1]:
            text += "; %d of %d rows beside a flagged integration, flagged by CASA alone" % tuple(excuses)
        check(label + " flags", excuses[0] == excuses[1], text)


def compare_tables(uid, theirs):
    folder = os.path.join(OURS, uid + ".calibration")
    for kind, par in ((".ms.tsys", "FPARAM"), (".ms.antpos", "FPARAM")):
        if not os.path.isdir(os.path.join(theirs, uid + kind)):
            continue
        x, y = (columns(os.path.join(place, uid + kind), [par, "FLAG", "TIME"]) for place in (folder, theirs))
        same = all(x[key].shape == y[key].shape and np.array_equal(x[key], y[key]) for key in x)
        check("table " + uid + kind, same, "the same")
    radiometer(uid, folder, theirs)
    for kind in ("ap_pre_bandpass", "bandpass", "phase_int", "phase_inf", "ampli_inf", "flux_inf"):
        amplitude, phase, differing = 0.0, [0.0, 0], 0
        for window in range(4):
            where = "SPECTRAL_WINDOW_ID==%d" % window
            names = ["CPARAM", "FLAG", "SNR", "FIELD_ID", "ANTENNA1"]
            x, y = (columns(os.path.join(place, "%s.ms.split.%s" % (uid, kind)), names, where) for place in (folder, theirs))
            if x["FLAG"].shape != y["FLAG"].shape or (x["ANTENNA1"] != y["ANTENNA1"]).any() or (x["FIELD_ID"] != y["FIELD_ID"]).any():
                differing += 10 ** 6
                continue
            differing += int((x["FLAG"] != y["FLAG"]).sum())
            good = ~(x["FLAG"] | y["FLAG"]) & (y["SNR"] > 0)
            a, b, snr = x["CPARAM"][good], y["CPARAM"][good], y["SNR"][good]
            amplitude = max(amplitude, float(np.sqrt((((np.abs(a) - np.abs(b)) / np.abs(b) * snr) ** 2).mean())))
            turn = np.angle(a * b.conj(), deg=True)
            phase = [phase[0] + (turn ** 2).sum(), phase[1] + turn.size]
        limited("table %s.ms.split.%s" % (uid, kind), {"amplitudes, of their error": (amplitude, 0.02), "phases, deg": (np.sqrt(phase[0] / phase[1]), 0.01),
                                                       "flags that differ": (differing, 0)})
    pattern = r"Flux density for (\S+) in SpW=(\d+) .*is: ([0-9.eE+-]+) "
    a, b = ({m[:2]: float(m[2]) for m in re.findall(pattern, open(os.path.join(place, uid + ".ms.split.fluxscale")).read())} for place in (folder, theirs))
    limited("fluxes " + uid, {"relative": (max(abs(a[key] / b[key] - 1) for key in b) if a.keys() == b.keys() and b else np.inf, 1e-4)})


def radiometer(uid, folder, theirs):
    x, y = (columns(os.path.join(place, uid + ".ms.wvr"), ["CPARAM", "FLAG", "FIELD_ID", "ANTENNA1", "SPECTRAL_WINDOW_ID", "SCAN_NUMBER"]) for place in (folder, theirs))
    if x["FLAG"].shape != y["FLAG"].shape:
        return check("table %s.ms.wvr" % uid, False, "other rows")
    sums = np.zeros(2)
    for field in np.unique(y["FIELD_ID"]):
        for window in np.unique(y["SPECTRAL_WINDOW_ID"]):
            on = (y["FIELD_ID"] == field) & (y["SPECTRAL_WINDOW_ID"] == window)
            antennas = y["ANTENNA1"][on].max() + 1
            a, b = (t["CPARAM"][0, 0, on].reshape(-1, antennas) for t in (x, y))
            flags = (x["FLAG"] | y["FLAG"])[0, 0, on].reshape(-1, antennas)
            for antenna in range(1, antennas):
                good = ~flags[:, antenna] & ~flags[:, 0]
                p, q = (np.unwrap(np.angle(gain[good, antenna] * gain[good, 0].conj())) for gain in (a, b))
                sums += [((p - q - np.mean(p - q)) ** 2).sum(), ((q - np.mean(q)) ** 2).sum()] if good.any() else 0
    limited("table %s.ms.wvr" % uid, {"phases, of their rms": (np.sqrt(sums[0] / sums[1]), 1e-4), "flags that differ": (int((x["FLAG"] != y["FLAG"]).sum()), 0)})


def compare_closed(uid, theirs, script):
    """Our applycal and split with CASA's solutions, from CASA's MeasurementSet."""
    place = "closed"
    shutil.copytree(theirs, place, symlinks=True, ignore=shutil.ignore_patterns("*.asdm.sdm", "*.flagversions", "*.ms.split", "*.split.cal"))
    ours("casapy", "--trust", "-c", "mysteps=[7, 8, 10, 11, 17]; execfile('%s')" % script, cwd=place)
    name = uid + ".ms.split"
    worst = {"data": 0.0, "weights": 0.0, "flags that differ": 0}
    for window in range(len(columns(os.path.join(theirs, name, "DATA_DESCRIPTION"), ["SPECTRAL_WINDOW_ID"])["SPECTRAL_WINDOW_ID"])):
        where = "DATA_DESC_ID==%d" % window
        x, y = (columns(os.path.join(path, name), ["CORRECTED_DATA", "WEIGHT", "FLAG"], where) for path in (place, theirs))
        good = ~(x["FLAG"] | y["FLAG"])
        a, b = x["CORRECTED_DATA"][good].astype(complex), y["CORRECTED_DATA"][good].astype(complex)
        worst["data"] = max(worst["data"], np.sqrt((np.abs(a - b) ** 2).mean() / (np.abs(b) ** 2).mean()))
        worst["weights"] = max(worst["weights"], np.abs(x["WEIGHT"] / y["WEIGHT"] - 1)[good.any(axis=1)].max())
        worst["flags that differ"] += int((x["FLAG"] != y["FLAG"]).sum())
    limits = {"data": 1e-5, "weights": 1e-5, "flags that differ": 0}
    limited("closed forms " + name, {key: (worst[key], limits[key]) for key in worst})
    shutil.rmtree(place)


def compare_images(member):
    """scriptForImaging.py in CASA, without iterations: the axes and beams of our images."""
    script = os.path.join(member, "script")
    text = re.sub(r"niter = \d+", "niter = 0", open(os.path.join(script, "scriptForImaging.py")).read())
    with open(os.path.join(script, "withoutIterations.py"), "w") as out:
        out.write(text)
    harness("withoutIterations.py", script)
    ia = image()
    for path in sorted(glob.glob(os.path.join(OURS, "*.image"))):
        name = os.path.basename(path)
        theirs = os.path.join(member, "calibrated", name)
        if not os.path.isdir(theirs):
            check("image " + name, False, "CASA made none")
            continue
        found = []
        for place in (path, theirs):
            ia.open(place)
            coordinates, beam = ia.coordsys(), ia.restoringbeam()
            beam = beam["beams"]["*0"]["*0"] if "beams" in beam else beam
            found.append((ia.shape().tolist(), coordinates.referencevalue()["numeric"], coordinates.increment()["numeric"], beam))
            ia.close()
        (shape, value, step, beam), (their_shape, their_value, their_step, their_beam) = found
        ratio = max(abs(beam[axis]["value"] / their_beam[axis]["value"] - 1) for axis in ("major", "minor"))
        apart = value - their_value
        apart[0] = (apart[0] + np.pi) % (2 * np.pi) - np.pi
        shift = np.abs(apart / their_step)[[0, 1, 3]].max() if shape == their_shape else np.inf
        limited("image " + name, {"axes, pixels": (shift, 0.02), "steps": (np.abs(step / their_step - 1).max(), 1e-4), "beam": (ratio, 0.02)})


def main():
    for tar in sorted(glob.glob(os.path.join(DELIVERY, "*.tar"))):
        ours("qa2", "unpack", tar, "--out", "pi", "--quiet")
    member = os.path.abspath(glob.glob("pi/*/*/*/*/script")[0][:-len("/script")])
    scripts = sorted(glob.glob(os.path.join(member, "script", "uid*.ms.scriptForCalibration.py")))
    uids = [os.path.basename(path)[:-len(".ms.scriptForCalibration.py")] for path in scripts]
    compare_listings(uids[0])
    harness("scriptForPI.py", os.path.join(member, "script"))
    calibrated = os.path.join(member, "calibrated")
    for uid in uids:
        compare_tables(uid, os.path.join(calibrated, uid + ".calibration"))
        compare_data(uid + ".ms.split.cal", os.path.join(OURS, uid + ".ms.split.cal"), os.path.join(calibrated, uid + ".ms.split.cal"))
    compare_closed(uids[0], os.path.join(calibrated, uids[0] + ".calibration"), scripts[0])
    compare_data("calibrated.ms", os.path.join(OURS, "calibrated.ms"), os.path.join(calibrated, "calibrated.ms"))
    compare_images(member)
    sys.exit(1 if failures else 0)


main()
