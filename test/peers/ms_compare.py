"""Compares two MeasurementSets table by table, column by column, with python-casacore.

Usage: ms_compare.py MINE THEIRS [--skip TABLE[.COLUMN]]... [--rtol 1e-6]
Prints one line `PASS name` or `FAIL name: reason` for each table; exit code 1 when one failed.
"""
import os
import sys

import numpy as np
from casacore.tables import table


def cells(tab, name):
    """Cells of a column, None for undefined ones."""
    out = []
    for row in range(tab.nrows()):
        if not tab.iscelldefined(name, row):
            out.append(None)
            continue
        out.append(tab.getcell(name, row))
    return out


def same_value(one, other, rtol):
    if one is None or other is None:
        # an empty array and an undefined cell mean the same
        left = one if other is None else other
        if isinstance(left, dict):  # an array of texts
            left = left.get("array", [])
        return left is None or (hasattr(left, "__len__") and len(left) == 0)
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape:
        return a.size == 0 and b.size == 0
    if a.dtype.kind in "fc":
        with np.errstate(invalid="ignore"):
            return np.allclose(a, b, rtol=rtol, atol=0, equal_nan=True)
    return bool(np.all(a == b))


def runs(tab, name):
    """Runs of rows whose cells have one shape, as [first, count, shape]; the shape of undefined cells is None."""
    found = []
    for row in range(tab.nrows()):
        shape = tab.getcolshapestring(name, row, 1)[0] if tab.iscelldefined(name, row) else None
        if found and found[-1][2] == shape:
            found[-1][1] += 1
        else:
            found.append([row, 1, shape])
    return found


def pieces(mine, theirs, name):
    """(first row, our values, theirs) of stretches of rows; None where a reading casacore would have to mix shapes."""
    if mine.isscalarcol(name):
        yield 0, mine.getcol(name), theirs.getcol(name)
        return
    ours = runs(mine, name)
    if ours != runs(theirs, name):
        yield 0, None, None
        return
    for first, count, shape in ours:
        if shape is not None:
            yield first, mine.getcol(name, first, count), theirs.getcol(name, first, count)


def compare_column(mine, theirs, name, rtol):
    if mine.nrows() == 0:
        return None
    for first, a, b in pieces(mine, theirs, name):
        if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
            return compare_cells(mine, theirs, name, rtol)
        found = compare_arrays(a, b, name, rtol, first)
        if found:
            return found
    return None


def compare_arrays(a, b, name, rtol, first):
    if a.shape != b.shape:
        return "shapes %s and %s" % (a.shape, b.shape)
    if a.dtype.kind in "fc":
        scale = max(float(np.nanmax(np.abs(b))) if b.size else 0.0, 1e-300)
        if "TIME" in name:  # MJD seconds: half a millisecond
            bad = ~(np.isclose(a, b, rtol=1e-13, atol=0, equal_nan=True))
        else:
            floor = rtol * 0.1 if a.dtype.kind == "c" else 1e-12
            bad = ~(np.isclose(a, b, rtol=rtol, atol=scale * floor, equal_nan=True))
    else:
        bad = a != b
    if not bad.any():
        return None
    row = int(np.argwhere(bad)[0][0])
    return "%d values differ, first in row %d: %s and %s" % (bad.sum(), first + row, str(a[row])[:90], str(b[row])[:90])


def compare_cells(mine, theirs, name, rtol):
    for row, (one, other) in enumerate(zip(cells(mine, name), cells(theirs, name))):
        if not same_value(one, other, rtol):
            return "row %d: %s and %s" % (row, str(one)[:90], str(other)[:90])
    return None


def compare_table(mine, theirs, label, skip, rtol):
    problems = []
    if mine.nrows() != theirs.nrows():
        return ["%d rows and %d" % (mine.nrows(), theirs.nrows())]
    left, right = set(mine.colnames()), set(theirs.colnames())
    for name in sorted(left ^ right):
        if "%s.%s" % (label, name) not in skip:
            problems.append("column %s only in %s" % (name, "mine" if name in left else "theirs"))
    for name in theirs.colnames():
        if name not in left or "%s.%s" % (label, name) in skip:
            continue
        if str(mine.getcolkeywords(name)) != str(theirs.getcolkeywords(name)):
            problems.append("%s: keywords %s and %s" % (name, str(mine.getcolkeywords(name))[:80], str(theirs.getcolkeywords(name))[:80]))
        found = compare_column(mine, theirs, name, rtol)
        if found:
            problems.append("%s: %s" % (name, found))
    return problems


def compare_ms(mine_path, theirs_path, skip=(), rtol=1e-6, prefix=""):
    """Number of tables that differ; prints a line for each."""
    failures = 0
    subtables = [d for d in sorted(os.listdir(theirs_path)) if os.path.exists(os.path.join(theirs_path, d, "table.dat"))]
    for name in ["MAIN"] + subtables:
        if name in skip:
            continue
        parts = [] if name == "MAIN" else [name]
        try:
            mine = table(os.path.join(mine_path, *parts), ack=False)
            problems = compare_table(mine, table(os.path.join(theirs_path, *parts), ack=False), name, skip, rtol)
        except RuntimeError as error:
            problems = [str(error)[:200]]
        label = (prefix + " " if prefix else "") + name
        if problems:
            failures += 1
            print("FAIL %s: %s" % (label, "; ".join(problems)))
        else:
            print("PASS %s" % label)
    return failures


def main():
    args = sys.argv[1:]
    skip, rtol, paths = [], 1e-6, []
    while args:
        arg = args.pop(0)
        if arg == "--skip":
            skip.append(args.pop(0))
        elif arg == "--rtol":
            rtol = float(args.pop(0))
        else:
            paths.append(arg)
    sys.exit(1 if compare_ms(paths[0], paths[1], skip, rtol) else 0)


if __name__ == "__main__":
    main()
