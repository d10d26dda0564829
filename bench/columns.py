"""Reads and writes columns of a MeasurementSet block by block, with python-casacore or CASA's table tool.

usage: python columns.py casacore|casa MS blocks.json read|write COLUMN…
Marks for bench/measure.mjs surround each column.
"""
import json
import sys

import numpy as np

library, path, blocks_file, action = sys.argv[1:5]
columns = sys.argv[5:]
blocks = json.load(open(blocks_file))

if library == "casacore":
    from casacore.tables import table

    main = table(path, readonly=action == "read", ack=False)
else:
    from casatools import table

    main = table()
    main.open(path, nomodify=action == "read")


def sample_of(column, start, count, samples):
    """An array of the block's shape: read into by python-casacore, written by both."""
    cell = main.getcol(column, start, 1)
    shape = (count,) + cell.shape[1:] if library == "casacore" else cell.shape[:-1] + (count,)
    if shape not in samples:
        samples[shape] = np.ascontiguousarray(main.getcol(column, start, count))
    return samples[shape]


for column in columns:
    known = {}
    samples = [sample_of(column, start, count, known) for start, count in blocks]
    sys.stdout.write("BENCH begin %s %s\n" % (action, column))
    sys.stdout.flush()
    for (start, count), values in zip(blocks, samples):
        if action == "write":
            main.putcol(column, values, start, count)
        elif library == "casacore":
            main.getcolnp(column, values, start, count)
        else:
            main.getcol(column, start, count)
    if action == "write":
        main.flush()
    sys.stdout.write("BENCH end\n")
    sys.stdout.flush()
main.close()
