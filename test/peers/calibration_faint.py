"""gaincal of faint sources: chi² of CASA 6.7's gains and of ours, each solution counted in the function that gaincal minimises.

Usage: calibration_faint.py [--work DIR]   (run by the Python of the CASA environment)

CASA imports the first Execution Block in ALMA_QA2_SIMULATED; the visibilities of its science windows become gains and noise of
the SNR of a case. gaincal averages an interval; calmode 'a' takes |V| of the average with its weight w, 'p' V / |V| with
w |V|², 'ap' V. A gain before the phases or amplitudes are taken off is SNR PARAMERR long, and PARAMERR tells which chi² the
program itself has found: both are checked before the two are compared. A case passes when no solution of ours has a chi²
above CASA's by more than 1e-5 of it.
"""
import argparse
import glob
import json
import os
import shutil
import subprocess
import sys

import numpy as np
from casatasks import casalog, gaincal, importasdm, split
from casatools import msmetadata, table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
tb = table()
COLUMNS = ["DATA", "WEIGHT", "FLAG", "TIME", "ANTENNA1", "ANTENNA2", "SCAN_NUMBER", "DATA_DESC_ID"]


def ours(calls):
    json.dump(dict(cwd=os.getcwd(), calls=[dict(name=k, task="gaincal", args=v) for k, v in calls.items()]), open("calls.json", "w"))
    node, dist = os.environ.get("ALMA_QA2_NODE", "node"), os.path.join(ROOT, "dist")
    subprocess.run([node, os.path.join(dist, "peers", "calibration-driver.js"), os.path.join(dist, "kernels.wasm"),
                    os.path.join(ROOT, "data", "erfa.wasm"), "calls.json", "results.json"], check=True)
    failed = [v["error"] for v in json.load(open("results.json")).values() if "error" in v]
    if failed:
        raise RuntimeError(failed[0])


def columns(path, names):
    tb.open(path)
    found = {name: tb.getcol(name) for name in names}
    tb.close()
    return found


def make_faint(path, snr, flagged, antennas, seed):
    """Gains of about 1, noise of 1 / snr in the mean of all channels; a share of the rows flagged. Returns the rows that are solved from."""
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree("science.ms", path)
    rng = np.random.default_rng(seed)
    tb.open(path, nomodify=False)
    one, two, shape = tb.getcol("ANTENNA1"), tb.getcol("ANTENNA2"), tb.getcol("DATA").shape
    gains = (1 + 0.3 * rng.standard_normal((2, two.max() + 1))) * np.exp(2j * np.pi * rng.random((2, two.max() + 1)))
    noise = (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) * np.sqrt(shape[1]) / snr
    tb.putcol("DATA", ((gains[:, one] * gains[:, two].conj())[:, None] + noise).astype(complex))
    tb.putcol("WEIGHT", np.full((2, shape[2]), snr ** 2 / shape[1]))
    tb.putcol("SIGMA", np.full((2, shape[2]), np.sqrt(shape[1]) / snr))
    tb.putcol("FLAG", np.broadcast_to(rng.random(shape[2]) < flagged, shape).copy())
    tb.putcol("FLAG_ROW", np.zeros(shape[2], bool))
    tb.close()
    data = columns(path, COLUMNS)
    return data, (one != two) & (two < antennas)


def matrices(data, rows, solved, mode):
    """Sums of w and w V over the rows of the solved antennas, conditioned for the mode, by polarization: A, B, the constant of chi², what there is."""
    rows, count = rows[solved[data["ANTENNA1"][rows]] & solved[data["ANTENNA2"][rows]]], len(solved)
    weight = data["WEIGHT"][:, None, rows] * ~data["FLAG"][:, :, rows]
    S, A = np.zeros((2, count, count), complex), np.zeros((2, count, count))
    at = (slice(None), data["ANTENNA1"][rows], data["ANTENNA2"][rows])
    np.add.at(S, at, (weight * data["DATA"][:, :, rows]).sum(1))
    np.add.at(A, at, weight.sum(1))
    known, amp = A > 0, np.abs(S)
    per = np.where(known, A, 1)
    power = (amp ** 2 / per).sum((1, 2))
    if mode == "p":
        return amp ** 2 / per, S * amp / per, power, known
    return A, amp + 0j if mode == "a" else S, power, known


def chi_square(matrix, gains):
    A, B, power, _ = matrix
    model = gains.T[:, :, None] * gains.T[:, None].conj()
    return float((A * np.abs(model) ** 2 - 2 * (B.conj() * model).real).sum() + power.sum())


def solutions(path, mode):
    """By window, scan and time: gains [antenna, polarization] before what the mode takes off, PARAMERR, FLAG."""
    t = columns(path, ["SPECTRAL_WINDOW_ID", "SCAN_NUMBER", "TIME", "ANTENNA1", "CPARAM", "PARAMERR", "SNR", "FLAG"])
    found = {}
    for window, scan, time in sorted(set(zip(t["SPECTRAL_WINDOW_ID"], t["SCAN_NUMBER"], t["TIME"]))):
        rows = np.nonzero((t["SPECTRAL_WINDOW_ID"] == window) & (t["TIME"] == time))[0]
        rows = rows[np.argsort(t["ANTENNA1"][rows])]
        value, error, snr, flag = (t[name][:, 0, rows].T for name in ("CPARAM", "PARAMERR", "SNR", "FLAG"))
        gains = value if mode == "ap" else value / np.abs(value) * snr * error
        found[int(window), int(scan), round(float(time), 1)] = np.where(flag, 0, gains), np.where(flag, 0, error), flag
    return found


def own_chi_square(matrix, gains, errors):
    """chi² as the errors have it, which are sqrt(2 chi² / dof / sum_j A_ij |g_j|²)."""
    hessian = np.einsum("pij,jp->ip", matrix[0] + matrix[0].transpose(0, 2, 1), np.abs(gains) ** 2)
    used = errors > 0
    dof = max(2 * (int(matrix[3].sum()) - int(used.sum())), 1)
    return (errors ** 2 * hessian / 2 * dof)[used].mean()


def compare(name, data, chosen, tables, mode):
    theirs, mine = (solutions(path, mode) for path in tables)
    above, below, counted, unlike, total = -np.inf, np.inf, 0, 0, np.zeros(2)
    for key, (gains, errors, flag) in theirs.items():
        own = mine.get(key)
        if own is None or (own[2] != flag).any() or (flag[:, 0] != flag[:, 1]).any() or flag.all():
            continue  # an antenna that only one of the two has solved
        rows = np.nonzero(chosen & (data["DATA_DESC_ID"] == key[0]) & (data["SCAN_NUMBER"] == key[1]))[0]
        if name.endswith("int"):
            rows = rows[np.abs(data["TIME"][rows] - key[2]) < 0.2]
        matrix = matrices(data, rows, ~flag[:, 0], mode)
        chi = [chi_square(matrix, own[0]), chi_square(matrix, gains)]
        stated = [own_chi_square(matrix, own[0], own[1]), own_chi_square(matrix, gains, errors)]
        if not np.allclose(stated, chi, rtol=1e-3):
            unlike += 1
            continue
        counted += 1
        total += chi
        above, below = max(above, (chi[0] - chi[1]) / chi[1]), min(below, chi[0] - chi[1])
    good = counted > 0 and unlike == 0 and above <= 1e-5
    print("%s %s: chi² of %d of %d solutions: ours %.8g, CASA %.8g; ours above by at most %.1e of one, below by up to %.3g; %d with another chi² than their errors have" % (
        "PASS" if good else "FAIL", name, counted, len(theirs), *total, above, -below, unlike), flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", default="faint")
    work = os.path.abspath(parser.parse_args().work)
    os.makedirs(work, exist_ok=True)
    os.chdir(work)
    casalog.setlogfile("casa.log")
    asdm = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
    importasdm(asdm=asdm, vis="raw.ms", asis="Antenna", bdfflags=True, process_caldevice=False)
    md = msmetadata()
    md.open("raw.ms")
    windows = [s for s in md.spwsforintent("OBSERVE_TARGET*") if md.nchan(int(s)) > 4]
    names, total = md.antennanames(), md.nantennas()
    md.done()
    split(vis="raw.ms", outputvis="science.ms", datacolumn="data", spw=",".join(map(str, windows)), width=4)
    good = True
    cases = [(0.5, 4, 0), (0.5, total, 0), (1, total, 0.1), (1, 5, 0), (3, total, 0), (20, total, 0)]
    for seed, (snr, antennas, flagged) in enumerate(cases, 1):
        data, chosen = make_faint("faint.ms", snr, flagged, antennas, seed)
        for solint in ("int", "inf"):
            words = dict(vis="faint.ms", solint=solint, refant=names[0], minsnr=0, minblperant=3, antenna="0~%d&" % (antennas - 1))
            for mode in ("a", "ap", "p"):
                shutil.rmtree("casa." + mode, ignore_errors=True)
                shutil.rmtree("ours." + mode, ignore_errors=True)
                gaincal(caltable="casa." + mode, calmode=mode, **words)
            ours({mode: dict(words, caltable="ours." + mode, calmode=mode) for mode in ("a", "ap", "p")})
            for mode in ("a", "ap", "p"):
                name = "calmode %s, %d antennas, SNR %g, %d %% flagged, solint %s" % (mode, antennas, snr, 100 * flagged, solint)
                good = compare(name, data, chosen, ("casa." + mode, "ours." + mode), mode) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
