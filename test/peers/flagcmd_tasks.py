"""flagcmd of CASA 6.7 and here: the same calls on copies of one MeasurementSet must leave the same flags and rows of FLAG_CMD.

    python flagcmd_tasks.py [--ms IMPORTED.ms] [--case NAME]

Both programs run the same lines of Python, ours in casapy. After each case the flags, all columns of FLAG_CMD, the files of commands,
the names of the flag versions, and which calls failed are compared. Without --ms CASA imports a small ASDM of `qa2 simulate`.
"""
import argparse
import glob
import json
import os
import shutil
import subprocess
import sys

import numpy as np
from casatasks import flagmanager, importasdm
from casatools import msmetadata, table

from flagging_tasks import flags_of

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
NODE = os.environ.get("ALMA_QA2_NODE", "node")
COLUMNS = ("APPLIED", "COMMAND", "INTERVAL", "LEVEL", "REASON", "SEVERITY", "TIME", "TYPE")
# There is no command to use: CASA stops, here the log says so (docs/differences-from-casa.md).
WITHOUT_COMMANDS = ("apply of a reason that is not there", "apply twice", "unapply without useapplied", "clear all")
RUNNER = """
import json
def attempt(function, **words):
    try:
        function(**words)
        return True
    except Exception as error:
        print('%s: %s' % (words, error))
        return False
with open(NAME + '.json') as file:
    cases = json.load(file)
done = {}
for name, calls in cases:
    done[name] = [attempt({'flagcmd': flagcmd, 'flagdata': flagdata}[task], **words) for task, words in calls]
with open(NAME + '.done', 'w') as file:
    json.dump(done, file)
"""


def report(good, name, note=""):
    print("%s %s: %s" % ("PASS" if good else "FAIL", name, note), flush=True)
    return good


def stored_commands(vis):
    """Commands of other modes that come into FLAG_CMD beside those of the ASDM."""
    md = msmetadata()
    md.open(vis)
    spws = sorted(int(s) for s in md.spwsforintent("OBSERVE_TARGET*") if md.nchan(int(s)) > 4)[:2]
    ants = md.antennanames()
    scans = sorted(int(s) for s in md.scansforintent("OBSERVE_TARGET*"))
    md.done()
    one, two = spws
    return [
        "antenna='%s' spw='%d:2~5' reason='edge'" % (ants[0], one),
        "antenna='%s&%s' correlation='YY' reason='two words'" % (ants[0], ants[1]),
        "mode='quack' quackinterval=7.0 quackmode='beg' spw='%d' reason='quack'" % one,
        "mode='clip' clipminmax=[0, 3e-4] spw='%d' reason='clip'" % two,
        "mode='elevation' lowerlimit=60.0 reason='low'",
        "mode='shadow' tolerance=0.0 reason='shadow'",
        "scan='%d' autocorr=True reason='auto'" % scans[0],
        "mode='unflag' antenna='%s' spw='%d' reason='back'" % (ants[2], two),
    ]


def cases_of(first):
    """Name of a case and its calls; `first` is the first row of the stored commands."""
    def row(*offsets):
        return [first + offset for offset in offsets]
    lines = ["spw='17:3~9' antenna='DA41' reason='lines'", "mode='manual' scan='4' reason='other lines'", "# a remark", ""]
    table_ = dict(inpmode="table")
    return {
        "apply": [("flagcmd", dict(table_))],
        "apply without backup": [("flagcmd", dict(flagbackup=False))],
        "apply of rows": [("flagcmd", dict(table_, tablerows=row(0, 2)))],
        "apply of a reason": [("flagcmd", dict(table_, reason="edge"))],
        "apply of reasons": [("flagcmd", dict(table_, reason=["two words", "low"]))],
        "apply of a reason that is not there": [("flagcmd", dict(table_, reason="none"))],
        "apply twice": [("flagcmd", dict(table_)), ("flagcmd", dict(table_))],
        "apply again with useapplied": [("flagcmd", dict(table_)), ("flagdata", dict(mode="unflag", flagbackup=False)), ("flagcmd", dict(table_, useapplied=True))],
        "unapply what is not applied": [("flagcmd", dict(table_, action="unapply", tablerows=row(0)))],
        "unapply without useapplied": [("flagcmd", dict(table_)), ("flagcmd", dict(table_, action="unapply"))],
        "unapply all": [("flagcmd", dict(table_)), ("flagcmd", dict(table_, action="unapply", useapplied=True))],
        **{
            "unapply %s" % name: [("flagdata", dict(mode="manual", flagbackup=False)), ("flagcmd", dict(table_, action="unapply", useapplied=True, tablerows=row(offset)))]
            for offset, name in enumerate(("channels", "a correlation", "quack", "clip", "elevation", "shadow", "autocorr", "unflag"))
        },
        "apply shadow and elevation": [("flagcmd", dict(table_, tablerows=row(4, 5)))],
        "list": [("flagcmd", dict(table_, action="list"))],
        "list into a file": [("flagcmd", dict(table_, action="list", savepars=True, outfile="OUT.txt"))],
        "list into a file that is there": [("flagcmd", dict(table_, action="list", savepars=True, outfile="OUT.txt", reason="edge")), ("flagcmd", dict(table_, action="list", savepars=True, outfile="OUT.txt", overwrite=False))],
        "list lines into FLAG_CMD": [("flagcmd", dict(inpmode="list", inpfile=lines, action="list", savepars=True))],
        "apply lines": [("flagcmd", dict(inpmode="list", inpfile=lines))],
        "apply lines of a reason": [("flagcmd", dict(inpmode="list", inpfile=lines, reason="lines"))],
        "apply lines and keep them": [("flagcmd", dict(inpmode="list", inpfile=lines, savepars=True))],
        "apply lines and keep them in a file": [("flagcmd", dict(inpmode="list", inpfile=lines, savepars=True, outfile="OUT.txt"))],
        "apply a file": [("flagcmd", dict(inpmode="list", inpfile="one.txt"))],
        "apply files": [("flagcmd", dict(inpmode="list", inpfile=["one.txt", "two.txt"]))],
        "unapply lines": [("flagcmd", dict(inpmode="list", inpfile=lines, action="unapply"))],
        "apply rows and write them": [("flagcmd", dict(table_, tablerows=row(0, 1), savepars=True, outfile="OUT.txt"))],
        "apply another table": [("flagcmd", dict(table_, inpfile="other.ms"))],
        "apply another table and keep it": [("flagcmd", dict(table_, inpfile="other.ms", savepars=True))],
        "clear needs clearall": [("flagcmd", dict(action="clear", rowlist=row(1)))],
        "clear rows": [("flagcmd", dict(action="clear", clearall=True, rowlist=row(1, 3)))],
        "clear all": [("flagcmd", dict(action="clear", clearall=True)), ("flagcmd", dict(table_))],
        "apply Flag.xml": [("flagcmd", dict(inpmode="xml", inpfile="ASDM"))],
        "apply Flag.xml with a margin": [("flagcmd", dict(inpmode="xml", inpfile="ASDM", tbuff=2.0))],
        "apply Flag.xml and keep it": [("flagcmd", dict(inpmode="xml", inpfile="ASDM", savepars=True))],
        "plot": [("flagcmd", dict(table_, action="plot", plotfile="PLOT.png"))],
    }


def state_of(vis):
    tb = table()
    tb.open(vis + "/FLAG_CMD")
    rows = {name: tb.getcol(name).tolist() if tb.nrows() else [] for name in COLUMNS}
    tb.close()
    versions = flagmanager(vis=vis, mode="list")
    names = sorted(entry["name"] for key, entry in versions.items() if key != "MS")
    return flags_of(vis), rows, names


def text_of(name):
    return open(name).read() if os.path.exists(name) else None


def run(prefix, source, asdm, cases):
    """Runs the cases in one program: prefix 'casa' or 'ours'."""
    planned = []
    for number, (name, calls) in enumerate(cases.items()):
        vis = "%s_%d.ms" % (prefix, number)
        shutil.copytree(source, vis)
        words = json.dumps(calls).replace("OUT.txt", "%s_%d.txt" % (prefix, number)).replace("PLOT.png", "%s_%d.png" % (prefix, number))
        planned.append((name, [(task, dict(given, vis=vis)) for task, given in json.loads(words.replace('"ASDM"', json.dumps(asdm)))]))
    with open(prefix + ".json", "w") as out:
        json.dump(planned, out)
    with open(prefix + ".py", "w") as out:
        out.write(("from casatasks import flagcmd, flagdata\n" if prefix == "casa" else "") + "NAME = '%s'\n" % prefix + RUNNER)
    program = [sys.executable] if prefix == "casa" else [NODE, os.path.join(ROOT, "bin", "casapy.mjs"), "--nologfile", "--trust", "-c"]
    outcome = subprocess.run([*program, prefix + ".py"], capture_output=True, text=True)
    if not os.path.exists(prefix + ".done"):
        raise SystemExit(outcome.stdout[-1500:] + outcome.stderr[-1500:])
    with open(prefix + ".done") as done:
        return json.load(done)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ms")
    parser.add_argument("--asdm")
    parser.add_argument("--case")
    args = parser.parse_args()
    asdm = args.asdm
    if not asdm:
        command = [NODE, os.path.join(ROOT, "bin", "qa2.mjs"), "simulate", "--preset", "tiny", "--executions", "1", "--out", "small", "--quiet"]
        subprocess.run(command, check=True)
        asdm = os.path.abspath(glob.glob("small/uid___*")[0])
    source = os.path.abspath(args.ms) if args.ms else "imported.ms"
    if not args.ms:
        importasdm(asdm=asdm, vis=source, bdfflags=True, process_caldevice=False)
    for name in ("source.ms", "other.ms"):
        shutil.copytree(source, name)
    from casatasks import flagcmd
    tb = table()
    tb.open("source.ms/FLAG_CMD")
    first = tb.nrows()
    tb.close()
    flagcmd(vis="source.ms", inpmode="list", inpfile=stored_commands(source), action="list", savepars=True)
    flagcmd(vis="other.ms", action="clear", clearall=True)
    flagcmd(vis="other.ms", inpmode="list", inpfile=["scan='4' antenna='1' reason='other'"], action="list", savepars=True)
    for name, text in (("one.txt", "scan='2' reason='one'\n# remark\n"), ("two.txt", "antenna='DA42'\n")):
        with open(name, "w") as out:
            out.write(text)
    cases = cases_of(first)
    if args.case:
        cases = {args.case: cases[args.case]}
    done = [run(prefix, "source.ms", asdm, cases) for prefix in ("casa", "ours")]
    good = True
    for number, name in enumerate(cases):
        theirs, mine = (state_of("%s_%d.ms" % (prefix, number)) for prefix in ("casa", "ours"))
        wrong = sum(int((a != b).sum()) for a, b in zip(theirs[0], mine[0]))
        notes = ["%d of %d flags differ" % (wrong, sum(int(a.sum()) for a in theirs[0]))]
        if name in WITHOUT_COMMANDS:
            good = report(not done[0][name][-1] and done[1][name][-1], "flagcmd " + name, "CASA stops, here the log says so") and good
        elif done[0][name] != done[1][name]:
            notes.append("calls that worked: CASA %s, here %s" % (done[0][name], done[1][name]))
        notes += ["%s: CASA %s, here %s" % (column, theirs[1][column][-3:], mine[1][column][-3:]) for column in COLUMNS if theirs[1][column] != mine[1][column]]
        if theirs[2] != mine[2]:
            notes.append("versions: CASA %s, here %s" % (theirs[2], mine[2]))
        texts = [text_of("%s_%d.txt" % (prefix, number)) for prefix in ("casa", "ours")]
        if texts[0] != texts[1]:
            notes.append("file: CASA %r, here %r" % tuple(text and text[-400:] for text in texts))
        plots = [[os.path.exists("%s_%d.png" % (prefix, number)) for prefix in ("casa", "ours")], name == "plot"]
        if plots[1] and plots[0] != [True, True]:
            notes.append("pictures: %s" % plots[0])
        good = report(wrong == 0 and len(notes) == 1, "flagcmd " + name, "; ".join(notes)) and good
        for prefix in ("casa", "ours"):
            shutil.rmtree("%s_%d.ms" % (prefix, number))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
