#!/usr/bin/env python3
"""flagdata's modes, lists and clips beside CASA 6.7 on the same MeasurementSet: every flag must be the same.

    python flagging_tasks.py [--ms IMPORTED.ms] [--work DIR]

Run with a Python that has casatasks. Without --ms CASA imports the first Execution Block in ALMA_QA2_SIMULATED (of
`qa2 simulate`). Prints PASS/FAIL lines; exit status 1 when one failed.
"""
import argparse
import glob
import json
import os
import shutil
import subprocess
import sys

import numpy as np
from casatasks import clearcal, flagdata, flagmanager, importasdm, setjy, split
from casatools import msmetadata, table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FAILED = []


def report(good, name, note=""):
    if not good:
        FAILED.append(name)
    print("%s %s %s" % ("PASS" if good else "FAIL", name, note), flush=True)


def ours(node, bundle, *calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    run = subprocess.run([node, bundle, os.path.join(ROOT, "dist/kernels.wasm"), os.path.join(ROOT, "data/erfa.wasm"),
                          "calls.json"], capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(run.stderr[-1500:])
    return json.loads(run.stdout)


def flags_of(vis):
    tb = table()
    tb.open(vis)
    rows = tb.getcol("FLAG_ROW")
    dds = tb.getcol("DATA_DESC_ID")
    found = [rows]
    for dd in sorted(set(dds)):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        found.append(part.getcol("FLAG"))
        part.close()
    tb.close()
    return found


def prepare(vis):
    """CORRECTED_DATA and MODEL_DATA that differ from DATA, and a first set of random flags."""
    clearcal(vis=vis, addmodel=True)
    rng = np.random.default_rng(5)
    tb = table()
    tb.open(vis, nomodify=False)
    for dd in sorted(set(tb.getcol("DATA_DESC_ID"))):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        data, flag, weight = part.getcol("DATA"), part.getcol("FLAG"), part.getcol("WEIGHT")
        part.putcol("CORRECTED_DATA", data * 1.5j)
        part.putcol("MODEL_DATA", data * rng.uniform(0, 1, data.shape))
        part.putcol("WEIGHT", weight * rng.uniform(0.5, 2, weight.shape))
        part.putcol("FLAG", flag | (rng.random(flag.shape) < 0.1))
        part.close()
    tb.close()


def cases(vis):
    tb = table()
    tb.open(vis + "/ANTENNA")
    place = tb.getcol("POSITION")[:, 0]
    tb.close()
    near = {"0": {"name": "XX1", "diameter": 30.0, "position": [float(v) for v in place + [12.0, 3.0, 4.0]]}}
    md = msmetadata()
    md.open(vis)
    spws = sorted(int(s) for s in md.spwsforintent("OBSERVE_TARGET*") if md.nchan(int(s)) > 4)[:2]
    ants = md.antennanames()
    md.done()
    chosen = ",".join(map(str, spws))
    clip = dict(mode="clip", spw=chosen)
    extend = dict(mode="extend", spw=chosen, extendpols=False, growtime=0.0, growfreq=0.0)
    return {
        "elevation below": dict(mode="elevation", lowerlimit=60.0),
        "elevation above": dict(mode="elevation", upperlimit=55.0),
        "clip corrected": dict(clip, datacolumn="CORRECTED", clipminmax=[0, 3e-4]),
        "clip residual": dict(clip, datacolumn="RESIDUAL", clipminmax=[0, 3e-4]),
        "clip residual data": dict(clip, datacolumn="RESIDUAL_DATA", correlation="REAL_XX", clipminmax=[0, 1e-4]),
        "clip weight": dict(clip, datacolumn="WEIGHT", clipminmax=[0, 1e9]),
        "clip Stokes I": dict(clip, correlation="ABS_I", clipminmax=[0, 3e-4]),
        "clip a quantity of two correlations, one window has one": dict(mode="clip", correlation="ABS_XX,YY", clipminmax=[0, 3e-4]),
        "clip a selection of two correlations, one window has one": dict(mode="clip", correlation="XX,YY", clipminmax=[0, 3e-4]),
        "clip averages of Stokes I": dict(clip, correlation="ABS_I", clipminmax=[0, 3e-4], channelavg=True),
        "clip sums of weights": dict(clip, datacolumn="WEIGHT", clipminmax=[0, 1e10], channelavg=True),
        "clip the argument of weights": dict(clip, datacolumn="WEIGHT", correlation="ARG_ALL", clipminmax=[0, 1e9]),
        "quack of no length": dict(mode="quack", spw=chosen, quackinterval=0.0, quackmode="end", quackincrement=True),
        "list with a column that is not there": dict(mode="list", inpfile=["mode='clip' datacolumn='FLOAT_DATA'", "antenna='%s'" % ants[1]]),
        "list with weights of channels where there are none": dict(mode="list", inpfile=["mode='clip' datacolumn='WEIGHT_SPECTRUM' clipminmax=[0,1]", "antenna='%s'" % ants[1]]),
        "extend in chunks as long as two integrations": dict(extend, growtime=40.0, ntime=12.1),
        "clip argument": dict(clip, correlation="ARG_YY", clipminmax=[-1, 1]),
        "clip inside": dict(clip, clipminmax=[1e-4, 3e-4], clipoutside=False),
        "shadow with tolerance": dict(mode="shadow", tolerance=2.0),
        "shadow of an added antenna": dict(mode="shadow", tolerance=0.0, addantenna=near),
        "quack of a window": dict(mode="quack", spw=chosen, quackinterval=7.0),
        "quack of a window and an antenna, end": dict(mode="quack", spw=chosen, antenna=ants[0], quackinterval=7.0, quackmode="endb"),
        "quack of a window, tail": dict(mode="quack", spw=chosen, quackinterval=7.0, quackmode="tail"),
        "quack of what is not flagged": dict(mode="quack", spw=chosen, quackinterval=7.0, quackincrement=True),
        "list with quack": dict(mode="list", inpfile=["mode='quack' spw='%d' quackinterval=7.0" % spws[0], "antenna='%s'" % ants[1]]),
        "list with reasons": dict(mode="list", reason="one",
                                  inpfile=["antenna='%s' spw='%d' reason='one'" % (ants[0], spws[0]), "antenna='%s' reason='two'" % ants[1]]),
        "extend correlations": dict(extend, extendpols=True),
        "extend by default": dict(mode="extend"),
        "extend times": dict(extend, growtime=30.0),
        "extend channels": dict(extend, growfreq=12.0),
        "extend around": dict(extend, growaround=True),
        "extend near": dict(extend, flagneartime=True, flagnearfreq=True),
        "extend all, chosen channels": dict(extend, spw="%d:3~20" % spws[0], correlation="XX", growaround=True, flagneartime=True,
                                            extendpols=True, growtime=40.0, growfreq=20.0),
        "extend in chunks of time": dict(extend, growtime=34.0, ntime=7.0),
        "extend over all scans": dict(extend, growtime=14.0, ntime="60s", combinescans=True),
        "list with extend": dict(mode="list", inpfile=["mode='clip' spw='%s' clipminmax=[0,3e-4]" % chosen,
                                                       "mode='extend' spw='%s' growtime=30.0 growfreq=80.0" % chosen]),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ms")
    parser.add_argument("--work", default="flagging")
    args = parser.parse_args()
    source = os.path.abspath(args.ms or "imported.ms")
    if not args.ms:
        asdm = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
        importasdm(asdm=asdm, vis=source, asis="Antenna Station Receiver Source", bdfflags=True, process_caldevice=False)
    os.makedirs(args.work, exist_ok=True)
    os.chdir(args.work)
    bundle = os.path.join(ROOT, "dist", "peers", "flagging-driver.js")
    if "ALMA_QA2_ROOT" not in os.environ:  # run by hand: not built by the runner of the peers
        subprocess.run(["npx", "esbuild", "test/peers/flagging-driver.ts", "--bundle", "--platform=node", "--format=esm", "--packages=external",
                        "--outfile=" + bundle, "--log-level=error"], cwd=ROOT, check=True)
    node = os.environ.get("ALMA_QA2_NODE", "node")
    md = msmetadata()
    md.open(source)
    first, second = min(int(s) for s in md.spwsforintent("OBSERVE_TARGET*") if md.nchan(int(s)) > 4), md.antennanames()[1]
    md.done()
    for name in ("m.ms", "f1.ms", "f2.ms"):
        shutil.rmtree(name, ignore_errors=True)
    shutil.copytree(source, "m.ms")
    prepare("m.ms")
    for name, kwargs in cases("m.ms").items():
        for copy in ("f1.ms", "f2.ms"):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree("m.ms", copy)
        flagdata(vis="f1.ms", flagbackup=False, **kwargs)
        try:
            [result] = ours(node, bundle, ["flagdata", dict(kwargs, vis="f2.ms", flagbackup=False)])
        except RuntimeError as error:
            report(False, name, str(error)[-300:])
            continue
        theirs, mine = flags_of("f1.ms"), flags_of("f2.ms")
        bad = sum(int((a != b).sum()) for a, b in zip(theirs, mine))
        total = sum(int(a.sum()) for a in theirs)
        report(bad == 0, name, "%d of %d flags differ, %d changed" % (bad, total, result["changed"]))
    shutil.rmtree("virtual.ms", ignore_errors=True)
    shutil.copytree(source, "virtual.ms")
    setjy(vis="virtual.ms", standard="manual", fluxdensity=[3e-4, 0, 0, 0], usescratch=False)
    clip = dict(mode="clip", spw=str(first), datacolumn="RESIDUAL_DATA", clipminmax=[0, 3.3e-4], flagbackup=False)
    for copy in ("f1.ms", "f2.ms"):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree("virtual.ms", copy)
    flagdata(vis="f1.ms", **clip)
    ours(node, bundle, ["flagdata", dict(clip, vis="f2.ms")])
    theirs, mine = flags_of("f1.ms"), flags_of("f2.ms")
    bad, total = sum(int((a != b).sum()) for a, b in zip(theirs, mine)), sum(int(a.sum()) for a in theirs)
    report(bad == 0, "clip residuals of a virtual model", "%d of %d flags differ" % (bad, total))
    for mode in ("or", "and", "replace"):
        for copy in ("f1.ms", "f2.ms"):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.rmtree(copy + ".flagversions", ignore_errors=True)
            shutil.copytree("m.ms", copy)
        flagmanager(vis="f1.ms", mode="save", versionname="v")
        flagdata(vis="f1.ms", mode="unflag", spw=str(first), flagbackup=False)
        flagdata(vis="f1.ms", antenna=second, flagbackup=False)
        flagmanager(vis="f1.ms", mode="restore", versionname="v", merge=mode)
        ours(node, bundle, ["flagmanager", dict(vis="f2.ms", mode="save", versionname="v")],
             ["flagdata", dict(vis="f2.ms", mode="unflag", spw=str(first), flagbackup=False)],
             ["flagdata", dict(vis="f2.ms", antenna=second, flagbackup=False)],
             ["flagmanager", dict(vis="f2.ms", mode="restore", versionname="v", merge=mode)])
        bad = sum(int((a != b).sum()) for a, b in zip(flags_of("f1.ms"), flags_of("f2.ms")))
        report(bad == 0, "flagmanager merge=" + mode, "%d flags differ" % bad)
    compare_calculated(node, bundle, str(first), second)
    compare_kept_commands(node, bundle, str(first), second)
    compare_unknown_names(node, bundle, str(first))
    compare_tables(node, bundle)
    sys.exit(1 if FAILED else 0)


def compare_calculated(node, bundle, spw, antenna):
    """Summaries of a list that is only calculated count what the commands before them would flag."""
    lines = ["antenna='%s' spw='%s:3~9'" % (antenna, spw), "mode='clip' spw='%s' clipminmax=[0,3e-4]" % spw, "mode='elevation' lowerlimit=60.0",
             "mode='summary' name='mid' spw='%s' spwchan=True basecnt=True" % spw]
    call = dict(vis="m.ms", mode="list", inpfile=lines, action="calculate", flagbackup=False)
    theirs, [mine] = flagdata(**call), ours(node, bundle, ["flagdata", call])
    while "antenna" not in theirs:
        theirs = next(value for value in theirs.values() if isinstance(value, dict))
    report(theirs["flagged"] > 0 and theirs == mine["summary"], "summary of a list that is calculated", "%d and %d flags counted" % (theirs["flagged"], mine["summary"]["flagged"]))


def compare_kept_commands(node, bundle, spw, antenna):
    """savepars: rows of FLAG_CMD, and files."""
    calls = [dict(antenna=antenna, spw=spw, cmdreason="two words"), dict(mode="clip", clipminmax=[0, 1], correlation="abs_xx", spw=spw, action=""),
             dict(mode="quack", quackinterval=7, scan="4", action="calculate"), dict(mode="extend", ntime="2min", growtime=30.0, observation="0", action=""),
             dict(mode="shadow", tolerance=1.0, field="0", uvrange=">5m"), dict(mode="elevation", lowerlimit=20.0, intent="*TARGET*", action=""),
             dict(mode="list", inpfile=["mode='summary'", "spw='%s' clipminmax=[0,0.001] mode='clip' reason='a b'" % spw, "scan='4' mode='extend' ntime=12.1"], action="")]
    kept = []
    defaults = dict(clipoutside=True, channelavg=False, clipzeros=False, datacolumn="DATA", autocorr=False, quackmode="beg", quackincrement=False, upperlimit=90.0,
                    combinescans=False, extendpols=True, growfreq=50.0, growaround=False, flagneartime=False, flagnearfreq=False)
    for copy in ("f1.ms", "f2.ms"):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree("m.ms", copy)
        for number, call in enumerate(calls):
            for outfile in ("", "%s.%d.txt" % (copy, number)):
                full = dict(call, vis=copy, savepars=True, flagbackup=False, outfile=outfile)
                flagdata(**full) if copy == "f1.ms" else ours(node, bundle, ["flagdata", dict(defaults, **full)])
        tb = table()
        tb.open(copy + "/FLAG_CMD")
        rows = list(zip(*(tb.getcol(name) for name in ("COMMAND", "REASON", "APPLIED"))))
        tb.close()
        kept.append((rows, [open("%s.%d.txt" % (copy, number)).read() for number in range(len(calls))]))
    for what, theirs, mine in zip(("FLAG_CMD", "files"), *kept):
        unlike = [pair for pair in zip(theirs, mine) if pair[0] != pair[1]]
        report(len(theirs) == len(mine) and not unlike, "commands kept in " + what, "%d of %d differ %s" % (len(unlike), len(theirs), unlike[:2]))


def compare_unknown_names(node, bundle, spw):
    """What flagdata makes of names and numbers that the data lack, beside others: how much of each correlation is flagged."""
    for name in ("n1.ms", "n2.ms"):
        shutil.rmtree(name, ignore_errors=True)
    flagdata(vis="m.ms", mode="unflag", flagbackup=False)
    split(vis="m.ms", outputvis="n1.ms", datacolumn="data", spw="%s,%d" % (spw, int(spw) + 2), antenna="0~4&&*;*&&&", width=32)
    shutil.copytree("n1.ms", "n2.ms")
    md = msmetadata()
    md.open("n1.ms")
    a, b = md.antennanames()[:2]
    md.done()
    commands = [dict(antenna=text) for text in (a + ",nobody", a + ";99", "0,99&1", "!nobody", "!%s,nobody" % a, a + "&nobody;" + b, a + ",@nopad")]
    commands += [dict(spw=text) for text in ("0~99", "0,>99", "0:2,1:50", "0:1~2GHz,1", "0:2,nothing:3")]
    commands += [dict(intent="*BANDPASS*,*nothing*"), dict(field="0,99", scan="4,99"), dict(correlation="XX,RR"), dict(correlation="RR"),
                 *(dict(mode="clip", correlation=text, clipminmax=[0, 1e-4]) for text in ("ABS_XX,RR", "YY,RR"))]
    commands += [dict(mode="list", inpfile=[text, "scan='9'"]) for text in (
        "antenna='%s,nobody'" % a, "spw='0,99' field='0,99'", "intent='*BANDPASS*,*nothing*'", "correlation='RR'", "spw='99'", "scan='99'")]
    commands += [dict(mode="list", inpfile=["intent='*BANDPASS*,*nothing*'"])]
    unflag, summary = dict(mode="unflag", flagbackup=False), dict(mode="summary")
    calls = [call for command in commands for call in (unflag, dict(command, flagbackup=False), summary)]
    mine = ours(node, bundle, *(["flagdata", dict(call, vis="n2.ms")] for call in calls))[2::3]
    tb = table()
    for command, result in zip(commands, mine):
        tb.open("n1.ms", nomodify=False)
        tb.putcol("FLAG", np.zeros_like(tb.getcol("FLAG")))
        tb.putcol("FLAG_ROW", np.zeros(tb.nrows(), bool))
        tb.close()
        flagdata(vis="n1.ms", flagbackup=False, **command)
        tb.open("n1.ms")
        theirs = [int(count) for count in tb.getcol("FLAG").sum(axis=(1, 2))]
        tb.close()
        found = [int(result["summary"]["correlation"][name]["flagged"]) for name in ("XX", "YY")]
        report(found == theirs, "unknown names: %s" % command, "%s%s" % (theirs, "" if found == theirs else " not %s" % found))


def compare_tables(node, bundle):
    """flagdata on calibration tables that CASA made: the flags, and the summary."""
    fixtures = os.path.join(ROOT, "test", "fixtures", "casa-caltables")
    tb = table()
    tb.open(os.path.join(fixtures, "gain.g"))
    gains, snr = np.abs(tb.getcol("CPARAM")), tb.getcol("SNR")
    tb.close()
    middle, lively = [float(v) for v in np.percentile(gains, [20, 80])], float(np.median(snr))
    clip = dict(mode="clip", datacolumn="CPARAM")
    for name, kwargs in {
        "channels of a table": dict(spw="0:0~4", antenna="DA42"), "all antennas but one": dict(antenna="!DA42"),
        "scans of a table": dict(scan="4"), "amplitudes": dict(clip, clipminmax=middle),
        "real parts of Sol1": dict(clip, clipminmax=middle, correlation="REAL_Sol1"),
        "angles": dict(clip, clipminmax=[0, 3], correlation="ARG_ALL"),
        "norms inside": dict(clip, clipminmax=middle, clipoutside=False, correlation="NORM_Sol2"),
        "SNR": dict(clip, datacolumn="SNR", clipminmax=[lively, 1e9]),
        "the first of scans": dict(mode="quack", quackinterval=7.0),
        "neighbours": dict(mode="list", inpfile=["mode='clip' datacolumn='SNR' clipminmax=[%r,1e9]" % lively,
                                                 "mode='extend' growtime=40.0 flagneartime=True extendpols=False"]),
        "a list": dict(mode="list", inpfile=["mode='clip' datacolumn='SNR' clipminmax=[%r,1e9]" % lively, "antenna='DA41'"]),
    }.items():
        for source in ("bandpass.b", "gain.g"):
            flags, summaries = [], []
            for copy in ("t1", "t2"):
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(os.path.join(fixtures, source), copy)
            flagdata(vis="t1", flagbackup=False, **kwargs)
            asked = dict(mode="summary", spwchan=True, spwcorr=True, basecnt=True)
            summaries = [flagdata(vis="t1", **asked)]
            summaries.append(ours(node, bundle, ["flagCalTable", dict(kwargs, vis="t2", flagbackup=False)],
                                  ["flagCalTable", dict(asked, vis="t2")])[1]["summary"])
            for copy in ("t1", "t2"):
                tb.open(copy)
                flags.append(tb.getcol("FLAG"))
                tb.close()
            report(np.array_equal(*flags) and summaries[0] == summaries[1], "%s: %s" % (source, name),
                   "%d of %d flags differ, summaries %s" % ((flags[0] != flags[1]).sum(), flags[0].sum(),
                                                            "equal" if summaries[0] == summaries[1] else "differ"))


if __name__ == "__main__":
    main()
