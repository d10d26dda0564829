"""Writes data/flux-models.json: where flux calibrators of the Solar System are and how bright they and the quasars are.

usage: python scripts/build-flux-models.py CASADATA_DIRECTORY      (a Python with numpy and casatools)

CASADATA_DIRECTORY is the __data__ folder of the PyPI package casadata. Read from it:
  ephemerides/JPL-Horizons/<Body>_<days>dUTC_J2000.tab   daily geocentric ephemerides, 2010 to 2030
  alma/SolarSystemModels/<Body>_{Tb,Tb_time,fd_time}.dat brightness temperatures and flux densities
  nrao/VLA/standards/{PerleyButler*Coeffs,fluxcalibrator.data}
Each series in time is cut into segments; a segment is a sum of Chebyshev polynomials, each of them for a constant and
for the cosines and sines of the harmonics of a period (orbit of a moon, rotation of a body).
Flux densities of asteroids are rounded to 0.1 mJy there, up to 3 % of them: where rounding what the series gives leads
to another number, the steps from that to the table's are kept.
Prints how far the tables are from what they were made of.
"""
import base64
import json
import os
import re
import sys

import numpy as np
from casatools import table

FOLDER = sys.argv[1]
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPLIT = 59214.0  # a later ephemeris begins; no segment reaches across
FIRST, LAST = 55197.0, 62866.0
JANSKY_UNIT = 1e-4  # of the last digit of flux densities
MOONS = {"Io": ("Jupiter", 1.769138), "Europa": ("Jupiter", 3.55181), "Ganymede": ("Jupiter", 7.154553),
         "Callisto": ("Jupiter", 16.689018), "Titan": ("Saturn", 15.945421)}
PLANETS = ["Venus", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"]
ASTEROIDS = ["Ceres", "Pallas", "Vesta", "Juno"]
TB = table()


def coded(integers):
    """Integers as base64 of variable-length bytes, least significant seven bits first; the sign is the lowest bit.

    A zero is followed by how many more zeros come.
    """
    out, zeros = bytearray(), 0

    def put(word):
        while word > 127:
            out.append(128 | (word & 127))
            word >>= 7
        out.append(word)

    for value in np.asarray(integers).astype(np.int64).ravel().tolist() + [None]:
        if value == 0:
            zeros += 1
            continue
        if zeros:
            put(0)
            put(zeros - 1)
            zeros = 0
        if value is not None:
            put(value << 1 if value > 0 else (-value << 1) - 1)
    return base64.b64encode(bytes(out)).decode()


def step_code(steps):
    """Where the steps of +1 and -1 are, as base64 of bits: Rice codes of the gaps, each followed by a bit for the sign.

    The parameter of a code goes by the mean of the gaps so far; fifteen ones are followed by the gap itself, in 24 bits.
    """
    where = np.flatnonzero(steps)
    bits, total, count = [], 4, 1
    for gap, sign in zip((np.diff(where, prepend=-1) - 1).tolist(), (steps[where] < 0).tolist()):
        low = 0
        while count << low < total:
            low += 1
        short = "1" * (gap >> low) + "0" + (format(gap & ((1 << low) - 1), "0%db" % low) if low else "")
        bits.append((short if gap >> low < 15 else "1" * 15 + format(gap, "024b")) + str(int(sign)))
        total, count = total + gap, count + 1
        if count == 64:
            total, count = total >> 1, 32
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return dict(count=len(where), data=base64.b64encode(int(text or "0", 2).to_bytes(len(text) // 8, "big")).decode())


def basis(t, start, step, degree, harmonics, period, origin):
    x = 2 * (t - start) / step - 1
    slow = np.polynomial.chebyshev.chebvander(x, degree)
    parts = [np.ones_like(t)]
    for h in range(1, harmonics + 1):
        phase = 2 * np.pi * h * (t - origin) / period
        parts += [np.cos(phase), np.sin(phase)]
    return np.concatenate([slow * p[:, None] for p in parts], axis=1)


def fit(name, t, values, first, step, degree, scale, harmonics=0, period=1.0, split=SPLIT):
    """A series of columns [time, component], with the function of time that it makes of them.

    `split` is a time that no segment reaches across.
    """
    values = values.reshape(len(t), -1)
    count = int(np.ceil((t.max() - first) / step - 1e-9))
    coefficients = []
    for segment in range(count):
        start = first + segment * step
        inside = (t >= start - 1e-6) & (t <= start + step + 1e-6) & ((t < split) == (start < split - 1e-6))
        matrix = basis(t[inside], start, step, degree, harmonics, period, first)
        solved = np.linalg.lstsq(matrix, values[inside], rcond=1e-10)[0]
        coefficients.append(np.round(solved / scale))

    def evaluate(times):
        out = np.zeros((len(times), values.shape[1]))
        which = np.clip(np.floor((times - first) / step + 1e-9).astype(int), 0, count - 1)
        for segment in np.unique(which):
            mine = which == segment
            out[mine] = basis(times[mine], first + segment * step, step, degree, harmonics, period, first) @ (coefficients[segment] * scale)
        return out

    back = evaluate(t)
    worst = np.abs(back - values).max(axis=0)
    rms = np.sqrt(((back - values) ** 2).mean(axis=0))
    series = dict(first=first, step=step, count=count, degree=degree, components=values.shape[1], scale=scale,
                  data=coded(np.concatenate([c.T.ravel() for c in coefficients])))
    if harmonics:
        series.update(harmonics=harmonics, period=period)
    print("%-22s %7d bytes, worst %s rms %s" % (name, len(series["data"]), np.array2string(worst, precision=2), np.array2string(rms, precision=2)), flush=True)
    return series, evaluate


def ephemeris(body):
    """Days of the two tables of a body, without the second's first day where both have it."""
    columns, spans = [], []
    folder = os.path.join(FOLDER, "ephemerides", "JPL-Horizons")
    for name in sorted(os.listdir(folder)):
        match = re.fullmatch(r"(\w+)_(\d+)-(\d+)dUTC_J2000\.tab", name)
        if not match or match[1] != body or float(match[2]) < FIRST:
            continue
        TB.open(os.path.join(folder, name))
        rows = np.stack([TB.getcol(c) for c in ("MJD", "RA", "DEC", "Rho", "RadVel", "DiskLat", "NP_ang")], axis=1)
        radii = [round(float(r), 3) for r in TB.getkeyword("radii")["value"]]
        TB.close()
        spans.append(dict(first=rows[0, 0], last=rows[-1, 0], radiiKm=radii))
        columns.append(rows[:-1] if match[3] == "%d" % SPLIT else rows)
    return np.concatenate(columns), spans


def vectors(rows):
    ra, dec = np.radians(rows[:, 1]), np.radians(rows[:, 2])
    return rows[:, 3, None] * np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)


def orbits():
    bodies, places = {}, {}
    for body in PLANETS + list(MOONS) + ASTEROIDS:
        rows, spans = ephemeris(body)
        t, where = rows[:, 0], vectors(rows)
        entry = dict(spans=spans)
        if body in MOONS:
            planet, period = MOONS[body]
            entry["around"] = planet
            entry["orbit"], place = fit(body + " orbit, au", t, where - places[planet](t), FIRST, 103.0, 6, 2e-8, 3, period)
            back = place(t) + places[planet](t)
        else:
            entry["orbit"], place = fit(body + " orbit, au", t, where, FIRST, 39.0, 13 if body in ("Venus", "Mars") else 12, 2e-8)
            back = place(t)
        places[body] = place
        print("%22s distance, worst relative: %.1e" % (body, np.abs(np.linalg.norm(back, axis=1) / rows[:, 3] - 1).max()))
        good = rows[:, 5] > -900
        if good.any():
            angle = rows[good, 6]
            for begin in (FIRST, SPLIT):
                part = (t[good] >= SPLIT) == (begin == SPLIT)
                if part.any():
                    angle[part] = np.unwrap(angle[part], period=360)
            first = t[good][0]
            pole = np.stack([rows[good, 5], angle], axis=1)
            entry["pole"], turn = fit(body + " pole, deg", t[good], pole, first, 39.0, 5, 1e-3)
            # CASA takes latitudes for radians, so that their rounding to 0.01 deg shows
            entry["pole"]["latitude"] = dict(unit=0.01, length=int(good.sum()), steps=rounding_steps(turn(t[good])[:, 0] / 0.01, np.round(pole[:, 0] / 0.01), 0))
            assert (np.diff(t[good]) == 1).all()
            print("%22s latitude steps: %d bytes" % (body, sum(len(one["data"]) for one in entry["pole"]["latitude"]["steps"])))
        bodies[body] = entry
    return bodies, places


def lines_of(name):
    with open(os.path.join(FOLDER, "alma", "SolarSystemModels", name)) as source:
        return source.readlines()


def spectra(bodies):
    for body in bodies:
        if body == "Saturn":
            continue
        rows = np.array([[float(w) for w in line.split()[:2]] for line in lines_of(body + "_Tb.dat")]) if body != "Mars" else None
        if rows is None:
            continue
        hz, kelvin = np.round(rows[:, 0] * 1e7), np.round(rows[:, 1] * 1e4)
        assert np.abs(hz / 1e7 - rows[:, 0]).max() < 1e-9 and np.abs(kelvin / 1e4 - rows[:, 1]).max() < 1e-9
        unit = int(np.gcd.reduce(hz.astype(int)))
        level = int(np.gcd.reduce(kelvin.astype(int)))
        steps = np.diff(np.diff(hz / unit, prepend=0), prepend=0)
        bodies[body]["temperature"] = dict(count=len(rows), unitGHz=unit / 1e7, unitKelvin=level / 1e4,
                                           frequencies=coded(steps), kelvin=coded(np.diff(kelvin / level, prepend=0)))


def timed(name, skip):
    lines = lines_of(name)
    frequencies = [float(word) for word in lines[0].split()]
    data = np.array([line.split() for line in lines[1:]], dtype=float)
    return frequencies, data[:, skip], data[:, skip + 1:]


def modes(values, weights, count):
    """The leading patterns over frequency of [time, frequency], each frequency weighted."""
    mean = values.mean(axis=0)
    scaled = (values - mean) * weights
    _, patterns = np.linalg.eigh(scaled.T @ scaled)
    patterns = patterns[:, ::-1][:, :count].T
    # so that 1 is the whole of the quantity at the frequency where the pattern is strongest
    size = np.abs(patterns / weights / mean).max(axis=1, keepdims=True)
    return mean, (scaled @ patterns.T) * size.T, patterns / weights / size


def corrections(bad, residual, scale):
    """What the series leaves, sample by sample, in runs where that is too much."""
    marked = bad.copy()
    for shift in (1, 2):
        marked[shift:] |= bad[:-shift]
        marked[:-shift] |= bad[shift:]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(int), [0]])))
    runs = []
    for begin, end in zip(edges[::2], edges[1::2]):
        if runs and begin - runs[-1][1] < 24:
            runs[-1][1] = end
        else:
            runs.append([begin, end])
    out = [dict(first=int(b), count=int(e - b), data=coded(np.round(residual[b:e] / scale))) for b, e in runs]
    print("   corrected: %d runs, %d samples, %d bytes" % (len(out), sum(r["count"] for r in out), len(json.dumps(out))))
    return dict(scale=scale, runs=out)


def summary(body, excess):
    """How far the series is from the table beyond what the table's own rounding explains."""
    share = np.percentile(excess.max(axis=1), [50, 99, 99.9, 100])
    print("%s beyond rounding, median, 99, 99.9 and 100 %%: %s" % (body, " ".join("%.1e" % v for v in share)), flush=True)


def timed_model(body, quantity, t, frequencies, mean, parts, patterns, period, every, harmonics, tolerance, excess_of):
    mean, patterns = (np.array([float("%.6g" % v) for v in of.ravel()]).reshape(of.shape) for of in (mean, patterns))
    series, evaluate = fit(body + " modes", t, parts, float(t[0]), every, 4, 4e-5, harmonics, period, np.inf)
    back = evaluate(t)
    excess = excess_of(mean + back @ patterns)
    summary(body, excess)
    index = np.arange(len(t))
    fixes = corrections(excess.max(axis=1) > tolerance, parts - back, 1e-4)
    for run in fixes["runs"]:
        inside = (index >= run["first"]) & (index < run["first"] + run["count"])
        back[inside] += np.round((parts - back)[inside] / 1e-4) * 1e-4
    summary(body, excess_of(mean + back @ patterns))
    fixes.update(first=float(t[0]), step=float((t[-1] - t[0]) / (len(t) - 1)))
    return dict(quantity=quantity, first=float(t[0]), last=float(t[-1]), frequenciesGHz=frequencies, mean=mean.tolist(),
                patterns=patterns.tolist(), series=series, corrections=fixes), mean + back @ patterns


def rounding_steps(made, table, tolerance):
    """Steps from what the series gives, in units and rounded, to the table, where they are more than the tolerance."""
    steps = np.where(np.abs(table - np.floor(made + 0.5)) > tolerance * table, table - np.floor(made + 0.5), 0)
    layers = []
    while steps.any():
        layers.append(step_code(np.sign(steps)))
        steps = steps - np.sign(steps)
    return layers


def mars(bodies):
    frequencies, t, kelvin = timed("Mars_Tb_time.dat", 5)
    # one day is missing: the gap is filled linearly, as interpolation across it does
    even = np.round((t - t[0]) * 24).astype(int)
    index = np.arange(even[-1] + 1)
    kelvin = np.stack([np.interp(index, even, column) for column in kelvin.T], axis=1)
    t = t[0] + index / 24
    print("Mars: samples filled in", len(index) - len(even), "from", t[np.setdiff1d(index, even)][:1])
    mean, parts, patterns = modes(kelvin, np.ones(len(frequencies)), 4)
    # the day of Mars as seen from the Earth, on average
    period = 1 / (24 / 24.622962 - 1 / 686.98)
    bodies["Mars"]["timed"], _ = timed_model("Mars", "kelvin", t, frequencies, mean, parts, patterns, period, 13.0, 16, 4.5e-4,
                                          lambda made: (np.abs(made - kelvin) - 0.05) / kelvin)


def asteroid(bodies, places, body, hours, every, harmonics):
    """Harmonics stay below half the rate of the samples: what lies above would mean anything between them."""
    frequencies, t, jansky = timed(body + "_fd_time.dat", 5)
    t = t[0] + (t[-1] - t[0]) / (len(t) - 1) * np.arange(len(t))
    square = (places[body](t) ** 2).sum(axis=1)[:, None]
    unit = jansky * square
    noise = 3e-5 / jansky.mean(axis=0)
    mean = unit.mean(axis=0)
    part_mean, parts, patterns = modes(unit / mean, 1 / np.hypot(noise, 3e-4), 2)
    model, made = timed_model(body, "jansky", t, frequencies, mean * part_mean, parts, patterns * mean, hours / 24,
                              every, harmonics, 5e-4, lambda made: (np.abs(made / square - jansky) - 1e-4) / jansky)
    units = np.round(jansky / JANSKY_UNIT)
    model["rounding"] = dict(unit=JANSKY_UNIT, length=len(t), steps=[rounding_steps(m, u, 7e-4) for m, u in zip((made / square / JANSKY_UNIT).T, units.T)])
    for frequency, layers in zip(frequencies, model["rounding"]["steps"]):
        print("   %6.0f GHz steps: %s" % (frequency, " ".join("%d in %d bytes" % (one["count"], len(one["data"])) for one in layers)))
    bodies[body]["timed"] = model


def mjd_of(years):
    """Days as CASA counts them in a fraction of a year: once a leap year came, all years have 366."""
    days, out = 365, []
    for year in years:
        whole = int(year)
        if whole % 4 == 0:
            days = 366
        start = (np.datetime64("%d-01-01" % whole) - np.datetime64("1858-11-17")).astype(int)
        out.append(round(float(start + np.float32(np.float32(year - whole) * days)), 3))
    return out


# Perley and Butler 2010, as CASA's FluxStdPerleyButler2010 has it; its curve of 1934-638 says nothing above 50 GHz and is left out.
OF_2010 = {
    "3C286": [1.2361, -0.4127, -0.1864, 0.0294],
    "3C48": [1.3197, -0.7253, -0.2023, 0.0540],
    "3C147": [1.4428, -0.6300, -0.3142, 0.1032],
    "3C138": [1.0053, -0.4384, -0.1855, 0.0511],
    "3C295": [1.4605, -0.7043, -0.3951, 0.0815],
    "3C196": [1.2753, -0.7971, -0.2255, 0.0380],
}


def quasars():
    standards = {"Perley-Butler 2010": dict(epochs=[55197.0], sources={name: [numbers] for name, numbers in OF_2010.items()})}
    for year in ("2013", "2017"):
        TB.open(os.path.join(FOLDER, "nrao", "VLA", "standards", "PerleyButler%sCoeffs" % year))
        sources = {}
        for column in TB.colnames():
            if not column.endswith("_coeffs"):
                continue
            sets = [[round(float(v), 5) for v in np.asarray(TB.getcell(column, r)).ravel()] for r in range(TB.nrows())]
            sources[column[:-7]] = sets[:1] if all(s == sets[0] for s in sets) else sets
        standards["Perley-Butler " + year] = dict(epochs=mjd_of(TB.getcol("Epoch").tolist()), sources=sources)
        TB.close()
    TB.open(os.path.join(FOLDER, "nrao", "VLA", "standards", "fluxcalibrator.data"))
    names, ra, dec = TB.getcol("Name").tolist(), TB.getcol("RA_J2000"), TB.getcol("Dec_J2000")
    positions = {n: [float("%.9f" % a), float("%.9f" % d)] for n, a, d in zip(names, np.ravel(ra), np.ravel(dec))}
    print(positions)
    TB.close()
    return dict(standards=standards, positions=positions)


def main():
    bodies, places = orbits()
    spectra(bodies)
    mars(bodies)
    asteroid(bodies, places, "Ceres", 9.07417, 8.0, 4)
    asteroid(bodies, places, "Pallas", 7.8132, 12.0, 12)
    asteroid(bodies, places, "Vesta", 5.342128, 12.0, 12)
    release = next((re.search(r"casadata-([\d.]+)\.dist-info", n)[1] for n in os.listdir(os.path.join(FOLDER, "..", ".."))
                    if re.search(r"casadata-[\d.]+\.dist-info", n)), "unknown")
    result = dict(source="PyPI casadata " + release + ": JPL-Horizons ephemerides, SolarSystemModels (Butler; Orton and Hofstadter; Gurwell; Mueller), VLA flux standards",
                  licence="the data package is distributed under the GNU LGPL; ephemerides by NASA/JPL Horizons",
                  generator="scripts/build-flux-models.py", bodies=bodies, quasars=quasars())
    target = os.path.join(ROOT, "data", "flux-models.json")
    with open(target, "w") as out:
        json.dump(result, out, separators=(",", ":"))
        out.write("\n")
    print(target, os.path.getsize(target), "bytes")


main()
