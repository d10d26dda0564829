"""Kinds of casacore tables beside the matrix: engines, selections, concatenations, memory columns, added columns, removed rows.

Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import os
import shutil
import sys
import tempfile

import numpy as np
from casacore.tables import makearrcoldesc, makescacoldesc, maketabdesc, table, tabledefinehypercolumn

import tables_matrix as matrix


def plain(value):
    """Shape and flat values of a cell as the Node side prints them."""
    if isinstance(value, dict) and "array" in value:
        return list(value["shape"]), [str(v) for v in value["array"]]
    if isinstance(value, str):
        return [], [value]
    array = np.array(value)
    flat = array.ravel()
    if array.dtype.kind in "US":
        return list(array.shape), [str(v) for v in flat]
    if array.dtype.kind == "c":
        flat = np.stack([flat.real, flat.imag], -1).ravel()
    return list(array.shape), flat.astype(np.float64)


def compare(path, dump, rows=2000):
    """Compares all cells of a table as casacore and as we see them."""
    if "error" in dump:
        return dump["error"]
    t = table(path, ack=False)
    try:
        if t.nrows() != dump["rowCount"]:
            return f"{dump['rowCount']} rows instead of {t.nrows()}"
        if t.colnames() != list(dump["columns"]):
            return f"columns {list(dump['columns'])} instead of {t.colnames()}"
        for name in t.colnames():
            column = dump["columns"][name]
            if "error" in column:
                return f"{name}: {column['error']}"
            for row in range(min(rows, t.nrows())):
                cell = column["cells"][row]
                if t.iscelldefined(name, row) != (cell is not None):
                    return f"{name} row {row}: defined or not"
                if cell is None:
                    continue
                shape, values = plain(t.getcell(name, row))
                if list(cell["shape"]) != shape and shape != [0]:
                    return f"{name} row {row}: shape {cell['shape']} instead of {shape}"
                if column["type"] == "String":
                    same = cell["values"] == values
                else:
                    found = np.array([float(v) for v in cell["values"]])
                    same = np.array_equal(found, values, equal_nan=True)
                if not same:
                    return f"{name} row {row}: {cell['values'][:4]} instead of {list(values[:4])}"
        return None
    finally:
        t.close()


def make_base(path):
    """Fifty rows in all storage managers."""
    columns = [
        makescacoldesc("ANTENNA1", 0), makescacoldesc("NAME", ""), makescacoldesc("TIME", 0.0, datamanagertype="IncrementalStMan"),
        makearrcoldesc("DATA", 0, valuetype="complex", ndim=2, datamanagertype="TiledShapeStMan", datamanagergroup="D"),
        makearrcoldesc("FLAG", False, ndim=2, datamanagertype="TiledShapeStMan", datamanagergroup="F"),
        makearrcoldesc("NOTES", "", ndim=1), makearrcoldesc("UVW", 0.0, shape=[3], options=5),
    ]
    t = table(path, maketabdesc(columns), nrow=50, ack=False)
    for row in range(50):
        shape = (4 + row // 20, 2)
        t.putcell("ANTENNA1", row, row % 7)
        t.putcell("NAME", row, "antenna number %d" % row if row % 3 else "DV%02d" % row)
        t.putcell("TIME", row, 5e9 + row // 10)
        t.putcell("DATA", row, (np.arange(shape[0] * 2) + row * 1j).reshape(shape).astype(np.complex64))
        t.putcell("FLAG", row, (np.arange(shape[0] * 2).reshape(shape) + row) % 3 == 0)
        if row % 4:
            t.putcell("NOTES", row, {"shape": [row % 4], "array": ["note %d" % k * (row + 1) for k in range(row % 4)]})
        t.putcell("UVW", row, np.array([row, -row, 0.5 * row]))
    t.flush()
    return t


def selections(work):
    t = make_base(os.path.join(work, "base"))
    chosen = t.query("ANTENNA1 in [1,2,3]", columns="NAME,DATA,FLAG,NOTES,TIME")
    chosen.copy(os.path.join(work, "chosen"), deep=False)
    ordered = t.query("TIME > 5e9", sortlist="ANTENNA1 desc")
    ordered.copy(os.path.join(work, "ordered"), deep=False)
    t.query("ANTENNA1 > 100").copy(os.path.join(work, "none"), deep=False)
    t.close()
    other = make_base(os.path.join(work, "other"))
    other.close()
    both = table([os.path.join(work, "base"), os.path.join(work, "other")], ack=False)
    both.rename(os.path.join(work, "joined"))
    both.close()
    return ["base", "chosen", "ordered", "none", "joined"]


def engine(work, name, kind, stored, values):
    """A column of an engine with scale and offset in columns, filled by casacore."""
    path = os.path.join(work, name)
    columns = [
        makearrcoldesc("DATA", 0, valuetype=kind, ndim=2),
        makearrcoldesc("STORED", 0, valuetype=stored, ndim=2, datamanagertype="TiledShapeStMan", datamanagergroup="T"),
        makescacoldesc("SCALE", 0.0, valuetype="float"), makescacoldesc("OFFSET", 0.0, valuetype="float"),
    ]
    spec = {"SOURCENAME": "DATA", "TARGETNAME": "STORED", "SCALENAME": "SCALE", "OFFSETNAME": "OFFSET", "AUTOSCALE": True}
    manager = {"*1": {"TYPE": name, "NAME": name, "SEQNR": 1, "SPEC": spec, "COLUMNS": ["DATA"]}}
    t = table(path, maketabdesc(columns), nrow=5, dminfo=manager, ack=False)
    for row in range(5):
        t.putcell("DATA", row, values[row])
    t.close()
    return name


def engines(work):
    noise = np.random.default_rng(3)
    real = noise.normal(size=(5, 6, 2)).astype(np.float32) * 100
    real[1, 2, 1] = np.nan
    pairs = (real + 1j * noise.normal(size=real.shape)).astype(np.complex64)
    dish = pairs.copy()
    dish[:, :3] = dish[:, :3].real
    return [
        engine(work, "CompressFloat", "float", "short", real),
        engine(work, "CompressComplex", "complex", "int", pairs),
        engine(work, "CompressComplexSD", "complex", "int", dish),
    ]


def shared_tiles(work):
    """Columns that share tiles, some of one width: in the order of the table, and in that of a hypercolumn."""
    names = {"LONG": "int64", "COUNT": "uint", "REAL": "float", "WORD": "short", "OTHER": "float", "MARK": "boolean"}
    for path, order in [("tiles", None), ("ordered-tiles", ["OTHER", "MARK", "COUNT", "LONG", "REAL", "WORD"])]:
        columns = maketabdesc([makearrcoldesc(name, False if kind == "boolean" else 0, valuetype=kind, ndim=2, datamanagertype="TiledShapeStMan",
                                              datamanagergroup="T") for name, kind in names.items()])
        if order:
            tabledefinehypercolumn(columns, "T", 3, order)
        t = table(os.path.join(work, path), columns, nrow=12, ack=False)
        for row in range(12):
            for k, name in enumerate(names):
                values = (np.arange(6) + 10 * row + k).reshape(3, 2)
                t.putcell(name, row, values % 2 == 0 if name == "MARK" else values)
        t.close()
    return ["tiles", "ordered-tiles"]


def coordinates(work):
    """Columns of coordinates, whose values lie in the header of the hypercubes."""
    names = []
    for manager in ["TiledColumnStMan", "TiledShapeStMan"]:
        place = dict(datamanagertype=manager, datamanagergroup="H")
        shaped = lambda *shape: dict(place, ndim=len(shape), **(dict(shape=list(shape), options=4) if manager == "TiledColumnStMan" else {}))
        columns = maketabdesc([makearrcoldesc("DATA", 0.0, valuetype="float", **shaped(3, 2)), makearrcoldesc("POL", 0.0, valuetype="float", **shaped(2)),
                               makearrcoldesc("FREQ", 0.0, valuetype="double", **shaped(3)), makescacoldesc("TIME", 0.0, **place)])
        tabledefinehypercolumn(columns, "H", 3, ["DATA"], ["POL", "FREQ", "TIME"])
        names.append("coordinates-" + manager)
        t = table(os.path.join(work, names[-1]), columns, nrow=8, ack=False)
        for row in range(8):
            t.putcell("DATA", row, np.arange(6).reshape(3, 2) + row)
            t.putcell("TIME", row, 100.0 + row)
        t.putcell("FREQ", 0, np.array([1.0, 2.0, 3.0]))
        t.putcell("POL", 0, np.array([5, 6], np.float32))
        t.close()
    return names


def others(work):
    path = os.path.join(work, "changed")
    t = make_base(path)
    t.addcols(makescacoldesc("WEIGHT", 1.0))
    t.addcols(makearrcoldesc("MODEL", 0.0, shape=[2, 2], options=5))
    t.putcol("WEIGHT", np.arange(50.0))
    t.close()
    path = os.path.join(work, "removed")
    columns = [makescacoldesc("A", 0), makescacoldesc("B", False), makescacoldesc("S", ""), makearrcoldesc("V", 0.0, ndim=1),
               makescacoldesc("I", 0, datamanagertype="IncrementalStMan")]
    t = table(path, maketabdesc(columns), nrow=300, ack=False)
    for row in range(300):
        t.putcell("A", row, row)
        t.putcell("B", row, row % 3 == 0)
        t.putcell("S", row, "x" * (row % 40))
        t.putcell("V", row, np.arange(row % 5 + 1.0))
        t.putcell("I", row, row // 7)
    t.removerows(list(range(0, 300, 7)) + list(range(120, 160)))
    t.putcell("S", 5, "a new and rather long text")
    t.close()
    path = os.path.join(work, "memory")
    columns = [makescacoldesc("A", 0), makescacoldesc("M", 0.0, datamanagertype="MemoryStMan"),
               makearrcoldesc("V", 0.0, ndim=1, datamanagertype="MemoryStMan"), makescacoldesc("FIXED", "", maxlen=12)]
    t = table(path, maketabdesc(columns), nrow=4, ack=False)
    t.putcol("M", np.arange(4.0))
    t.putcell("FIXED", 1, "twelve chars")
    t.putcell("FIXED", 2, "short")
    t.close()
    return ["changed", "removed", "memory"]


def incremental_columns(path, with_fixed):
    place = dict(datamanagertype="IncrementalStMan", datamanagergroup="ISM")
    columns = [makescacoldesc("NUMBER", 0, **place), makescacoldesc("TEXT", "", **place),
               makearrcoldesc("DIRECT", 0, shape=[2], options=5, **place), makearrcoldesc("FREE", 0, ndim=1, **place)]
    if with_fixed:
        columns.append(makearrcoldesc("FIXED", 0, shape=[2], options=4, **place))
    return table(path, maketabdesc(columns), nrow=0, ack=False)


def random_history(noise, with_fixed):
    """Parts between which the table is closed, each of some steps.

    Left out is what changes rows before the one that is put in casacore: an array of the same shape in the row that casacore
    takes for the last one put, when its interval begins before it (docs/differences-from-casa.md).
    """
    arrays = ["FREE", "FIXED"] if with_fixed else ["FREE"]
    count, put, barred = 0, dict.fromkeys(arrays, 0), dict.fromkeys(arrays)
    parts, steps = [], []

    def add():
        nonlocal count
        added = int(noise.integers(1, 6))
        steps.append({"act": "add", "count": added})
        if count == 0 and with_fixed:
            # What a new array holds before it is put is left to chance in casacore.
            steps.append({"act": "put", "column": "FIXED", "row": 0, "count": 1, "shape": [2], "values": [7, 8]})
            put["FIXED"], barred["FIXED"] = 1, None
        count += added

    for _ in range(noise.integers(1, 4)):
        steps = []
        for name in arrays:
            put[name], barred[name] = count, count - 1
        for _ in range(noise.integers(1, 12)):
            kind = noise.random()
            if count == 0 or kind < 0.12:
                add()
            elif kind < 0.2:
                rows = sorted(int(row) for row in noise.choice(count, noise.integers(1, min(count, 3) + 1), replace=False))
                steps.append({"act": "remove", "rows": rows})
                count -= len(rows)
                for name in arrays:
                    put[name] = min(put[name], count + 1) if count else 0
                    barred[name] = put[name] - 1
            else:
                name = str(noise.choice(["NUMBER", "TEXT", "DIRECT"] + arrays))
                row = int(noise.integers(count))
                rows = int(noise.integers(1, count - row + 1)) if kind < 0.4 else 1
                if name in arrays:
                    if barred[name] is not None and row <= barred[name] < row + rows:
                        continue
                    if row + rows > put[name]:
                        put[name], barred[name] = row + rows, None
                shape = [] if name in ("NUMBER", "TEXT") else [int(noise.integers(1, 4))] if name == "FREE" else [2]
                values = noise.integers(0, 4, rows * (shape[0] if shape else 1)).tolist()
                if name == "TEXT":
                    values = ["x" * 5 * value for value in values]
                steps.append({"act": "put", "column": name, "row": row, "count": rows, "shape": shape, "values": values})
        if count == 0:
            add()  # casacore forgets that all rows were removed when the table is closed
        parts.append(steps)
    return parts


def cells_of(t):
    """The values of all cells, column by column; None where there are none."""
    return [[list(plain(t.getcell(name, row))[1]) if t.iscelldefined(name, row) else None for row in range(t.nrows())] for name in t.colnames()]


def take_steps(path, steps):
    """The steps done by casacore, and the cells after each."""
    t = table(path, readonly=False, ack=False)
    seen = []
    for step in steps:
        if step["act"] == "add":
            t.addrows(step["count"])
        elif step["act"] == "remove":
            t.removerows(step["rows"])
        elif step["column"] == "TEXT":
            t.putcol("TEXT", step["values"], step["row"], step["count"])
        else:
            values = np.array(step["values"], np.int32).reshape([step["count"]] + step["shape"])
            if step["count"] == 1:
                t.putcell(step["column"], step["row"], values[0])
            else:
                t.putcol(step["column"], values, step["row"], step["count"])
        seen.append(cells_of(t))
    t.close()
    return seen


def differing_steps(found, expected, names, steps):
    """Which cells differ first; None when they are the same."""
    if "error" in found:
        return found["error"]
    for number, (ours, theirs, step) in enumerate(zip(found, expected, steps)):
        is_unset = step["act"] == "add" and step["count"] == len(theirs[0])
        for name, mine, other in zip(names, ours, theirs):
            if mine != other and not (name == "FIXED" and is_unset):
                return f"step {number}: {name} {mine} instead of {other}"
    return None


def histories(work, call, count=150):
    """Random changes of IncrementalStMan tables: the cells after each step as in casacore, whoever made the table and changed it."""
    complaints = []
    noise = np.random.default_rng(11)
    parts, seen, names = [], [], []
    for number in range(count):
        t = incremental_columns(os.path.join(work, f"theirs-{number}"), number % 2)
        names.append(t.colnames())
        t.close()
        parts.append(random_history(noise, number % 2))
        seen.append([take_steps(os.path.join(work, f"theirs-{number}"), steps) for steps in parts[-1]])
        if number % 2:
            incremental_columns(os.path.join(work, f"ours-{number}"), True).close()
        incremental_columns(os.path.join(work, f"both-{number}"), number % 2).close()
    for turn in range(max(len(part) for part in parts)):
        chosen = [number for number in range(count) if turn < len(parts[number])]
        items = []
        for writer in ["ours", "both"]:
            for number in chosen:
                steps, path = parts[number][turn], os.path.join(work, f"{writer}-{number}")
                if writer == "both" and (number // 2 + turn) % 2:
                    take_steps(path, steps)
                else:
                    items.append((number, {"path": path, "isNew": writer == "ours" and number % 2 == 0 and turn == 0, "steps": steps}))
        for (number, item), found in zip(items, call("steps", [item for _, item in items])):
            complaint = differing_steps(found, seen[number][turn], names[number], item["steps"])
            if complaint:
                complaints.append(f"{os.path.basename(item['path'])} part {turn} {complaint}")
    for number in range(count):
        last = [cells for part in seen[number] for cells in part][-1:]
        step = [step for part in parts[number] for step in part][-1:]
        for writer in ["ours", "both"]:
            t = table(os.path.join(work, f"{writer}-{number}"), ack=False)
            found = cells_of(t)
            t.close()
            complaint = differing_steps([found], last, names[number], step)
            if complaint:
                complaints.append(f"casacore reads {writer}-{number} {complaint}")
    return complaints


def main():
    work = tempfile.mkdtemp(prefix="tables-kinds-")
    failures = []
    try:
        call = matrix.driver(work)
        names = selections(work) + engines(work) + shared_tiles(work) + coordinates(work) + others(work)
        names += ["/" + path for path in sys.argv[1:]]
        items = [{"path": os.path.join(work, name) if name[0] != "/" else name[1:]} for name in names]
        for item, dump in zip(items, call("read", items)):
            complaint = matrix.guarded(lambda entry, found=dump: compare(entry["path"], found), item)
            matrix.report(f"casacore writes, we read: {os.path.basename(item['path'])}", complaint, failures)
        complaints = histories(work, call)
        matrix.report("random changes of IncrementalStMan tables", "; ".join(complaints[:3]) or None, failures)
    finally:
        shutil.rmtree(work)
    print(f"{len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
