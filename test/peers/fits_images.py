"""FITS images: exportfits and importfits of both programs, astropy's WCS, fitsverify, and foreign FITS files.

    python fits_images.py      (ALMA_QA2_ROOT)

Prints a PASS or FAIL line a check and tables of counts; exit code 1 when one failed.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import warnings
from os.path import basename, exists, join

import casatools
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from casatasks import casalog, exportfits, importfits

ROOT = os.environ['ALMA_QA2_ROOT']
NODE = os.environ.get('ALMA_QA2_NODE', 'node')
REAL = os.environ.get('ALMA_QA2_REAL_DATA', '')
ARCSEC = np.pi / 648000
SKY_LIMIT_DEG = 1e-9
casalog.setlogfile('/dev/null')
ia = casatools.image()
counts = {}


def check(group, name, wrong):
    """One line; `wrong` says what differs, or is empty."""
    good, bad = counts.get(group, (0, 0))
    counts[group] = (good, bad + 1) if wrong else (good + 1, bad)
    print('%s %s %s: %s' % ('FAIL' if wrong else 'PASS', group, name, wrong or 'the same'), flush=True)


# ---- images that CASA makes ----------------------------------------------------------------------------------------

def make_image(name, projection='SIN', frame='J2000', shape=(14, 10, 1, 5), stokes=('I',), spectral='LSRK', turn=0.0, beams=1,
               mask=True, centre=(1.0, -0.4), unit='Jy/beam', parameters=(), step=1e6):
    """A CASA image of random pixels; the shape may have two to four axes."""
    random = np.random.default_rng(len(name))
    csys = casatools.coordsys().newcoordsys(direction=True, stokes=list(stokes) if len(shape) > 2 else '', spectral=len(shape) > 3)
    csys.setreferencecode(frame, 'direction', adjust=False)
    csys.setunits(['rad', 'rad'] if len(shape) == 2 else ['rad', 'rad', ''] if len(shape) == 3 else ['rad', 'rad', '', 'Hz'])
    csys.setreferencevalue(list(centre), 'direction')
    csys.setincrement([-300 * ARCSEC, 300 * ARCSEC], 'direction')
    csys.setreferencepixel([6.25, 4.5], 'direction')
    csys.setprojection(projection, list(parameters)) if parameters else csys.setprojection(projection)
    if turn:
        csys.setlineartransform('direction', np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]))
    if len(shape) > 3:
        csys.setreferencevalue(230e9, 'spectral')
        csys.setincrement(step, 'spectral')
        csys.setreferencepixel(1.5, 'spectral')
        csys.setrestfrequency('230.538GHz')
        csys.setreferencecode(spectral, 'spectral', adjust=False)
    csys.settelescope('ALMA')
    csys.setobserver('a person')
    csys.setepoch(casatools.measures().epoch('UTC', '2013-06-02T03:04:05.678'))
    ia.fromarray(name, random.standard_normal(shape).astype(np.float32), csys=csys.torecord(), overwrite=True)
    ia.setbrightnessunit(unit)
    for plane in range(beams):
        where = {'channel': plane % shape[3], 'polarization': plane // shape[3]} if beams > 1 else {}
        ia.setrestoringbeam(major='%garcsec' % (1500 - 10 * plane), minor='%garcsec' % (1200 - 10 * plane), pa='30deg', **where)
    ia.setmiscinfo({'project': '2013.1.00001.S', 'count': 7, 'width': 2.5, 'good': True})
    ia.sethistory('fits_images', ['made for the comparison of FITS files', 'a second line ' + 'that is long ' * 12])
    if mask:
        ia.calcmask('"%s" > -0.8' % name, name='mask0')
    ia.close()


IMAGES = {
    'plain': {},
    'two': {'shape': (14, 10), 'frame': 'ICRS'},
    'three': {'shape': (14, 10, 3), 'stokes': ('I', 'Q', 'U')},
    'icrs': {'frame': 'ICRS', 'spectral': 'BARY'},
    'fk4': {'frame': 'B1950', 'spectral': 'TOPO', 'projection': 'TAN'},
    'galactic': {'frame': 'GALACTIC', 'projection': 'CAR', 'centre': (0.3, 0.0), 'spectral': 'GEO'},
    'car': {'projection': 'CAR', 'centre': (1.0, 0.0)},
    'car-high': {'projection': 'CAR', 'centre': (1.0, 0.5)},
    'tan': {'projection': 'TAN', 'turn': 0.3},
    'slant': {'projection': 'SIN', 'parameters': (0.1, -0.2)},
    'turned': {'turn': -0.7, 'centre': (6.2, 1.2)},
    'pole': {'centre': (2.0, 1.57)},
    'arc': {'projection': 'ARC'},
    'stg': {'projection': 'STG'},
    'zea': {'projection': 'ZEA'},
    'sfl': {'projection': 'SFL'},
    'cea': {'projection': 'CEA', 'parameters': (1.0,)},
    'mer': {'projection': 'MER'},
    'ait': {'projection': 'AIT'},
    'beams': {'beams': 5},
    'stokes-beams': {'shape': (14, 10, 2, 5), 'stokes': ('I', 'V'), 'beams': 10},
    'linear-feeds': {'shape': (14, 10, 2, 5), 'stokes': ('XX', 'YY'), 'mask': False},
    'polarized': {'shape': (14, 10, 4, 5), 'stokes': ('I', 'Q', 'U', 'V'), 'unit': 'K', 'beams': 0},
    'downwards': {'step': -2e6, 'spectral': 'LSRD'},
    'rest': {'spectral': 'REST'},
    'cmb': {'spectral': 'CMB'},
}
EXPORTS = {
    '': "",
    'velocity': ", velocity=True",
    'optical': ", velocity=True, optical=True",
    'optical-alone': ", optical=True",
    'dropdeg': ", dropdeg=True",
    'dropstokes': ", dropstokes=True",
    'stokesfirst': ", stokeslast=False",
    'quiet': ", history=False",
    'short': ", bitpix=16",
    'short-limits': ", bitpix=16, minpix=-0.5, maxpix=1.5",
    'limits': ", minpix=-0.5, maxpix=1.5",
}


# ---- foreign FITS files --------------------------------------------------------------------------------------------

def header_of(shape, **cards):
    header = fits.Header()
    words = {'CTYPE1': 'RA---TAN', 'CRVAL1': 57.3, 'CRPIX1': 6.5, 'CDELT1': -0.01, 'CUNIT1': 'deg', 'CTYPE2': 'DEC--TAN', 'CRVAL2': -22.9,
             'CRPIX2': 4.0, 'CDELT2': 0.01, 'CUNIT2': 'deg', 'BUNIT': 'Jy/beam'}
    if len(shape) > 2:
        words.update({'CTYPE3': 'FREQ', 'CRVAL3': 230e9, 'CRPIX3': 2.0, 'CDELT3': 1e6, 'CUNIT3': 'Hz', 'RESTFRQ': 230.538e9, 'SPECSYS': 'LSRK'})
    if len(shape) > 3:
        words.update({'CTYPE4': 'STOKES', 'CRVAL4': 1.0, 'CRPIX4': 1.0, 'CDELT4': 1.0})
    words.update({key.replace('__', '-'): value for key, value in cards.items()})
    for key, value in words.items():
        if value is not None:
            header[key] = value
    return header


CUBE = (1, 5, 10, 14)
FOREIGN = {
    'plane': ((10, 14), {}),
    'cube': (CUBE[1:], {}),
    'hypercube': (CUBE, {}),
    'one-axis': ((14,), {'CTYPE2': None, 'CRVAL2': None, 'CRPIX2': None, 'CDELT2': None, 'CUNIT2': None, 'CTYPE1': 'FREQ', 'CUNIT1': 'Hz', 'CRVAL1': 1e11, 'CDELT1': 1e6}),
    'car': (CUBE, {'CTYPE1': 'RA---CAR', 'CTYPE2': 'DEC--CAR', 'CRVAL2': 0.0}),
    'car-high': (CUBE, {'CTYPE1': 'RA---CAR', 'CTYPE2': 'DEC--CAR'}),
    'galactic': (CUBE, {'CTYPE1': 'GLON-CAR', 'CTYPE2': 'GLAT-CAR', 'CRVAL1': 0.5, 'CRVAL2': 0.0}),
    'galactic-tan': (CUBE, {'CTYPE1': 'GLON-TAN', 'CTYPE2': 'GLAT-TAN'}),
    'ecliptic': ((10, 14), {'CTYPE1': 'ELON-TAN', 'CTYPE2': 'ELAT-TAN'}),
    'unprojected': ((10, 14), {'CTYPE1': 'RA', 'CTYPE2': 'DEC', 'CRVAL2': 0.0}),
    'sfl': (CUBE, {'CTYPE1': 'RA---SFL', 'CTYPE2': 'DEC--SFL'}),
    'gls': ((10, 14), {'CTYPE1': 'RA---GLS', 'CTYPE2': 'DEC--GLS'}),
    'ncp': ((10, 14), {'CTYPE1': 'RA---NCP', 'CTYPE2': 'DEC--NCP', 'CRVAL2': 62.9}),
    'arc': ((10, 14), {'CTYPE1': 'RA---ARC', 'CTYPE2': 'DEC--ARC'}),
    'zea': ((10, 14), {'CTYPE1': 'RA---ZEA', 'CTYPE2': 'DEC--ZEA'}),
    'ait': ((10, 14), {'CTYPE1': 'RA---AIT', 'CTYPE2': 'DEC--AIT'}),
    'mol': ((10, 14), {'CTYPE1': 'RA---MOL', 'CTYPE2': 'DEC--MOL'}),
    'tsc': ((10, 14), {'CTYPE1': 'RA---TSC', 'CTYPE2': 'DEC--TSC'}),
    'zpn': ((10, 14), {'CTYPE1': 'RA---ZPN', 'CTYPE2': 'DEC--ZPN', 'PV2_1': 1.0, 'PV2_3': 0.05}),
    'lonpole': ((10, 14), {'LONPOLE': 150.0}),
    'slant': ((10, 14), {'CTYPE1': 'RA---SIN', 'CTYPE2': 'DEC--SIN', 'PV2_1': 0.1, 'PV2_2': -0.3}),
    'cd': ((10, 14), {'CDELT1': None, 'CDELT2': None, 'CD1_1': -0.008, 'CD1_2': 0.006, 'CD2_1': 0.006, 'CD2_2': 0.008}),
    'cd-cube': (CUBE[1:], {'CDELT1': None, 'CDELT2': None, 'CDELT3': None, 'CD1_1': -0.008, 'CD1_2': 0.006, 'CD2_1': 0.006, 'CD2_2': 0.008, 'CD3_3': 2e6}),
    'pc': ((10, 14), {'PC1_1': 0.8, 'PC1_2': -0.6, 'PC2_1': 0.6, 'PC2_2': 0.8}),
    'crota': ((10, 14), {'CROTA2': 33.0}),
    'axes-swapped': ((10, 14), {'CTYPE1': 'DEC--TAN', 'CTYPE2': 'RA---TAN', 'CRVAL1': -22.9, 'CRVAL2': 57.3, 'CDELT1': 0.01, 'CDELT2': -0.01}),
    'stokes-third': ((5, 2, 10, 14), {'CTYPE3': 'STOKES', 'CRVAL3': 1.0, 'CRPIX3': 1.0, 'CDELT3': 1.0, 'CUNIT3': None, 'CTYPE4': 'FREQ', 'CRVAL4': 230e9, 'CRPIX4': 2.0, 'CDELT4': 1e6, 'CUNIT4': 'Hz'}),
    'circular': ((2, 5, 10, 14), {'CRVAL4': -1.0, 'CDELT4': -1.0}),
    'spectrum-first': ((10, 14, 5), {'CTYPE1': 'FREQ', 'CRVAL1': 230e9, 'CRPIX1': 2.0, 'CDELT1': 1e6, 'CUNIT1': 'Hz', 'CTYPE2': 'RA---TAN', 'CRVAL2': 57.3, 'CDELT2': -0.01,
                                     'CTYPE3': 'DEC--TAN', 'CRVAL3': -22.9, 'CDELT3': 0.01, 'CUNIT3': 'deg'}),
    'icrs': ((10, 14), {'RADESYS': 'ICRS'}),
    'fk5': ((10, 14), {'RADESYS': 'FK5', 'EQUINOX': 2000.0}),
    'fk4': ((10, 14), {'RADESYS': 'FK4', 'EQUINOX': 1950.0}),
    'equinox': ((10, 14), {'EQUINOX': 1950.0}),
    'epoch': ((10, 14), {'EPOCH': 1950.0}),
    'vla': ((10, 14), {'EQUINOX': 1979.9}),
    'ghz': (CUBE, {'CRVAL3': 230.0, 'CDELT3': 0.001, 'CUNIT3': 'GHz'}),
    'vrad': (CUBE, {'CTYPE3': 'VRAD', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s'}),
    'vrad-km': (CUBE, {'CTYPE3': 'VRAD', 'CRVAL3': 1200.0, 'CDELT3': -1.3, 'CUNIT3': 'km/s'}),
    'vrad-bare': (CUBE, {'CTYPE3': 'VRAD', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s', 'SPECSYS': None}),
    'velo': (CUBE, {'CTYPE3': 'VELO-LSR', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s', 'SPECSYS': None}),
    'velo-helio': (CUBE, {'CTYPE3': 'VELO-HEL', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s', 'SPECSYS': None, 'VELREF': 258}),
    'felo': (CUBE, {'CTYPE3': 'FELO-HEL', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s', 'SPECSYS': None}),
    'velo-bare': (CUBE, {'CTYPE3': 'VELO', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s'}),
    'vopt': (CUBE, {'CTYPE3': 'VOPT', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s'}),
    'vopt-f2w': (CUBE, {'CTYPE3': 'VOPT-F2W', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s'}),
    'wave': (CUBE, {'CTYPE3': 'WAVE', 'CRVAL3': 1.3e-3, 'CDELT3': 1e-6, 'CUNIT3': 'm'}),
    'wave-mm': (CUBE, {'CTYPE3': 'WAVE', 'CRVAL3': 1.3, 'CDELT3': 1e-3, 'CUNIT3': 'mm'}),
    'awav': (CUBE, {'CTYPE3': 'AWAV', 'CRVAL3': 5e-7, 'CDELT3': 1e-9, 'CUNIT3': 'm'}),
    'no-rest': (CUBE, {'CTYPE3': 'VRAD', 'CRVAL3': 1.2e6, 'CDELT3': -1300.0, 'CUNIT3': 'm/s', 'RESTFRQ': None}),
    'restfreq': (CUBE, {'RESTFRQ': None, 'RESTFREQ': 230.538e9}),
    'freq-lsr': (CUBE, {'CTYPE3': 'FREQ-LSR', 'SPECSYS': None}),
    'velref': (CUBE, {'SPECSYS': None, 'VELREF': 257}),
    'velref-topo': (CUBE, {'SPECSYS': None, 'VELREF': 3}),
    'no-frame': (CUBE, {'SPECSYS': None}),
    'helio': (CUBE, {'SPECSYS': 'HELIOCEN'}),
    'linear': ((10, 14), {'CTYPE1': 'OFFSET', 'CUNIT1': 'arcsec', 'CTYPE2': 'VRAD', 'CUNIT2': 'm/s', 'RESTFRQ': 230.538e9}),
    'position-velocity': ((10, 14), {'CTYPE1': 'OFFSET', 'CUNIT1': 'arcsec', 'CTYPE2': 'FREQ', 'CUNIT2': 'Hz', 'CRVAL2': 230e9, 'CDELT2': 1e6, 'SPECSYS': 'LSRK'}),
    'beam': ((10, 14), {'BMAJ': 0.03, 'BMIN': 0.02, 'BPA': -40.0}),
    'beam-history': ((10, 14), {'HISTORY': 'AIPS   CLEAN BMAJ=  1.5000E-03 BMIN=  1.2000E-03 BPA=  35.00'}),
    'observed': ((10, 14), {'OBJECT': 'NGC 253', 'OBSERVER': 'someone', 'TELESCOP': 'ALMA', 'DATE__OBS': '2013-06-02T03:04:05.678', 'TIMESYS': 'UTC'}),
    'old-date': ((10, 14), {'DATE__OBS': '02/06/93', 'TELESCOP': 'VLA'}),
    'mjd': ((10, 14), {'MJD__OBS': 56445.127, 'TELESCOP': 'VLA'}),
    'site': ((10, 14), {'OBSGEO__X': 2225142.18, 'OBSGEO__Y': -5440307.37, 'OBSGEO__Z': -2481029.85, 'TELESCOP': 'ALMA'}),
    'pointing': ((10, 14), {'OBSRA': 57.4, 'OBSDEC': -22.8}),
    'unit': ((10, 14), {'BUNIT': 'JY/BEAM'}),
    'odd-unit': ((10, 14), {'BUNIT': 'counts per widget'}),
    'no-unit': ((10, 14), {'BUNIT': None}),
    'kelvin': ((10, 14), {'BUNIT': 'K', 'BTYPE': 'Optical Depth'}),
    'further': ((10, 14), {'PROJECT': 'x', 'NUMBER': 3, 'VALUE': 2.5, 'SWITCH': True}),
    'nothing': ((10, 14), {key: None for key in ('CTYPE1', 'CTYPE2', 'CRVAL1', 'CRVAL2', 'CRPIX1', 'CRPIX2', 'CDELT1', 'CDELT2', 'CUNIT1', 'CUNIT2', 'BUNIT')}),
}
STORED = {
    'bytes': ('uint8', {}, {}),
    'short': ('int16', {}, {}),
    'long': ('int32', {}, {}),
    'longlong': ('int64', {}, {}),
    'double': ('float64', {}, {}),
    'scaled': ('int16', {'BSCALE': 0.25, 'BZERO': 100.0}, {}),
    'blank': ('int16', {'BLANK': 5, 'BSCALE': 0.5}, {}),
    'blank-long': ('int32', {'BLANK': -7}, {}),
    'scaled-float': ('float32', {'BSCALE': 2.0, 'BZERO': -1.0}, {}),
}
IMPORTS = {
    'zeroblanks': ('holes.fits', ', zeroblanks=False'),
    'beam': ('foreign-plane.fits', ", beam=['3arcsec', '2arcsec', '20deg']"),
    'beam-over': ('foreign-beam.fits', ", beam=['0.5arcmin', '2arcsec', '-20deg']"),
    'defaultaxes': ('foreign-plane.fits', ", defaultaxes=True, defaultaxesvalues=['', '', '88.5GHz', 'Q']"),
    'defaultaxes-cube': ('foreign-cube.fits', ", defaultaxes=True, defaultaxesvalues=['', '', '', 'I']"),
    'defaultaxes-full': ('foreign-hypercube.fits', ", defaultaxes=True, defaultaxesvalues=['', '', '', '']"),
    'defaultaxes-spectrum': ('foreign-one-axis.fits', ", defaultaxes=True, defaultaxesvalues=['13.5h', '-2.5deg', '', 'I']"),
    'whichhdu-1': ('several.fits', ', whichhdu=1'),
    'whichhdu-2': ('several.fits', ', whichhdu=2'),
    'whichhdu-first': ('several.fits', ''),
    'whichhdu-none': ('several.fits', ', whichhdu=7'),
    'whichrep': ('two-systems.fits', ', whichrep=1'),
}


def write_foreign():
    """All foreign files; the names of those for a plain import."""
    random = np.random.default_rng(7)
    names = []
    for name, (shape, cards) in FOREIGN.items():
        fits.PrimaryHDU(random.standard_normal(shape).astype('>f4'), header_of(shape, **cards)).writeto('foreign-%s.fits' % name, overwrite=True)
        names.append('foreign-%s.fits' % name)
    for name, (kind, cards, _) in STORED.items():
        pixels = (random.standard_normal((10, 14)) * 20 + 30).astype(kind)
        header = header_of((10, 14))
        unit = fits.PrimaryHDU(pixels, header)
        for key, value in cards.items():
            unit.header[key] = value
        unit.data = pixels
        for key, value in cards.items():
            unit.header[key] = value
        unit._orig_bzero, unit._orig_bscale = 0, 1
        with open('stored-%s.fits' % name, 'wb') as file:
            raw = pixels.astype(pixels.dtype.newbyteorder('>')).tobytes()
            file.write(unit.header.tostring().encode() + raw + b'\0' * (-len(raw) % 2880))
        names.append('stored-%s.fits' % name)
    holes = random.standard_normal((5, 10, 14)).astype('>f4')
    holes[1, 2:5, 3] = np.nan
    holes[3, 1, 1] = 0
    fits.PrimaryHDU(holes, header_of(holes.shape)).writeto('holes.fits', overwrite=True)
    names.append('holes.fits')
    units = [fits.PrimaryHDU()] + [fits.ImageHDU(random.standard_normal((10, 14)).astype('>f4'), header_of((10, 14)), name='U%d' % k) for k in range(2)]
    fits.HDUList(units).writeto('several.fits', overwrite=True)
    header = header_of((10, 14))
    for key, value in (('CTYPE1A', 'GLON-TAN'), ('CTYPE2A', 'GLAT-TAN'), ('CRVAL1A', 10.0), ('CRVAL2A', 5.0), ('CRPIX1A', 6.5), ('CRPIX2A', 4.0), ('CDELT1A', -0.01),
                       ('CDELT2A', 0.01)):
        header[key] = value
    fits.PrimaryHDU(random.standard_normal((10, 14)).astype('>f4'), header).writeto('two-systems.fits', overwrite=True)
    names.append('two-systems.fits')
    return names


# ---- what an image and a file say ----------------------------------------------------------------------------------

def corners(shape):
    """Some pixels of an image, fastest axis first."""
    low, high = [0.0] * len(shape), [float(length - 1) for length in shape]
    middle = [0.37 * length for length in shape]
    return [low, high, middle, [high[0]] + low[1:]]


def read_image(name):
    """All that a user sees of an image, by CASA's image tool."""
    ia.open(name)
    csys, shape = ia.coordsys(), [int(length) for length in ia.shape()]
    summary = ia.summary(list=False)
    record = csys.torecord()
    found = {
        'shape': shape,
        'unit': ia.brightnessunit(),
        'names': csys.names(),
        'increment': np.array(csys.increment()['numeric'], dtype=float),
        'units': csys.units(),
        'kinds': csys.axiscoordinatetypes(),
        'codes': csys.referencecode() if isinstance(csys.referencecode(), list) else [csys.referencecode()],
        'world': [np.array(ia.toworld(at)['numeric'], dtype=float) for at in corners(shape)],
        'beam': flat(ia.restoringbeam()),
        'kind': summary['imagetype'],
        'masks': list(summary['masks']),
        'object': ia.imageinfo()['objectname'] if hasattr(ia, 'imageinfo') else '',
        'telescope': csys.telescope(),
        'observer': csys.observer(),
        'misc': {key: value for key, value in ia.miscinfo().items()},
        'data': ia.getchunk(),
        'mask': ia.getchunk(getmask=True),
        'stokes': csys.stokes() if 'Stokes' in csys.axiscoordinatetypes() else '',
        'epoch': flat({key: value for key, value in csys.epoch().items() if key.startswith('m')}),
    }
    for key, value in record.items():
        if key.startswith('direction'):
            found['direction'] = [str(value['projection']), value['system']] + [round(float(value[pole]), 9) for pole in ('longpole', 'latpole')]
            found['parameters'] = [float(one) for one in np.atleast_1d(value['projection_parameters'])]
        if key.startswith('spectral'):
            found['rest'] = float(value['restfreq'])
            found['spectrum'] = 'tabular' if 'tabular' in value else 'linear'
    found['observatory'] = flat({key: value for key, value in record.get('telescopeposition', {}).items() if key.startswith('m')})
    centre = record.get('pointingcenter', {})
    found['pointing'] = [] if centre.get('initial', True) else [float(one) for one in centre['value']]
    csys.done()
    ia.close()
    return found


def flat(value):
    """All numbers in a record, in the order of its keys; angles in deg."""
    if isinstance(value, dict) and value.get('unit') == 'rad':
        return [float(np.degrees(value['value']))]
    if isinstance(value, dict) and value.get('unit') in ('arcsec', 'arcmin'):
        return [float(value['value']) / (3600 if value['unit'] == 'arcsec' else 60)]
    if isinstance(value, dict):
        return [number for key in sorted(value) for number in flat(value[key])]
    return [float(value)] if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) else []


def image_differences(theirs, ours, rounding=0.0, with_cd=False):
    """What differs between two images; empty when nothing does."""
    wrong = []
    for key in theirs:
        a, b = theirs[key], ours.get(key)
        if key == 'data':
            good = theirs['mask']
            # CASA scales integers in single precision.
            if a.shape != b.shape or not np.allclose(a[good], b[good], rtol=0, atol=rounding * np.abs(a[good]).max()):
                wrong.append('data' if a.shape != b.shape else 'data by %.3g' % np.nanmax(np.abs(a[good] - b[good])))
        elif key == 'mask':
            if a.shape != b.shape or not np.array_equal(a, b):
                wrong.append('mask')
        elif key == 'world':
            if not all(len(x) == len(y) and np.allclose(x, y, rtol=2e-12, atol=1e-11) for x, y in zip(a, b)):
                wrong.append('world: CASA %s, here %s' % (a[0].tolist(), b[0].tolist()))
        elif key == 'codes':
            # The order of coordinates is not that of axes, and axes without meaning may share one.
            if sorted(filter(None, a)) != sorted(filter(None, b)):
                wrong.append('codes: CASA %s, here %s' % (a, b))
        elif key == 'increment':
            # A CD matrix leaves CASA's spectral axis with a step of one and a matrix; here it is the step.
            a, b = [[one for one, kind in zip(steps, theirs['kinds']) if not with_cd or kind != 'Spectral'] for steps in (a, b)]
            if not np.allclose(a, b, rtol=1e-9):
                wrong.append('increment: CASA %s, here %s' % (a, b))
        elif key in ('beam', 'observatory', 'pointing', 'epoch', 'parameters', 'rest'):
            if np.shape(a) != np.shape(b) or not np.allclose(a, b, rtol=1e-7, atol=1e-9):
                wrong.append('%s: CASA %s, here %s' % (key, a, b))
        elif key == 'direction':
            if a[:2] != b[:2] or not np.allclose(a[2:], b[2:], atol=1e-9):
                wrong.append('%s: CASA %s, here %s' % (key, a, b))
        elif key == 'misc':
            if {k: str(v) for k, v in a.items()} != {k: str(v) for k, v in b.items()}:
                wrong.append('misc: CASA %s, here %s' % (a, b))
        elif a != b:
            wrong.append('%s: CASA %s, here %s' % (key, a, b))
    return '; '.join(wrong)


# Of the writing itself, and of how the position of the observatory is told.
OWN_CARDS = {'DATE', 'ORIGIN', 'HISTORY', 'COMMENT', 'EXTEND', 'CHECKSUM', 'DATASUM', ''}


def header_differences(theirs, ours):
    """What differs between the cards of two headers."""
    wrong = []
    for key in theirs:
        if key in OWN_CARDS:
            continue
        twin = next((name for name in same_cards(key) if name in ours), None)
        if twin is None:
            wrong.append('%s=%r is missing here' % (key, theirs[key]))
            continue
        a, b = theirs[key], ours[twin]
        # CASA writes 13 digits, takes velocity steps as differences, and its days of MJD hold a microsecond.
        same = abs(a - b) <= 1e-10 * max(abs(a), abs(b), 1e-3) if is_number(a) and is_number(b) else a == b
        if key in ('DATAMIN', 'DATAMAX'):
            same = abs(a - b) <= 1e-7 * abs(a)
        if key.startswith('DATE'):
            same = abs(np.datetime64(a) - np.datetime64(b)) <= np.timedelta64(2, 'us')
        if not same:
            wrong.append('%s: CASA %r, here %r' % (key, a, b))
    for key in ours:
        if key not in OWN_CARDS and not any(name in theirs for name in same_cards(key)):
            wrong.append('%s=%r stands only here' % (key, ours[key]))
    return '; '.join(wrong)


def same_cards(key):
    """A card and its other spelling: PC01_02 and PC1_2."""
    match = re.match(r'PC0*(\d+)_0*(\d+)$', key)
    return (key, 'PC%s_%s' % match.groups(), 'PC%02d_%02d' % tuple(int(part) for part in match.groups())) if match else (key,)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def verify(path):
    """What fitsverify and astropy, as strict as it can be, have against a file."""
    wrong = ''
    if shutil.which('fitsverify'):
        text = subprocess.run(['fitsverify', path], stdout=subprocess.PIPE, universal_newlines=True).stdout
        found = re.search(r'Verification found (\d+) warning\(s\) and (\d+) error\(s\)', text)
        if found is None or found.groups() != ('0', '0'):
            wrong = 'fitsverify: ' + ' '.join(line.strip() for line in text.split('\n') if '***' in line)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        try:
            with fits.open(path) as units:
                units.verify('exception')
        except Exception as error:  # whatever astropy raises is the finding
            wrong += ' astropy: %s' % error
    return wrong


def sky_of(path, pixels):
    """Longitudes and latitudes in deg of pixels, by astropy."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        frame = WCS(fits.getheader(path))
        names = [frame.wcs.lng, frame.wcs.lat]
        world = frame.all_pix2world(np.array([pixel[:frame.naxis] for pixel in pixels], dtype=float), 0)
    return world[:, names]


def gap_deg(a, b):
    """Largest distance on the sky of two lists of positions in deg."""
    a, b = np.radians(np.asarray(a)), np.radians(np.asarray(b))
    vectors = [np.stack([np.cos(c[:, 1]) * np.cos(c[:, 0]), np.cos(c[:, 1]) * np.sin(c[:, 0]), np.sin(c[:, 1])]) for c in (a, b)]
    return float(np.degrees(np.linalg.norm(vectors[0] - vectors[1], axis=0).max()))


# ---- the runs ------------------------------------------------------------------------------------------------------

RUN = '''
import json
said = {}
def attempt(name, call):
    try:
        call()
        said[name] = ''
    except Exception as error:
        said[name] = str(error)
def world(name, pixels):
    ia.open(name)
    csys = ia.coordsys()
    found = [[float(one) for one in ia.toworld(pixel)['numeric']] for pixel in pixels]
    ia.close()
    return found
'''


def run_ours(lines):
    """Runs calls in our casapy; what they said."""
    with open('ours.py', 'w') as file:
        file.write(RUN + '\n'.join(lines) + "\nopen('ours.json', 'w').write(json.dumps(said))\n")
    program = [NODE, join(ROOT, 'bin', 'casapy.mjs'), '--nologfile', '--trust', '--casa-version', '6.7.0', '-c', 'ours.py']
    run = subprocess.run(program, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    with open('ours.json') as file:
        return json.load(file)


def attempt(call):
    try:
        eval(call)
        return ''
    except Exception as error:  # CASA's words about a file that it does not take
        return str(error) or 'refused'


def ours_line(key, call):
    return 'attempt(%r, lambda: %s)' % (key, call)


def export_calls():
    """Name, image and options of every export."""
    for image, made in IMAGES.items():
        # All options on some images; the plain and the velocity forms on all.
        whole = image in ('plain', 'three', 'two', 'stokes-beams', 'beams', 'downwards')
        for option, words in EXPORTS.items():
            if whole or option in ('', 'velocity'):
                yield (image + ('-' + option if option else ''), image, words)


def compare_exports(said):
    for name, image, words in export_calls():
        theirs, ours = 'casa-%s.fits' % name, 'ours-%s.fits' % name
        refused = attempt("exportfits('%s.image', '%s'%s, overwrite=True)" % (image, theirs, words))
        if refused or said['export ' + name]:
            check('refusal of export', name, '' if refused and said['export ' + name] else 'CASA: %s; here: %s' % (refused or 'taken', said['export ' + name] or 'taken'))
            continue
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            with fits.open(theirs) as a, fits.open(ours) as b:
                check('header', name, header_differences(a[0].header, b[0].header))
                same = a[0].data.shape == b[0].data.shape and np.array_equal(a[0].data, b[0].data, equal_nan=True)
                if not same and a[0].data.shape == b[0].data.shape and 'bitpix' in words:
                    # astropy scales integers in single precision.
                    same = np.allclose(a[0].data, b[0].data, rtol=0, atol=1.3e-7 * np.nanmax(np.abs(a[0].data)), equal_nan=True)
                check('pixels', name, '' if same else 'differ by %g, blank %d and %d' % (np.nanmax(np.abs(a[0].data - b[0].data)), np.isnan(a[0].data).sum(), np.isnan(b[0].data).sum()))
                beams = [unit['BEAMS'].data.tolist() if 'BEAMS' in unit else None for unit in (a, b)]
                check('table of beams', name, '' if beams[0] is None and beams[1] is None or beams[0] is not None and beams[1] is not None and np.allclose(sorted(beams[0], key=lambda row: row[3:]), sorted(beams[1], key=lambda row: row[3:])) else '%s against %s' % tuple(beams))
                history = [[line for line in map(str, unit[0].header.get('HISTORY', [])) if 'fits_images' in line or 'made for' in line or 'a second' in line] for unit in (a, b)]
                check('history', name, '' if bool(history[0]) == bool(history[1]) else 'CASA %s, here %s' % tuple(history))
        check('verification', name, verify(ours))
        # Each program reads what the other wrote.
        for label, path in (('theirs by both', theirs), ('ours by both', ours)):
            compare_import('%s %s' % (label, name), path, ('importfits', path), said)


# CASA reads a velocity without rest frequency as a frequency; the others are in docs/differences-from-casa.md.
REFUSED_HERE = ('no rest frequency', 'in the projection MOL', 'in the projection TSC', 'in the projection ZPN', 'one axis only')
# CASA drops these axes for others without meaning; here they keep their names and values.
KEPT_HERE = ('foreign-unprojected.fits',)


def compare_import(name, path, key, said, words=''):
    """One import by both programs."""
    made = 'casa-in-%s.image' % re.sub(r'\W+', '-', ' '.join(key))
    ours = 'ours-in-%s.image' % re.sub(r'\W+', '-', ' '.join(key))
    refused = attempt("importfits('%s', '%s'%s, overwrite=True)" % (path, made, words))
    mine = said[' '.join(key)]
    if refused or mine:
        # Where CASA loses the coordinates, or reads a velocity as a frequency, a refusal is right.
        lost = not refused and (read_image(made)['names'][0] == 'linear0' or any(words in mine for words in REFUSED_HERE))
        if refused and not mine and 'longlong' in path:
            same = np.array_equal(fits.getdata(path).T.astype(np.float32), read_image(ours)['data'])
            check('read here alone', name, '' if same else 'pixels differ from astropy')
            return
        wrong = '' if mine and (refused or lost) else 'CASA: %s; here: %s' % (refused or 'taken', mine or 'taken')
        check('refusal of import', name, wrong)
        return
    try:
        if path in KEPT_HERE:
            check('axes kept here alone', name, '' if read_image(ours)['names'] == ['RA', 'DEC'] else 'no axes RA and DEC')
            return
        rounding = 1.3e-7 if re.search(r'short|scaled|blank', path) else 0.0
        check('import', name, image_differences(read_image(made), read_image(ours), rounding, '-cd' in path))
    except Exception as error:
        check('import', name, 'CASA cannot read it: %s' % error)


def compare_positions(path, image, ours):
    """Sky positions of a file's pixels by astropy, CASA and us."""
    ia.open(image)
    shape = [int(length) for length in ia.shape()]
    csys = ia.coordsys()
    record = csys.torecord()
    ia.close()
    direction = next((key for key in record if key.startswith('direction')), None)
    if direction is None:
        return
    axes = [int(axis) for axis in record['pixelmap' + direction[9:]]]
    pixels = corners(shape)
    theirs = []
    ia.open(image)
    units = ia.coordsys().units()
    scale = [180 / np.pi if units[axis] == 'rad' else 1 / 60.0 if units[axis] == "'" else 1.0 for axis in axes]
    for pixel in pixels:
        numeric = ia.toworld(pixel)['numeric']
        theirs.append([numeric[axis] * factor for axis, factor in zip(axes, scale)])
    ia.close()
    mine = [[position[axis] * 180 / np.pi for axis in axes] for position in ours]
    peers = sky_of(path, pixels)
    gaps = [gap_deg(peers, mine), gap_deg(theirs, mine), gap_deg(peers, theirs)]
    check('sky position', basename(path), '' if gaps[0] <= SKY_LIMIT_DEG and gaps[1] <= SKY_LIMIT_DEG else
          'from astropy %.2g, from CASA %.2g (they %.2g) deg' % tuple(gaps))


def real_images(folder):
    """Real CASA images and FITS files, copied here; packed ones unpacked."""
    images, files = [], []
    for path in sorted(glob.glob(join(folder, 'images-*', '**'), recursive=True)):
        name = 'real-%d-%s' % (len(images) + len(files), basename(path))
        if path.endswith('.tar.gz'):
            with tarfile.open(path) as packed:
                packed.extractall(name)
            for table in glob.glob(join(name, '**', 'table.dat'), recursive=True):
                if os.path.isdir(join(os.path.dirname(table), 'logtable')):
                    images.append(os.path.dirname(table))
        elif path.endswith('.fits.gz'):
            name = name[:-3]
            with __import__('gzip').open(path) as packed, open(name, 'wb') as out:
                out.write(packed.read())
            files.append(name)
        elif path.endswith('.fits'):
            shutil.copy(path, name)
            files.append(name)
        elif exists(join(path, 'table.dat')) and exists(join(path, 'logtable')):
            shutil.copytree(path, name)
            subprocess.run(['chmod', '-R', 'u+w', name])
            images.append(name)
    return images, files


def main():
    for name, made in IMAGES.items():
        make_image(name + '.image', **made)
    foreign = write_foreign()
    images, files = real_images(REAL) if REAL else ([], [])
    if not REAL:
        print('INFO real images are compared where ALMA_QA2_REAL_DATA names a folder of them')
    lines = []
    exports = list(export_calls())
    for name, image, words in exports:
        lines.append(ours_line('export ' + name, "exportfits('%s.image', 'ours-%s.fits'%s, overwrite=True)" % (image, name, words)))
        attempt("exportfits('%s.image', 'casa-%s.fits'%s, overwrite=True)" % (image, name, words))
    for image in images:
        out = 'ours-%s.fits' % re.sub(r'\W+', '-', image)
        lines.append(ours_line('export ' + image, "exportfits('%s', '%s', overwrite=True)" % (image, out)))
    everything = foreign + files + ['%s-%s.fits' % (who, name) for name, _, _ in exports for who in ('casa', 'ours')]
    for path in everything:
        made = 'ours-in-%s.image' % re.sub(r'\W+', '-', 'importfits ' + path)
        lines.append(ours_line('importfits ' + path, "importfits('%s', '%s', overwrite=True)" % (path, made)))
    for name, (path, words) in IMPORTS.items():
        lines.append(ours_line('option ' + name, "importfits('%s', 'ours-in-option-%s.image'%s, overwrite=True)" % (path, re.sub(r'\W+', '-', name), words)))
    lines.append(POSITIONS % (repr(['casa-%s.fits' % name for name, _, words in exports if not words] + foreign + files),))
    said = run_ours(lines)
    compare_exports(said)
    for path in foreign + files:
        compare_import(path, path, ('importfits', path), said)
    for name, (path, words) in IMPORTS.items():
        compare_import('option ' + name, path, ('option', name), said, words)
    for image in images:
        compare_real(image, said)
    for path, positions in said['positions'].items():
        made = 'casa-in-%s.image' % re.sub(r'\W+', '-', 'importfits ' + path)
        if exists(made):
            compare_positions(path, made, positions)
    for group, (good, bad) in sorted(counts.items()):
        print('TABLE %s: %d the same, %d differ' % (group, good, bad))
    sys.exit(1 if any(bad for _, bad in counts.values()) else 0)


POSITIONS = '''
import os, re
said['positions'] = {}
for path in %s:
    made = 'ours-in-%%s.image' %% re.sub(r'\\W+', '-', 'importfits ' + path)
    if os.path.exists(made):
        ia.open(made)
        shape = [int(length) for length in ia.shape()]
        low, high = [0.0] * len(shape), [float(length - 1) for length in shape]
        middle = [0.37 * length for length in shape]
        try:
            said['positions'][path] = [[float(one) for one in ia.toworld(at)['numeric']] for at in (low, high, middle, [high[0]] + low[1:])]
        except Exception as error:
            said['toworld ' + path] = str(error)
        ia.close()
'''


def compare_real(image, said):
    """A real CASA image: our FITS of it says what CASA's says, and goes back to the same pixels, mask and beams."""
    out = 'ours-%s.fits' % re.sub(r'\W+', '-', image)
    refused = attempt("exportfits('%s', 'casa-real.fits', overwrite=True)" % image)
    if refused or said['export ' + image]:
        check('real image', image, '' if refused and said['export ' + image] else 'CASA: %s; here: %s' % (refused or 'taken', said['export ' + image] or 'taken'))
        return
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        with fits.open('casa-real.fits') as a, fits.open(out) as b:
            same = a[0].data.shape == b[0].data.shape and np.array_equal(a[0].data, b[0].data, equal_nan=True)
            check('real image', image, '; '.join(filter(None, [header_differences(a[0].header, b[0].header), '' if same else 'pixels'])))
            ours = [str(line) for line in b[0].header.get('HISTORY', [])]
            theirs = [str(line) for line in a[0].header.get('HISTORY', [])]
            check('real log', image, '' if bool(ours) == bool(theirs) else '%d lines by CASA, %d here' % (len(theirs), len(ours)))
    # What CASA writes of an image with increments of zero is no FITS either.
    if not verify('casa-real.fits') or verify(out):
        check('verification', out, verify(out) if not verify('casa-real.fits') else '')


if __name__ == '__main__':
    main()
