"""tclean and exportfits of this program beside CASA 6.7's, the direct Fourier sum, wsclean, fitsverify and astropy.

usage: imaging_compare.py [CALIBRATED.ms] [--field NAME] [--spw N] [--out DIR]
       (the Python of the CASA environment, with astropy; needs node and esbuild, wsclean and fitsverify)
Without an argument it takes calibrated.ms of the delivery in ALMA_QA2_DELIVERY (the --out of `qa2 run`).

Both image the same MeasurementSet. Dirty images are compared with the sum over all visibilities at scattered pixels: ours
must be within 1e-4 of the peak and not further away than CASA's. Prints PASS and FAIL lines; exit code 1 when one failed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
args = sys.argv[1:]


def option(name, default):
    return args[args.index(name) + 1] if name in args else default


GIVEN = [arg for arg in args[:1] if not arg.startswith("--")]
VIS = os.path.abspath(GIVEN[0]) if GIVEN else glob.glob(os.path.join(os.environ["ALMA_QA2_DELIVERY"], "*/*/*/*/calibrated/calibrated.ms"))[0]
OUT = os.path.abspath(option("--out", tempfile.mkdtemp(prefix="imaging-compare-")))
SPW = int(option("--spw", "0"))
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import casatools  # noqa: E402
from casatasks import casalog, imhead, importfits, imstat, tclean  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
tb, ia, msmd = casatools.table(), casatools.image(), casatools.msmetadata()
FAILED = []
C = 299792458.0
SIZE = 256


def say(ok, name, text):
    print("%s %s %s" % ("PASS" if ok else "FAIL", name, text), flush=True)
    if not ok:
        FAILED.append(name)


def pixels(name):
    ia.open(name)
    data = ia.getchunk()
    ia.close()
    return data


msmd.open(VIS)
FIELD = option("--field", msmd.fieldnames()[-1])
FIELD_ID = [int(k) for k in msmd.fieldsforname(FIELD)][0]
FREQS = msmd.chanfreqs(SPW)
msmd.done()
tb.open(VIS)
LONGEST = np.linalg.norm(tb.getcol("UVW")[:2], axis=0).max()
tb.close()
CELL = round(C / FREQS.max() / LONGEST * 206264.8 / 5, 2)  # five pixels across the sharpest beam
REST = "%.6fGHz" % (FREQS[len(FREQS) // 2] / 1e9)
STEP = abs(FREQS[1] - FREQS[0]) / FREQS[0] * C / 1e3

base = dict(vis=VIS, field=FIELD, spw=str(SPW), imsize=SIZE, cell="%sarcsec" % CELL, pblimit=0.1)
cube = dict(specmode="cube", start="%.4fkm/s" % (-5.13 * STEP), width="%.4fkm/s" % (1.04 * STEP), nchan=9, restfreq=REST, outframe="LSRK")
clean = dict(weighting="briggs", robust=0.5, niter=400, usemask="user", mask="circle[[128pix,128pix],40pix]", pbcor=True)
CALLS = {
    "natural": dict(weighting="natural", niter=0),
    "briggs": dict(weighting="briggs", robust=0.5, niter=0),
    "uniform": dict(weighting="uniform", niter=0),
    "hogbom": dict(deconvolver="hogbom", **clean),
    "clark": dict(deconvolver="clark", **clean),
    "multiscale": dict(deconvolver="multiscale", scales=[0, 5, 12], **clean),
    "cube": dict(weighting="briggs", robust=0.5, niter=0, **cube),
    "nearest": dict(weighting="natural", niter=0, specmode="cube", start=8, width=3, nchan=6, interpolation="nearest"),
}


def ours():
    bundle = os.path.join(ROOT, "dist", "peers", "imaging-driver.js")
    if "ALMA_QA2_ROOT" not in os.environ:  # run by hand: not built by the runner of the peers
        subprocess.run(["npx", "esbuild", "test/peers/imaging-driver.ts", "--bundle", "--platform=node", "--format=esm",
                        "--packages=external", "--outfile=" + bundle, "--log-level=error"], cwd=ROOT, check=True)
    calls = [["tclean", dict(imagename="ours-" + name, **base, **call)] for name, call in CALLS.items()]
    for name in ("hogbom", "cube"):
        calls.append(["exportfits", dict(imagename="ours-%s.image" % name, fitsimage="ours-%s.fits" % name, overwrite=True)])
    calls.append(["exportfits", dict(imagename="ours-cube.image", fitsimage="ours-velocity.fits", overwrite=True, velocity=True, dropdeg=True)])
    json.dump(calls, open("calls.json", "w"))
    run = subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), bundle, ROOT, OUT, os.path.join(OUT, "calls.json")], text=True, capture_output=True)
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])
    return [json.loads(line) for line in run.stdout.splitlines()]


def casas():
    seconds = []
    for name, call in CALLS.items():
        for entry in os.listdir("."):
            if entry.startswith("casa-%s." % name):
                shutil.rmtree(entry)
        start = time.time()
        tclean(imagename="casa-" + name, **base, **call)
        seconds.append(time.time() - start)
    return seconds


def direct_sum():
    """Dirty image (natural weights) and PSF at scattered pixels, from the visibilities themselves."""
    tb.open(os.path.join(VIS, "DATA_DESCRIPTION"))
    ddid = int(np.where(tb.getcol("SPECTRAL_WINDOW_ID") == SPW)[0][0])
    tb.close()
    tb.open(VIS)
    column = "CORRECTED_DATA" if "CORRECTED_DATA" in tb.colnames() else "DATA"
    sub = tb.query("FIELD_ID==%d && DATA_DESC_ID==%d && ANTENNA1!=ANTENNA2 && !FLAG_ROW" % (FIELD_ID, ddid))
    data, flag, uvw, weight = sub.getcol(column), sub.getcol("FLAG"), sub.getcol("UVW"), sub.getcol("WEIGHT")
    sub.close()
    tb.close()
    good = ~(flag[0] | flag[-1])
    vis = (data[0] + data[-1]) / 2
    w = np.where(good, (weight[0] + weight[-1]) / 2, 0).astype(float)
    u, v = (uvw[k] * FREQS[:, None] / C for k in (0, 1))
    rng = np.random.RandomState(1)
    spots = [(SIZE // 2, SIZE // 2)] + [tuple(p) for p in rng.randint(2, SIZE - 2, (120, 2))]
    cell = CELL / 206264.80624709636
    sums, psf = [], []
    for x, y in spots:
        phase = np.exp(-2j * np.pi * (u * (-cell * (x - SIZE // 2)) + v * (cell * (y - SIZE // 2))))
        sums.append((w * vis * phase).real.sum() / w.sum())
        psf.append((w * phase).real.sum() / w.sum())
    return spots, np.array(sums), np.array(psf)


def compare_dirty():
    spots, sums, psf = direct_sum()
    xs, ys = [p[0] for p in spots], [p[1] for p in spots]
    for what, truth in (("residual", sums), ("psf", psf)):
        mine, theirs = pixels("ours-natural." + what)[:, :, 0, 0], pixels("casa-natural." + what)[:, :, 0, 0]
        peak = np.abs(mine).max()
        a, b = np.abs(mine[xs, ys] - truth).max() / peak, np.abs(theirs[xs, ys] - truth).max() / peak
        say(a <= 1e-4 and a <= b, "direct-sum-" + what, "ours %.2e, CASA %.2e of the peak" % (a, b))


def compare_images(results, seconds):
    inner = slice(SIZE // 4, 3 * SIZE // 4)
    for k, name in enumerate(CALLS):
        mine, theirs = pixels("ours-%s.image" % name), pixels("casa-%s.image" % name)
        ia.open("ours-%s.image" % name)
        a, ca = ia.restoringbeam(), ia.coordsys().torecord()
        ia.close()
        ia.open("casa-%s.image" % name)
        b, cb = ia.restoringbeam(), ia.coordsys().torecord()
        ia.close()
        one = (lambda beam: beam["beams"]["*0"]["*0"] if "beams" in beam else beam)
        ratio = one(a)["major"]["value"] / one(b)["major"]["value"] - 1
        say(abs(ratio) < 1e-3, "beam-" + name, "major axis differs by %.1e" % ratio)
        axis = [c["spectral2"]["wcs"] for c in (ca, cb)]
        shift = abs(axis[0]["crval"] - axis[1]["crval"]) / abs(axis[1]["cdelt"])
        say(mine.shape == theirs.shape and shift < 1e-2, "axis-" + name, "first channel differs by %.1e channels, shapes %s" % (shift, mine.shape))
        if mine.shape != theirs.shape:
            continue
        difference = np.abs(mine - theirs)[inner, inner].max() / np.abs(theirs).max()
        # Uniform weights: CASA's wavelengths are in LSRK, so samples near the border of a cell of the weighting grid change places.
        limit = 0.05 if call_is_clean(name) else 0.01 if name == "uniform" else 5e-3
        text = "largest difference %.1e of the peak in the inner half; peaks %.5g %.5g; ours %.2f s, CASA %.2f s"
        say(difference < limit, "image-" + name, text % (difference, mine.max(), theirs.max(), results[k]["seconds"], seconds[k]))
    for name in ("pb", "image.pbcor"):
        mine, theirs = pixels("ours-hogbom." + name), pixels("casa-hogbom." + name)
        difference = np.abs(mine - theirs)[inner, inner].max() / np.abs(theirs).max()
        say(difference < (1e-3 if name == "pb" else 0.05), "product-" + name, "largest difference %.1e of the peak" % difference)
    for name in ("hogbom", "clark", "multiscale"):
        a, b = (imstat("%s-%s.residual" % (who, name))["rms"][0] for who in ("ours", "casa"))
        say(a < 1.05 * b, "residual-" + name, "rms ours %.4g, CASA %.4g" % (a, b))


def call_is_clean(name):
    return CALLS[name]["niter"] > 0


def check_fits():
    for name in ("ours-hogbom", "ours-cube", "ours-velocity"):
        if shutil.which("fitsverify"):
            text = subprocess.run(["fitsverify", "-q", name + ".fits"], capture_output=True, text=True).stdout
            say("verification OK" in text, "fitsverify-" + name, text.strip().splitlines()[-1] if text.strip() else "")
        elif name == "ours-hogbom":
            print("MISSING fitsverify")
        from astropy.io import fits
        from astropy.wcs import WCS
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with fits.open(name + ".fits") as units:
                units.verify("exception")
                world = WCS(units[0].header).celestial.pixel_to_world_values(100, 150)
        ia.open("casa-%s.image" % ("hogbom" if name == "ours-hogbom" else "cube"))
        truth = np.degrees(ia.coordsys().toworld([100, 150, 0, 0], "n")["numeric"][:2])
        ia.close()
        gap = np.hypot(((world[0] - truth[0] + 180) % 360 - 180) * np.cos(np.radians(truth[1])), world[1] - truth[1]) * 3600
        say(gap < 1e-4, "astropy-" + name, "strict verification; pixel (100, 150) is %.1e arcsec from CASA's place" % gap)
    shutil.rmtree("back.image", ignore_errors=True)
    importfits(fitsimage="ours-cube.fits", imagename="back.image")
    ia.open("back.image")
    good = ia.getchunk(getmask=True)[:, :, :, 0]
    ia.close()
    ia.open("ours-cube.image")
    same = np.array_equal(good, ia.getchunk(getmask=True)[:, :, 0, :])
    ia.close()
    same = same and np.array_equal(pixels("back.image")[:, :, :, 0][good], pixels("ours-cube.image")[:, :, 0, :][good])
    say(bool(same), "importfits", "CASA reads back the pixels and the mask that we exported")
    head = imhead("ours-hogbom.image", mode="list")
    say(head["beammajor"]["unit"] == "arcsec" and head["telescope"] == "ALMA", "imhead", "CASA lists our image's header")


def check_wsclean():
    if not shutil.which("wsclean"):
        print("MISSING wsclean")
        return
    # wsclean looks at the first polarization setup only, which may be that of the water vapour radiometers.
    shutil.rmtree("wsclean.ms", ignore_errors=True)
    shutil.copytree(VIS, "wsclean.ms")
    tb.open("wsclean.ms/POLARIZATION", nomodify=False)
    parallel = [row for row in range(tb.nrows()) if tb.getcell("NUM_CORR", row) >= 2][0]
    for column in ("NUM_CORR", "CORR_TYPE", "CORR_PRODUCT"):
        tb.putcell(column, 0, tb.getcell(column, parallel))
    tb.close()
    command = ["wsclean", "-quiet", "-reorder", "-use-wgridder", "-no-small-inversion", "-no-update-model-required", "-name", "wsclean", "-size", str(SIZE), str(SIZE), "-scale", "%sasec" % CELL,
               "-weight", "natural", "-field", str(FIELD_ID), "-spws", str(SPW), "-pol", "I", "-niter", "0", "-data-column",
               "CORRECTED_DATA" if has_corrected() else "DATA", "wsclean.ms"]
    start = time.time()
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        say(False, "wsclean", run.stdout[-300:] + run.stderr[-300:])
        return
    from astropy.io import fits
    name = "wsclean-dirty.fits" if os.path.exists("wsclean-dirty.fits") else "wsclean-image.fits"
    theirs = fits.getdata(name).squeeze().T
    mine = pixels("ours-natural.residual")[:, :, 0, 0]
    # wsclean weights visibilities and flags hands otherwise, so the images are not equal; the sky is the same.
    same = np.unravel_index(mine.argmax(), mine.shape) == np.unravel_index(theirs.argmax(), theirs.shape)
    alike = np.corrcoef(mine.ravel(), theirs.ravel())[0, 1]
    ratio = theirs.max() / mine.max() - 1
    say(bool(same) and alike > 0.99 and abs(ratio) < 0.02, "wsclean",
        "images the same MeasurementSet: peak differs by %.1e at the same pixel, correlation %.4f; %.2f s" % (ratio, alike, time.time() - start))


def has_corrected():
    tb.open(VIS)
    names = tb.colnames()
    tb.close()
    return "CORRECTED_DATA" in names


results = ours()
seconds = casas()
compare_dirty()
compare_images(results, seconds)
check_fits()
check_wsclean()
sys.exit(1 if FAILED else 0)
