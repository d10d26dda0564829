"""Runs a script of a delivery in CASA 6: tasks, tools and execfile as casapy of old had them.

usage: python casa_harness.py SCRIPT [mysteps]      e.g. casa_harness.py scriptForPI.py, or X.py 0,1,2
"""
import sys

from casatasks import *  # noqa: F401,F403
from casatasks import casalog
from casatools import ms as mstool, msmetadata, table

tb, ms, msmd = table(), mstool(), msmetadata()


def execfile(path):
    exec(compile(open(path).read(), path, "exec"), globals())


if len(sys.argv) > 2:
    mysteps = [int(word) for word in sys.argv[2].split(",")]
execfile(sys.argv[1])
