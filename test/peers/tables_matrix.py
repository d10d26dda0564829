"""Four-way comparison of casacore tables: casacore writes and we read (both byte orders), we write and casacore reads.

Usage: tables_matrix.py [--tables PATH ...]   (needs python3-casacore, node and the esbuild of the checkout)
Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))

if len(sys.argv) > 1 and sys.argv[1] == "--make":
    # A process of its own for each byte order: casacore reads the setting once.
    os.environ["CASARCFILES"] = sys.argv[4]

import numpy as np  # noqa: E402
from casacore.tables import makearrcoldesc, makescacoldesc, maketabdesc, table, tablecolumn  # noqa: E402

TYPES = {
    "Bool": "boolean", "UChar": "uchar", "Short": "short", "UShort": "ushort", "Int": "int", "UInt": "uint",
    "Int64": "int64", "Float": "float", "Double": "double", "Complex": "complex", "DComplex": "dcomplex", "String": "string",
}
NUMPY = {
    "Bool": np.bool_, "UChar": np.uint8, "Short": np.int16, "UShort": np.uint16, "Int": np.int32, "UInt": np.uint32,
    "Int64": np.int64, "Float": np.float32, "Double": np.float64, "Complex": np.complex64, "DComplex": np.complex128,
}
FIXED = [3, 2]
MANAGERS = ["StandardStMan", "IncrementalStMan", "TiledShapeStMan", "TiledColumnStMan", "TiledCellStMan", "StManAipsIO"]
ROWS = [0, 1, 23, 300]


def fill(kind, row, count):
    """The same formula as in tables-driver.ts."""
    n = [row * 7 + k * 3 + 1 for k in range(count)]
    make = {
        "Bool": lambda v: v % 3 == 0, "UChar": lambda v: v % 251, "Short": lambda v: (v * 13) % 30000 - 15000,
        "UShort": lambda v: (v * 13) % 60000, "Int": lambda v: v * 1001 - 500000, "UInt": lambda v: v * 100003,
        "Int64": lambda v: v * 10000000001, "Float": lambda v: v * 0.5 - 3, "Double": lambda v: v * 1.25 + 0.1,
        "Complex": lambda v: complex(v * 0.5, -v), "DComplex": lambda v: complex(v * 0.1, -v),
        "String": lambda v: f"s{v}" + "x" * ((v % 4) * 7),
    }[kind]
    return [make(v) for v in n]


def shape_of(item, row):
    if item["kind"] == "scalar":
        return []
    if item["kind"].startswith("fixed"):
        return FIXED
    # a cell that is never put has the value of the row before it in an IncrementalStMan, so all are put there
    return None if row % 5 == 4 and item["manager"] != "IncrementalStMan" else [2 + row % 3, 2]


def cases(writer):
    for manager in MANAGERS:
        for kind in ["scalar", "fixed", "fixedindirect", "variable"]:
            for name in TYPES:
                tiled = manager.startswith("Tiled")
                if tiled and (name == "String" or (kind == "scalar" and manager != "TiledColumnStMan")):
                    continue
                if manager == "TiledColumnStMan" and kind == "variable":
                    continue
                if kind == "fixedindirect" and (writer == "ours" or tiled):
                    continue
                if writer == "ours" and manager == "StManAipsIO":
                    continue
                if name == "UShort" or (manager == "TiledColumnStMan" and kind == "scalar"):
                    continue  # python-casacore cannot ask for these
                for rows in ROWS:
                    yield {"manager": manager, "kind": kind, "type": name, "rows": rows}


def make_with_casacore(item):
    """Writes one table with casacore."""
    value = TYPES[item["type"]]
    group = "SM"
    options = {"datamanagertype": item["manager"], "datamanagergroup": group}
    if item["kind"] == "scalar":
        zero = {"Bool": False, "String": ""}.get(item["type"], 0)
        column = makescacoldesc("C", zero, valuetype=value, **options)
    elif item["kind"] == "fixed":
        column = makearrcoldesc("C", 0, valuetype=value, shape=FIXED, options=5, **options)
    elif item["kind"] == "fixedindirect":
        column = makearrcoldesc("C", 0, valuetype=value, shape=FIXED, options=4, **options)
    else:
        column = makearrcoldesc("C", 0, valuetype=value, ndim=2, **options)
    spec = {}
    if item["manager"].startswith("Tiled"):
        spec = {"DEFAULTTILESHAPE": np.array([7] if item["kind"] == "scalar" else [2, 2, 5], np.int32)}
    if item["manager"] == "IncrementalStMan":
        spec = {"BUCKETSIZE": 1024 if item["type"] != "String" or item["kind"] != "fixed" else 8192}
    manager = {"*1": {"TYPE": item["manager"], "NAME": group, "SEQNR": 0, "SPEC": spec, "COLUMNS": ["C"]}}
    row_column = makescacoldesc("ROW", 0, valuetype="int")
    t = table(item["path"], maketabdesc([column, row_column]), nrow=item["rows"] // 2, dminfo=manager, ack=False)
    t.addrows(item["rows"] - item["rows"] // 2)
    t.putkeywords({"VERSION": 2.5, "FLAGS": np.array([True, False, True]), "GRID": np.arange(6.0).reshape(2, 3),
                   "INNER": {"a": 7, "names": ["one", "two"]}})
    t.putcolkeyword("C", "UNIT", "Jy")
    for row in range(item["rows"]):
        t.putcell("ROW", row, row)
        shape = shape_of(item, row)
        if shape is None:
            continue
        values = fill(item["type"], row, int(np.prod(shape)))
        if item["kind"] == "scalar":
            t.putcell("C", row, values[0])
        elif item["type"] == "String":
            t.putcell("C", row, {"shape": shape, "array": values})
        else:
            t.putcell("C", row, np.array(values, NUMPY[item["type"]]).reshape(shape))
    t.close()


def check_dump(item, dump):
    """Compares what our reader found with the formula; returns a complaint or None."""
    if "error" in dump:
        return dump["error"]
    if dump["rowCount"] != item["rows"]:
        return f"{dump['rowCount']} rows"
    column = dump["columns"]["C"]
    if "error" in column:
        return column["error"]
    if column["keywords"].get("UNIT") != "Jy":
        return "column keyword"
    if dump["keywords"]["GRID"] != {"shape": [2, 3], "values": [0, 1, 2, 3, 4, 5]} or int(dump["keywords"]["INNER"]["a"]) != 7:
        return "table keywords"
    if column["type"] != item["type"]:
        return f"type {column['type']}"
    for cell, row in zip(column["cells"], kept(item)):
        shape = shape_of(item, row)
        if (shape is None) != (cell is None):
            return f"row {row}: defined or not"
        if shape is None:
            continue
        if list(cell["shape"]) != shape:
            return f"row {row}: shape {cell['shape']}"
        expected = fill(item["type"], row, int(np.prod(shape)))
        if not equal(item["type"], expected, cell["values"]):
            return f"row {row}: {cell['values'][:4]} instead of {expected[:4]}"
    if [cell["values"][0] for cell in dump["columns"]["ROW"]["cells"]] != kept(item):
        return "column ROW"
    return None


def kept(item):
    """The rows that a table still has, by their first numbers."""
    return item.get("kept", list(range(item["rows"])))


def equal(kind, expected, found):
    if kind == "String":
        return expected == found
    if kind in ("Complex", "DComplex"):
        found = [complex(float(found[2 * k]), float(found[2 * k + 1])) for k in range(len(found) // 2)]
    elif kind == "Int64":
        found = [int(v) for v in found]
    else:
        found = [float(v) for v in found]
    return np.array_equal(np.array(expected, NUMPY[kind]), np.array(found).astype(NUMPY[kind]))


def check_with_casacore(item):
    """Reads one of our tables with casacore."""
    t = table(item["path"], ack=False)
    try:
        if t.nrows() != item["rows"]:
            return f"{t.nrows()} rows"
        if t.getcolkeyword("C", "UNIT") != "Jy" or t.getkeyword("INNER")["names"] != ["one", "two"]:
            return "keywords"
        if not np.array_equal(t.getkeyword("GRID"), np.arange(6.0).reshape(2, 3)):
            return "array keyword"
        if list(t.getcol("ROW")) != kept(item):
            return "column ROW"
        if t.getdminfo("C")["TYPE"] != item["manager"]:
            return "storage manager"
        for place, row in enumerate(kept(item)):
            shape = shape_of(item, row)
            if t.iscelldefined("C", place) != (shape is not None):
                return f"row {row}: defined or not"
            if shape is None:
                continue
            value = t.getcell("C", place)
            expected = fill(item["type"], row, int(np.prod(shape)))
            if item["type"] == "String":
                found = [value] if item["kind"] == "scalar" else value["array"]
                if found != expected:
                    return f"row {row}: {found}"
            else:
                wanted = np.array(expected, NUMPY[item["type"]]).reshape(shape)
                if not np.array_equal(np.array(value), wanted if shape else wanted[()]):
                    return f"row {row}: {value}"
        return None
    finally:
        t.close()


def extend_with_casacore(item):
    """casacore appends to and changes one of our tables; returns what then stands in it, by the formula."""
    t = table(item["path"], readonly=False, ack=False)
    rows = item["rows"]
    t.addrows(3)
    for row in [0] * (rows > 0) + list(range(rows, rows + 3)):
        shape = shape_of(item, row)
        t.putcell("ROW", row, row)
        if shape is None:
            continue
        values = fill(item["type"], row, int(np.prod(shape)))
        if item["kind"] == "scalar":
            t.putcell("C", row, values[0])
        elif item["type"] == "String":
            t.putcell("C", row, {"shape": shape, "array": values})
        else:
            t.putcell("C", row, np.array(values, NUMPY[item["type"]]).reshape(shape))
    t.close()


def driver(work):
    """The Node side as the runner of the peers has built it; run by hand, it is built here, once."""
    out = os.path.join(ROOT, "dist", "peers", "tables-driver.js")
    if "ALMA_QA2_ROOT" not in os.environ:
        source = os.path.join(HERE, "tables-driver.ts")
        esbuild = os.path.join(ROOT, "node_modules", ".bin", "esbuild")
        subprocess.run([esbuild, source, "--bundle", "--platform=node", "--format=esm", "--packages=external", f"--outfile={out}",
                        "--log-level=error"], check=True)

    def call(command, items):
        source_json = os.path.join(work, "items.json")
        result_json = os.path.join(work, "results.json")
        with open(source_json, "w") as f:
            json.dump(items, f)
        subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), out, command, source_json, result_json], check=True)
        with open(result_json) as f:
            return json.load(f)

    return call


def name_of(item):
    return f"{item['manager']} {item['type']} {item['kind']} {item['rows']} rows"


def report(name, complaint, failures):
    if complaint is None:
        print(f"PASS {name}")
    else:
        failures.append(name)
        print(f"FAIL {name}: {complaint}")


def guarded(act, item):
    try:
        return act(item)
    except Exception as error:  # a refusal of casacore is a failed case
        return f"{type(error).__name__}: {error}"


def theirs(work, call, failures):
    for order in ["little", "big"]:
        items = []
        for number, item in enumerate(cases("theirs")):
            items.append({**item, "path": os.path.join(work, f"theirs-{order}", f"t{number}")})
        os.makedirs(os.path.join(work, f"theirs-{order}"))
        settings = os.path.join(work, f"{order}.rc")
        with open(settings, "w") as f:
            f.write(f"table.endianformat: {order}\n")
        listing = os.path.join(work, "make.json")
        refused = os.path.join(work, "refused.json")
        with open(listing, "w") as f:
            json.dump(items, f)
        subprocess.run([sys.executable, os.path.abspath(__file__), "--make", listing, refused, settings], check=True)
        with open(refused) as f:
            refusals = json.load(f)
        for item, refusal in zip(items, refusals):
            if refusal:
                print(f"SKIP casacore itself refuses {name_of(item)}: {refusal.splitlines()[0][:120]}")
        items = [item for item, refusal in zip(items, refusals) if not refusal]
        for item, dump in zip(items, call("read", items)):
            complaint = check_dump(item, dump)
            if complaint is None and dump["isLittleEndian"] != (order == "little"):
                complaint = "byte order"
            report(f"casacore writes, we read, {order} endian: {name_of(item)}", complaint, failures)
        change_theirs(items, order, call, failures)


def change_theirs(items, order, call, failures):
    """We append to and change casacore's tables, then take rows out where casacore can."""
    items = [item for item in items if item["manager"] != "StManAipsIO"]
    changed = []
    for item, result in zip(items, call("extend", items)):
        later = {**item, "rows": item["rows"] + 3}
        complaint = result.get("error") or guarded(check_with_casacore, later)
        report(f"casacore writes, we change, casacore reads, {order} endian: {name_of(item)}", complaint, failures)
        if complaint is None and not item["manager"].startswith("Tiled"):
            changed.append({**later, "kept": [row for row in range(later["rows"]) if row % 3 != 1]})
    for item, result in zip(changed, call("remove", changed)):
        short = {**item, "rows": len(item["kept"])}
        complaint = result.get("error") or guarded(check_with_casacore, short)
        report(f"casacore writes, we remove rows, casacore reads, {order} endian: {name_of(item)}", complaint, failures)


def ours(work, call, failures):
    items = [{**item, "path": os.path.join(work, "ours", f"t{number}")} for number, item in enumerate(cases("ours"))]
    os.makedirs(os.path.join(work, "ours"))
    written = call("write", items)
    good = []
    for item, result in zip(items, written):
        complaint = result.get("error") or guarded(check_with_casacore, item)
        report(f"we write, casacore reads: {name_of(item)}", complaint, failures)
        if complaint is None:
            good.append(item)
    for item, dump in zip(good, call("read", good)):
        report(f"we write, we read: {name_of(item)}", check_dump(item, dump), failures)
    changed = []
    for item in good:
        complaint = guarded(extend_with_casacore, item)
        if complaint is None:
            changed.append({**item, "rows": item["rows"] + 3})
        else:
            report(f"we write, casacore changes: {name_of(item)}", complaint, failures)
    for item, dump in zip(changed, call("read", changed)):
        report(f"we write, casacore changes, we read: {name_of(item)}", check_dump(item, dump), failures)


def make_all(listing, refused):
    with open(listing) as f:
        items = json.load(f)
    results = []
    for item in items:
        results.append(guarded(make_with_casacore, item))
    with open(refused, "w") as f:
        json.dump(results, f)


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--make":
        return make_all(sys.argv[2], sys.argv[3])
    work = tempfile.mkdtemp(prefix="tables-matrix-")
    failures = []
    try:
        call = driver(work)
        theirs(work, call, failures)
        ours(work, call, failures)
    finally:
        shutil.rmtree(work)
    print(f"{len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
