"""gaincal, bandpass and applycal of CASA 6.7 and ours with parang=True, on data with all four correlations.

Usage: parallactic_angle.py [--out DIR]   (run by the Python of the CASA environment)

CASA's simulator makes six antennas that follow two fields far apart in parallactic angle; gains and a polarized source are put
into DATA here. The antennas stand on the equator and the year is 2000, where the geocentric vertical that CASA's AZEL has is
the true one and the pole of the date is that of J2000: angles agree within 2e-4 rad (CASA's are of the apparent place). Gains
agree within 2 % of their error or what that angle makes of the source, corrected data as well; weights and flags exactly. At the latitude of ALMA the difference is shown. Prints PASS, FAIL and INFO lines.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ.get("ALMA_QA2_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.abspath(sys.argv[sys.argv.index("--out") + 1]) if "--out" in sys.argv else tempfile.mkdtemp(prefix="parallactic-")
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import numpy as np  # noqa: E402
from casatasks import applycal, bandpass, casalog, gaincal  # noqa: E402
from casatools import measures, simulator, table  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
tb, me, sm = table(), measures(), simulator()
ANTENNAS, NOISE, ANGLE = 6, 0.02, 2e-4
FAILED = []


def say(ok, name, text):
    print("%s %s: %s" % ("PASS" if ok else "FAIL", name, text), flush=True)
    if not ok:
        FAILED.append(name)


def make(path, latitude):
    rng = np.random.default_rng(3)
    center = me.position("WGS84", "-67.8deg", "%gdeg" % latitude, "5000m")
    lon, lat, up = (me.measure(center, "ITRF")[k]["value"] for k in ("m0", "m1", "m2"))
    local = rng.uniform(-300, 300, (ANTENNAS, 2))
    east, north = np.array([-np.sin(lon), np.cos(lon), 0]), np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    zenith = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    places = zenith * up + local[:, :1] * east + local[:, 1:] * north
    sm.open(path)
    sm.setconfig(telescopename="ALMA", x=places[:, 0].tolist(), y=places[:, 1].tolist(), z=places[:, 2].tolist(), dishdiameter=[12.0] * ANTENNAS,
                 mount=["ALT-AZ"], antname=["DV%02d" % k for k in range(ANTENNAS)], coordsystem="global", referencelocation=center)
    sm.setspwindow(spwname="w", freq="100GHz", deltafreq="10MHz", freqresolution="10MHz", nchannels=8, stokes="XX XY YX YY")
    sm.setfeed(mode="perfect X Y", pol=[""])
    directions = [me.direction("J2000", "12h00m00s", "-35d00m00s"), me.direction("J2000", "11h00m00s", "-5d00m00s")]
    for name, direction in zip("AB", directions):
        sm.setfield(sourcename=name, sourcedirection=direction)
    sm.setlimits(shadowlimit=0.01, elevationlimit="5deg")
    sm.setauto(autocorrwt=0.0)
    sm.settimes(integrationtime="10s", usehourangle=True, referencetime=me.epoch("UTC", "2000/03/01/00:00:00"))
    for source, hour in (("A", -1.5), ("B", 0.0), ("A", 1.0)):
        sm.observe(source, "w", starttime="%.3fh" % hour, stoptime="%.4fh" % (hour + 60 / 3600.0))
    sm.close()
    tb.open(path + "/FEED", nomodify=False)
    tb.putcol("RECEPTOR_ANGLE", tb.getcol("RECEPTOR_ANGLE") + 0.4)
    tb.close()
    tb.open(path, nomodify=False)
    data, a1, a2 = tb.getcol("DATA"), tb.getcol("ANTENNA1"), tb.getcol("ANTENNA2")
    gains = rng.uniform(0.8, 1.3, (2, ANTENNAS)) * np.exp(1j * rng.uniform(-2, 2, (2, ANTENNAS)))
    gains[1] = gains[0]  # gaintype T has one gain for both, and the reference antenna no phase between them
    times, fields = tb.getcol("TIME"), tb.getcol("FIELD_ID")
    for row in range(len(times)):
        source = seen(directions[fields[row]], times[row], center)
        data[:, :, row] = (source * np.outer(gains[:, a1[row]], np.conj(gains[:, a2[row]]))).reshape(4, 1)
    data += NOISE * (rng.normal(size=data.shape) + 1j * rng.normal(size=data.shape))
    flags = tb.getcol("FLAG")
    flags[2, 3, (a1 == 1) & (a2 == 2)] = True
    tb.putcol("DATA", data)
    tb.putcol("FLAG", flags)
    tb.putcol("SIGMA", np.full_like(tb.getcol("SIGMA"), NOISE))
    tb.close()


def seen(direction, time, place):
    """Visibility matrix of the source in the axes of feeds that are turned by 0.4 rad."""
    me.doframe(place)
    me.doframe(me.epoch("UTC", "%.9fs" % time))
    pole = me.measure(me.direction("HADEC", "0deg", "90deg"), "AZEL")
    angle = np.radians(me.posangle(me.measure(direction, "AZEL"), pole)["value"]) + 0.4
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return turn @ np.array([[1.3, 0.2 + 0.05j], [0.2 - 0.05j, 0.7]]) @ turn.T


SOLVES = [
    ("gain", gaincal, dict(solint="inf")),
    ("integrations", gaincal, dict(solint="int", calmode="p")),
    ("scans", gaincal, dict(solint="inf", combine="scan")),
    ("joint", gaincal, dict(solint="inf", gaintype="T")),
    ("band", bandpass, dict(solint="inf", combine="")),
]
APPLIED = [("gain", ["gain"]), ("gain and joint", ["gain", "joint"]), ("nothing else", [])]


def ours(calls):
    json.dump(dict(cwd=OUT, calls=calls), open("calls.json", "w"))
    bundle = os.path.join(ROOT, "dist", "peers", "calibration-driver.js")
    wasm, erfa = os.path.join(ROOT, "dist", "kernels.wasm"), os.path.join(ROOT, "data", "erfa.wasm")
    subprocess.check_call([os.environ.get("ALMA_QA2_NODE", "node"), bundle, wasm, erfa, "calls.json", "results.json"])
    for name, result in json.load(open("results.json")).items():
        if "error" in result:
            say(False, name, result["error"].split("\n")[0])


def table_of(path):
    tb.open(path)
    values = [tb.getcol(c) for c in ("CPARAM", "FLAG", "SNR", "TIME", "ANTENNA1")]
    tb.close()
    return values


def corrected(vis):
    tb.open(vis)
    values = [tb.getcol(c) for c in ("CORRECTED_DATA", "WEIGHT", "FLAG")]
    tb.close()
    return values


def main():
    for name in os.listdir(OUT):
        if name != "casa.log":
            shutil.rmtree(name, ignore_errors=True)
    make("casa.ms", 0)
    shutil.copytree("casa.ms", "ours.ms")
    shared = dict(refant="DV00", minsnr=0.0, smodel=[1.0, 0.3, 0.2, 0.05], parang=True)
    calls = []
    for name, task, more in SOLVES:
        args = dict(shared, field="0", **more)
        named = dict(args, gaintable=["casa." + t for t in more.get("gaintable", [])])
        task(vis="casa.ms", caltable="casa." + name, **named)
        calls.append(dict(name=name, task="bandpass" if task is bandpass else "gaincal", args=dict(named, vis="ours.ms", caltable="ours." + name)))
    ours(calls)
    for name, _, _ in SOLVES:
        a, b = table_of("casa." + name), table_of("ours." + name)
        rows = a[0].shape == b[0].shape and (a[1] == b[1]).all() and (a[4] == b[4]).all() and np.abs(a[3] - b[3]).max() < 1e-3
        difference = np.abs(a[0] - b[0])
        allowed = np.maximum(2 * ANGLE * 0.36 / 0.7, 0.02 / np.maximum(a[2], 1e-9)) * np.abs(a[0])
        say(bool(rows and (difference <= allowed).all()), name, "%d gains, largest difference %.1e, of the error %.3f, rows and flags %s"
            % (a[0].size, difference.max(), (difference * a[2] / np.abs(a[0])).max(), "equal" if rows else "differ"))
    for name, tables in APPLIED:
        args = dict(gaintable=["casa." + t for t in tables], parang=True, flagbackup=False)
        difference, same = apply(name, args)
        say(bool(difference < 2 * ANGLE * 1.7 and same), "applycal, " + name, "largest difference %.1e, weights and flags %s" % (difference, "equal" if same else "differ"))
    for vis in ("casa.ms", "ours.ms"):
        shutil.rmtree(vis)
    make("casa.ms", -23.02)
    shutil.copytree("casa.ms", "ours.ms")
    difference, _ = apply("ALMA", dict(gaintable=[], parang=True, flagbackup=False))
    print("INFO at the latitude of ALMA corrected data differ by %.1e at most" % difference, flush=True)


def apply(name, args):
    """Largest difference of corrected data, and whether weights and flags are the same."""
    applycal(vis="casa.ms", **args)
    ours([dict(name=name, task="applycal", args=dict(args, vis="ours.ms"))])
    a, b = corrected("casa.ms"), corrected("ours.ms")
    return np.abs(a[0] - b[0]).max(), bool(np.allclose(a[1], b[1], rtol=1e-6) and (a[2] == b[2]).all())


main()
sys.exit(1 if FAILED else 0)
