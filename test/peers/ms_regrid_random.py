"""mstransform and cvel2 with grids chosen at random, on sets of two windows of unlike channels, against CASA 6.7.

Channels, flags, visibilities, WEIGHT and SIGMA are compared. Left out are flags of the first integration where the frame changes: there
channels lie on each other but for rounding (see ms_regrid_edges.py), and values of new channels that are averages where samples lie on the
border of two: there rounding decides. New channels that get no sample, which CASA leaves 0 and unflagged, must have values here; they and
the weights of their rows are not compared. Nor are values after `preaverage` where channels are left over. Usage: ms_regrid_random.py [SEED [COUNT]]. Prints a PASS or FAIL line for each set of windows.
"""
import math
import random
import shutil
import sys

import ms_tasks_more
import numpy as np
from casatasks import cvel2, mstransform, split
from casatools import table
from ms_tasks_more import ours, prepare, report

LIGHT = 299792.458
# Of each window: where it begins and how wide its channels are, in channels of window 0; -1: frequencies descend.
SETS = {
    "equal channels that overlap": lambda n: [(0, 1, 1), (n - 5.3, 1, 1)], "wider channels above": lambda n: [(0, 1, 1), (n - 6.2, 2, 1)],
    "narrower channels above": lambda n: [(0, 1, 1), (n - 5, 0.5, 1)], "channels three times as wide": lambda n: [(0, 1, 1), (3.4, 3, 1)],
    "descending windows": lambda n: [(0, 1, -1), (n - 4, 1.5, -1)], "windows with a gap": lambda n: [(0, 1, 1), (n + 3.3, 1.7, 1)],
    "channels thirty times as wide": lambda n: [(0, 1, 1), (n + 16.3, 31.2, 1)],
    "wide and narrow, descending": lambda n: [(0, 9.7, -1), (9.7 * n - 3, 1, -1)], "one up, one down": lambda n: [(0, 1.3, 1), (20.2, 1, -1)],
}


def make(name, shapes):
    """Two windows of base.ms with other channels, rows flagged as a whole unflagged (their averages have one EXPOSURE in all windows)."""
    split(vis="base.ms", outputvis=name, spw="0,1", datacolumn="all", scan="3~5")
    tb = table()
    tb.open(name + "/SPECTRAL_WINDOW", nomodify=False)
    freqs, unit = tb.getcell("CHAN_FREQ", 0), abs(tb.getcell("CHAN_WIDTH", 0)[0])
    for window, (first, width, sign) in enumerate(shapes(len(freqs))):
        new = freqs.min() + unit * first + unit * width * np.arange(len(freqs))
        tb.putcell("CHAN_FREQ", window, new[::sign])
        for column in ("CHAN_WIDTH", "EFFECTIVE_BW", "RESOLUTION"):
            tb.putcell(column, window, np.full(len(freqs), unit * width * (sign if column == "CHAN_WIDTH" else 1)))
    tb.close()
    tb.open(name, nomodify=False)
    flag = tb.getcol("FLAG")
    flag[:, :, flag.all(axis=(0, 1))] = False
    tb.putcol("FLAG", flag)
    tb.putcol("FLAG_ROW", np.zeros(tb.nrows(), bool))
    tb.close()


def channels(vis, spws):
    tb = table()
    tb.open(vis + "/SPECTRAL_WINDOW")
    found = [(tb.getcell("CHAN_FREQ", spw), abs(tb.getcell("CHAN_WIDTH", spw)[0])) for spw in spws]
    tb.close()
    return found


def choose(rng, vis):
    """A task and its arguments."""
    spws = rng.choice([[0], [1], [0, 1], [0, 1]])
    found = channels(vis, spws)
    low, high = min(f.min() for f, _ in found), max(f.max() for f, _ in found)
    unit, widest = min(found, key=lambda pair: pair[0].min())[1], max(w for _, w in found)
    rest = low + (high - low) * rng.choice([0.2, 0.5, 0.8])
    size = rng.uniform(1, 6) * rng.choice([1, widest / unit])
    count = max([1] + [prime for prime in (3, 5, 7, 11, 13, 17, 19, 23, 53, 101, 211, 401) if prime * size * unit < 0.7 * (high - low)])
    # Windows of unlike numbers of channels are not combined.
    part = ":0~%d" % rng.choice([10, 20]) if len(spws) > 1 and rng.random() < 0.1 else ""
    call = dict(vis=vis, spw=",".join(map(str, spws)) + part, outframe=rng.choice(["LSRK", "BARY", "TOPO", "CMB", "", "GALACTO"]),
                restfreq="%.6fGHz" % (rest / 1e9), nchan=count, mode=rng.choice(["channel", "frequency", "velocity", "velocity"]),
                interpolation=rng.choice(["linear", "linear", "nearest", "cubic", "spline"]), hanning=rng.random() < 0.15,
                datacolumn=rng.choice(["data", "corrected", "all"]))
    sign = rng.choice([1, -1])
    if call["mode"] == "channel":
        call.update(start=rng.choice([0, 3, 8]), width=1)
    elif call["mode"] == "frequency":
        first = low + (high - low) * (0.2 if sign > 0 else 0.8)
        call.update(start=rng.choice(["", "%.6fGHz" % (first / 1e9)]), width="%.4fMHz" % (sign * unit * size / 1e6))
    else:
        first = low + (high - low) * (0.8 if sign > 0 else 0.2)
        call["veltype"] = rng.choice(["radio", "optical", "optical"])
        velocity = LIGHT * ((1 - first / rest) if call["veltype"] == "radio" else (rest / first - 1))
        call.update(start=rng.choice(["", "%.3fkm/s" % velocity]), width="%.4fkm/s" % (sign * LIGHT * unit * size / rest))
        if call["start"] == "":
            call["nchan"] = -1 if size < 1.9 else count
    if rng.random() < 0.5:
        return "cvel2", call
    return "mstransform", dict(call, regridms=True, combinespws=len(spws) > 1, preaverage=rng.random() < 0.2)


def read(path):
    tb = table()
    tb.open(path)
    found = {name: tb.getcol(name) for name in tb.colnames() if name in ("DATA", "CORRECTED_DATA", "FLAG", "TIME", "WEIGHT", "SIGMA")}
    tb.close()
    tb.open(path + "/SPECTRAL_WINDOW")
    found.update(freqs=tb.getcell("CHAN_FREQ", 0), widths=tb.getcell("CHAN_WIDTH", 0))
    tb.close()
    return found


def have_samples_on_borders(vis, spw, found):
    """Channels of averages, of which two share a sample: as many samples as there are old channels lie evenly over the new ones."""
    spws = [int(word.split(":")[0]) for word in spw.split(",")]
    old = min(channels(vis, spws), key=lambda pair: pair[0].min())[1]
    is_wide = len(found["widths"]) > 0 and abs(found["widths"]).mean() / old > 1.9
    return is_wide and math.gcd(ours(["unitedChannels", dict(vis=vis, spws=spws)])[0], len(found["freqs"])) > 1


def have_rest(call, found):
    """Channels are left over by averages before the regridding: CASA divides their sum by a number that is not theirs."""
    if not call.get("preaverage"):
        return False
    spws = [int(word.split(":")[0]) for word in call["spw"].split(",")]
    old = min(channels(call["vis"], spws), key=lambda pair: pair[0].min())[1]
    width = int(abs(found["widths"]).mean() / old + 1e-3)
    return width >= 2 and ours(["unitedChannels", dict(vis=call["vis"], spws=spws)])[0] % width > 0


def hair_apart(found):
    """Rows in which the rotation of the Earth (0.034 m/s2 at most) has shifted channels by less than here makes them others."""
    shifts = 0.034 * (found["TIME"] - found["TIME"].min()) / (1e3 * LIGHT) * found["freqs"].mean()
    return shifts < 2e-6 * abs(found["widths"]).mean()


def differences(here, there, call, is_chance):
    if sorted(here) != sorted(there) or here["FLAG"].shape != there["FLAG"].shape:
        return ["other columns or shapes"]
    found = []
    # LSRK velocities agree within 20 cm/s.
    if np.abs(here["freqs"] / there["freqs"] - 1).max() > 7e-10:
        found.append("CHAN_FREQ %.0f Hz" % np.abs(here["freqs"] - there["freqs"]).max())
    if len(here["freqs"]) > 1 and np.abs(here["widths"] / there["widths"] - 1).max() > 1e-8:
        found.append("CHAN_WIDTH")
    if is_chance:
        return found
    is_moved = call["outframe"] not in ("", "TOPO")
    rows = here["TIME"] > (here["TIME"].min() if is_moved else 0)
    empty = ((there["DATA" if "DATA" in there else "CORRECTED_DATA"] == 0) & ~there["FLAG"])[..., rows].any(axis=(0, 2))
    if any(((here[name] == 0) & ~here["FLAG"])[:, empty].any() for name in ("DATA", "CORRECTED_DATA") if name in here):
        found.append("channels without a sample have no values")
    clear = rows & ~hair_apart(here) if is_moved and call["mode"] == "channel" else rows
    flags = ((here["FLAG"] != there["FLAG"]) & clear)[:, ~empty].sum()
    if flags > 0:
        found.append("%d flags" % flags)
    good = ~here["FLAG"] & ~there["FLAG"] & rows & ~empty[:, np.newaxis]
    for name in ("DATA", "CORRECTED_DATA"):
        if name in here and np.abs((here[name] - there[name]) * good).max() > 2e-6 * np.abs(there[name]).max():
            found.append("%s %.1e" % (name, np.abs((here[name] - there[name]) * good).max() / np.abs(there[name]).max()))
    for name in ("WEIGHT", "SIGMA") if not empty.any() else ():
        if not np.allclose(here[name][:, rows], there[name][:, rows], rtol=1e-4):
            found.append(name)
    return found


if __name__ == "__main__":
    seed, count = (int(text) for text in (sys.argv[1:] + ["1", "84"][len(sys.argv) - 1:]))
    rng = random.Random(seed)
    prepare()
    for number, (title, shapes) in enumerate(SETS.items()):
        vis = "set-%d.ms" % number
        make(vis, shapes)
        cases = [choose(rng, vis) for _ in range(count // len(SETS))]
        refused, bad = [], []
        for place, (task, call) in enumerate(cases):
            try:
                {"cvel2": cvel2, "mstransform": mstransform}[task](outputvis="casa-%d.ms" % place, **call)
            except RuntimeError:
                refused.append(place)
        answers = ours(*[["attempt", [task, dict(call, outputvis="ours-%d.ms" % place)]] for place, (task, call) in enumerate(cases)])
        for place, (task, call) in enumerate(cases):
            both = ["%s-%d.ms" % (who, place) for who in ("ours", "casa")]
            if answers[place] or place in refused:
                found = [] if answers[place] and place in refused else ["refused by one: %s" % answers[place]]
            else:
                here, there = read(both[0]), read(both[1])
                found = differences(here, there, call, have_samples_on_borders(vis, call["spw"], there) or have_rest(call, there))
            if found:
                bad.append("%s %s: %s" % (task, call, ", ".join(found)))
            for path in both:
                shutil.rmtree(path, ignore_errors=True)
                shutil.rmtree(path + ".flagversions", ignore_errors=True)
        report(not bad, "grids at random, %s (%d, refused by both %d)" % (title, len(cases), len(refused)), " | ".join(bad))
    sys.exit(1 if ms_tasks_more.failures else 0)
