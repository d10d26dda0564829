"""split, concat, uvcontsub, flagdata, flagcmd, flagmanager, listobs and selections against CASA 6.7 on the same MeasurementSet.

Usage: ms_tasks.py [ASDM ASDM]   (run by CASA's Python; the tables are compared by the system's python-casacore)
Without arguments: the two Execution Blocks of `qa2 simulate --preset demo` in ALMA_QA2_SIMULATED. Works in the current directory.
Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
from casatasks import clearcal, concat, flagcmd, flagdata, flagmanager, importasdm, listobs, split, uvcontsub
from casatools import ms as mstool
from casatools import table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")
ASDMS = sys.argv[1:3] or sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[:2]

failures = 0


def report(ok, name, detail=""):
    global failures
    failures += 0 if ok else 1
    print(("PASS " if ok else "FAIL ") + name + (": " + detail if detail else ""), flush=True)


def ours(*calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    node = os.environ.get("ALMA_QA2_NODE", "node")
    return [r["result"] for r in json.loads(subprocess.check_output([node, DRIVER, KERNELS, "calls.json"]))]


def same_ms(name, mine, theirs, *skip, rtol=1e-6):
    args = ["/usr/bin/python3", os.path.join(ROOT, "test", "peers", "ms_compare.py"), mine, theirs]
    args += ["--rtol", str(rtol)]
    for item in ("HISTORY", "FEED.FOCUS_LENGTH") + skip:
        args += ["--skip", item]
    run = subprocess.run(args, stdout=subprocess.PIPE, universal_newlines=True, env=dict(os.environ, PYTHONPATH="", PYTHONHOME=""))
    bad = [line[5:] for line in run.stdout.split("\n") if line.startswith("FAIL")]
    report(run.returncode == 0, name, " | ".join(bad)[:600])


def prepare():
    for asdm, vis in zip(ASDMS, ("a.ms", "a2.ms")):
        importasdm(asdm=asdm, vis=vis, asis="Antenna Station Receiver Source", bdfflags=True, process_caldevice=False)
    shutil.copytree("a.ms", "m.ms")
    clearcal(vis="m.ms", addmodel=True)
    rng = np.random.default_rng(1)
    tb = table()
    tb.open("m.ms", nomodify=False)
    for dd in sorted(set(tb.getcol("DATA_DESC_ID"))):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        data, weight, flag = part.getcol("DATA"), part.getcol("WEIGHT"), part.getcol("FLAG")
        part.putcol("CORRECTED_DATA", data * (1.5 + 0.2j))
        part.putcol("WEIGHT", weight * rng.uniform(0.5, 2, weight.shape))
        flag |= rng.random(flag.shape) < 0.05
        rows = rng.random(flag.shape[2]) < 0.1
        flag[:, :, rows] = True
        part.putcol("FLAG", flag)
        part.putcol("FLAG_ROW", rows)
        part.close()
    tb.close()


SPLITS = {
    "split corrected *&*": dict(datacolumn="corrected", spw="17,19", keepflags=True, antenna="*&*"),
    "split antennas, no flagged rows": dict(datacolumn="data", spw="17,19", keepflags=False, antenna="DA41,DA44,DV02&"),
    "split channel average": dict(datacolumn="corrected", spw="17:10~49,9", width=4, keepflags=True),
    "split all columns, intent": dict(datacolumn="all", spw="17,18", intent="*PHASE*"),
    "split time range": dict(datacolumn="data", timerange="01:15:00~01:17:00"),
    "split time and channel average": dict(vis="a.ms", datacolumn="data", spw="17,18", timebin="30s", width=[8, 1], keepflags=False),
    "split window order": dict(datacolumn="corrected", spw="19:5~14,17:3~7,9"),
}
CONTINUA = {
    "uvcontsub order 1": dict(fitspec="17:0~30;60~95,21:0~40", fitorder=1, spw="17,19,21", datacolumn="corrected"),
    "uvcontsub order 3": dict(fitspec="17:0~30;60~95", fitorder=3, spw="17", datacolumn="data"),
}
FLAGS = {
    "flag antenna": dict(mode="manual", antenna="DA42"),
    "flag baselines": dict(mode="manual", antenna="DA42,DV02&DA41"),
    "flag with autos": dict(mode="manual", antenna="DA45&&*"),
    "flag all but": dict(mode="manual", antenna="!DA45"),
    "flag autocorr": dict(mode="manual", autocorr=True),
    "flag channels": dict(mode="manual", spw="17:0~5;90~95,19:10,9:3~7"),
    "flag correlation": dict(mode="manual", spw="17,19", correlation="YY"),
    "flag field and scan": dict(mode="manual", spw="17", field="3", scan="11"),
    "flag time": dict(mode="manual", timerange="2013/07/20/01:15:00~2013/07/20/01:16:00"),
    "flag intent": dict(mode="manual", intent="*POINTING*,*SIDEBAND*,*ATMOSPHERE*", spw="1~24"),
    "flag uv": dict(mode="manual", uvrange="0~50m"),
    "quack beg": dict(mode="quack", quackinterval=7, quackmode="beg"),
    "quack endb": dict(mode="quack", quackinterval=7, quackmode="endb"),
    "quack tail": dict(mode="quack", quackinterval=7, quackmode="tail"),
    "clip": dict(mode="clip", clipminmax=[0, 0.001], datacolumn="DATA", spw="17,19"),
    "clip real": dict(mode="clip", clipminmax=[-0.0005, 0.0005], datacolumn="DATA", spw="17:3~40", correlation="REAL_XX"),
    "clip average": dict(mode="clip", clipminmax=[0, 0.0005], channelavg=True, spw="17"),
    "unflag": dict(mode="unflag", spw="23:3~9"),
    "shadow": dict(mode="shadow", tolerance=-50.0),
    "list": dict(mode="list", inpfile=["antenna='DA41' spw='17:0~3'", "mode='clip' clipminmax=[0,0.002] spw='19'",
                                       "mode='quack' quackinterval=7 scan='4'", "spw='21' correlation='XX' timerange='01:15:00~01:16:00'"]),
}
SELECTIONS = [
    ("baseline", "antenna", text) for text in
    ("DA41", "DA41&&*", "DA41&&&", "!DA41", "!DA41&DA42", "DA41,DA42&", "DA4*&", "DA41&DA42;DV02&DV03", "0~2", "@A037", "DA41;!DA42", "*&*")
] + [("scan", "scan", text) for text in ("1", "1,3~5", ">10", "<3")] + [
    ("scanintent", "intent", text) for text in ("*PHASE*", "CALIBRATE_PHASE#ON_SOURCE", "*PHASE*,*TARGET*", "*ON_SOURCE")
] + [("time", "timerange", text) for text in
     ("01:10:10~01:11:00", ">01:15:00", "01:15:00+00:01:00", "01:15:00", "01:10:10~01:11:00,01:15:00~01:16:00")
] + [("uvdist", "uvrange", text) for text in ("0~100m", ">50klambda", "10~40Klambda")] + [
    ("polarization", "correlation", text) for text in ("XX", "YY")]


def flags_of(vis):
    tb = table()
    tb.open(vis)
    out = [tb.getcol("FLAG_ROW")]
    for dd in sorted(set(tb.getcol("DATA_DESC_ID"))):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        out.append(part.getcol("FLAG"))
        part.close()
    tb.close()
    return out


def compare_flags(name, theirs_task, mine_task, kwargs):
    for vis in ("f1.ms", "f2.ms"):
        shutil.rmtree(vis, ignore_errors=True)
        shutil.copytree("a.ms", vis)
    theirs_task(vis="f1.ms", flagbackup=False, **kwargs)
    ours([mine_task, dict(kwargs, vis="f2.ms", flagbackup=False)])
    differing = sum(int((a != b).sum()) for a, b in zip(flags_of("f1.ms"), flags_of("f2.ms")))
    report(differing == 0, name, "%d flags differ" % differing if differing else "")


def compare_versions():
    ours(["flagdata", dict(vis="f2.ms", spw="17:0~3", flagbackup=False)], ["flagmanager", dict(vis="f2.ms", mode="save", versionname="mine")])
    before = flags_of("f2.ms")
    flagdata(vis="f2.ms", mode="manual", flagbackup=False)
    names = [v["name"] for k, v in flagmanager(vis="f2.ms", mode="list").items() if isinstance(k, int)]
    flagmanager(vis="f2.ms", mode="restore", versionname="mine")
    report(names == ["mine"] and all((a == b).all() for a, b in zip(before, flags_of("f2.ms"))), "flagmanager: CASA restores ours")
    flagmanager(vis="f2.ms", mode="save", versionname="theirs", comment="x")
    ours(["flagdata", dict(vis="f2.ms", flagbackup=False)], ["flagmanager", dict(vis="f2.ms", mode="restore", versionname="theirs")])
    report(all((a == b).all() for a, b in zip(before, flags_of("f2.ms"))), "flagmanager: we restore CASA's")


def compare_summary():
    mine = ours(["flagdata", dict(vis="m.ms", mode="summary")])[0]["summary"]
    theirs = flagdata(vis="m.ms", mode="summary")
    bad = [k for k in ("antenna", "array", "correlation", "field", "observation", "scan", "spw") if mine[k] != theirs[k]]
    report(not bad and mine["total"] == theirs["total"], "flagdata summary", ",".join(bad))


def compare_selections():
    tool = mstool()
    results = ours(*[["select", {"vis": "a.ms", mine: text}] for _, mine, text in SELECTIONS])
    for (theirs, _, text), result in zip(SELECTIONS, results):
        tool.open("a.ms")
        tool.msselect({theirs: text})
        rows = tool.range(["rows"])["rows"].astype(np.int64)
        tool.close()
        report([len(rows), rows[0], rows[-1], rows.sum()] == result, "select %s '%s'" % (theirs, text))


def flat(record, path=""):
    """Values of a dictionary of dictionaries, by their paths."""
    if not isinstance(record, dict):
        return {path: record}
    return {key: value for name, part in record.items() for key, value in flat(part, path + "/" + name).items()}


def main():
    prepare()
    for number, (name, kwargs) in enumerate(SPLITS.items()):
        chosen = dict(dict(vis="m.ms"), **kwargs)
        split(outputvis="s%d.ms" % number, **chosen)
        ours(["split", dict(chosen, outputvis="x%d.ms" % number)])
        same_ms(name, "x%d.ms" % number, "s%d.ms" % number)
    for number, (name, kwargs) in enumerate(CONTINUA.items()):
        fits = flat(uvcontsub(vis="m.ms", outputvis="u%d.ms" % number, **kwargs))
        mine = flat(ours(["uvcontsub", dict(kwargs, vis="m.ms", outputvis="v%d.ms" % number)])[0])
        same = [key for key in fits if key in mine and (mine[key] == fits[key] or np.isclose(mine[key], fits[key], rtol=1e-3))]
        report(len(same) == len(fits) == len(mine) > 10, name + ", fits", "%d of %d and %d" % (len(same), len(fits), len(mine)))
        same_ms(name, "v%d.ms" % number, "u%d.ms" % number, rtol=1e-5)
    for vis, out in (("a.ms", "b.ms"), ("a2.ms", "b2.ms")):
        split(vis=vis, outputvis=out, datacolumn="data", spw="17,19,21,23")
    concat(vis=["b2.ms", "b.ms"], concatvis="k.ms")
    ours(["concat", dict(vis=["b2.ms", "b.ms"], concatvis="y.ms")])
    same_ms("concat", "y.ms", "k.ms", "FEED.TIME")
    for vis in ("a.ms", "y.ms"):
        listobs(vis=vis, listfile="theirs.txt", overwrite=True)
        ours(["listobs", dict(vis=vis, listfile="mine.txt", overwrite=True)])
        report(open("theirs.txt").read() == open("mine.txt").read(), "listobs " + vis)
    for name, kwargs in FLAGS.items():
        compare_flags(name, flagdata, "flagdata", kwargs)
    compare_flags("flagcmd", flagcmd, "flagcmd", dict(inpmode="table", useapplied=True, action="apply"))
    compare_versions()
    compare_summary()
    compare_selections()


started = time.time()
main()
print("INFO %d differing, %.0f s" % (failures, time.time() - started))
sys.exit(1 if failures else 0)
