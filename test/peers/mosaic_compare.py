"""tclean of a mosaic with 12 m and 7 m dishes: this program beside CASA 6.7 and the sources that were put in.

usage: mosaic_compare.py [--out DIR]
       (the Python of the CASA environment; needs node and esbuild)

Both image the same small MeasurementSet of three pointings with a point and a Gaussian. Prints PASS and FAIL lines; exit
code 1 when one failed.
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
OUT = os.path.abspath(args[args.index("--out") + 1] if "--out" in args else tempfile.mkdtemp(prefix="mosaic-compare-"))
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import casatools  # noqa: E402
from casatasks import casalog, tclean  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
ia = casatools.image()
FAILED = []
ARCSEC = np.pi / 648000
CENTRE = (1.0, -0.4)


def place(east, north):
    lat = CENTRE[1] + north * ARCSEC
    return dict(lon=CENTRE[0] + east * ARCSEC / np.cos(lat), lat=lat)


POINT, GAUSS = place(15, 4.5), place(-11.25, -9)
SETUP = dict(pointings=[place(-12, -6), place(12, -6), place(0, 12)], chanCount=4, integrations=4, radius=40, noise=0.02,
             sources=[dict(fluxJy=1, fwhm=0, **POINT), dict(fluxJy=2, fwhm=2.5 * ARCSEC, **GAUSS)])
ARRAYS = {"12m": [12] * 9, "7m": [7] * 9, "mixed": [12] * 6 + [7] * 4}
SIZE = 256
CELL = 0.75
CALL = dict(imsize=SIZE, cell="%sarcsec" % CELL, gridder="mosaic", phasecenter="J2000 1.0rad -0.4rad", pblimit=0.2, weighting="briggs", robust=0.5)


def say(ok, name, text):
    print("%s %s %s" % ("PASS" if ok else "FAIL", name, text), flush=True)
    if not ok:
        FAILED.append(name)


def pixels(name):
    ia.open(name)
    data = ia.getchunk()[:, :, 0, 0]
    ia.close()
    return data


def ours():
    bundle = os.path.join(ROOT, "dist", "peers", "imaging-driver.js")
    if "ALMA_QA2_ROOT" not in os.environ:  # run by hand: not built by the runner of the peers
        subprocess.run(["npx", "esbuild", "test/peers/imaging-driver.ts", "--bundle", "--platform=node", "--format=esm",
                        "--packages=external", "--outfile=" + bundle, "--log-level=error"], cwd=ROOT, check=True)
    calls = []
    for name, diameters in ARRAYS.items():
        shutil.rmtree(name + ".ms", ignore_errors=True)
        calls.append(["mosaic", dict(path=os.path.join(OUT, name + ".ms"), diameters=diameters, **SETUP)])
        calls.append(["tclean", dict(vis=name + ".ms", imagename="ours-" + name, niter=0, **CALL)])
        calls.append(["tclean", dict(vis=name + ".ms", imagename="ours-clean-" + name, niter=300, threshold="0.02Jy", pbcor=True, **CALL)])
    json.dump(calls, open("calls.json", "w"))
    run = subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), bundle, ROOT, OUT, os.path.join(OUT, "calls.json")], text=True, capture_output=True)
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])
    return [json.loads(line) for line in run.stdout.splitlines()]


def casas():
    for name in ARRAYS:
        for prefix, more in (("casa-", dict(niter=0)), ("casa-clean-", dict(niter=300, threshold="0.02Jy", pbcor=True))):
            for entry in os.listdir("."):
                if entry.startswith(prefix + name + "."):
                    shutil.rmtree(entry)
            tclean(vis=name + ".ms", imagename=prefix + name, **CALL, **more)


def beam_of(image):
    ia.open(image)
    beam = ia.restoringbeam()
    ia.close()
    return beam["major"]["value"], beam["minor"]["value"]


def fluxes(image):
    """Peak of the point and sum of the Gaussian in Jy; both lie on pixel centres."""
    data = pixels(image)
    centre = SIZE // 2
    area = np.pi / 4 / np.log(2) * np.prod(beam_of(image)) / CELL ** 2
    x, y = centre + 15, centre - 12
    return data[centre - 20, centre + 6], data[x - 7:x + 8, y - 7:y + 8].sum() / area


def compare(name):
    # CASA's beams are convolution functions of limited support: it is 1 to 3 % from the sums by definition, to which
    # test/pipeline/imaging/mosaic-gridder.test.ts holds ours.
    pb, theirs = pixels("ours-%s.pb" % name), pixels("casa-%s.pb" % name)
    seen = (pb > 0.3) & (theirs > 0.3)
    worst = np.abs(pb - theirs)[seen].max()
    say(worst < 0.02, "response-" + name, "largest difference %.1e" % worst)
    mine, other = pixels("ours-%s.residual" % name), pixels("casa-%s.residual" % name)
    worst = np.abs(mine - other)[seen].max() / np.abs(other).max()
    say(worst < 0.03, "dirty-" + name, "largest difference %.1e of the peak; peaks %.4f %.4f" % (worst, mine.max(), other.max()))
    mine, other = beam_of("ours-%s.psf" % name), beam_of("casa-%s.psf" % name)
    worst = max(abs(a / b - 1) for a, b in zip(mine, other))
    say(worst < 0.04, "beam-" + name, "%.3f x %.3f arcsec, CASA %.3f x %.3f" % (mine + other))
    mine, other = fluxes("ours-clean-%s.image.pbcor" % name), fluxes("casa-clean-%s.image.pbcor" % name)
    say(abs(mine[0] - 1) < 0.02, "point-" + name, "%.4f Jy of 1; CASA %.4f" % (mine[0], other[0]))
    say(abs(mine[1] - 2) < 0.06, "gaussian-" + name, "%.4f Jy of 2; CASA %.4f" % (mine[1], other[1]))


results = ours()
casas()
for array in ARRAYS:
    compare(array)
sys.exit(1 if FAILED else 0)
