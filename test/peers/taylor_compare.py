"""Taylor terms of tclean (mtmfs): this program beside CASA 6.7 and two sources whose spectra are known.

usage: taylor_compare.py [--out DIR]
       (the Python of the CASA environment; needs node and esbuild)

CASA's simulator makes a MeasurementSet of four windows from 90 to 106 GHz; both programs image it. Prints PASS and FAIL
lines; exit code 1 when one failed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
args = sys.argv[1:]
OUT = os.path.abspath(args[args.index("--out") + 1] if "--out" in args else tempfile.mkdtemp(prefix="taylor-compare-"))
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import casatools  # noqa: E402
from casatasks import casalog, tclean  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
ia, tb, sm, me = casatools.image(), casatools.table(), casatools.simulator(), casatools.measures()
FAILED = []
ARCSEC = np.pi / 648000
C = 299792458.0
REFERENCE = 97.5e9
# east and north of the centre in arcsec, flux density at the reference frequency in Jy, spectral index; pixel of 0.5 arcsec
SOURCES = [((0.0, 0.0), 1.0, -0.7, (64, 64)), ((6.0, -8.0), 0.4, 1.5, (52, 48))]
TERMS = ("tt0", "tt1")


def say(ok, name, text):
    print("%s %s: %s" % ("PASS" if ok else "FAIL", name, text), flush=True)
    if not ok:
        FAILED.append(name)


def observe():
    shutil.rmtree("wide.ms", ignore_errors=True)
    rng = np.random.RandomState(3)
    radius, angle = np.abs(rng.normal(0, 120, 14)), rng.uniform(0, 2 * np.pi, 14)
    sm.open("wide.ms")
    sm.setconfig(telescopename="ALMA", x=list(radius * np.cos(angle)), y=list(radius * np.sin(angle)), z=[0.0] * 14,
                 dishdiameter=[12.0] * 14, mount=["alt-az"], antname=["A%02d" % k for k in range(14)],
                 coordsystem="local", referencelocation=me.observatory("ALMA"))
    for k, start in enumerate([90.5, 92.4, 102.5, 104.5]):
        sm.setspwindow(spwname="w%d" % k, freq="%gGHz" % start, deltafreq="0.25GHz", freqresolution="0.25GHz",
                       nchannels=8, stokes="XX YY")
    sm.setfeed("perfect X Y")
    sm.setfield(sourcename="T", sourcedirection=me.direction("J2000", "10h00m00s", "-30d00m00s"))
    sm.setlimits(shadowlimit=0.01, elevationlimit="10deg")
    sm.setauto(0)
    sm.settimes(integrationtime="60s", usehourangle=True, referencetime=me.epoch("UTC", "2015/06/01"))
    for k in range(4):
        sm.observe("T", "w%d" % k, starttime="-3600s", stoptime="-1800s")
    sm.close()
    tb.open("wide.ms/SPECTRAL_WINDOW")
    freqs = [tb.getcell("CHAN_FREQ", k) for k in range(4)]
    tb.close()
    tb.open("wide.ms", nomodify=False)
    for k in range(4):
        rows = tb.query("DATA_DESC_ID==%d" % k)
        u, v, w = rows.getcol("UVW")
        data = np.zeros((2, 8, u.size), complex)
        for (east, north), flux, index, _ in SOURCES:
            l, m = east * ARCSEC, north * ARCSEC
            path = u * l + v * m + w * (np.sqrt(1 - l * l - m * m) - 1)
            phase = np.exp(2j * np.pi * path[None, None, :] * freqs[k][None, :, None] / C)
            data += flux * ((freqs[k] / REFERENCE) ** index)[None, :, None] * phase
        rows.putcol("DATA", data)
        rows.close()
    for name in ("WEIGHT", "SIGMA"):
        tb.putcol(name, np.ones_like(tb.getcol(name)))
    tb.close()


def plane(name):
    ia.open(name)
    values = ia.getchunk()[:, :, 0, 0]
    ia.close()
    return values


common = dict(vis="wide.ms", datacolumn="data", imsize=128, cell="0.5arcsec", deconvolver="mtmfs", nterms=2, pblimit=0.1)
CALLS = {
    "dirty": dict(niter=0, weighting="natural", **common),
    "clean": dict(niter=120, threshold="1mJy", weighting="briggs", robust=0.5, reffreq="97.5GHz", **common),
}

observe()
json.dump([["tclean", dict(imagename="ours-" + name, **call)] for name, call in CALLS.items()], open("calls.json", "w"))
bundle = os.path.join(ROOT, "dist", "peers", "imaging-driver.js")
run = subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), bundle, ROOT, OUT, "calls.json"], text=True, capture_output=True)
if run.returncode:
    raise RuntimeError(run.stderr[-3000:])
for name, call in CALLS.items():
    tclean(imagename="casa-" + name, **call)

for kind in ("psf.tt0", "psf.tt1", "psf.tt2", "residual.tt0", "residual.tt1", "sumwt.tt1", "sumwt.tt2", "image.tt1"):
    casa, ours = plane("casa-dirty." + kind), plane("ours-dirty." + kind)
    worst = np.abs(casa - ours).max() / np.abs(casa).max()
    say(worst < 5e-3, "dirty " + kind, "differs from CASA's by %.1e of the largest value" % worst)
spectrum = np.concatenate([np.arange(8) * 0.25e9 + start for start in (90.5e9, 92.4e9, 102.5e9, 104.5e9)])
for (_, flux, index, spot) in SOURCES:
    slope, constant = np.polyfit(spectrum / REFERENCE - 1, flux * (spectrum / REFERENCE) ** index, 1)
    values = {}
    for who in ("casa", "ours"):
        values[who] = plane(who + "-clean.image.tt0")[spot], plane(who + "-clean.alpha")[spot]
    text = "truth %.4f Jy, index %.3f; CASA %.4f, %.3f; ours %.4f, %.3f" % ((flux, index) + values["casa"] + values["ours"])
    off = abs(values["ours"][0] / constant - 1), abs(values["ours"][1] - slope / constant)
    say(off[0] < 5e-3 and off[1] < 1e-2, "clean index %.1f" % index, text)
present = {name.split(".", 1)[1] for name in os.listdir(".") if name.startswith("casa-clean.")}
ours = {name.split(".", 1)[1] for name in os.listdir(".") if name.startswith("ours-clean.")}
say(present == ours, "products", " ".join(sorted(present ^ ours)) or "the same names")
sys.exit(1 if FAILED else 0)
