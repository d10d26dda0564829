"""Data selections by CASA's ms tool and by us, on the same MeasurementSet: rows of ms.msselect, channels of ms.msseltoindex;
feeds by split.

Usage: selections.py [MS [PART …]]   (run by CASA's Python). Without an argument: the first Execution Block in ALMA_QA2_SIMULATED,
imported. PART is antenna, spw, …
ARRAY_ID and OBSERVATION_ID are changed so that they select something. What CASA refuses, we refuse, and the reverse.
Prints a PASS or FAIL line an expression; the exit code is 1 when one failed.
"""
import glob
import json
import os
import shutil
import subprocess
import sys

import numpy as np
from casatasks import importasdm, split
from casatools import ms as mstool
from casatools import table

ROOT = os.environ.get("ALMA_QA2_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DRIVER = os.path.join(ROOT, "dist", "peers", "ms-driver.js")
KERNELS = os.path.join(ROOT, "dist", "kernels.wasm")


def thin(source, target):
    """Every seventh row, which keeps all windows, fields, scans and baselines: each expression passes over all rows twice."""
    tb = table()
    tb.open(source)
    tb.selectrows(list(range(0, tb.nrows(), 7))).copy(target, deep=True).close()
    tb.close()
    shutil.rmtree(source)


def prepare():
    if len(sys.argv) > 1:
        shutil.copytree(sys.argv[1], "s.ms")
    else:
        asdm = sorted(glob.glob(os.path.join(os.environ["ALMA_QA2_SIMULATED"], "uid___*")))[0]
        importasdm(asdm=asdm, vis="whole.ms", process_caldevice=False)
        thin("whole.ms", "s.ms")
    tb = table()
    tb.open("s.ms", nomodify=False)
    rows = np.arange(tb.nrows())
    tb.putcol("ARRAY_ID", (rows // 7 % 3).astype(np.int32))
    tb.putcol("OBSERVATION_ID", (rows // 5 % 2).astype(np.int32))
    times = np.unique(tb.getcol("TIME"))
    tb.close()
    tb.open("s.ms/ANTENNA")
    names, stations = list(tb.getcol("NAME")), list(tb.getcol("STATION"))
    tb.close()
    tb.open("s.ms/SPECTRAL_WINDOW")
    windows = [(str(tb.getcell("NAME", k)), tb.getcell("CHAN_FREQ", k)) for k in range(tb.nrows())]
    tb.close()
    tb.open("s.ms/FIELD")
    fields = list(tb.getcol("NAME"))
    tb.close()
    return names, stations, windows, fields, times


def clock(seconds, form="%Y/%m/%d/%H:%M:%S.%f"):
    import datetime

    return (datetime.datetime(1858, 11, 17) + datetime.timedelta(seconds=float(seconds))).strftime(form)[: None if "f" not in form else -3]


def expressions(names, stations, windows, fields, times):
    """Pairs of ours and CASA's names for a part of the selection, and texts."""
    a, b, c = names[:3]
    s = stations[1]
    wide = max(range(len(windows)), key=lambda k: len(windows[k][1]) if k > 0 else 0)
    freqs = windows[wide][1] / 1e9
    f1, f2 = sorted([freqs[len(freqs) // 4], freqs[len(freqs) // 2]])
    last = len(windows) - 1
    t0, t1, t2 = times[0], times[len(times) // 3], times[2 * len(times) // 3]
    day = clock(t0, "%Y/%m/%d")
    return {
        ("antenna", "baseline"): [
            a, f"{a},{b}", f"{a}&{b}", f"{a}&", f"{a}&&", f"{a}&&&", f"{a}&*", f"{a}&&*", "*&&&", "*&&*", "*&*", "*&", "*", f"!{a}", f"!{a}&{b}",
            f"{a};{b}", f"{a}&{b};{b}&{c}", f"{a};!{b}", f"*;!{a}", f"{a[:2]}*", f"{a[:2]}*&", f"{a[:2]}*&&*", "0", "0~2", "0~2&", "0,1&2", "0&1~3", f"@{s}", f"{names[1]}@{s}", f"@{s}&*",
            f"{a[:-1]}?", f"/{a[:2]}.*/", f"!@{s}", f"{a}&&{b}", "<2", ">1", "0~1;!1&&&", f"{a},!{b}", "nobody", "99", f"{a}&nobody", "100m~300m", "<100m", ">200m", "0&;<50m", f"{a}&&&;{b}&&&", f"!{a},{b}", "!*&&&", "*&&&;!0&&&",
            f"{a},nobody", f"nobody,{a}", f"{a};nobody", f"{a},nobody&{b}", f"!{a},nobody", "!nobody", f"{a};!nobody", f"{a},!nobody", f"{a},99", "0,99", "98~99", "0~99", "!99", "!0,99", "0;99", "0&99", "*&nobody",
            f"{a},no*", "!no*", "@nopad", f"{a},@nopad", f"{a}@nopad", f"nobody@{s}", f"{a}&&&;nobody&&&", "/no.*/", "<0", "!*", f"{a};!{a}", f"({a},{b})@({s},{stations[0]})", f"{a}@({s},{stations[0]})", f"({a},{b})@{s}",
            f"/{a}&{b}/", f"/{a[:2]}.*&{b}/", f"^/{a}&.*/", f"'{a[:2]}*'", f'"{a}"', f"\\{a}", "100m~200m,250m~300m", "0.1km~0.2km", "100m~", f"{a}&{b}&{c}", f"{a[:2]}4[12]", f"{a[:2]}4[12]&", " ", ";", f"{a};", f",{a}", f"{a},,{b}", s, f"{s[:3]}*", f"^{a[:2]}*", f"!{s}",
        ],
        ("spw", "spw"): [
            "0", "1,2", f"0~{last}", "*", f"<{last}", f">{last - 1}", "0:0~1", f"{wide}:3~7", f"{wide}:3~7;9~12", f"{wide}:0~20^4", f"*:0~1", f"1,{wide}:5~6,0",
            f"{wide}:5,{wide}:9", f"{wide}:{f1:.6f}~{f2:.6f}GHz", f"{wide}:{f1 * 1e3:.3f}~{f2 * 1e3:.3f}MHz", f"{f1:.4f}~{f2:.4f}GHz", f"{freqs.mean():.5f}GHz", f"*{windows[wide][0][-8:]}",
            "*WVR*", "WVR*", "99", "*nothing*", f"{wide}:2~8^3", "0,0", f"{wide}:7~3", " 1 , 2 ", f"0~2:0", f"<2:0,{wide}:1",
            "0,99", "99,0", "0~99", "98~99", "0,nothing", "*nothing*,0", "nothing:3,0", "99:3,0", "<99", ">99", "0,>99", "<0", f"{wide}:5000", f"{wide}:2~5000", f"{wide}:200~300", f"{wide}:3;5000", f"{wide}:2~5000^3", f"{wide}:5000~6000^3", f"*:{len(freqs) - 1}", f"*:2~{len(freqs)}", "0:5",
            "500GHz", "0,500GHz", "1~2GHz", "1~2GHz,0", f"{wide}:1~2GHz", f"{wide}:10~5", "5~3", f"{wide}:3;nonsense", "!0", f"{wide}:^4", f"^3", "3<>7", f">{freqs.mean():.4f}GHz", f"<{freqs.mean():.4f}GHz", f"{freqs.mean() - 3:.4f}<>{freqs.mean() + 3:.4f}GHz",
            f"~{freqs.mean():.4f}GHz", f"{freqs.mean() + 0.02:.4f}GHz", f"{freqs[0]:.5f}GHz", f"{freqs.min() - 1:.4f}~{freqs.max() + 1:.4f}GHz^10MHz", f"{wide}:{f1:.6f}~{f2:.6f}GHz^2MHz", f"{wide}:{f1:.6f}GHz", f"{wide}:{freqs.min() - 1:.4f}~{f1:.4f}GHz", f"{wide}:{f2:.4f}~{freqs.max() + 1:.4f}GHz", f"{wide}:{f1:.6f}GHz~{f2:.6f}GHz", f"{wide}:{f1 * 1e6:.0f}~{f2 * 1e6:.0f}kHz",
            "0;1", "0~1;3", "0,1;3:2", "3~1", "0:0", f"{wide}:0~3;2~8", " ", "0,", ",0", "0,,1", f"{wide}:", "0:3~7:2", "17 18", "0 , 1",
        ],
        ("field", "field"): ["0", "0,1", "0~1", "*", fields[0], f"{fields[0]},{fields[-1]}", f"{fields[0][:3]}*", f"*{fields[0][-3:]}", "<1", ">0", f"{fields[0][:-1]}?", "99", "nothing", "1", f"0~1,{fields[-1]}", "1~0",
            f"{fields[0]},nothing", f"nothing,{fields[0]}", "0,99", "0~99", "98~99", "0,>99", ">99", "<0", "!0", f"!{fields[0]}", f"{fields[0]},!nothing", "no*", "/no.*/", f"/{fields[0][:3]}.*/", '"0"', "-1", "1<>3", f"{fields[0]};1", "0,", "0,,1", f" {fields[0]} ", fields[0].lower()],
        ("scan", "scan"): ["1", "1,2", "1~3", "<3", ">1", "2", "99", "2,99", "3", "0~1", "99,1", "98~99", "1~99", ">99", "1,>99", "<0", "nonsense", "1,nonsense", "1~3,5", "3~1", "<=3", ">=3", "1;2", "1<>4", "1,", "'1'", "1 , 2"],
        ("timerange", "time"): [
            f"{clock(t0)}~{clock(t1)}", f">{clock(t1)}", f"<{clock(t1)}", clock(t1), f"{clock(t1, '%H:%M:%S.%f')}~{clock(t2, '%H:%M:%S.%f')}", f">{clock(t1, '%H:%M:%S.%f')}", f"{clock(t0)}+00:05:00", f"{clock(t0)}~{clock(t0 + 60)},{clock(t2)}~{clock(t2 + 60)}",
            f"*/*/*/{clock(t1, '%H:%M:%S.%f')}", f"*/*/{clock(t0, '%d')}/{clock(t1, '%H:%M:%S.%f')}~*/*/{clock(t0, '%d')}/{clock(t2, '%H:%M:%S.%f')}", f">{day}", f"<{day}", day, f"{clock(t1, '%H:%M')}~{clock(t2, '%H:%M')}", f"{clock(t0)}+00:01", "nonsense",
        ],
        ("uvrange", "uvdist"): ["0~100m", ">100m", "<200m", "50~150m", "0.05~0.2km", ">20klambda", "<50klambda", "10~40klambda", "20000~60000lambda", "0~50m,150~200m", "100", ">100", "<0.1Mlambda", "nonsense", "0~1km", "1~2m", "0~10m,nonsense", ">1000km", "100m~0.2km", "200~100m", "100 m", "0~100M", "10klambda", ">=100", "<=100m", "0~100m;150~200m", "-5~100m", "1e2~2e2m", "50~100klambda,0~30m", "50~150m:10%", ">100m:10%", "<100m:30%", "60~80m:50%"],
        ("correlation", "polarization"): ["XX", "XX,YY", "YY", "RR", "XY", "XX", "YY,XX", "nonsense", "XX,RR", "RR,XX", "XX,nonsense", "xx", "I", "XX,I", "0:XX", "99:XX", "XX;YY", "XX,XX", "XX,XY", "*"],
        ("array", "array"): ["0", "0,1", "1~2", "<2", ">0", "9", "0,9", "0~9", "nonsense", "0,nonsense", "<=1", "1<>3", "-1"],
        ("observation", "observation"): ["0", "1", "0~1", "<1", ">0", "9", "0,9", "0~9", "nonsense", "0,nonsense", "<=1", "-1"],
        ("intent", "scanintent"): ["*BANDPASS*", "*PHASE*", "CALIBRATE*", "*", "*nothing*", "*TARGET*,*PHASE*", "OBSERVE_TARGET#ON_SOURCE", "*WVR*", "*ON_SOURCE", "*BANDPASS*,*nothing*", "nothing,*PHASE*", "nothing", "0", "0,99", "99", "1~3", "<3", "/.*PHASE.*/", "CALIBRATE_PHASE#ON_SOURCE", "calibrate_phase*", "*PHASE#ON*,", "*PHASE*&*WVR*", "*PHASE*&*TARGET*", "*PHASE*&*nothing*"],
    }


def ours(calls):
    with open("calls.json", "w") as out:
        json.dump(calls, out)
    node = os.environ.get("ALMA_QA2_NODE", "node")
    return [r["result"] for r in json.loads(subprocess.check_output([node, DRIVER, KERNELS, "calls.json"]))]


def casa(tool, key, text):
    """Number, first, last and sum of the rows, and channel ranges; or None when CASA refuses or finds nothing."""
    rows, channels = None, None
    tool.open("s.ms")
    try:
        if tool.msselect({key: text}, onlyparse=False):
            rows = np.asarray(tool.range(["rows"])["rows"], np.int64)
    except Exception:  # noqa: BLE001
        rows = None
    finally:
        tool.close()
    if key == "spw":
        try:
            channels = mstool().msseltoindex("s.ms", spw=text)["channel"].tolist()
        except Exception:  # noqa: BLE001
            channels = None
    return None if rows is None or len(rows) == 0 else [len(rows), int(rows[0]), int(rows[-1]), int(rows.sum())], channels


def channel_sets(ranges):
    sets = {}
    for window, first, last, step in ranges:
        sets.setdefault(window, set()).update(range(first, last + 1, step))
    return sets


def compare_feeds():
    """Feeds, which ms.msselect of 6.7 does not look at: rows that split of both programs keeps of data with three feeds."""
    tb = table()
    tb.open("s.ms")
    tb.selectrows(list(range(0, tb.nrows(), 29))).copy("feeds.ms", deep=True).close()
    tb.close()
    tb.open("feeds.ms", nomodify=False)
    count = tb.nrows()
    feeds = {"FEED1": np.arange(count) % 3, "FEED2": np.arange(count) // 3 % 3}
    for name, values in feeds.items():
        tb.putcol(name, values.astype(np.int32))
    for name in ("ARRAY_ID", "OBSERVATION_ID"):
        tb.putcol(name, np.zeros(count, np.int32))
    tb.close()
    tb.open("feeds.ms/FEED", nomodify=False)
    tb.putcol("FEED_ID", (np.arange(tb.nrows()) % 3).astype(np.int32))
    tb.close()
    failed = 0
    texts = ["0", "0&1", "0&", "0&&", "0&&&", "0~1&&2", "!0", "!0&&&", "0;1", "0&1;!2", "0,9", "9", "0;9"]
    for text, result in zip(texts, ours([["trySelect", {"vis": "feeds.ms", "feed": text}] for text in texts])):
        shutil.rmtree("split.ms", ignore_errors=True)
        try:
            split("feeds.ms", "split.ms", datacolumn="data", feed=text)
            tb.open("split.ms")
            theirs = [tb.nrows(), int(sum(tb.getcol("FEED1") + 10 * tb.getcol("FEED2")))]
            tb.close()
        except RuntimeError:
            theirs = None
        rows = result.get("feeds")
        found = [len(rows), int(sum(feeds["FEED1"][rows] + 10 * feeds["FEED2"][rows]))] if rows else None
        failed += found != theirs
        print(f"{'PASS' if found == theirs else 'FAIL'} feed '{text}'{'' if found == theirs else f': {found} instead of {theirs}'}", flush=True)
    return failed


def main():
    failed = 0
    cases = [(mine, theirs, text) for (mine, theirs), texts in expressions(*prepare()).items() for text in texts if len(sys.argv) < 3 or mine in sys.argv[2:]]
    results = ours([["trySelect", {"vis": "s.ms", mine: text}] for mine, _, text in cases])
    tool = mstool()
    for (mine, theirs, text), result in zip(cases, results):
        rows, channels = casa(tool, theirs, text)
        found = None if "error" in result or result["rows"][0] == 0 else result["rows"]
        good = found == rows
        detail = "" if good else f": {found if found else result.get('error', 'no rows')} instead of {rows}"
        if good and rows and channels is not None:
            good = channel_sets(result["channels"]) == channel_sets(channels)
            detail = "" if good else f": channels {result['channels']} instead of {channels}"
        failed += not good
        print(f"{'PASS' if good else 'FAIL'} {mine} '{text}'{' (nothing)' if rows is None else ''}{detail}", flush=True)
    if len(sys.argv) < 3:
        failed += compare_feeds()
    print(f"{failed} failed of {len(cases)} and those of feeds")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
