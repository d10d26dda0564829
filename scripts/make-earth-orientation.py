"""Writes data/earth-orientation.json from the IERS files that the PyPI package astropy-iers-data carries.

usage: python scripts/make-earth-orientation.py   (needs: pip install astropy-iers-data)
IERS EOP 20 C04 where it has a day, IERS finals2000A (rapid, then predicted) after it.
"""
import json
import os
from importlib.metadata import version

import astropy_iers_data

FIRST = 47892  # 1990-01-01
folder = os.path.join(os.path.dirname(astropy_iers_data.__file__), "data")
# TAI-UTC steps: MJD of the day from which the value holds (IERS Bulletin C)
leaps = []
for line in open(os.path.join(folder, "Leap_Second.dat")):
    if line.strip() and not line.startswith("#"):
        fields = line.split()
        leaps.append((int(float(fields[0])), int(fields[4])))


def tai_minus_utc(mjd):
    return [seconds for day, seconds in leaps if day <= mjd][-1]


days = {}
for line in open(os.path.join(folder, "finals2000A.all")):
    mjd = int(float(line[7:15]))
    if line[18:27].strip() and line[58:68].strip():
        days[mjd] = (float(line[18:27]), float(line[37:46]), float(line[58:68]))
last_predicted = max(days)
last_final = 0
for line in open(os.path.join(folder, "eopc04.1962-now")):
    if line.startswith("#"):
        continue
    fields = line.split()
    mjd = int(float(fields[4]))
    days[mjd] = (float(fields[5]), float(fields[6]), float(fields[7]))
    last_final = max(last_final, mjd)


def differences(values):
    return [values[0]] + [b - a for a, b in zip(values, values[1:])]


rows = [days[mjd] for mjd in range(FIRST, last_predicted + 1)]
ut1 = [row[2] - tai_minus_utc(FIRST + k) for k, row in enumerate(rows)]
table = {
    "source": "IERS EOP 20 C04 to MJD %d, IERS finals2000A after it; from PyPI astropy-iers-data %s"
    % (last_final, version("astropy-iers-data")),
    "generator": "scripts/make-earth-orientation.py",
    "firstMjd": FIRST,
    "lastFinalMjd": last_final,
    "count": len(rows),
    "unit": {"xp": "0.1 mas", "yp": "0.1 mas", "ut1MinusTai": "10 us"},
    "coding": "first value, then differences from day to day, 0 h UTC",
    "xp": differences([round(row[0] * 1e4) for row in rows]),
    "yp": differences([round(row[1] * 1e4) for row in rows]),
    "ut1MinusTai": differences([round(value * 1e5) for value in ut1]),
}
target = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "earth-orientation.json")
with open(target, "w") as out:
    out.write("{\n" + ",\n".join("%s: %s" % (json.dumps(key), json.dumps(value, separators=(",", ":"))) for key, value in table.items()) + "\n}\n")
