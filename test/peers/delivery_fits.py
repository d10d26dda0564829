"""The FITS products of a delivery: fitsverify and astropy have nothing to say, and CASA reads the same pixels.

    python delivery_fits.py      (ALMA_QA2_DELIVERY: the --out of `qa2 run`)

Prints a PASS or FAIL line a check; exit code 1 when one failed.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import warnings

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning
from casatasks import importfits
from casatools import image

DELIVERY = os.environ["ALMA_QA2_DELIVERY"]
PRODUCTS = sorted(glob.glob(os.path.join(DELIVERY, "*/*/*/*/product/*.fits")))
failures = 0


def check(name, good, text):
    global failures
    failures += 0 if good else 1
    print("%s %s: %s" % ("PASS" if good else "FAIL", name, text), flush=True)


def verify(path, name):
    """fitsverify counts neither warnings nor errors; astropy, as strict as it can be, raises and warns nothing."""
    if shutil.which("fitsverify"):
        text = subprocess.run(["fitsverify", path], stdout=subprocess.PIPE, universal_newlines=True).stdout
        counts = re.search(r"Verification found (\d+) warning\(s\) and (\d+) error\(s\)", text)
        good = counts is not None and counts.groups() == ("0", "0")
        check("fitsverify " + name, good, counts.group(0) if counts else text[-200:])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Notes that it has derived MJD-OBS and the observatory's longitude for itself.
        warnings.filterwarnings("ignore", message="'(datfix|obsfix)' made the change", category=FITSFixedWarning)
        try:
            with fits.open(path, checksum=True) as units:
                units.verify("exception")
                header = units[0].header
                frame = WCS(header).celestial.wcs.radesys
            missing = [key for key in ("OBJECT", "BUNIT", "BTYPE", "RESTFRQ", "SPECSYS", "TELESCOP", "DATE-OBS") if key not in header]
            has_beam = "BMAJ" in header or header.get("CASAMBM")
            check("astropy " + name, not missing and has_beam, "strict; frame %s; missing: %s" % (frame, ", ".join(missing) or "nothing"))
        except Exception as error:  # whatever astropy raises is the finding
            check("astropy " + name, False, "%s: %s" % (type(error).__name__, error))


def read_back(path, name):
    """CASA's importfits gives astropy's pixels."""
    importfits(fitsimage=path, imagename="back.image", overwrite=True)
    ia = image()
    ia.open("back.image")
    theirs, mask = ia.getchunk(), ia.getchunk(getmask=True)
    ia.close()
    pixels = fits.getdata(path).T
    same = pixels.shape == theirs.shape and np.array_equal(np.isfinite(pixels), mask) and np.array_equal(pixels[mask], theirs[mask])
    check("CASA " + name, bool(same), "reads %d pixels, the same" % mask.sum())


def main():
    check("products", len(PRODUCTS) > 0, "%d FITS images" % len(PRODUCTS))
    if not shutil.which("fitsverify"):
        print("MISSING fitsverify")
    for path in PRODUCTS:
        verify(path, os.path.basename(path))
        read_back(path, os.path.basename(path))
    sys.exit(1 if failures else 0)


main()
