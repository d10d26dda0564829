"""Calls of listobs and vishead, run by CASA and by casapy: ms_listing_calls.py RESULTS.json VIS LISTFOLDER."""
import json
import os
import sys

try:
    from casatasks import listobs, vishead
except ImportError:
    pass

LISTINGS = [
    {}, {"spw": "1"}, {"spw": "0:2~5"}, {"field": "1"}, {"antenna": "0&1"}, {"antenna": "0&1", "verbose": False},
    {"uvrange": ">40m"}, {"scan": "SCAN"}, {"intent": "*WVR*"}, {"correlation": "XX"}, {"array": "0"}, {"observation": "0"},
    {"observation": 0}, {"listunfl": True}, {"listunfl": True, "antenna": "0&1", "spw": "1"}, {"verbose": False},
    {"verbose": False, "listunfl": True, "field": "0"}, {"selectdata": False, "field": "1"}, {"cachesize": 1.0},
]
KEYS = ["cal_grp", "field", "fld_code", "freq_group_name", "log", "observer", "project", "ptcs", "release_date", "schedule",
        "schedule_type", "source_name", "spw_name", "telescope"]
HEADERS = (
    [{"mode": "list"}, {"mode": "list", "listitems": ["field", "ptcs", "nonsense"]}, {"mode": "list", "listitems": []}]
    + [{"mode": "get", "hdkey": key} for key in KEYS]
    + [{"mode": "get", "hdkey": key, "hdindex": "0"} for key in KEYS]
    + [{"mode": "put", "hdkey": "field", "hdindex": "0", "hdvalue": "A longer name"}, {"mode": "get", "hdkey": "field"},
       {"mode": "put", "hdkey": "observer", "hdvalue": ["somebody"]}, {"mode": "get", "hdkey": "observer"},
       {"mode": "put", "hdkey": "release_date", "hdindex": "0", "hdvalue": 4.9e9}, {"mode": "get", "hdkey": "release_date"}]
)


def plain(value):
    """Values that JSON has."""
    if isinstance(value, dict):
        return dict((str(key), plain(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return value


def run(call, options):
    try:
        return plain(call(**options))
    except Exception as error:
        return {"error": True}


def main(results, vis, folder, scan):
    answers = {}
    for number, options in enumerate(LISTINGS):
        options = dict(options, vis=vis, listfile=os.path.join(folder, "%d.txt" % number), overwrite=True)
        if options.get("scan"):
            options["scan"] = scan
        answers["listobs %d" % number] = run(listobs, options)
    for number, options in enumerate(HEADERS):
        answers["vishead %d" % number] = run(vishead, dict(options, vis=vis))
    with open(results, "w") as out:
        json.dump(answers, out)


main(*sys.argv[-4:])
