"""Writes data/dispersion.json: how much longer the path through water vapour is at a frequency than at low ones.

usage: python scripts/build-dispersion.py CASADATA_DIRECTORY

CASADATA_DIRECTORY is the __data__ folder of the PyPI package casadata. Read from it: alma/wvrgcal/libair-ddefault.csv, lines
of frequency in Hz and relative extra path, at equal steps.
"""
import json
import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
path = os.path.join(sys.argv[1], "alma", "wvrgcal", "libair-ddefault.csv")
rows = [[float(word) for word in line.split(",")] for line in open(path) if len(line) > 5]
step = rows[1][0] - rows[0][0]
assert all(abs(row[0] - rows[0][0] - k * step) < 1 for k, row in enumerate(rows)), "frequencies are not at equal steps"
table = {
    "source": "PyPI casadata: alma/wvrgcal/libair-ddefault.csv (LibAIR)",
    "licence": "the data package is distributed under the GNU LGPL",
    "generator": "scripts/build-dispersion.py",
    "firstHz": rows[0][0],
    "stepHz": step,
    "extra": [row[1] for row in rows],
}
with open(os.path.join(ROOT, "data", "dispersion.json"), "w") as out:
    json.dump(table, out, separators=(",", ":"))
print("%d frequencies from %g to %g Hz" % (len(rows), rows[0][0], rows[-1][0]))
