"""python-casacore reads a table in loops while we write it: no reader may see two generations at once.

Readers open the table anew each time, or hold it open with a lock around each look. (One that holds it open and leaves the locks
to casacore may keep every writer waiting, casacore's as well.) Where the writer has no locks it renames copies: then a look that
overlaps the renaming may be torn, at most two a change; who holds the table open stays with the old generation, whole if the
opening did not overlap a renaming. So every reader has looked once before the writer begins.
Prints a PASS or FAIL line a reader; the exit code is 1 when one failed.
"""
import os
import subprocess
import sys
import tempfile
import time

SECONDS = 15
COLUMNS = ["NUMBER", "SLOW", "NAME", "DATA", "FLAG"]


def make(path):
    import numpy as np
    from casacore.tables import makearrcoldesc, makescacoldesc, maketabdesc, table

    t = table(path, maketabdesc([
        makescacoldesc("NUMBER", 0), makescacoldesc("SLOW", 0, datamanagertype="IncrementalStMan"), makescacoldesc("NAME", ""),
        makearrcoldesc("DATA", 0, valuetype="complex", ndim=2, datamanagertype="TiledShapeStMan", datamanagergroup="D"),
        makearrcoldesc("FLAG", False, ndim=2, datamanagertype="TiledShapeStMan", datamanagergroup="F"),
    ]), nrow=400, ack=False)
    t.putcol("NAME", ["g0"] * 400)
    t.putcol("DATA", np.zeros((400, 64, 2), np.complex64))
    t.putcol("FLAG", np.zeros((400, 64, 2), bool))
    t.putkeyword("GENERATION", 0)
    t.close()


def generations(t, names):
    """The generations that the columns show, and the numbers of rows."""
    import numpy as np

    seen, rows = set(), set()
    for name in names:
        values = t.getcol(name)
        rows.add(len(values))
        if name == "NAME":
            found = {int(text[1:].rstrip("x")) for text in values}
        elif name == "DATA":
            found = {int(value) for value in np.unique(values.real)} | {int(value) for value in np.unique(values.imag)}
        elif name == "FLAG":
            parity = np.unique(values)
            found = set() if len(parity) == 1 else {-1, -2}
            seen.add(("parity", bool(parity[0])))
        else:
            found = {int(value) for value in np.unique(values)}
        seen |= {("generation", number) for number in found}
    return seen, rows


def is_torn(seen, rows):
    numbers = [value for kind, value in seen if kind == "generation"]
    parities = [value for kind, value in seen if kind == "parity"]
    mixed = len(set(numbers)) > 1 or len(parities) > 1 or len(rows) > 1
    return mixed or (len(numbers) == 1 and len(parities) == 1 and parities[0] != bool(numbers[0] % 2))


def read(path, way, seconds):
    """Looks at the table until the time is over; prints looks, torn looks, generations seen, the first complaint."""
    from casacore.tables import table

    looks, torn, seen_all, complaint = 0, 0, set(), ""
    end = time.time() + seconds
    t = None if way == "anew" else table(path, ack=False, lockoptions="user")
    while time.time() < end:
        try:
            if way == "anew":
                t = None
                t = table(path, ack=False)
                seen, rows = generations(t, COLUMNS)
                if {("generation", t.getkeyword("GENERATION"))} - seen:
                    seen.add(("generation", -3))
                t.close()
            else:
                t.lock(write=False)
                seen, rows = generations(t, COLUMNS)
                t.unlock()
            bad = is_torn(seen, rows)
            looks += 1
            torn += bad
            seen_all |= seen
            if bad and not complaint:
                complaint = str(sorted(seen, key=str))[:200]
        except Exception as error:  # noqa: BLE001: any complaint of casacore counts
            looks += 1
            torn += 1
            complaint = complaint or str(error)[:200]
            if way == "anew" and t is not None:
                t.close()
        if looks == 1:
            print("looked", flush=True)
        time.sleep(0.01)
    count = len({value for kind, value in seen_all if kind == "generation"})
    print(looks, torn, count, complaint.replace("\n", " "))


def main():
    if len(sys.argv) == 4:
        read(sys.argv[1], sys.argv[2], float(sys.argv[3]))
        return
    work = tempfile.mkdtemp(prefix="tables-locks-")
    path = os.path.join(work, "shared.tab")
    driver = os.path.join(os.environ["ALMA_QA2_ROOT"], "dist", "peers", "locks-driver.js")
    make(path)
    failed = 0
    for way, change in [("anew", "locks"), ("locked", "locks"), ("anew", "copies"), ("locked", "copies")]:
        start = lambda *args: subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        reader = start(sys.executable, os.path.abspath(__file__), path, way, str(SECONDS))
        reader.stdout.readline()
        writer = start(os.environ.get("ALMA_QA2_NODE", "node"), driver, path, str(SECONDS), change)
        told = reader.communicate()[0].strip().splitlines()
        written = writer.communicate()[0].strip()
        looks, torn, seen, *complaint = told[-1].split(" ", 3)
        allowed = 2 * int(written) if written.isdigit() and (way, change) == ("anew", "copies") else 0
        least = 1 if (way, change) == ("locked", "copies") else 3
        good = written.isdigit() and int(written) > 5 and int(torn) <= allowed and int(looks) > 5 and int(seen) >= least
        failed += not good
        print(f"{'PASS' if good else 'FAIL'} read while we write, {way}, {change}: {looks} looks at {seen} of {written[-300:]} generations, "
              f"{torn} torn {' '.join(complaint)}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
