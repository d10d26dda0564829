"""Compares baselines, directions and frequencies with CASA's me tool, and the Earth's rotation with pyerfa.

Prints PASS or FAIL lines; exit code 1 when one failed. Needs casatools, pyerfa and the built driver.
"""
import json
import os
import subprocess
import sys
import tempfile

import erfa
import numpy as np
from casatools import measures, quanta

me, qa = measures(), quanta()
generator = np.random.default_rng(20130615)
ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
ALMA = np.array([2225142.18, -5440307.37, -2481029.85])
failed = 0


def report(ok, name, text):
    global failed
    failed += not ok
    print("%s measures %s: %s" % ("PASS" if ok else "FAIL", name, text))


def metres(values):
    return [qa.quantity(float(value), "m") for value in values]


cases = []
for _ in range(200):
    offset = generator.normal(0, 1000, 3)
    cases.append({
        "mjdSec": float(generator.uniform(55200, 60600) * 86400),
        "ra": float(generator.uniform(0, 2 * np.pi)),
        "dec": float(np.arcsin(generator.uniform(-1, 0.7))),
        "positions": [list(ALMA), list(ALMA + offset)],
    })
with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as out:
    json.dump(cases, out)
command = [os.environ.get("ALMA_QA2_NODE", "node"), os.path.join(ROOT, "dist", "peers", "ingest-driver.js"), ROOT, "measures", out.name]
answers = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
os.unlink(out.name)

worst = {"uvw": 0.0, "elevation": 0.0, "erfa": 0.0, "lsrk": 0.0, "bary": 0.0, "rotation": 0.0}
for case, answer in zip(cases, answers):
    ra, dec = case["ra"], case["dec"]
    direction = me.direction("J2000", qa.quantity(ra, "rad"), qa.quantity(dec, "rad"))
    me.doframe(me.position("ITRF", *metres(ALMA)))
    me.doframe(me.epoch("UTC", qa.quantity(case["mjdSec"], "s")))
    me.doframe(direction)
    baseline = np.array(case["positions"][1]) - ALMA
    b = me.measure(me.baseline("ITRF", *metres(baseline)), "J2000")
    lon, lat, length = [b[key]["value"] for key in ("m0", "m1", "m2")]
    sa, ca, sd, cd = np.sin(ra), np.cos(ra), np.sin(dec), np.cos(dec)
    axes = np.array([[-sa, ca, 0], [-sd * ca, -sd * sa, cd], [cd * ca, cd * sa, sd]])
    uvw = axes @ np.array([np.cos(lon) * np.cos(lat), np.sin(lon) * np.cos(lat), np.sin(lat)]) * length
    worst["uvw"] = max(worst["uvw"], np.linalg.norm(np.array(answer["uvw"][3:]) - uvw) / length)
    elevation = me.measure(direction, "AZELGEO")["m1"]["value"]
    worst["elevation"] = max(worst["elevation"], abs(answer["azEl"]["el"] - elevation))
    sky = me.frequency("TOPO", qa.quantity(230e9, "Hz"))
    for frame in ("LSRK", "BARY"):
        factor = me.measure(sky, frame)["m0"]["value"] / 230e9
        worst[frame.lower()] = max(worst[frame.lower()], abs(answer[frame.lower()] / factor - 1) * 299792458)
    day = case["mjdSec"] / 86400
    turned = answer["orientation"]
    xp, yp = turned["xp"], turned["yp"]
    year, month, date, fraction = erfa.jd2cal(2400000.5, day)
    dut1 = turned["ut1MinusTai"] + erfa.dat(year, month, date, fraction)
    longitude, latitude, height = erfa.gc2gd(1, ALMA)
    _, zenith, _, _, _, _ = erfa.atco13(ra, dec, 0, 0, 0, 0, 2400000.5, day, dut1, longitude, latitude, height, xp, yp, 0, 0, 0, 0.5)
    worst["erfa"] = max(worst["erfa"], abs(answer["azEl"]["el"] - (np.pi / 2 - zenith)))
    tai = erfa.utctai(2400000.5, day)
    tt = erfa.taitt(*tai)
    ut1 = erfa.utcut1(2400000.5, day, dut1)
    rotation = erfa.c2t06a(*tt, *ut1, xp, yp)
    worst["rotation"] = max(worst["rotation"], np.abs(np.array(answer["toItrs"]).reshape(3, 3) - rotation).max())

report(worst["uvw"] < 1e-6, "UVW", "%.2g of the baseline" % worst["uvw"])
# CASA applies the pole's motion about other axes and the diurnal aberration towards the zenith.
report(worst["elevation"] < 8e-6, "elevation, CASA", "%.2g rad" % worst["elevation"])
report(worst["erfa"] < 1e-8, "elevation, ERFA", "%.2g rad" % worst["erfa"])
report(worst["lsrk"] < 1, "LSRK", "%.3f m/s" % worst["lsrk"])
report(worst["bary"] < 1, "BARY", "%.3f m/s" % worst["bary"])
report(worst["rotation"] < 1e-9, "GCRS to ITRS, ERFA", "%.2g" % worst["rotation"])
sys.exit(1 if failed else 0)
