"""fixsyscaltimes and tsysspwmap of CASA's recipes (casarecipes) and ours, on the same tables, changed case by case.

Usage: recipes.py [--out DIR]   (run by the Python of the CASA environment)

CASA imports one Execution Block of ALMA_QA2_SIMULATED and makes the table of Tsys. SYSCAL's times and the windows are then changed as the cases
say. Answers and maps agree exactly, TIME within two units of its last place. Prints PASS, FAIL and INFO lines.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ.get("ALMA_QA2_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OUT = os.path.abspath(sys.argv[sys.argv.index("--out") + 1]) if "--out" in sys.argv else tempfile.mkdtemp(prefix="recipes-")
os.makedirs(OUT, exist_ok=True)
os.chdir(OUT)

import numpy as np  # noqa: E402

sys.modules.setdefault("pylab", np)  # all that fixsyscaltimes takes of pylab is numpy's
try:
    from casarecipes.almahelpers import fixsyscaltimes, tsysspwmap  # noqa: E402
except ImportError:
    print("MISSING casarecipes")
    sys.exit(0)
from casatasks import casalog, gencal, importasdm  # noqa: E402
from casatools import table  # noqa: E402

casalog.setlogfile(os.path.join(OUT, "casa.log"))
tb = table()


def casapy(text):
    path = os.path.join(OUT, "script.py")
    with open(path, "w") as script:
        script.write(text)
    command = [os.environ.get("ALMA_QA2_NODE", "node"), os.path.join(ROOT, "bin", "casapy.mjs"), "--trust", "--nologfile", path]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-1500:] + done.stderr[-1500:])


def columns(vis):
    tb.open(vis + "/SYSCAL")
    answer = tb.getcol("TIME"), tb.getcol("INTERVAL")
    tb.close()
    return answer


def put(vis, change):
    """Gives SYSCAL the beginnings and intervals that `change` makes of antenna, window and beginning."""
    tb.open(vis + "/SYSCAL", nomodify=False)
    interval = tb.getcol("INTERVAL")
    begin, interval = change(tb.getcol("ANTENNA_ID"), tb.getcol("SPECTRAL_WINDOW_ID"), tb.getcol("TIME") - interval / 2, interval)
    tb.putcol("TIME", begin + interval / 2)
    tb.putcol("INTERVAL", interval)
    tb.close()


# name: what happens to SYSCAL, arguments
TIMES = {
    "as imported": (lambda ant, spw, begin, interval: (begin, interval), {}),
    "an interval of its own for each antenna": (lambda ant, spw, begin, interval: (begin, interval + 0.25 * ant), {}),
    "beginnings apart by milliseconds": (lambda ant, spw, begin, interval: (np.floor(begin) + 0.3 + 0.004 * ant, 0 * interval + 5), {}),
    "beginnings on both sides of a second": (lambda ant, spw, begin, interval: (np.floor(begin) + 0.99 + 0.004 * ant, 0 * interval + 5), {}),
    "one window of several": (lambda ant, spw, begin, interval: (begin, interval + np.where(spw == spw.max(), 0.5 * ant, 0)), {}),
    "newinterval": (lambda ant, spw, begin, interval: (begin, interval + 0.25 * ant), {"newinterval": 7.5}),
}


def windows(vis, table_of, change):
    """Changes numbers of the windows of the MS and of its Tsys table alike."""
    for path in (vis, table_of):
        tb.open(path + "/SPECTRAL_WINDOW", nomodify=False)
        has_band = "BBC_NO" in tb.colnames()
        for row in range(tb.nrows()):
            freqs, widths = tb.getcell("CHAN_FREQ", row), tb.getcell("CHAN_WIDTH", row)
            freqs, widths, band = change(row, freqs, widths, tb.getcell("BBC_NO", row) if has_band else None)
            tb.putcell("CHAN_FREQ", row, freqs)
            tb.putcell("CHAN_WIDTH", row, widths)
            if has_band:
                tb.putcell("BBC_NO", row, band)
        tb.close()


def shift(rows, hertz):
    return lambda row, freqs, widths, band: (freqs + (hertz if row in rows else 0), widths, band)


def scale(rows, factor):
    def change(row, freqs, widths, band):
        if row not in rows:
            return freqs, widths, band
        return freqs.mean() + (freqs - freqs.mean()) * factor, widths * factor, band
    return change


def bands(number):
    return lambda row, freqs, widths, band: (freqs, widths, number(row, band))


def merged(chosen, first):
    """Windows `chosen` in one baseband and at the frequencies of the first; the first row of all has `first` as baseband."""
    def change(row, freqs, widths, band):
        if row in chosen:
            middle = 100e9
            return middle + freqs - freqs.mean(), widths, 2
        return freqs, widths, first if row == 0 else band
    return change


def trimmed(whole, arguments):
    """A map without the windows at its end that map to themselves; the recipe itself cuts off one more (a listed difference)."""
    while arguments.get("trim", True) and whole and whole[-1] == len(whole) - 1:
        whole = whole[:-1]
    return whole


def main():
    simulated = os.environ["ALMA_QA2_SIMULATED"]
    asdm = sorted(name for name in os.listdir(simulated) if name.startswith("uid___"))[0]
    importasdm(asdm=os.path.join(simulated, asdm), vis="base.ms", bdfflags=False)
    gencal("base.ms", caltable="base.tsys", caltype="tsys")
    tb.open("base.tsys")
    tsys = sorted(set(tb.getcol("SPECTRAL_WINDOW_ID").tolist()))
    tb.close()
    tb.open("base.ms/SPECTRAL_WINDOW")
    counts = tb.getcol("NUM_CHAN")
    tb.close()
    science = [row for row in range(len(counts)) if counts[row] > 4 and row not in tsys]
    channel = 2e9 / 128
    maps = {
        "as imported": (lambda *given: given[1:], {}),
        "untrimmed": (lambda *given: given[1:], {"trim": False}),
        "a window two Tsys channels out": (shift(science[:1], 2 * channel), {}),
        "the same, tsysChanTol 1": (shift(science[:1], 2 * channel), {"tsysChanTol": 1}),
        "the same, tsysChanTol 4": (shift(science[:1], 2 * channel), {"tsysChanTol": 4}),
        "wider science windows": (scale(science, 1.5), {}),
        "turned science windows": (scale(science, -1), {}),
        "turned Tsys windows": (scale(tsys, -1), {}),
        "a baseband without Tsys": (bands(lambda row, band: 9 if row == science[-1] else band), {}),
        "two Tsys windows for one": (merged(tsys[:2] + science[:2], 1), {}),
        "the same, the first window of that baseband": (merged(tsys[:2] + science[:2], 2), {}),
        "all in one baseband": (bands(lambda row, band: 1), {}),
    }
    # A copy of the tables for each case and program.
    own, cases = [], []
    for kind, listed in (("times", TIMES), ("map", maps)):
        for number, (name, (change, arguments)) in enumerate(listed.items()):
            vis, tables = "%s%d" % (kind, number), []
            for who in ("casa", "ours"):
                ms = "%s-%s.ms" % (vis, who)
                shutil.copytree("base.ms", ms)
                tables.append(ms)
                if kind == "times":
                    put(ms, change)
                else:
                    shutil.copytree("base.tsys", ms + ".tsys")
                    windows(ms, ms + ".tsys", change)
            call = "fixsyscaltimes(%r, **%r)" if kind == "times" else "tsysspwmap(%r, %r, **%r)"
            given = (tables[1], arguments) if kind == "times" else (tables[1], tables[1] + ".tsys", arguments)
            own.append("answers.append(%s)" % (call % given))
            cases.append((kind, name, tables, arguments))
    casapy("import json\nfrom recipes.almahelpers import fixsyscaltimes, tsysspwmap\nanswers = []\n%s\nwith open('answers.json', 'w') as f: json.dump(answers, f)\n" % "\n".join(own))
    answers = json.load(open("answers.json"))
    failed = False
    for (kind, name, (theirs, ours), arguments), answer in zip(cases, answers):
        if kind == "times":
            expected = fixsyscaltimes(theirs, **arguments)
            wanted, got = columns(theirs), columns(ours)
            worst = max(np.abs(a - b).max() for a, b in zip(wanted, got))
            ok, text = worst < 2e-6 and answer == expected, "changed: %s here, %s in CASA; largest difference %.1e s" % (answer, expected, worst)
        else:
            expected = trimmed(tsysspwmap(theirs, theirs + ".tsys", **dict(arguments, trim=False)), arguments)
            ok, text = answer == expected, "%s here, %s in CASA" % (answer, expected)
        failed |= not ok
        print("%s %s, %s: %s" % ("PASS" if ok else "FAIL", "fixsyscaltimes" if kind == "times" else "tsysspwmap", name, text))
    sys.exit(1 if failed else 0)


main()
