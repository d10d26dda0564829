"""Where mstransform and CASA 6.7 flag otherwise after a change of frame: by units of the last place, and where CASA takes another time.

In the first integration of mode='channel' the old channels lie on the new ones but for rounding, in CASA some 60 units of the
last place. CASA's rule, applied to CASA's own frequencies, must give CASA's flags, and each flag that differs from ours must belong to
such a channel. After a time average CASA shifts an integration by the velocity of another row; ours must shift as without the average.
Prints a PASS or FAIL line a case; the exit code is 1 when one failed.
"""
import os
import shutil
import sys

import ms_tasks_more
import numpy as np
from casatasks import mstransform
from casatools import measures, table
from ms_tasks_more import ours, prepare, report

# A unit is 0.03 mHz at 230 GHz; CASA interpolates nutation and aberration between times that it has met, so that runs differ.
LIMIT_ULP = 200
BOTH = ("casa.ms", "ours.ms")


def transform(vis, **kwargs):
    """The MAIN columns of both programs' results."""
    for out in BOTH:
        shutil.rmtree(out, ignore_errors=True)
    kwargs = dict(kwargs, vis=vis, regridms=True, mode="channel", datacolumn="data")
    mstransform(outputvis=BOTH[0], **kwargs)
    ours(["mstransform", dict(kwargs, outputvis=BOTH[1])])
    return [read(out, "DATA", "FLAG", "TIME") for out in BOTH]


def read(path, *names, where=""):
    tb = table()
    tb.open(path)
    part = tb.query(where) if where else tb
    found = [part.getcol(name) for name in names]
    tb.close()
    return found


def shifted(vis, spw, frame, time):
    """Frequencies of a window in another frame at a time, as CASA's measures have them."""
    me = measures()
    ra, dec = read(vis + "/FIELD", "PHASE_DIR")[0][:, 0, 0]
    freqs = read(vis + "/SPECTRAL_WINDOW", "CHAN_FREQ", where="ROWID()==%d" % spw)[0].ravel()
    me.doframe(me.observatory("ALMA"))
    me.doframe(me.epoch("UTC", {"value": time / 86400, "unit": "d"}))
    me.doframe(me.direction("J2000", {"value": ra, "unit": "rad"}, {"value": dec, "unit": "rad"}))
    return np.array([me.measure(me.frequency("TOPO", {"value": f, "unit": "Hz"}), frame)["m0"]["value"] for f in freqs])


def rule(old, new, flags):
    """The flags of new channels as casacore's linear interpolation gives them."""
    sign, epsilon = np.sign(old[1] - old[0]), np.finfo(float).eps
    result = np.zeros(flags.shape[:1] + new.shape + flags.shape[2:], bool)
    for channel, freq in enumerate(new):
        upper = int(np.searchsorted(sign * old, sign * freq))
        outside = upper == len(old) or (upper == 0 and freq != old[0])
        upper = min(max(upper, 1), len(old) - 1)
        part = (freq - old[upper - 1]) / (old[upper] - old[upper - 1])
        taps = [upper - 1] if part <= epsilon else [upper] if part >= 1 - epsilon else [upper - 1, upper]
        result[:, channel] = outside | flags[:, taps].any(axis=1)
    return result


def last_places(frame, spw):
    (_, casa, time), (_, mine, _) = transform("base.ms", spw=str(spw), outframe=frame)
    first = time.min()
    flags, times = read("base.ms", "FLAG", "TIME", where="DATA_DESC_ID==%d" % spw)
    old = shifted("base.ms", spw, frame, first)
    new = read("casa.ms/SPECTRAL_WINDOW", "CHAN_FREQ")[0].ravel()
    ulp = np.array([np.abs(old - freq).min() / np.spacing(freq) for freq in new])
    casa, mine, differs = casa[:, :, time == first], mine[:, :, time == first], (casa != mine)
    here = differs[:, :, time == first]
    wrong = (rule(old, new, flags[:, :, times == first]) != casa)[:, ulp > 2]
    good = ulp.max() < LIMIT_ULP and not wrong.any() and here.sum() == differs.sum() and not (mine & ~casa).any()
    report(good, "flags of channels on channels, %s, window %d" % (frame, spw),
           "%d of %d flags differ, all in the first integration, at %.0f to %.0f units of the last place; CASA's rule is wrong of %d"
           % (differs.sum(), differs.size, ulp.min(), ulp.max(), wrong.sum()))


def times_of_averages():
    """Visibilities that count channels show by how many they are shifted; the second field is 20 days later, the third 60."""
    shutil.copytree("base.ms", "ramp.ms")
    tb = table()
    tb.open("ramp.ms", nomodify=False)
    for dd in (0, 1):
        part = tb.query("DATA_DESC_ID==%d" % dd)
        data = part.getcol("DATA")
        data[:] = np.arange(data.shape[1])[None, :, None]
        part.putcol("DATA", data)
        part.putcol("FLAG", np.zeros(data.shape, bool))
        part.close()
    days = np.array([0, 20, 60])[tb.getcol("FIELD_ID")]
    for column in ("TIME", "TIME_CENTROID"):
        tb.putcol(column, tb.getcol(column) + 86400 * days)
    tb.close()
    plain, averaged = transform("ramp.ms", spw="0", outframe="LSRK"), transform("ramp.ms", spw="0", outframe="LSRK", timeaverage=True, timebin="20s")

    def shifts(data, _flag, time):
        day = np.floor((time - time.min() + 3600) / 86400)
        return np.array([data[0, 10, day == one].real.mean() - 10 for one in np.unique(day)])

    truth, (casa, mine) = shifts(*plain[0]), [shifts(*columns) for columns in averaged]
    report(np.abs(mine - truth).max() < 1e-5 and np.abs(shifts(*plain[1]) - truth).max() < 1e-5 and len(mine) == 3, "times of averages",
           "shifts in channels after 0, 20, 60 days: CASA without the average %s, ours with it %s, CASA's with it %s"
           % tuple(np.round(values, 6).tolist() for values in (truth, mine, casa)))


if __name__ == "__main__":
    prepare()
    for frame in ("LSRK", "BARY", "GEO", "LSRD"):
        for spw in (0, 1):
            last_places(frame, spw)
    times_of_averages()
    sys.exit(1 if ms_tasks_more.failures else 0)
