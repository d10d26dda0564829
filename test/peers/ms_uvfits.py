"""exportuvfits and importuvfits against CASA 6.7 on the same MeasurementSet and the same file.

Usage: ms_uvfits.py [ASDM]   (run by CASA's Python)
Without an ASDM: the first Execution Block of `qa2 simulate --preset demo` in ALMA_QA2_SIMULATED. Works in the current directory.
Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import glob
import json
import os
import subprocess
import sys

import numpy as np
from casatasks import exportuvfits, flagdata, importasdm, importuvfits, split
from casatools import msmetadata, table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")
ASDM = sys.argv[1] if len(sys.argv) > 1 else sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
BLOCK = 2880

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def ours(*calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    subprocess.check_output([os.environ.get("ALMA_QA2_NODE", "node"), DRIVER, KERNELS, "calls.json"])


# ---------------------------------------------------------------- FITS


def units(path):
    """Header and data of each unit."""
    data, at, found = open(path, "rb").read(), 0, []
    while at < len(data):
        header, place = {}, at
        while True:
            card = data[place:place + 80].decode("latin1")
            place += 80
            if card.startswith("END"):
                break
            if card[8:10] == "= ":
                text = card[10:].strip()
                header[card[:8].strip()] = text[1:].split("'")[0].rstrip() if text.startswith("'") else text.split("/")[0].strip()
        at += -(-(place - at) // BLOCK) * BLOCK
        axes = [int(header["NAXIS%d" % n]) for n in range(1, int(header["NAXIS"]) + 1)]
        if header.get("GROUPS") == "T":
            size = 4 * int(header["GCOUNT"]) * (int(header["PCOUNT"]) + int(np.prod(axes[1:])))
        else:
            size = abs(int(header["BITPIX"])) // 8 * int(np.prod(axes))
        found.append((header, data[at:at + size]))
        at += -(-size // BLOCK) * BLOCK
    return found


def columns(header, data):
    """Values of a binary table by the names of its columns."""
    rows, width, offset, found = int(header["NAXIS2"]), int(header["NAXIS1"]), 0, {}
    for n in range(1, int(header["TFIELDS"]) + 1):
        form, name = header["TFORM%d" % n], header["TTYPE%d" % n]
        code, count = form[-1], int(form[:-1])
        size = count * {"J": 4, "E": 4, "D": 8, "A": 1}[code]
        cells = [data[row * width + offset:row * width + offset + size] for row in range(rows)]
        if code == "A":
            found[name] = [cell.split(b"\0")[0].strip() for cell in cells]
        elif count:
            found[name] = np.frombuffer(b"".join(cells), {"J": ">i4", "E": ">f4", "D": ">f8"}[code]).astype(float)
        offset += size
    return found


# By what the rotation of the Earth of the two programs differs; see docs/differences-from-casa.md.
EARTH = {"GSTIA0": 1e-5, "DEGPDY": 1e-6, "POLARX": 0.01, "POLARY": 0.01, "UT1UTC": 1e-4}
OTHERS = {"ORIGIN", "BLOCKED"}


def compare_headers(mine, theirs):
    worst = []
    for key in sorted(set(mine) | set(theirs)):
        one, other = mine.get(key), theirs.get(key)
        if one == other or key in OTHERS:
            continue
        try:
            limit = EARTH.get(key, 1e-12 * abs(float(other)))
            if abs(float(one) - float(other)) <= limit:
                continue
        except (TypeError, ValueError):
            pass
        worst.append("%s %s, CASA %s" % (key, one, other))
    return worst


def compare_files(name, mine, theirs):
    mine, theirs = units(mine), units(theirs)
    bad = [] if len(mine) == len(theirs) else ["units"]
    for (header, data), (other, expected) in zip(mine, theirs):
        bad += compare_headers(header, other)
        if "TFIELDS" not in header:
            bad += [] if data == expected else ["visibilities"]
            continue
        own, told = columns(header, data), columns(other, expected)
        for column, values in told.items():
            if column in ("RAAPP", "DECAPP"):
                same = np.abs(own[column] - values).max() < 2e-5
            elif isinstance(values, list):
                same = own[column] == values
            else:
                same = np.allclose(own[column], values, rtol=1e-12, atol=0)
            bad += [] if same else ["%s %s" % (header["EXTNAME"], column)]
    report(not bad, name, "; ".join(bad)[:600])


# ---------------------------------------------------------------- MeasurementSets

# What differs is in docs/differences-from-casa.md: signs of widths, times of tables, words that say "none".
SKIPPED = {
    "SPECTRAL_WINDOW": {"CHAN_WIDTH", "EFFECTIVE_BW", "RESOLUTION"}, "OBSERVATION": {"TIME_RANGE"},
    "SOURCE": {"TIME", "CODE", "TRANSITION", "SOURCE_MODEL"}, "FIELD": {"CODE"},
}


def compare_tables(one, other, part):
    mine, theirs, bad = table(), table(), []
    mine.open(os.path.join(one, part))
    theirs.open(os.path.join(other, part))
    if mine.nrows() != theirs.nrows():
        bad.append("%s has %d rows, CASA's %d" % (part or "MAIN", mine.nrows(), theirs.nrows()))
    for name in set(theirs.colnames()) - SKIPPED.get(part, set()):
        for row in range(min(mine.nrows(), theirs.nrows())):
            if not theirs.iscelldefined(name, row):
                continue
            value, expected = np.asarray(mine.getcell(name, row)), np.asarray(theirs.getcell(name, row))
            same = value.shape == expected.shape
            if same and expected.dtype.kind in "US":
                same = bool(np.all(value == expected))
            elif same:
                same = np.allclose(value.astype(complex), expected.astype(complex), rtol=1e-9, atol=0)
            if not same:
                bad.append("%s.%s row %d" % (part or "MAIN", name, row))
                break
    mine.close()
    theirs.close()
    return bad


def main():
    importasdm(asdm=ASDM, vis="whole.ms", process_caldevice=False)
    msmd = msmetadata()
    msmd.open("whole.ms")
    science = [spw for spw in msmd.spwsforintent("OBSERVE_TARGET#ON_SOURCE") if "FULL_RES" in msmd.namesforspws(spw)[0] and msmd.nchan(spw) > 4]
    # UVFITS holds windows of one shape.
    shapes = [(msmd.nchan(spw), round(abs(float(msmd.chanwidths(spw)[0])))) for spw in science]
    science = [spw for spw, shape in zip(science, shapes) if shape == max(shapes, key=shapes.count)]
    msmd.done()
    split(vis="whole.ms", outputvis="in.ms", spw=",".join(map(str, science)), antenna="0~3", datacolumn="data")
    flagdata(vis="in.ms", mode="manual", spw="0:3~5", antenna="1", flagbackup=False)
    flagdata(vis="in.ms", mode="manual", antenna="2&3", flagbackup=False)
    cases = {
        "all windows as IFs": dict(),
        "windows by themselves": dict(combinespw=False, writestation=False),
        "one field, one window": dict(field="0", spw="1", multisource=False),
        "some channels": dict(field="1", spw="0:4~19", multisource=False, combinespw=False),
    }
    for number, (name, chosen) in enumerate(cases.items()):
        theirs, mine = "casa%d.uvfits" % number, "ours%d.uvfits" % number
        exportuvfits(vis="in.ms", fitsfile=theirs, datacolumn="data", **chosen)
        ours(["exportuvfits", dict(vis="in.ms", fitsfile=mine, datacolumn="data", **chosen)])
        compare_files("exportuvfits: " + name, mine, theirs)
        importuvfits(fitsfile=theirs, vis="casa%d.ms" % number)
        ours(["importuvfits", dict(fitsfile=theirs, vis="ours%d.ms" % number)])
        parts = [""] + [part for part in sorted(os.listdir("casa%d.ms" % number)) if os.path.isdir(os.path.join("casa%d.ms" % number, part)) and part != "HISTORY"]
        bad = [line for part in parts for line in compare_tables("ours%d.ms" % number, "casa%d.ms" % number, part)]
        report(not bad, "importuvfits: " + name, "; ".join(bad)[:600])
    sys.exit(1 if failures else 0)


main()
