"""ft against CASA 6.7 and against the Fourier sum of the pixels, on images of noise and points.

Usage: ms_ft.py [ASDM]   (run by CASA's Python) Works in the current directory.
Without argument: the first Execution Block of `qa2 simulate --preset demo` in ALMA_QA2_SIMULATED.
CASA's gridder is good to half a per cent of the largest visibility; the sum judges. Both leave the w term out over the image.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from casatasks import ft, importasdm, split
from casatools import image, table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")
ASDM = sys.argv[1] if len(sys.argv) > 1 else sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
CELL = 1e-6
LIGHT = 299792458.0
CASA_LIMIT, LIMIT = 1e-2, 1e-6

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def ours(*calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    node = os.environ.get("ALMA_QA2_NODE", "node")
    return [r.get("result") for r in json.loads(subprocess.check_output([node, DRIVER, KERNELS, "calls.json"]))]


def column(path, name):
    tb = table()
    tb.open(path)
    values = tb.getcol(name)
    tb.close()
    return values


def prepare():
    importasdm(asdm=ASDM, vis="full.ms", asis="Antenna", bdfflags=True, process_caldevice=False)
    windows = [row for row, count in enumerate(column("full.ms/SPECTRAL_WINDOW", "NUM_CHAN")) if count > 32][:2]
    tb = table()
    tb.open("full.ms")
    part = tb.query("DATA_DESC_ID == %d" % windows[0])
    scans = sorted(set(part.getcol("SCAN_NUMBER")))[1:3]
    part.close()
    tb.close()
    split(vis="full.ms", outputvis="p.ms", spw=",".join(map(str, windows)), datacolumn="data", antenna="0~3&",
          scan=",".join(map(str, scans)), width=8)


def make_image(name, shape, start, width, reference=None, offset=(0, 0), factor=1.0):
    """A model of Stokes I with noise and two points; its pixels and the place of its reference pixel."""
    ia = image()
    ia.fromshape(name, list(shape))
    axes = ia.coordsys()
    centre = column("p.ms/FIELD", "PHASE_DIR")[:, 0, -1] + np.array(offset)
    reference = reference or [shape[0] // 2, shape[1] // 2]
    axes.setdirection(refcode="J2000", refval=["%.15frad" % value for value in centre], incr=["%grad" % -CELL, "%grad" % CELL],
                      refpix=reference)
    axes.setreferencecode("TOPO", type="spectral", adjust=False)
    axes.setreferencevalue(start, "spectral")
    axes.setincrement(width, "spectral")
    axes.setreferencepixel(0, "spectral")
    ia.setcoordsys(axes.torecord())
    pixels = np.zeros(shape)
    pixels[40:90, 30:60] = np.random.default_rng(3).normal(size=(50, 30, 1, 1)) * 0.1
    pixels[64, 64], pixels[70, 50] = 2, 1
    pixels *= factor * (1 + np.arange(shape[3]))
    ia.putchunk(pixels)
    ia.setbrightnessunit("Jy/pixel")
    ia.done()
    return pixels, reference, centre


def axes_of(ra, dec):
    return np.array([[-np.sin(ra), np.cos(ra), 0], [-np.sin(dec) * np.cos(ra), -np.sin(dec) * np.sin(ra), np.cos(dec)],
                     [np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)]])


def exact(model, plane, field, uvw, frequency):
    """The Fourier sum of a plane for one row, CASA's sign: exp(+2 pi i (u l + v m)) about the image's centre, without w."""
    pixels, reference, centre = model
    x, y = np.nonzero(pixels[:, :, 0, plane])
    east, north = -(x - reference[0]) * CELL, (y - reference[1]) * CELL
    here = axes_of(*column("p.ms/FIELD", "PHASE_DIR")[:, 0, field])
    turned = axes_of(*centre) @ here.T @ uvw
    path = uvw @ (here @ axes_of(*centre)[2]) - uvw[2]  # from the field's centre to the image's
    phase = 2j * np.pi * frequency / LIGHT * (turned[0] * east + turned[1] * north + path)
    return (pixels[x, y, 0, plane] * np.exp(phase)).sum()


def check(name, kwargs, model, planes):
    """@param planes plane of the model for each channel of window 0, None where it has none"""
    for vis in ("theirs.ms", "mine.ms"):
        shutil.rmtree(vis, ignore_errors=True)
        shutil.copytree("p.ms", vis)
    if kwargs.get("incremental"):
        for vis in ("theirs.ms", "mine.ms"):
            ft(vis=vis, model="point.im", usescratch=True)
    ft(vis="theirs.ms", usescratch=True, **kwargs)
    ours(["ft", dict(kwargs, vis="mine.ms", usescratch=True)])
    theirs, mine = column("theirs.ms", "MODEL_DATA"), column("mine.ms", "MODEL_DATA")
    peak, worst = abs(theirs).max(), abs(theirs - mine).max()
    same_zeros = bool(((theirs == 0) == (mine == 0)).all())
    report(worst < CASA_LIMIT * peak and same_zeros and peak > 1, "ft of both programs, " + name, "%.1e of the largest" % (worst / peak))
    if model is None:
        return
    frequencies = column("p.ms/SPECTRAL_WINDOW", "CHAN_FREQ")[:, 0]
    last = int(column("p.ms", "FIELD_ID").max())
    rows = np.where((column("p.ms", "DATA_DESC_ID") == 0) & (column("p.ms", "FIELD_ID") == last))[0][:12]
    uvw = column("p.ms", "UVW")
    misses = [(abs(found[0, chan, row] - exact(model, plane, last, uvw[:, row], frequencies[chan])))
              for found in (theirs, mine) for row in rows for chan, plane in enumerate(planes) if plane is not None]
    half = len(misses) // 2
    report(half > 0 and max(misses[half:]) < LIMIT * peak, "ft and the Fourier sum, " + name,
           "%.1e of the largest, CASA %.1e" % (max(misses[half:]) / peak, max(misses[:half]) / peak))


def main():
    prepare()
    frequencies = column("p.ms/SPECTRAL_WINDOW", "CHAN_FREQ")[:, 0]
    step = frequencies[1] - frequencies[0]
    wide = dict(start=frequencies.mean(), width=4 * abs(frequencies[-1] - frequencies[0]))
    everywhere = [0] * len(frequencies)
    one = make_image("one.im", (128, 128, 1, 1), **wide)
    check("a single plane", dict(model="one.im"), one, everywhere)
    check("one field and window", dict(model="one.im", field=str(column("p.ms", "FIELD_ID").max()), spw="0"), one, everywhere)
    check("odd size, reference pixel aside", dict(model="odd.im"),
          make_image("odd.im", (125, 100, 1, 1), reference=[60, 52], **wide), everywhere)
    check("image beside the field", dict(model="beside.im"),
          make_image("beside.im", (128, 128, 1, 1), offset=(2e-5, -1e-5), **wide), everywhere)
    planes = [None] * 3 + list(range(6)) + [None] * (len(frequencies) - 9)
    check("a cube", dict(model="cube.im", spw="0"), make_image("cube.im", (128, 128, 1, 6), frequencies[3], step), planes)
    between = [None] * 3 + [0, 1, 2] + [None] * (len(frequencies) - 6)
    check("a cube between the channels of the data", dict(model="between.im", spw="0"),
          make_image("between.im", (128, 128, 1, 3), frequencies[3] + step / 2, step), between)
    make_image("point.im", (128, 128, 1, 1), factor=0.5, **wide)
    check("added to MODEL_DATA", dict(model="one.im", incremental=True), None, None)
    check("two Taylor terms", dict(model=["one.im", "point.im"], nterms=2), None, None)
    check("two Taylor terms, reffreq", dict(model=["one.im", "point.im"], nterms=2, reffreq="%.6fGHz" % (frequencies[0] / 1e9 - 3)),
          None, None)


started = time.time()
main()
print("INFO %d differing, %.0f s" % (failures, time.time() - started))
sys.exit(1 if failures else 0)
