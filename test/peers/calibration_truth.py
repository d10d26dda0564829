"""Every calibration task beside CASA 6.7 and beside the truth, on the same MeasurementSet.

Usage: calibration_truth.py [--work DIR]   (run by the Python of the CASA environment)

CASA imports the first Execution Block of ALMA_QA2_SIMULATED. Then
- closed forms (gencal, smoothcal, rerefant, applycal, setjy): the truth is the formula, computed here from what was asked for;
- iterative solvers (gaincal G, T, K, bandpass, fluxscale): DATA of copies become gains, delays and bandpasses of known sources,
  without noise, and the truth is what was put in;
- wvrgcal: the residual phases of the simulated air, after the corrections of each program, as gaincal finds them.

Each line has largest and rms differences: ours from CASA's, ours from the truth, CASA's from the truth. Closed forms agree with both
within 1e-5 in amplitude (or of the largest number) and 1e-4 rad, solutions without noise within 1e-6 of the truth; CASA's stop at
times before they are there, or give up after 50 steps.
"""
import argparse
import functools
import glob
import json
import os
import shutil
import subprocess
import sys

import numpy as np
from casatasks import (applycal, bandpass, calstat, casalog, flagdata, fluxscale, gaincal, gencal, importasdm, listcal, rerefant, setjy, smoothcal, split, wvrgcal)
from casatools import measures, msmetadata, table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
NODE = os.environ.get("ALMA_QA2_NODE", "node")
TASKS = dict(applycal=applycal, bandpass=bandpass, fluxscale=fluxscale, gaincal=gaincal, gencal=gencal, rerefant=rerefant, setjy=setjy,
             smoothcal=smoothcal, wvrgcal=wvrgcal, calstat=calstat, listcal=listcal)
LIGHT = 299792458.0
FLUX, SPIX, REFERENCE = 1.74, -0.6, 225e9
tb, me = table(), measures()
FAILED = []
RUNNER = """
import json
def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value.tolist() if hasattr(value, 'tolist') else value
with open('calls.json') as file:
    calls = json.load(file)
results = {}
for number, (task, words) in enumerate(calls):
    answer = globals()[task](**words)
    if task in ('calstat', 'fluxscale', 'setjy', 'wvrgcal'):
        results[number] = plain(answer)
with open('results.json', 'w') as file:
    json.dump(results, file)
"""


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value.tolist() if hasattr(value, "tolist") else value


def arrays(value):
    if isinstance(value, dict):
        return {key: arrays(item) for key, item in value.items()}
    return np.array(value) if isinstance(value, list) else value


def both(calls):
    """Runs (task, words) in CASA and here; '@' in a text is casa or ours. Answers of both."""
    def named(who):
        return [(task, json.loads(json.dumps(words).replace("@", who))) for task, words in calls]
    theirs = [TASKS[task](**{key: arrays(value) if key == "fluxdict" else value for key, value in words.items()}) for task, words in named("casa")]
    with open("calls.json", "w") as out:
        json.dump(named("ours"), out)
    with open("calls.py", "w") as out:
        out.write(RUNNER)
    done = subprocess.run([NODE, os.path.join(ROOT, "bin", "casapy.mjs"), "--nologfile", "--trust", "-c", "calls.py"], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout[-1500:] + done.stderr[-1500:])
    with open("results.json") as results:
        mine = json.load(results)
    return theirs, [mine.get(str(number)) for number in range(len(calls))]


def columns(path, names, where=""):
    tb.open(path)
    chosen = tb.query(where) if where else tb
    values = [chosen.getcol(name) for name in names]
    if where:
        chosen.close()
    tb.close()
    return values


def say(good, name, text):
    print("%s %s: %s" % ("PASS" if good else "FAIL", name, text), flush=True)
    if not good:
        FAILED.append(name)


def spread(values):
    return "%.1e %.1e" % (values.max(), np.sqrt((values ** 2).mean()))


PAIRS = ("ours from CASA", "ours from the truth", "CASA from the truth")


def closed(name, ours, casa, truth, amplitude=1e-5, radians=1e-4):
    """Complex values by amplitude and phase, real ones by the largest: 1e-5 and 1e-4 rad."""
    ours, casa, truth = (np.asarray(values) for values in (ours, casa, truth))
    if ours.shape != casa.shape or ours.shape != truth.shape or not ours.size:
        return say(False, name, "shapes %s %s %s" % (ours.shape, casa.shape, truth.shape))
    pairs, texts, good = ((ours, casa), (ours, truth), (casa, truth)), [], True
    for number, (a, b) in enumerate(pairs):
        if np.iscomplexobj(truth):
            size = np.abs(np.abs(a) / np.abs(b) - 1)
            turn = np.abs(np.angle(a * np.conj(b)))
            texts.append("%s %s, %s rad" % (PAIRS[number], spread(size), spread(turn)))
        else:
            size, turn = np.abs(a - b) / max(np.abs(truth).max(), 1e-30), np.zeros(1)
            texts.append("%s %s" % (PAIRS[number], spread(size)))
        good &= number == 2 or bool(size.max() <= amplitude and turn.max() <= radians)
    say(good, name, "%d values, largest and rms: %s" % (truth.size, "; ".join(texts)))


def solved(name, ours, casa, truth, known):
    """Solutions without noise: within 1e-6 of the truth, and of CASA's unless those are the ones that are off (`known`: where it has any)."""
    off = [np.abs(a - b) / np.abs(truth) for a, b in ((ours, casa), (ours, truth), (casa, truth))]
    fine = off[1].max() <= 1e-6 and ((off[0] <= 1e-6) | (off[2] > off[1]))[known].all()
    off = [off[0][known], off[1], off[2][known]]
    say(bool(fine), name, "%d values, %d of CASA, largest and rms: %s" % (known.size, known.sum(), "; ".join("%s %s" % (pair, spread(values)) for pair, values in zip(PAIRS, off))))


# --- the MeasurementSet ---

class Observation:
    def __init__(self, vis):
        md = msmetadata()
        md.open(vis)
        self.names, self.fields = md.antennanames(), md.fieldnames()
        one = {role: int(md.fieldsforintent("CALIBRATE_%s*" % role)[0]) for role in ("BANDPASS", "FLUX")}
        self.bandpass, self.flux = one["BANDPASS"], one["FLUX"]
        self.target = int(md.fieldsforintent("OBSERVE_TARGET*")[0])
        self.phase = [int(f) for f in md.fieldsforintent("CALIBRATE_PHASE*") if f not in (self.bandpass, self.flux)][0]
        self.science = sorted(int(s) for s in md.spwsforintent("OBSERVE_TARGET*") if md.nchan(int(s)) > 4)
        self.bases = {int(s): md.baseband(int(s)) for s in range(md.nspw())}
        md.done()
        self.tsys = sorted(set(columns(vis + "/SYSCAL", ["SPECTRAL_WINDOW_ID"])[0].tolist()))
        self.positions = columns(vis + "/ANTENNA", ["POSITION"])[0].T

    def map(self):
        found = list(range(max(self.science + self.tsys) + 2))
        for s in self.science:
            found[s] = [t for t in self.tsys if self.bases[t] == self.bases[s]][0]
        return found


def frequencies(vis, spw):
    tb.open(vis + "/SPECTRAL_WINDOW")
    found = tb.getcell("CHAN_FREQ", spw)
    tb.close()
    return found


def parameters(path):
    """Key (window, antenna) or (window, antenna, time) to parameters [par, chan]."""
    tb.open(path)
    column = "CPARAM" if "CPARAM" in tb.colnames() else "FPARAM"
    keys = list(zip(*(tb.getcol(name).tolist() for name in ("SPECTRAL_WINDOW_ID", "ANTENNA1"))))
    cells = [tb.getcell(column, row) for row in range(tb.nrows())]
    times = tb.getcol("TIME")
    tb.close()
    return keys, times, cells


# --- gencal ---

OFFSETS = [0.001, -0.002, 0.0015, -0.0014, 0.000058, 0.00144]


def stated(see):
    """gencal's kinds: words and the parameters [par] of window and antenna that they mean."""
    one, two = see.science[:2]
    a, b = see.names[1:3]
    place = {a: see.positions[1] + OFFSETS[:3], b: see.positions[2] + OFFSETS[3:]}
    with open("positions.json", "w") as out:
        json.dump({"metadata": {"product_code": "antposalma", "caltype": "ALMA antenna positions"}, "data": {n: p.tolist() for n, p in place.items()}}, out)
    factors = {(n, s): 38 + 1.7 * i + 0.01 * s for i, n in enumerate(see.names) for s in see.science}
    for who in ("casa", "ours"):
        with open(who + ".csv", "w") as out:
            out.write("MS,Antenna,Spwid,Polarization,Factor\n")
            out.writelines("%s.ms,%s,%d,%s,%.4f\n" % (who, n, s, p, f * (1.1 if p == "YY" else 1)) for (n, s), f in factors.items()
                           for p in (("XX", "YY") if s == one else ("I",)))
        with open("other_%s.csv" % who, "w") as out:
            out.write('# remark\n\n%s.ms,,%d,I,4\n"%s.ms","%s","%d,%d",YY,"25"\n%s.ms,%s,%d,YY,9\nother.ms,%s,%d,I,9' % (
                who, one, who, a, one, two, who, a, one, a, one))
    moved = lambda spw, ant: np.array({1: OFFSETS[:3], 2: OFFSETS[3:]}.get(ant, [0, 0, 0]))  # noqa: E731
    turn = lambda degrees: np.exp(1j * np.radians(degrees))  # noqa: E731
    sensitivity = lambda spw, ant: np.array([1, 1]) if spw not in see.science else (factors[see.names[ant], spw] * np.array([1, 1.1 if spw == one else 1])) ** -0.5  # noqa: E731
    return {
        "amp": (dict(antenna="%s,%s" % (a, b), spw="%d,%d" % (two, one), pol="Y", parameter=[1.1, 1.2, 1.3, 1.4]),
                lambda spw, ant: np.array([1, {(two, 1): 1.1, (two, 2): 1.2, (one, 1): 1.3, (one, 2): 1.4}.get((spw, ant), 1)]) + 0j),
        "ph": (dict(antenna=a, pol="X,Y", parameter=[25.0, -130.0]), lambda spw, ant: turn(np.array([25.0, -130.0]) if ant == 1 else np.zeros(2))),
        "sbd": (dict(antenna=a, parameter=[1.5]), lambda spw, ant: np.full(2, 1.5 if ant == 1 else 0)),
        "mbd": (dict(antenna=b, pol="X", parameter=[-0.7]), lambda spw, ant: np.array([-0.7 if ant == 2 else 0, 0])),
        "opac": (dict(spw="%d,%d" % (one, two), parameter=[0.07, 0.1]), lambda spw, ant: np.array([{one: 0.07, two: 0.1}.get(spw, 0)])),
        "antpos": (dict(antenna="%s,%s" % (a, b), parameter=OFFSETS), moved),
        "antpos from a file": (dict(infile="positions.json"), moved),
        "jyperk of other lines": (dict(infile="other_@.csv"), lambda spw, ant: np.array([
            0.5 if spw == one else 1, {(one, 1): 0.5 / 5 / 3, (two, 1): 0.2}.get((spw, ant), 0.5 if spw == one else 1)]) + 0j),
        "jyperk": (dict(infile="@.csv"), lambda spw, ant: sensitivity(spw, ant) + 0j),
    }


def check_gencal(see):
    kinds = stated(see)
    name = {kind: "@." + kind.replace(" ", "_") for kind in kinds}
    both([("gencal", dict(vis="@.ms", caltable=name[kind], caltype=kind.split()[0], **words)) for kind, (words, _) in kinds.items()]
         + [("gencal", dict(vis="@.ms", caltable="@.tsys", caltype="tsys"))])
    for kind, (_, truth) in kinds.items():
        (keys, _, casa), (mine, _, ours) = (parameters(name[kind].replace("@", who)) for who in ("casa", "ours"))
        flat = lambda cells: np.array([cell[:, 0] for cell in cells])  # noqa: E731
        expected = np.array([truth(*key) for key in keys])
        # Positions are differences of numbers of 6e6 m.
        closed("gencal " + kind, flat(ours), flat(casa), expected if keys == mine else np.zeros(0))
    spws, ants, times, intervals = columns("casa.ms/SYSCAL", ["SPECTRAL_WINDOW_ID", "ANTENNA_ID", "TIME", "INTERVAL"])
    tb.open("casa.ms/SYSCAL")
    measured = {(s, a, round(t, 2)): tb.getcell("TSYS_SPECTRUM", row) for row, (s, a, t) in enumerate(zip(spws.tolist(), ants.tolist(), (times - intervals / 2).tolist()))}
    tb.close()
    (keys, times, casa), (mine, my_times, ours) = (parameters(who + ".tsys") for who in ("casa", "ours"))
    same = keys == mine and np.allclose(times, my_times, rtol=0, atol=0.01)
    rows = [row for row, key in enumerate(keys) if (*key, round(times[row], 2)) in measured]
    join = lambda cells: np.concatenate([cells[row].ravel() for row in rows])  # noqa: E731
    truth = np.concatenate([measured[(*keys[row], round(times[row], 2))].ravel() for row in rows])
    used = truth != 0
    closed("gencal tsys, %d of %d spectra" % (len(rows), len(measured)), join(ours)[used] if same else np.zeros(0), join(casa)[used], truth[used])


# --- applycal ---

def at_times(path, spw, pick, kind):
    """Function of antenna and times: parameters [par, chan, time] of a table of one window; flagged solutions are none."""
    names = ["TIME", "ANTENNA1", "FLAG", "FIELD_ID", "CPARAM" if pick != "FPARAM" else "FPARAM"]
    time, ant, flag, field, values = columns(path, names, "SPECTRAL_WINDOW_ID==%d" % spw)

    def found(antenna, times, fields=None):
        on = (ant == antenna) & (True if fields is None else np.isin(field, fields)) & ~flag.all(axis=(0, 1))
        order = np.argsort(time[on])
        t, v = time[on][order], values[:, :, on][:, :, order]
        nearest = np.abs(times[:, None] - t[None]).argmin(1)
        if kind == "nearest" or len(t) == 1:
            return v[:, :, nearest]
        low = np.clip(np.searchsorted(t, times) - 1, 0, len(t) - 2)
        share = np.clip((times - t[low]) / (t[low + 1] - t[low]), 0, 1)
        one, two = v[:, :, low], v[:, :, low + 1]
        if not np.iscomplexobj(v):
            return one + share * (two - one)
        return (np.abs(one) + share * (np.abs(two) - np.abs(one))) * np.exp(1j * (np.angle(one) + share * np.angle(two * one.conj())))
    return found


@functools.cache
def sky(see, field, times, vertical="AZELGEO"):
    """Directions of the field in ITRF and its elevations at the antennas, by time."""
    delay = columns("casa.ms/FIELD", ["PHASE_DIR"])[0][:, 0, field]
    direction = me.direction("ICRS", "%.12frad" % delay[0], "%.12frad" % delay[1])
    towards, elevation = [], []
    for time in times:
        me.doframe(me.epoch("UTC", "%.9fs" % time))
        row = []
        for ant, (x, y, z) in enumerate(see.positions):
            me.doframe(me.position("ITRF", "%.6fm" % x, "%.6fm" % y, "%.6fm" % z))
            if ant == 0:
                itrf = me.measure(direction, "ITRF")
                lon, lat = itrf["m0"]["value"], itrf["m1"]["value"]
                towards.append([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
            row.append(me.measure(direction, vertical)["m1"]["value"])
        elevation.append(row)
    return np.array(towards), np.array(elevation)


def check_applycal(see):
    """One table at a time: what must be divided out of the data of a field, by its formula."""
    kinds = stated(see)
    spw, field, target = see.science[0], see.bandpass, see.target
    words = dict(vis="casa.ms", spw=str(spw), refant=see.names[0], minsnr=0.0)
    gaincal(caltable="casa.G", field=str(field), solint="int", calmode="ap", **words)
    gaincal(caltable="casa.T", field=str(see.phase), solint="inf", calmode="ap", gaintype="T", **words)
    bandpass(caltable="casa.B", field=str(field), solint="inf", **words)
    wvrgcal(vis="casa.ms", caltable="casa.wvr", spw=see.science, toffset=0, statsource=see.fields[target])
    freqs = frequencies("casa.ms", spw)
    wide = frequencies("casa.ms", see.map()[spw])
    constant = lambda kind: lambda ant, times: np.repeat(kinds[kind][1](spw, ant)[:, None, None], len(times), 2)  # noqa: E731

    def delay(kind):
        return lambda ant, times: np.exp(2j * np.pi * 1e-9 * constant(kind)(ant, times) * (freqs - freqs[0])[None, :, None])

    def place(ant, times):
        towards, _ = sky(see, field, tuple(times))
        return np.exp(2j * np.pi * freqs[:, None] / LIGHT * (towards @ kinds["antpos"][1](spw, ant))[None])[None].repeat(2, 0)

    def air(ant, times, vertical="AZELGEO"):
        _, elevation = sky(see, field, tuple(times), vertical)
        return np.exp(-0.5 * 0.07 / np.sin(elevation[:, ant]))[None, None].repeat(2, 0)

    def receiver(ant, times):
        spectrum = at_times("casa.tsys", see.map()[spw], "FPARAM", "nearest")(ant, times, [field])
        rising = np.argsort(wide)
        return np.stack([np.stack([np.interp(freqs, wide[rising], one[rising]) for one in par.T], 1) for par in spectrum]) ** -0.5

    table_of = lambda path, kind, fields=None: lambda ant, times: at_times(path, spw, "CPARAM", kind)(ant, times, fields)  # noqa: E731
    cases = [
        ("amp", field, ["casa.amp"], constant("amp"), {}), ("ph", field, ["casa.ph"], constant("ph"), {}),
        ("sbd", field, ["casa.sbd"], delay("sbd"), {}), ("mbd", field, ["casa.mbd"], delay("mbd"), {}),
        ("antpos", field, ["casa.antpos"], place, {}), ("opac", field, ["casa.opac"], air, {}), ("jyperk", field, ["casa.jyperk"], constant("jyperk"), {}),
        ("tsys", field, ["casa.tsys"], receiver, dict(interp=["nearest,linear"], spwmap=[see.map()], gainfield=[str(field)])),
        ("G nearest", field, ["casa.G"], table_of("casa.G", "nearest"), dict(interp=["nearest"])), ("B", field, ["casa.B"], table_of("casa.B", "nearest"), dict(interp=["nearest"])),
        ("T linear", target, ["casa.T"], lambda ant, times: table_of("casa.T", "linear")(ant, times).repeat(2, 0), dict(interp=["linear"])),
        ("wvr linear", target, ["casa.wvr"], table_of("casa.wvr", "linear", [target]), dict(interp=["linear"], gainfield=[str(target)])),
    ]
    names = ["DATA", "CORRECTED_DATA", "FLAG", "TIME", "ANTENNA1", "ANTENNA2"]
    for name, chosen, tables, gains, more in cases:
        both([("applycal", dict(vis="@.ms", field=str(chosen), spw=str(spw), gaintable=tables, calwt=False, flagbackup=False, applymode="calonly", **more))])
        where = "DATA_DESC_ID==%d && FIELD_ID==%d && ANTENNA1!=ANTENNA2" % (spw, chosen)
        data, casa, flag, times, one, two = columns("casa.ms", names, where)
        ours = columns("ours.ms", ["CORRECTED_DATA"], where)[0]
        moments = np.unique(times)
        at = np.searchsorted(moments, times)
        by_antenna = [np.broadcast_to(gains(ant, moments), (2, len(freqs), len(moments))) for ant in range(len(see.names))]
        product = np.array([by_antenna[a][:, :, t] * np.conj(by_antenna[b][:, :, t]) for a, b, t in zip(one, two, at)]).transpose(1, 2, 0)
        truth = data.astype(complex) / product
        good = ~flag & (np.abs(data) > 0)
        if name in ("sbd", "mbd"):  # the phase of a window as a whole is a matter of the reference frequency
            turn = lambda values: values * np.exp(-1j * np.angle(values[:, :1] * np.conj(data[:, :1])))  # noqa: E731
            ours, casa = turn(ours.astype(complex)), turn(casa.astype(complex))
        if name == "opac":  # CASA's airmass is that of the geocentric vertical (docs/differences-from-casa.md)
            leaning = np.array([(air(ant, moments, "AZEL") / air(ant, moments))[0, 0] for ant in range(len(see.names))])
            turned = leaning[one, at] * leaning[two, at]
            print("INFO applycal opac: CASA's vertical changes amplitudes by %s" % spread(np.abs(turned - 1)))
            casa = casa * turned
        closed("applycal " + name, ours[good], casa[good], truth[good])


# --- solutions without noise ---

def fill(path, gains, flux=lambda spw, field: 1.0):
    """A copy of calibrators.ms whose DATA are gains(spw, scan, times, antennas) [pol, chan, row] of points of known flux density."""
    shutil.copytree("calibrators.ms", path)
    tb.open(path, nomodify=False)
    for spw in range(2):
        rows = tb.query("DATA_DESC_ID==%d" % spw)
        one, two, scan, time, field = (rows.getcol(name) for name in ("ANTENNA1", "ANTENNA2", "SCAN_NUMBER", "TIME", "FIELD_ID"))
        shape = rows.getcol("DATA").shape
        strength = np.array([flux(spw, f) for f in field])
        values = gains(spw, scan, time, one) * np.conj(gains(spw, scan, time, two)) * strength
        rows.putcol("DATA", np.broadcast_to(values, shape).astype(np.complex64))
        rows.putcol("FLAG", np.zeros(shape, bool))
        rows.close()
    tb.putcol("FLAG_ROW", np.zeros(tb.nrows(), bool))
    tb.close()


def compare_solutions(name, truth, mode="ap"):
    """Solutions of @.name beside truth(spw, scan, time, antenna) [pol, chan], referred to antenna 0."""
    found = []
    for who in ("casa", "ours"):
        tb.open("%s.%s" % (who, name))
        keys = {n: tb.getcol(n) for n in ("SPECTRAL_WINDOW_ID", "SCAN_NUMBER", "TIME", "ANTENNA1")}
        found.append((keys, [tb.getcell("CPARAM" if "CPARAM" in tb.colnames() else "FPARAM", row) for row in range(tb.nrows())], [tb.getcell("FLAG", row) for row in range(tb.nrows())]))
        tb.close()
    (keys, casa, casa_flags), (mine, ours, flags) = found
    order = lambda k: {(s, round(t, 2), a): row for row, (s, t, a) in enumerate(zip(k["SPECTRAL_WINDOW_ID"].tolist(), k["TIME"].tolist(), k["ANTENNA1"].tolist()))}  # noqa: E731
    theirs, mine_at = order(keys), order(mine)
    lists = [[], [], [], []]
    for key, row in mine_at.items():
        at = [mine[n][row] for n in ("SPECTRAL_WINDOW_ID", "SCAN_NUMBER", "TIME")]
        expected, reference = truth(*at, key[2]), truth(*at, 0)
        if mode != "K":
            expected = expected * np.exp(-1j * np.angle(reference))
            expected = expected / np.abs(expected) if mode == "p" else np.abs(expected) + 0j if mode == "a" else expected
        else:
            expected = expected - reference
        other = theirs.get(key)
        known = np.zeros_like(flags[row]) if other is None else ~casa_flags[other]
        for store, value in zip(lists, (ours[row], ours[row] if other is None else casa[other], np.broadcast_to(expected, ours[row].shape), known)):
            store.append(np.array(value).ravel())
    lost = sum(key not in mine_at for key in theirs) + sum(int(flag.any()) for flag in flags)
    ours, casa, expected, known = (np.concatenate(values) for values in lists)
    label = name.replace("_", " ")
    if lost or not known.any():
        return say(False, label, "%d solutions of CASA are missing here or flagged; CASA has %d of %d" % (lost, known.sum(), known.size))
    if mode == "K":  # a parabola through the peak of a transform whose step is 1 / (8 bandwidth) is CASA's
        step = 1e9 / (8 * columns("calibrators.ms/SPECTRAL_WINDOW", ["TOTAL_BANDWIDTH"])[0].min())
        off = [np.abs(a - b) for a, b in ((ours, casa), (ours, expected), (casa, expected))]
        fine = off[1].max() <= 1e-6 and off[2].max() <= 0.01 * step
        return say(bool(fine), label, "%d values, largest and rms in ns: %s" % (known.size, "; ".join("%s %s" % (pair, spread(values)) for pair, values in zip(PAIRS, off))))
    solved(label, ours, casa, expected, known)


def check_solvers(see):
    spws = ",".join(map(str, see.science[:2]))
    fields = ",".join(map(str, sorted((see.bandpass, see.flux, see.phase))))
    flagdata(vis="casa.ms", mode="unflag", flagbackup=False)
    split(vis="casa.ms", outputvis="calibrators.ms", spw=spws, field=fields, antenna="*&*", datacolumn="data", width=4)
    number = {f: i for i, f in enumerate(sorted((see.bandpass, see.flux, see.phase)))}
    bright, flux, phase = (number[f] for f in (see.bandpass, see.flux, see.phase))
    scans, times = (np.unique(columns("calibrators.ms", [name])[0]) for name in ("SCAN_NUMBER", "TIME"))
    shape = columns("calibrators.ms", ["DATA"], "DATA_DESC_ID==0")[0].shape
    rng, count = np.random.default_rng(11), len(see.names)
    random = lambda *axes: rng.uniform(0.85, 1.2, axes) * np.exp(1j * rng.uniform(-3, 3, axes))  # noqa: E731
    by_scan, by_time, joint, channels = random(2, 2, scans.max() + 1, count), random(2, 2, len(times), count), random(2, scans.max() + 1, count), random(2, 2, shape[1], count)
    channels /= np.sqrt((np.abs(channels) ** 2).mean(axis=2, keepdims=True))
    delays = rng.uniform(-0.6, 0.6, (2, 2, count))
    freqs = [frequencies("calibrators.ms", spw) for spw in range(2)]
    nu = lambda spw: (freqs[spw] - freqs[spw].mean()) * 1e-9  # noqa: E731
    where = lambda time: np.abs(times[None] - np.atleast_1d(time)[:, None]).argmin(1)  # noqa: E731
    per_scan = lambda spw, scan, time, ant: by_scan[spw][:, scan, ant]  # noqa: E731
    sets = {
        "scans.ms": lambda *key: per_scan(*key)[:, None],
        "times.ms": lambda spw, scan, time, ant: by_time[spw][:, where(time), ant][:, None],
        "joint.ms": lambda spw, scan, time, ant: np.repeat(joint[spw][scan, ant][None, None], 2, 0),
        "windows.ms": lambda spw, scan, time, ant: by_scan[0][:, scan, ant][:, None],
        "band.ms": lambda spw, scan, time, ant: by_scan[0][:, 0, ant][:, None] * channels[spw][:, :, ant],
        "delays.ms": lambda spw, scan, time, ant: by_scan[0][:, 0, ant][:, None] * np.exp(2j * np.pi * delays[spw][:, None, ant] * nu(spw)[None, :, None]),
    }
    for path, gains in sets.items():
        fill(path, gains)
    strength = lambda spw, field: {bright: 3.1 - 0.4 * spw, flux: FLUX + 0.2 * spw, phase: 0.62 + 0.05 * spw}[field]  # noqa: E731
    steady = np.abs(by_scan[:, :, 0])
    fill("strengths.ms", lambda spw, scan, time, ant: steady[spw][:, ant][:, None] * np.exp(1j * np.angle(by_scan[spw][:, scan, ant]))[:, None], strength)
    for spw in range(2):
        setjy(vis="strengths.ms", field=str(flux), spw=str(spw), standard="manual", fluxdensity=[FLUX + 0.2 * spw, 0, 0, 0], usescratch=False)
    ref, both_fields = dict(refant=see.names[0], minsnr=0.0), "%d,%d" % (bright, phase)
    names = ["gaincal_ap", "gaincal_p", "gaincal_a", "gaincal_int", "gaincal_T", "gaincal_spw", "bandpass", "bandpass_solnorm", "gaincal_K"]
    one = lambda spw, scan, time, ant: by_scan[spw][:, scan, ant][:, None]  # noqa: E731
    truths = {
        "gaincal_ap": (one, "ap"), "gaincal_p": (one, "p"), "gaincal_a": (one, "a"),
        "gaincal_int": (lambda spw, scan, time, ant: by_time[spw][:, where(time)[0], ant][:, None], "ap"),
        "gaincal_T": (lambda spw, scan, time, ant: joint[spw][scan, ant][None, None], "ap"),
        "gaincal_spw": (lambda spw, scan, time, ant: by_scan[0][:, scan, ant][:, None], "ap"),
        "bandpass": (lambda spw, scan, time, ant: by_scan[0][:, 0, ant][:, None] * channels[spw][:, :, ant], "ap"),
        "bandpass_solnorm": (None, "ap"), "gaincal_K": (lambda spw, scan, time, ant: delays[spw][:, ant][:, None], "K"),
    }
    solves = [
        ("gaincal", dict(vis="scans.ms", caltable="@.gaincal_ap", field=both_fields, solint="inf", calmode="ap", **ref)),
        ("gaincal", dict(vis="scans.ms", caltable="@.gaincal_p", field=both_fields, solint="inf", calmode="p", **ref)),
        ("gaincal", dict(vis="scans.ms", caltable="@.gaincal_a", field=both_fields, solint="inf", calmode="a", **ref)),
        ("gaincal", dict(vis="times.ms", caltable="@.gaincal_int", field=str(bright), solint="int", calmode="ap", **ref)),
        ("gaincal", dict(vis="joint.ms", caltable="@.gaincal_T", field=both_fields, solint="inf", calmode="ap", gaintype="T", **ref)),
        ("gaincal", dict(vis="windows.ms", caltable="@.gaincal_spw", field=str(phase), solint="inf", combine="spw", calmode="ap", **ref)),
        ("bandpass", dict(vis="band.ms", caltable="@.bandpass", field=str(bright), solint="inf", combine="scan", **ref)),
        ("bandpass", dict(vis="band.ms", caltable="@.bandpass_solnorm", field=str(bright), solint="inf", combine="scan", solnorm=True, **ref)),
        ("gaincal", dict(vis="delays.ms", caltable="@.gaincal_K", field=str(bright), solint="inf", combine="scan", gaintype="K", **ref)),
        ("gaincal", dict(vis="strengths.ms", caltable="@.strengths", field="%d,%d,%d" % (bright, flux, phase), solint="inf", calmode="a", **ref)),
    ]
    both(solves)
    # solnorm: rms amplitude 1 over the band, and no mean phase; the truth's amplitudes are of that rms already.
    def normed(spw, scan, time, ant):
        band = channels[spw][:, :, ant] * np.exp(-1j * np.angle(channels[spw][:, :, 0]))
        mean = (band / np.abs(band)).sum(axis=1, keepdims=True)
        return band / (mean / np.abs(mean))
    truths["bandpass_solnorm"] = (normed, "ap")
    for name in names:
        compare_solutions(name, *truths[name])
    check_fluxscale(flux, strength, bright, phase)
    check_smoothing(see, by_time, times)
    check_listings()


def check_fluxscale(flux, strength, bright, phase):
    """Flux densities without noise, and the closed form of the tables, from CASA's gains."""
    theirs, mine = both([("fluxscale", dict(vis="strengths.ms", caltable="casa.strengths", fluxtable="@.fluxscale", reference=str(flux)))])
    casa, ours, truth = [], [], []
    for field in (bright, phase):
        for spw in range(2):
            casa.append(theirs[0][str(field)][str(spw)]["fluxd"][0])
            ours.append(mine[0][str(field)][str(spw)]["fluxd"][0])
            truth.append(strength(spw, field))
    solved("fluxscale", *(np.array(values) for values in (ours, casa, truth)), np.ones(len(truth), bool))
    # The spectrum through both windows, from the dictionary, as a model of one of the fields.
    middle, values = theirs[0]["freq"][:2], [strength(spw, phase) for spw in range(2)]
    for who in ("casa", "ours"):
        shutil.copytree("strengths.ms", who + ".spectrum.ms")
    both([("setjy", dict(vis="@.spectrum.ms", field=str(phase), standard="fluxscale", fluxdict=plain({key: theirs[0][key] for key in (str(phase), "freq", "spwID", "spwName")}), usescratch=True))])
    slope = np.log(values[1] / values[0]) / np.log(middle[1] / middle[0])
    found = {who: np.concatenate([columns(who + ".spectrum.ms", ["MODEL_DATA"], "FIELD_ID==%d && DATA_DESC_ID==%d" % (phase, spw))[0][0, :, 0].real for spw in range(2)]) for who in ("casa", "ours")}
    expected = np.concatenate([values[0] * (frequencies("strengths.ms", spw) / middle[0]) ** slope for spw in range(2)])
    closed("setjy, the dictionary of fluxscale", found["ours"], found["casa"], expected)


def check_smoothing(see, by_time, times):
    """smoothcal and rerefant of CASA's solutions for each integration."""
    kinds = {"smoothcal mean": ("mean", 20.0), "smoothcal median": ("median", 31.0)}
    calls = [("smoothcal", dict(vis="times.ms", tablein="casa.gaincal_int", caltable="@." + name.replace(" ", "_"), smoothtype=kind, smoothtime=width)) for name, (kind, width) in kinds.items()]
    other = len(see.names) - 1
    both(calls + [("rerefant", dict(vis="times.ms", tablein="casa.gaincal_int", caltable="@.rerefant", refant=see.names[other], refantmode="strict"))])
    names = ["TIME", "SPECTRAL_WINDOW_ID", "ANTENNA1", "CPARAM"]
    time, spw, ant, gains = columns("casa.gaincal_int", names)
    amplitude, expected = np.abs(gains[:, 0]), {name: np.zeros_like(gains[:, 0], complex) for name in (*kinds, "rerefant")}
    for s in np.unique(spw):
        for a in np.unique(ant):
            rows = np.nonzero((spw == s) & (ant == a))[0]
            rows = rows[np.argsort(time[rows])]
            phase = np.unwrap(np.angle(gains[:, 0, rows].astype(complex)), axis=1)
            for name, (kind, width) in kinds.items():
                for at, row in enumerate(rows):
                    near = np.abs(time[rows] - time[row]) <= width / 2
                    middle = np.mean if kind == "mean" else lambda values, axis: np.median(values, axis=axis)
                    expected[name][:, row] = middle(amplitude[:, rows[near]], axis=1) * np.exp(1j * middle(phase[:, near], axis=1))
    for row in range(len(time)):
        reference = gains[:, 0, (spw == spw[row]) & (time == time[row]) & (ant == other)][:, 0]
        expected["rerefant"][:, row] = gains[:, 0, row] * np.exp(-1j * np.angle(reference))
    for name, truth in expected.items():
        casa, ours = (columns("%s.%s" % (who, name.replace(" ", "_")), ["CPARAM"])[0][:, 0] for who in ("casa", "ours"))
        closed(name, ours, casa, truth)


def check_listings():
    """calstat beside numpy, listcal line by line."""
    cases = [("casa.gaincal_int", axis, "CPARAM") for axis in ("amp", "phase", "real", "imag")] + [("casa.tsys", "amp", "FPARAM")]
    theirs, mine = both([("calstat", dict(caltable=path, axis=axis, datacolumn=column)) for path, axis, column in cases])
    names = ["npts", "sum", "sumsq", "mean", "median", "min", "max", "rms", "stddev", "medabsdevmed"]
    for (path, axis, column), casa, ours in zip(cases, theirs, mine):
        tb.open(path)
        cells = [(tb.getcell(column, row), tb.getcell("FLAG", row)) for row in range(tb.nrows())]
        tb.close()
        values = np.concatenate([cell[~flag] for cell, flag in cells]).astype(complex)
        values = {"amp": np.abs, "phase": np.angle, "real": np.real, "imag": np.imag}[axis](values)
        middle = np.median(values)
        truth = [len(values), values.sum(), (values ** 2).sum(), values.mean(), middle, values.min(), values.max(), np.sqrt((values ** 2).mean()), values.std(ddof=1), np.median(np.abs(values - middle))]
        pick = lambda answer: np.array([float(list(answer.values())[0][name]) for name in names]) / np.maximum(np.abs(truth), np.abs(values).max())  # noqa: E731
        closed("calstat %s of %s" % (axis, path), pick(ours), pick(casa), np.array(truth) / np.maximum(np.abs(truth), np.abs(values).max()))
    both([("listcal", dict(vis="times.ms", caltable="casa.gaincal_int", listfile="@.int.txt")), ("listcal", dict(vis="scans.ms", caltable="casa.gaincal_a", antenna="0,2", spw="1", listfile="@.scans.txt")),
          ("listcal", dict(vis="band.ms", caltable="casa.bandpass", spw="0:1~3", listfile="@.band.txt"))])
    for kind in ("int", "scans", "band"):
        casa, ours = (open("%s.%s.txt" % (who, kind)).read().split("Listed")[0] for who in ("casa", "ours"))
        say(casa == ours, "listcal " + kind, "%d lines, %s" % (casa.count("\n"), "the same" if casa == ours else "other than ours"))


# --- setjy and wvrgcal ---

def check_setjy(see):
    for who in ("casa", "ours"):
        shutil.copytree("calibrators.ms", who + ".model.ms")
    for name, words in (("a slope", dict(spix=SPIX)), ("a curved slope", dict(spix=[SPIX, -0.12]))):
        both([("setjy", dict(vis="@.model.ms", field="0", standard="manual", fluxdensity=[FLUX, 0, 0, 0], reffreq="225GHz", usescratch=True, **words))])
        found = {"casa": [], "ours": []}
        truth = []
        for spw in range(2):
            ratio = frequencies("calibrators.ms", spw) / REFERENCE
            slope = SPIX + (words["spix"][1] * np.log10(ratio) if isinstance(words["spix"], list) else 0)
            for who, values in found.items():
                values.append(columns(who + ".model.ms", ["MODEL_DATA"], "FIELD_ID==0 && DATA_DESC_ID==%d" % spw)[0][0, :, 0].real)
            truth.append(FLUX * ratio ** slope)
        closed("setjy, " + name, *(np.concatenate(values) for values in (found["ours"], found["casa"], truth)))


def check_wvrgcal(see):
    """Phases of a calibrator in each integration, without and with the corrections of each program: what is left of the air."""
    spw, field = see.science[0], see.bandpass
    both([("wvrgcal", dict(vis="@.ms", caltable="@.air", spw=see.science, toffset=0, tie=["%s,%s" % (see.fields[see.target], see.fields[see.phase])], statsource=see.fields[see.target]))])
    tables = {"none": [], "casa": ["casa.air"], "ours": ["ours.air"]}
    left = {}
    for who, gaintable in tables.items():
        gaincal(vis="casa.ms", caltable="left." + who, field=str(field), spw=str(spw), solint="int", calmode="p", refant=see.names[0], minsnr=0.0, gaintable=gaintable)
        time, ant, scan, gains = columns("left." + who, ["TIME", "ANTENNA1", "SCAN_NUMBER", "CPARAM"])
        residuals = []
        for a in range(1, len(see.names)):
            for s in np.unique(scan):
                rows = np.nonzero((ant == a) & (scan == s))[0]
                phase = np.unwrap(np.angle(gains[:, 0, rows[np.argsort(time[rows])]]), axis=1)
                residuals.append(phase - phase.mean(axis=1, keepdims=True))
        left[who] = np.sqrt((np.concatenate(residuals, axis=1) ** 2).mean())
    keys = ["TIME", "ANTENNA1", "FLAG", "CPARAM"]
    casa, ours = (columns(who + ".air", keys, "SPECTRAL_WINDOW_ID==%d" % spw) for who in ("casa", "ours"))
    same = casa[2].shape == ours[2].shape and all((a == b).all() for a, b in zip(casa[:3], ours[:3]))
    turn = np.angle(ours[3][0, 0] * casa[3][0, 0].conj()) if same else np.full(1, np.inf)
    corrections = np.angle(casa[3][0, 0])
    share = np.sqrt((turn ** 2).mean() / (corrections ** 2).mean())
    text = "corrections differ by %s rad, %.1e of their rms (limit 2e-2); phases of the calibrator %.2f deg rms without, %.3f with CASA's, %.3f with ours"
    degrees = {who: np.degrees(value) for who, value in left.items()}
    # The residuals hold the noise of the visibilities in both; ours are no larger but for the last digits.
    say(bool(same and share <= 0.02 and degrees["ours"] <= degrees["casa"] * (1 + 1e-3)), "wvrgcal", text % (spread(np.abs(turn)), share, degrees["none"], degrees["casa"], degrees["ours"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", default="truth")
    work = os.path.abspath(parser.parse_args().work)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    os.chdir(work)
    casalog.setlogfile("casa.log")
    asdm = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
    importasdm(asdm=asdm, vis="casa.ms", asis="Antenna Station Receiver Source", bdfflags=True, process_caldevice=False)
    flagdata(vis="casa.ms", mode="manual", spw="1~%d" % 24, autocorr=True, flagbackup=False)
    shutil.copytree("casa.ms", "ours.ms")
    see = Observation("casa.ms")
    check_gencal(see)
    check_wvrgcal(see)
    check_applycal(see)
    check_solvers(see)
    check_setjy(see)
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()
