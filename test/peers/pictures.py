"""Numbers that pictures show: the averages of plotms and the transmission that is drawn over spectra.

Usage: pictures.py   (run by the Python of the CASA environment; ALMA_QA2_SIMULATED names the output of qa2 simulate)

CASA imports an Execution Block and flags some of its bandpass scans; its split and mstransform average channels, times and scans as
plotms does. Amplitudes that are averaged by themselves come from numpy. Transmissions are those of CASA's atmosphere tool.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from casatasks import casalog, flagdata, importasdm, mstransform, split
from casatools import atmosphere, msmetadata, quanta, table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DIST = os.path.join(ROOT, "dist")
# Of the transmission in windows and their lines: our model is for the eye (docs/differences-from-casa.md).
MOST_TRANSMISSION = 0.03


def report(good, name, note):
    print("%s %s: %s" % ("PASS" if good else "FAIL", name, note), flush=True)
    return good


def ours(calls):
    with open("calls.json", "w") as file:
        json.dump(dict(cwd=os.getcwd(), calls=[dict(name=name, task=task, args=args) for name, (task, args) in calls.items()]), file)
    subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), os.path.join(DIST, "peers", "calibration-driver.js"),
                    os.path.join(DIST, "kernels.wasm"), os.path.join(ROOT, "data", "erfa.wasm"), "calls.json", "results.json"], check=True)
    with open("results.json") as file:
        found = json.load(file)
    failed = [answer["error"] for answer in found.values() if "error" in answer]
    if failed:
        raise RuntimeError(failed[0])
    return {name: answer["result"] for name, answer in found.items()}


def columns(path, names=("DATA", "FLAG", "WEIGHT", "ANTENNA1", "ANTENNA2", "FIELD_ID")):
    tb = table()
    tb.open(path)
    found = {name: tb.getcol(name) for name in names}
    tb.close()
    return found


def by_baseline(panels):
    """Values in the order in which they were drawn."""
    return {panel["title"]: np.array([value for series in panel["series"] for value in series["y"]]) for panel in panels}


def unflagged(path, names, fold=np.abs):
    """Of an averaged MeasurementSet what is not flagged, of each baseline: by row, channel, correlation."""
    data = columns(path)
    found = {}
    for row, (one, two) in enumerate(zip(data["ANTENNA1"], data["ANTENNA2"])):
        if one == two:
            continue
        good = ~data["FLAG"][:, :, row].T
        found.setdefault("%s & %s" % (names[one], names[two]), []).extend(fold(data["DATA"][:, :, row].T[good]))
    return {name: np.array(values) for name, values in found.items() if len(values)}


def scalar(data, names):
    """Mean of the amplitudes of each channel and field over all times, by weight."""
    found = {}
    for one, two, field in sorted(set(zip(data["ANTENNA1"], data["ANTENNA2"], data["FIELD_ID"]))):
        rows = (data["ANTENNA1"] == one) & (data["ANTENNA2"] == two) & (data["FIELD_ID"] == field)
        weight = data["WEIGHT"][:, None, rows] * ~data["FLAG"][:, :, rows]
        total = weight.sum(2)
        if one == two or not total.any():
            continue
        mean = (weight * np.abs(data["DATA"][:, :, rows])).sum(2) / np.where(total > 0, total, 1)
        found.setdefault("%s & %s" % (names[one], names[two]), []).extend(mean.T[total.T > 0])
    return {name: np.array(values) for name, values in found.items()}


def compare(name, mine, theirs):
    same = mine.keys() == theirs.keys() and all(mine[key].shape == theirs[key].shape for key in mine)
    if not same:
        odd = sorted(key for key in mine.keys() | theirs.keys() if len(mine.get(key, [])) != len(theirs.get(key, [])))
        return report(False, name, "other points of %s: %s" % (odd[0], [len(some.get(odd[0], [])) for some in (mine, theirs)]))
    far = max(np.abs(mine[key] - theirs[key]).max() / np.abs(theirs[key]).mean() for key in mine)
    return report(far < 1e-5, name, "%d points of %d baselines, at most %.1e of the mean apart" % (
        sum(len(values) for values in mine.values()), len(mine), far))


def averages(names):
    science = dict(vis="science.ms", datacolumn="data", keepflags=False)
    split(outputvis="channels.ms", width=8, **science)
    mstransform(outputvis="times.ms", timeaverage=True, timebin="100000s", **science)
    mstransform(outputvis="scans.ms", timeaverage=True, timebin="100000s", timespan="scan", **science)
    plot = dict(vis="science.ms", column="DATA", xaxis="time", yaxis="amp", iteration="baseline", antenna="*&*")
    found = ours({
        "channels": ("points", dict(plot, avgchannel=8)),
        "phases": ("points", dict(plot, avgchannel=8, yaxis="phase")),
        "times": ("points", dict(plot, avgtime=1e9)),
        "scans": ("points", dict(plot, avgtime=1e9, avgscan=True)),
        "scalar": ("points", dict(plot, avgtime=1e9, avgscan=True, isScalar=True)),
    })
    good = [compare("average of 8 channels", by_baseline(found["channels"]), unflagged("channels.ms", names))]
    phases = {name: np.exp(1j * np.radians(value)) for name, value in by_baseline(found["phases"]).items()}
    good.append(compare("phase of 8 channels", phases, unflagged("channels.ms", names, lambda data: data / np.abs(data))))
    good.append(compare("average over the times of scans", by_baseline(found["times"]), unflagged("times.ms", names)))
    good.append(compare("average over scans", by_baseline(found["scans"]), unflagged("scans.ms", names)))
    good.append(compare("scalar average over scans", by_baseline(found["scalar"]), scalar(columns("science.ms"), names)))
    return good


def transmissions():
    qa, good = quanta(), []
    bands = {3: (86, 116), 4: (126, 162), 6: (212, 274), 7: (277, 372), 8: (386, 498), 9: (604, 718)}
    for band, (low, high) in bands.items():
        for water in (0.5, 1.0, 3.0):
            at = atmosphere()
            at.initAtmProfile(humidity=20.0, temperature=qa.quantity(270, "K"), altitude=qa.quantity(5059, "m"),
                              pressure=qa.quantity(556, "mbar"), atmType=3)
            at.initSpectralWindow(1, qa.quantity((low + high) / 2, "GHz"), qa.quantity(high - low, "GHz"), qa.quantity(0.1, "GHz"))
            at.setUserWH2O(qa.quantity(water, "mm"))
            ghz = np.array(at.getSpectralWindow(0)["value"]) / 1e9
            depth = np.array(at.getDryOpacitySpec(0)[1]) + np.array(at.getWetOpacitySpec(0)[1]["value"])
            mine = ours({"sky": ("transmission", dict(ghz=list(ghz), waterMm=water))})["sky"]
            far = np.abs(np.array(mine) - np.exp(-depth))
            good.append(report(np.percentile(far, 95) < MOST_TRANSMISSION, "transmission in band %d, %.1f mm" % (band, water),
                               "95 %% of the channels within %.3f, median %.3f, worst %.3f at %.2f GHz" % (
                                   np.percentile(far, 95), np.median(far), far.max(), ghz[far.argmax()])))
    return good


def main():
    os.chdir(tempfile.mkdtemp(prefix="pictures-"))
    casalog.setlogfile("casa.log")
    asdm = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
    importasdm(asdm, vis="a.ms", lazy=False)
    md = msmetadata()
    md.open("a.ms")
    names = md.antennanames()
    spw = [int(one) for one in md.spwsforintent("OBSERVE_TARGET*") if md.nchan(int(one)) > 4][0]
    md.done()
    split("a.ms", outputvis="science.ms", datacolumn="data", spw=str(spw), intent="*PHASE*,*BANDPASS*")
    tb = table()
    tb.open("science.ms", nomodify=False)
    flag = tb.getcol("FLAG")
    rng = np.random.default_rng(3)
    tb.putcol("FLAG", flag | (rng.random(flag.shape) < 0.2))
    weight = tb.getcol("WEIGHT") * rng.uniform(0.5, 2, (flag.shape[0], flag.shape[2]))
    tb.putcol("WEIGHT", weight)
    tb.putcol("SIGMA", weight ** -0.5)  # by which mstransform averages DATA
    tb.close()
    flagdata("science.ms", mode="manual", antenna="%s&%s" % (names[0], names[1]), flagbackup=False)
    return averages(names) + transmissions()


if __name__ == "__main__":
    sys.exit(0 if all(main()) else 1)
