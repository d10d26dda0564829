"""Statements of the table query language by casacore and by us, on the same table.

Prints a PASS or FAIL line a statement; the exit code is 1 when one failed.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from casacore.tables import makearrcoldesc, makescacoldesc, maketabdesc, table, taql

CONDITIONS = [
    "A == 3", "A != 3", "A > 3 && B <= 2", "A > 3 and not (B <= 2)", "A<2 || A>5", "A in [1,3,5]", "A in [2:4]", "A in [0:6:2]",
    "A not in [1,2]", "A in [2=:=4]", "A in [2<:<4]", "X in [0.5=:<2.5]", "X in {1,3>", "A between 2 and 4", "NAME == 'DV01'",
    "NAME like 'D%'", "NAME not like '%1'", "NAME ilike 'dv%'", "NAME ~ p/DV*/", "NAME ~ m/0/", "NAME ~ f/D.*1/", "NAME !~ p/PM*/",
    "NAME ~ p/dv*/i", "NAME in ['DV01','PM03']", "NAME == pattern('D*')", "upper(NAME) == 'DV01'", "strlength(NAME) > 3",
    "A % 3 == 1", "A*2+1 > 7", "A/2 == 1.5", "A//2 == 1", "-A < -4", "A**2 > 10", "abs(X-2) < 0.7", "sqrt(X) > 1.2", "X > mean([1,2,3])",
    "U[1] > 3", "U[2] < -2", "D[1,2] > 20", "any(FL)", "all(FL)", "ntrue(FL) > 2", "nfalse(FL) == 6", "any(D > 40)", "sum(U) > 10",
    "mean(U) < 3", "max(U) == 5", "min(U) < -4", "nelements(D) == 6", "ndim(D) == 2", "isdefined(V)", "!isdefined(V)",
    "rownumber() < 4", "rowid() < 4", "rownr() in [2,5]", "amplitude(C) > 4", "real(C) > imag(C)+4", "arg(C) < 0.5",
    "iif(A > 3, X, -X) > 0", "near(X, 1.5)", "nearabs(X, 1.51, 0.02)", "A == B", "T", "A in [select A from {t} where B == 2]",
    "A in [select B from {t} where A > 4]", "L > 5000000000", "FL[1,1]", "any(FL[1,])", "sum(D[2,1:3]) > 30", "B < 9",
    "isnan(X)", "int(X) == 1", "round(X) == 2", "floor(X) == 1", "ceil(X) == 2", "sign(X-2) == -1", "max(A,B) == 3", "min(A,B) == 1",
    "A in [1, 3:4]", "substr(NAME,1,2) == 'DV'", "trim(NAME) == NAME", "variance(U) > 2", "stddev(U) > 3", "median(U) > 1", "rms(U) > 4",
    "TIME > datetime('2013-06-02/01:30:00')", "TIME > 2013-06-02/01:30:00", "TIME > 2013/06/02/01:30", "TIME > 2Jun2013/01:30", "TIME > 2-Jun-2013/01:30:30.5",
    "TIME < datetime('2013-06-02/01:00:00') + 20min", "TIME > 56445.05 d", "FREQ > 1.5GHz", "FREQ > 1.5 GHz", "FREQ between 0.5GHz and 2500MHz",
    "LONG[2] > 150 cm", "max(LONG) > 0.3hm", "abs(FREQ) > 1.5GHz", "FREQ*2 > 3", "FREQ > 3m", "sin(30deg) > 0.49", "weekday(TIME) == 7", "dow(TIME) == 7 && year(TIME) == 2013",
    "month(TIME) == 6 and day(TIME) == 2", "time(TIME) > 0.5", "FREQ > 1.5GHz && A < 5", "mjd(TIME) > 56445.1", "FREQ > 1kg", "TIME > datetime('nonsense')",
    "A & 3 == 1", "A | 1 ^ 3 & B > 2", "~A + 1 == -3", "X & 1 == 0", "T & F", "L & 4294967296 != 0", "X ~= 1.500001", "X !~= 1.5", "nelements(V) == 0", "any(V > 2)", "mean(V) == 1",
    "square(A) == 9", "A == 3 OR B == 1 AND A > 4", "not A == 3", "any(U in [3,4])", "A >= B", "pi() > 3",
]
# Of arrays, texts, dates, complex numbers; patterns of distance.
FUNCTIONS = [
    "array(A,2,3)", "array(U,[3,2])", "array(NAME,2)", "array([1,2,3],[2,2])", "transpose(D)", "transpose(D,[2,1])",
    "transpose(array(A,2,3,4),[3])", "flatten(D)", "arrayflatten(A)", "areverse(D,1)", "reversearray(D)", "resize(D,[3,4])",
    "resize(U,[2,2])", "sums(D,1)", "means(D,2)", "maxs(D,[1,2])", "medians(D,1)", "fractiles(D,0.9,[1,2])", "stddevs(D,1)",
    "rmss(D,1)", "anys(FL,1)", "ntrues(FL,2)", "sums(array(C,2,2),1)", "str(A)", "string(X/7)", "str(X*1e10/3)",
    "str(X/3,'%8.3f')", "str(X/3,8.3)", "str(A,'%05d')", "str(C)", "str(A>1)", "str(NAME,10)", "str(TIME)", "str(date(TIME))",
    "str(100000.5)", "str(L)", "week(TIME)", "week(56445+A*31)", "week(1Jan2016)", "cdow(TIME)", "cdatetime(TIME)", "hms(X)",
    "dms(-X)", "hdms([X,X/2])", "normangle(X*10)", "exp(C)", "sqrt(C)", "log(C)", "sin(C)", "C**2", "pow(C,0.5)", "sqr(C)",
    "C**C", "square(C-1)", "cube(C)", "tan(C)", "asin(C/2)", "acos(C/2)", "tanh(C)", "atan(C/9)", "sinh(C)", "cosh(C)", "log10(C+1)",
    "arrayflatten(V)", "shape(V)", "near(C,C)", "isnull(V)", "iif(A>2,U,0)", "NAME ~ d/DV02/1", "NAME !~ d/dv02/i1", "NAME ~ d/DV01/", "'D V02' ~ d/DV02/b0",
    "'CA' ~ d/ABC/2",
]
STATEMENTS = [
    "select from {t} orderby A desc", "select from {t} orderby B, A desc", "select A, NAME from {t} where A > 2 orderby NAME",
    "select A as NUMBER, X from {t} limit 4", "select A from {t} limit 2:6:2", "select A from {t} limit 3 offset 2",
    "select A from {t} offset 6", "select A from {t} limit -3:", "select distinct B from {t}", "select distinct B, A from {t}",
    "select unique NAME from {t} orderby NAME", "select from {t} orderby distinct B", "select A+1 from {t}", "select A+1 as N, X*2 as Y, NAME from {t} where A < 4",
    "select A/2, A//2, A%3 from {t}", "select U[1], U[3] as W from {t}", "select D[1,] from {t}", "select D[,2] as P from {t} limit 3", "select sum(D) as S, mean(D) as M from {t}",
    "select C*2 as C2, conj(C) as CC from {t} limit 3", "select FL from {t} limit 2", "select not any(FL) as G from {t}", "select gmin(A), gmax(A) from {t}",
    "select gcount() as N from {t} where A > 3", "select B, gcount() as N, gmean(X) as M from {t} groupby B", "select B, gsum(A) as S from {t} groupby B having gsum(A) > 4",
    "select B, gmax(A) as M from {t} groupby B orderby M desc", "select gmin(U), gmax(U), gmean(U) from {t}", "select gfirst(A), glast(A) from {t} groupby B",
    "select gntrue(FL) as N, gany(FL) as Y, gall(FL) as Z from {t} groupby B", "select gstddev(X), gvariance(X), gmedian(X) from {t}", "select gsum(A)/gcount() as Q from {t}",
    "select rownumber() as R, A from {t} where A > 3", "select shape(D) as S from {t} limit 2", "select NAME + 'x' as N from {t} limit 3", "select abs(X - 2) as D from {t}",
    "select [A,B] as P from {t} limit 3", "select iif(A>3,'big','small') as W from {t}", "count B from {t}", "count B, NAME from {t} where A < 6", "count A from {t}",
    "calc sum([select A from {t}])", "calc 1+2*3", "calc 7//2", "calc -7 % 3", "calc -7.5 % 2", "calc -7 // 2", "select NAME, gcount() as N from {t} groupby NAME", "select KEY, B, gcount() as N from {t} groupby KEY, B", "calc 2**10", "calc mean([1,2,3,4])", "calc median([4,1,3,2])", "calc [1:5]", "calc A+B from {t}",
    "calc max([select X from {t} where A > 2])", "calc NAME from {t} where A == 2", "calc upper('abc') + 'd'", "calc 'abc' == 'abc' && 1 < 2", "calc sqrt(2) < 1.5",
    "select from [select from {t} where A > 2] where B == 1", "select A from {t} where A in [select gmax(A) from {t} groupby B]",
    "select from {t} where B in [select from {t} where A > 5 giving [B]]", "select from {t} where KEY in [select from ::SUB where KIND == 'x' giving [rowid()]]",
    "using style python select U[0], D[0,1] from {t}", "using style python select shape(D) as S from {t} limit 2", "using style python select A from {t} where A in [2:4]", "using style python select rownumber() from {t} limit 3",
    "select FREQ/1e9 as G from {t}", "select FREQ + 1MHz as G from {t}", "select FREQ/1MHz as G from {t}", "select year(TIME) as Y, ctod(TIME) as C, cdate(TIME) as D, ctime(TIME) as E from {t}",
    "calc mjd(datetime('2013-06-02'))", "calc year(datetime('2013-06-02'))", "calc sin(30deg)", "calc 3km + 5m", "calc 12h30m", "calc 30d15m", "calc 3e3s + 1min", "calc 10m/2s", "calc 3.5 'km/s'",
    "select A from {t} t where t.A > 2", "select t.A as N from {t} as t where t.A > 2 orderby t.A desc", "select date(TIME) == 2013-06-02 as SAME from {t} limit 2",
    *["select " + text + " as R from {t}" for text in FUNCTIONS],
    "update {u} set A = A + 100 where B == 1", "update {u} set U = 0 where A < 3", "update {u} set U[2] = 7, NAME = 'new' where A > 4", "update {u} set D[1,2] = -1.5, FL = True",
    "update {u} set C = C * 2, X = A / 2", "delete from {u} where A in [1,4]", "delete from {u} limit 2", "update {u} set A = 5 orderby X desc limit 2",
]


def make(path, small=False):
    columns = [
        makescacoldesc("A", 0), makescacoldesc("B", 0), makescacoldesc("X", 0.0), makescacoldesc("NAME", ""), makescacoldesc("C", 0j), makescacoldesc("KEY", 0),
        makearrcoldesc("U", 0.0, shape=[3], options=5), makearrcoldesc("D", 0.0, ndim=2), makearrcoldesc("FL", False, ndim=2), makearrcoldesc("V", 0, ndim=1),
        makescacoldesc("L", 0, valuetype="int64"), makescacoldesc("TIME", 0.0), makescacoldesc("FREQ", 0.0), makearrcoldesc("LONG", 0.0, ndim=1),
    ]
    t = table(path, maketabdesc(columns), nrow=8, ack=False)
    t.putcol("A", np.arange(8, dtype=np.int32))
    t.putcol("B", np.array([1, 2, 3, 1, 2, 3, 1, 2], np.int32))
    t.putcol("X", np.arange(8) * 0.5)
    t.putcol("NAME", ["DV01", "DV02", "PM03", "DA41", "DV01", "PM03 long", "", "dv1"])
    t.putcol("C", np.arange(8) + 1j * (3 - np.arange(8)))
    t.putcol("KEY", np.arange(8, dtype=np.int32) % 3)
    t.putcol("L", np.arange(8, dtype=np.int64) * 1000000000)
    t.putcol("TIME", 56445 * 86400 + np.arange(8) * 3600.0)
    t.putcol("FREQ", np.arange(8) * 1e9)
    for name, unit in (("TIME", "s"), ("FREQ", "Hz"), ("LONG", "m")):
        t.putcolkeyword(name, "QuantumUnits", [unit])
    for row in range(8):
        t.putcell("LONG", row, np.arange(3.0) * row)
        t.putcell("U", row, np.array([row, -row, 5.0]))
        t.putcell("D", row, (np.arange(6.0) + row * 6).reshape(3, 2))
        t.putcell("FL", row, (np.arange(6).reshape(3, 2) + row) % (row + 1) == 0)
        if row % 2:
            t.putcell("V", row, np.arange(row, dtype=np.int32))
    sub = table(path + "/SUB", maketabdesc([makescacoldesc("KIND", "")]), nrow=3, ack=False)
    sub.putcol("KIND", ["x", "y", "x"])
    t.putkeyword("SUB", "Table: " + path + "/SUB")
    sub.close()
    t.close()


def flat(value):
    """Shape and plain values of a cell."""
    if isinstance(value, dict):
        shape, values = value.get("shape", []), value.get("array", value.get("values"))
        values = [v for v in values]
        if values and isinstance(values[0], (int, float)) and len(values) == 2 * int(np.prod(shape)):
            values = [complex(values[2 * k], values[2 * k + 1]) for k in range(len(values) // 2)]
        return list(shape), values
    if isinstance(value, np.ndarray):
        return list(value.shape), list(value.ravel())
    if isinstance(value, (list, tuple)):
        return ([], [complex(*value)]) if len(value) == 2 and not isinstance(value[0], str) else ([len(value)], list(value))
    return [], [value]


def same(ours, theirs):
    if ours is None or theirs is None:
        return ours is None and theirs is None
    (shape, values), (their_shape, their_values) = flat(ours), flat(theirs)
    if isinstance(theirs, np.ndarray) and theirs.dtype.kind == "c" and isinstance(ours, list):
        return False
    if shape != their_shape or len(values) != len(their_values):
        return False
    for a, b in zip(values, their_values):
        if isinstance(b, str) or isinstance(a, str) and a not in ("NaN", "Infinity", "-Infinity"):
            if a != b:
                return False
        elif not np.isclose(complex(a), complex(b), rtol=1e-12, atol=1e-12, equal_nan=True):
            return False
    return True


def casacore(command):
    """What casacore gives: columns with cells, values, or an error."""
    try:
        result = taql(command, style="Glish")
    except Exception as error:  # noqa: BLE001
        return {"error": str(error).strip().splitlines()[-1] if str(error).strip() else repr(error)}
    if not isinstance(result, table):
        return {"values": result}
    told = {"rowCount": result.nrows(), "columns": {}}
    for name in result.colnames():
        told["columns"][name] = [result.getcell(name, row) if result.iscelldefined(name, row) else None for row in range(result.nrows())]
    result.close()
    return told


def compare(ours, theirs):
    if "error" in ours or "error" in theirs:
        return None if "error" in ours and "error" in theirs else f"ours {str(ours)[:150]} theirs {str(theirs)[:150]}"
    if "values" in ours or "values" in theirs:
        mine, others = ours.get("values"), theirs.get("values")
        if mine is None or others is None:
            return f"ours {str(ours)[:120]} theirs {str(theirs)[:120]}"
        if isinstance(others, np.ndarray) and others.ndim > 1 and len(others) == len(mine):
            others = list(others)
        elif len(mine) == 1 and (not isinstance(others, (list, np.ndarray)) or isinstance(mine[0], dict)):
            others = [np.array(others)] if isinstance(mine[0], dict) else [others]
        good = len(mine) == len(others) and all(same(a, b) for a, b in zip(mine, others))
        return None if good else f"{mine} instead of {list(others)}"
    if ours["rowCount"] != theirs["rowCount"]:
        return f"{ours['rowCount']} rows instead of {theirs['rowCount']}"
    if list(ours["columns"]) != list(theirs["columns"]):
        return f"columns {list(ours['columns'])} instead of {list(theirs['columns'])}"
    for name, cells in theirs["columns"].items():
        mine = ours["columns"][name]["cells"]
        for row, cell in enumerate(cells):
            if not same(mine[row], cell):
                return f"{name} row {row}: {mine[row]} instead of {cell}"
    return None


def main():
    work = tempfile.mkdtemp(prefix="tables-taql-")
    failed = 0
    try:
        base = os.path.join(work, "base.tab")
        make(base)
        reads = [f"select from {base} where " + text.replace("{t}", base) for text in CONDITIONS]
        reads += [text.replace("{t}", base) for text in STATEMENTS if "{u}" not in text]
        writes = [text for text in STATEMENTS if "{u}" in text]
        commands, theirs = list(reads), [casacore(command) for command in reads]
        for number, text in enumerate(writes):  # the changed tables are compared whole
            for side in ["ours", "theirs"]:
                shutil.copytree(base, os.path.join(work, f"{side}{number}.tab"))
            commands.append(text.replace("{u}", os.path.join(work, f"ours{number}.tab")))
            theirs.append(casacore(text.replace("{u}", os.path.join(work, f"theirs{number}.tab"))))
        source, target = os.path.join(work, "in.json"), os.path.join(work, "out.json")
        with open(source, "w") as f:
            json.dump(commands, f)
        driver = os.path.join(os.environ["ALMA_QA2_ROOT"], "dist", "peers", "taql-driver.js")
        subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), driver, source, target], check=True)
        with open(target) as f:
            ours = json.load(f)
        for number in range(len(writes)):
            at = len(reads) + number
            if "error" not in ours[at] and "error" not in theirs[at]:
                mine, other = (casacore("select from " + os.path.join(work, f"{side}{number}.tab")) for side in ["ours", "theirs"])
                ours[at] = {"rowCount": mine["rowCount"], "columns": {k: {"cells": v} for k, v in mine["columns"].items()}}
                theirs[at] = other
        for command, mine, other in zip(commands, ours, theirs):
            complaint = compare(mine, other)
            if "error" in mine and not mine.get("isOurs"):
                complaint = f"untyped error: {mine['error']}"
            failed += complaint is not None
            text = command.replace(work, "")
            note = " (refused by both)" if "error" in mine and complaint is None else ""
            print(f"{'FAIL' if complaint else 'PASS'} {text}{note}{': ' + complaint if complaint else ''}")
        written = os.path.join(work, "chosen.tab")
        with open(source, "w") as f:
            json.dump([f"select A, NAME as TEXT from {base} where A > 2 orderby A desc giving {written}"], f)
        subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), driver, source, target], check=True)
        mine = casacore(f"select from {written}")
        expected = casacore(f"select A, NAME as TEXT from {base} where A > 2 orderby A desc")
        good = "error" not in mine and mine["columns"]["A"] == expected["columns"]["A"] and mine["columns"]["TEXT"] == expected["columns"]["TEXT"]
        failed += not good
        print(f"{'PASS' if good else 'FAIL'} casacore opens the reference table that giving wrote {'' if good else mine}")
        plain = os.path.join(work, "plain.tab")
        with open(source, "w") as f:
            json.dump([f"select A, NAME, U, D, V, FL, C, TIME from {base} where A > 2 giving {plain} as plain"], f)
        subprocess.run([os.environ.get("ALMA_QA2_NODE", "node"), driver, source, target], check=True)
        with open(target) as f:
            told = json.load(f)[0]
        if "error" in told:
            print("INFO " + told["error"])
        mine, expected = casacore(f"select from {plain}"), casacore(f"select A, NAME, U, D, V, FL, C, TIME from {base} where A > 2")
        complaint = compare({**mine, "columns": {name: {"cells": cells} for name, cells in mine.get("columns", {}).items()}} if "columns" in mine else mine, expected)
        failed += complaint is not None
        print(f"{'FAIL' if complaint else 'PASS'} casacore reads the plain table that giving wrote {complaint or ''}")
    finally:
        shutil.rmtree(work)
    print(f"{failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
