"""Finds what there is of astropy; a file of the user comes first. The rest can be imported, and says when it is used what is here."""

import importlib.machinery
import logging
import sys
import types

import numpy
import qa2_fits
import qa2_sky
import qa2_units
import qa2_wcs
from qa2_scipy import lacking

_PACKAGES = 'config constants convolution coordinates cosmology extern io logger modeling nddata samp stats table tests time timeseries uncertainty units utils version visualization vo wcs'
_FORMATS = ('ascii', 'fits', 'misc', 'registry', 'votable')


class _Log:
    """astropy.log: lines about what goes on, on the error output."""

    level = logging.INFO

    def setLevel(self, level):
        self.level = level if isinstance(level, int) else getattr(logging, level)

    def isEnabledFor(self, level):
        return level >= self.level

    def _write(self, level, text, args):
        if level >= self.level:
            sys.stderr.write('%s: %s\n' % (logging.getLevelName(level), str(text) % args if args else text))

    def debug(self, text, *args, **_named):
        self._write(logging.DEBUG, text, args)

    def info(self, text, *args, **_named):
        self._write(logging.INFO, text, args)

    def warning(self, text, *args, **_named):
        self._write(logging.WARNING, text, args)

    warn = warning

    def error(self, text, *args, **_named):
        self._write(logging.ERROR, text, args)

    exception = error

    def critical(self, text, *args, **_named):
        self._write(logging.CRITICAL, text, args)

    def disable_warnings_logging(self):
        pass

    enable_warnings_logging = disable_exception_logging = disable_color = disable_warnings_logging


class ProgressBar:
    """astropy.utils.console.ProgressBar: counts along, without a terminal to draw in."""

    def __init__(self, total_or_items, ipython_widget=False, file=None):
        self._items = total_or_items if hasattr(total_or_items, '__iter__') else range(int(total_or_items))

    def __iter__(self):
        return iter(self._items)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return False

    def update(self, value=None):
        pass


def mad_std(data, axis=None, func=None, ignore_nan=False):
    """Standard deviation of a normal distribution with the data's median absolute deviation."""
    return median_absolute_deviation(data, axis, func, ignore_nan) * 1.482602218505602


def median_absolute_deviation(data, axis=None, func=None, ignore_nan=False):
    median = func or (numpy.nanmedian if ignore_nan else numpy.median)
    data = numpy.asarray(data) if isinstance(data, (list, tuple)) else data
    if isinstance(axis, tuple):
        axes = [one % data.ndim for one in axis]
        kept = [one for one in range(data.ndim) if one not in axes]
        data, axis = numpy.transpose(data, kept + axes).reshape([data.shape[one] for one in kept] + [-1]), -1
    middle = median(data, axis)
    if axis is not None:
        middle = numpy.expand_dims(middle, axis)
    return median(numpy.abs(data - middle), axis)


def _fill_log(module):
    module.__dict__.update(log=_LOG)


_LOG = _Log()
_FILLED = {
    'astropy': _fill_log,
    'astropy.io.fits': lambda module: module.__dict__.update(qa2_fits.NAMES),
    'pyfits': lambda module: module.__dict__.update(qa2_fits.NAMES),
    'astropy.units': qa2_units.fill_units,
    'astropy.constants': qa2_units.fill_constants,
    'astropy.coordinates': qa2_sky.fill_coordinates,
    'astropy.wcs': qa2_wcs.fill_wcs,
    'astropy.wcs.utils': qa2_wcs.fill_wcs_utils,
    'astropy.utils.console': lambda module: module.__dict__.update(ProgressBar=ProgressBar),
    'astropy.stats': lambda module: module.__dict__.update(mad_std=mad_std, median_absolute_deviation=median_absolute_deviation),
}


class AstropyModules:
    """Finds astropy and pyfits."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        first, _, rest = name.partition('.')
        is_known = first == 'astropy' and (not rest or rest.split('.')[0] in _PACKAGES.split()) and (rest[:3] != 'io.' or rest[3:].split('.')[0] in _FORMATS)
        if (is_known or name == 'pyfits') and not path:
            return importlib.machinery.ModuleSpec(name, AstropyModules, is_package=True)

    @staticmethod
    def create_module(spec):
        return types.ModuleType(spec.name)

    @staticmethod
    def exec_module(module):
        name = module.__name__
        fill = _FILLED.get(name)
        if fill:
            fill(module)
        module.__getattr__ = lambda part: _absent(name, part)


def _absent(name, part):
    if part.startswith('__') or name in ('astropy', 'astropy.io'):
        raise AttributeError(part)
    told = ': of astropy, casapy has io.fits, units, constants, SkyCoord (ICRS, FK5, Galactic) and angles, wcs of images, mad_std and log.'
    return lacking('%s.%s' % (name, part), told)
