"""Single parameters of tclean: this program beside CASA 6.7 on a small MeasurementSet of four correlations.

usage: imaging_parameters.py [--out DIR] [--only NAME,…]
       (the Python of the CASA environment; needs node and esbuild)

CASA's simulator observes; two polarised sources with a bend in their spectra, and noise, are put in. Both programs image with
each parameter in turn. Prints PASS and FAIL lines; exit code 1 when one failed.
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


def option(name, default):
    return args[args.index(name) + 1] if name in args else default


OUT = os.path.abspath(option("--out", tempfile.mkdtemp(prefix="imaging-parameters-")))
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import casatools  # noqa: E402
from casatasks import casalog, tclean  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
ia, tb, me = casatools.image(), casatools.table(), casatools.measures()
FAILED = []
ARCSEC = np.pi / 648000
C = 299792458.0
CHANNELS, FIRST, STEP = 12, 100e9, 2e6
SIZE, CELL = 64, 0.5
CENTRE = "J2000 3h00m00 -30d00m00"


def say(ok, name, text):
    print("%s %s %s" % ("PASS" if ok else "FAIL", name, text), flush=True)
    if not ok:
        FAILED.append(name)


def observe():
    """Ten antennas, 20 minutes, XX XY YX YY."""
    sm, vp = casatools.simulator(), casatools.vpmanager()
    rng = np.random.RandomState(3)
    shutil.rmtree("four.ms", ignore_errors=True)
    sm.open("four.ms")
    x, y = rng.uniform(-120, 120, 10), rng.uniform(-120, 120, 10)
    names = ["A%02d" % k for k in range(10)]
    sm.setconfig(telescopename="ALMA", x=list(x), y=list(y), z=[0.0] * 10, dishdiameter=[12.0] * 10, mount=["alt-az"] * 10,
                 antname=names, padname=names, coordsystem="local", referencelocation=me.observatory("ALMA"))
    sm.setspwindow(spwname="w", freq="%fGHz" % (FIRST / 1e9), deltafreq="%fMHz" % (STEP / 1e6), freqresolution="%fMHz" % (STEP / 1e6),
                   nchannels=CHANNELS, stokes="XX XY YX YY")
    sm.setfeed(mode="perfect X Y", pol=[""])
    sm.setfield(sourcename="T", sourcedirection=CENTRE)
    sm.setlimits(shadowlimit=0.0, elevationlimit="10deg")
    sm.setauto(autocorrwt=0.0)
    sm.settimes(integrationtime="60s", usehourangle=True, referencetime=me.epoch("UTC", "2015/06/01"))
    sm.observe("T", "w", starttime="-10min", stoptime="10min")
    sm.close()
    tb.open("four.ms/SPECTRAL_WINDOW", nomodify=False)
    tb.putcol("MEAS_FREQ_REF", np.array([5]))  # TOPO: the image channels move with the Earth
    tb.close()
    tb.open("four.ms", nomodify=False)
    uvw, rows = tb.getcol("UVW"), tb.nrows()
    freqs = FIRST + STEP * np.arange(CHANNELS)
    curve = 1 + 0.6 * np.exp(-(((np.arange(CHANNELS) - 5.3) / 1.6) ** 2))
    data = np.zeros((4, CHANNELS, rows), complex)
    for east, north, (i, q, u, v) in SOURCES:
        l, m = east * ARCSEC, north * ARCSEC
        path = uvw[0] * l + uvw[1] * m + uvw[2] * (np.sqrt(1 - l * l - m * m) - 1)
        fringe = curve[:, None] * np.exp(2j * np.pi * path[None, :] * freqs[:, None] / C)
        for corr, value in enumerate((i + q, u + 1j * v, u - 1j * v, i - q)):
            data[corr] += value * fringe
    data += 0.05 * (rng.normal(size=data.shape) + 1j * rng.normal(size=data.shape))
    flag = tb.getcol("FLAG")
    flag[:] = rng.uniform(size=rows) < 0.02  # whole rows: CASA's densities of cubes count neighbours of flagged channels
    tb.putcol("FLAG", flag)
    tb.putcol("DATA", data)
    weight = np.repeat(rng.uniform(0.5, 2, rows)[None, :], 4, 0) * np.array([1, 1.2, 0.9, 1.1])[:, None]
    tb.putcol("WEIGHT", weight)
    if "CORRECTED_DATA" in tb.colnames():
        tb.removecols([name for name in ("CORRECTED_DATA", "MODEL_DATA") if name in tb.colnames()])
    tb.close()


SOURCES = [(-4.0, 3.0, (1.0, 0.2, -0.1, 0.05)), (5.5, -2.5, (0.6, -0.05, 0.12, 0.0))]
BASE = dict(vis="four.ms", imsize=SIZE, cell="%sarcsec" % CELL, datacolumn="data", niter=0, pblimit=0.1)
CUBE = dict(specmode="cube", start="%.6fGHz" % ((FIRST + 2.3 * STEP) / 1e9), width="%.6fMHz" % (1.1 * STEP / 1e6), nchan=6, outframe="LSRK")
AUTO = dict(usemask="auto-multithresh", sidelobethreshold=1.0, noisethreshold=4.25, lownoisethreshold=1.5, negativethreshold=0.0, minbeamfrac=0.3)
# By name: the call, and the largest difference of the dirty images in shares of the peak. CASA's gridding is good to some 1e-3.
CALLS = {
    "linear": (dict(interpolation="linear", **CUBE), 5e-3),
    "cubic": (dict(interpolation="cubic", **CUBE), 5e-3),
    "IQUV": (dict(stokes="IQUV"), 5e-3),
    "IQ": (dict(stokes="IQ", weighting="uniform"), 1e-2),
    "UV": (dict(stokes="UV"), 5e-3),
    "XXYY": (dict(stokes="XXYY"), 5e-3),
    "pseudoI": (dict(stokes="pseudoI"), 5e-3),
    "radial": (dict(weighting="radial"), 5e-3),
    "briggsabs": (dict(weighting="briggsabs", robust=0.5, noise="2.0Jy"), 1e-2),
    "superuniform": (dict(weighting="superuniform"), 1e-2),
    "superuniform-5": (dict(weighting="superuniform", npixels=5), 1e-2),
    "briggs-npixels": (dict(weighting="briggs", robust=0.0, npixels=32), 1e-2),
    "uniform-npixels": (dict(weighting="uniform", npixels=21), 1e-2),
    "cube-briggs": (dict(weighting="briggs", robust=0.0, **CUBE), 1e-2),
    "cube-uniform": (dict(weighting="uniform", **CUBE), 1e-2),
    "bwtaper": (dict(weighting="briggsbwtaper", robust=0.5, **CUBE), 1e-2),
    "cube-npixels": (dict(weighting="briggs", robust=0.0, npixels=3, **CUBE), 1e-2),
    "cube-superuniform": (dict(weighting="superuniform", **CUBE), 1e-2),
    "cube-shared": (dict(weighting="briggs", robust=0.0, perchanweightdensity=False, **CUBE), 1e-2),
    "hogbom-IQUV": (dict(stokes="IQUV", niter=300, threshold="0.02Jy", mask="box[[4pix,4pix],[59pix,59pix]]"), 2e-2),
    "pb-mask": (dict(niter=200, threshold="0.05Jy", usemask="pb", pbmask=0.5), 2e-2),
    "auto": (dict(niter=800, threshold="0.03Jy", **AUTO, **CUBE), 3e-2),
    "auto-negative": (dict(niter=800, threshold="0.03Jy", **{**AUTO, "negativethreshold": 5.0}, **CUBE), 3e-2),
    "odd": (dict(imsize=[37, 37], weighting="briggs", robust=0.5), 1e-2),
    "cube-abs": (dict(weighting="briggsabs", robust=1.0, noise="1.0Jy", **CUBE), 1e-2),
}


def pixels(name):
    ia.open(name)
    data = ia.getchunk()
    ia.close()
    return data


def clear(prefix):
    for entry in os.listdir("."):
        if entry.startswith(prefix):
            shutil.rmtree(entry) if os.path.isdir(entry) else os.remove(entry)


def ours(calls):
    bundle = os.path.join(ROOT, "dist", "peers", "imaging-driver.js")
    if "ALMA_QA2_ROOT" not in os.environ:  # run by hand: not built by the runner of the peers
        subprocess.run(["npx", "esbuild", "test/peers/imaging-driver.ts", "--bundle", "--platform=node", "--format=esm",
                        "--packages=external", "--outfile=" + bundle, "--log-level=error"], cwd=ROOT, check=True)
    json.dump([["tclean", dict(imagename="ours-" + name, **{**BASE, **call})] for name, (call, _) in calls.items()], open("calls.json", "w"))
    run = subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), bundle, ROOT, OUT, os.path.join(OUT, "calls.json")], text=True, capture_output=True)
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])


def compare(name, limit, suffix="residual"):
    mine, theirs = pixels("ours-%s.%s" % (name, suffix)), pixels("casa-%s.%s" % (name, suffix))
    if mine.shape != theirs.shape:
        say(False, name, "%s has shape %s, CASA's %s" % (suffix, mine.shape, theirs.shape))
        return
    inner = slice(SIZE // 4, 3 * SIZE // 4)
    difference = np.abs(mine - theirs)[inner, inner].max() / np.abs(theirs).max()
    say(difference < limit, name, "%s differs by %.1e of the peak in the inner half" % (suffix, difference))


def compare_auto(name):
    """Masks share their pixels, and the models their flux."""
    mine, theirs = pixels("ours-%s.mask" % name) > 0, pixels("casa-%s.mask" % name) > 0
    overlap = (mine & theirs).sum() / max(1, (mine | theirs).sum())
    ratio = pixels("ours-%s.model" % name).sum() / pixels("casa-%s.model" % name).sum()
    say(overlap > 0.95 and abs(ratio - 1) < 0.02, name, "masks share %.1f %% of %d pixels; flux ours over CASA's %.4f" % (100 * overlap, theirs.sum(), ratio))


if __name__ == "__main__":
    chosen = option("--only", "").split(",") if "--only" in args else list(CALLS)
    calls = {name: CALLS[name] for name in chosen}
    if not ("--only" in args and os.path.exists("four.ms")):
        observe()
    for name, (call, _) in calls.items():
        clear("ours-%s." % name)
        if not os.path.exists("casa-%s.psf" % name):
            tclean(imagename="casa-" + name, **{**BASE, **call})
    ours(calls)
    for name, (call, limit) in calls.items():
        if "usemask" in call and call["usemask"].startswith("auto"):
            compare_auto(name)
            continue
        for suffix in ("image", "mask") if call.get("niter") else ("residual", "psf"):
            compare(name, limit, suffix)
    sys.exit(1 if FAILED else 0)
