"""astropy.wcs: from pixels to the sky, frequencies and Stokes parameters, and back, by the header of an image."""

import math
import os
import re

import numpy
from qa2_fits import Header, getheader
from qa2_sky import SkyCoord
from qa2_units import Quantity, Unit
from qa2_units_numpy import teach_numpy

WCSSUB_LONGITUDE, WCSSUB_LATITUDE, WCSSUB_CUBEFACE = 'longitude', 'latitude', 'cubeface'
WCSSUB_SPECTRAL, WCSSUB_STOKES, WCSSUB_TIME = 'spectral', 'stokes', 'time'
WCSSUB_CELESTIAL = 'celestial'
_ZENITHAL = ('SIN', 'TAN', 'ARC', 'STG', 'ZEA')
_LONGITUDES, _LATITUDES = ('RA', 'GLON', 'ELON', 'SLON', 'HLON', 'TLON'), ('DEC', 'GLAT', 'ELAT', 'SLAT', 'HLAT', 'TLAT')
_SI = ('Hz', 'm/s', 'm', 'J', 'm-1')
_SPECTRAL = ('FREQ', 'VELO', 'VRAD', 'VOPT', 'WAVE', 'AWAV', 'ENER', 'WAVN', 'ZOPT', 'BETA', 'FELO')


_PARAMETERS = set(
    'naxis ctype cname cunit crpix cdelt crval pc cd restfrq restwav radesys specsys ssysobs velref equinox lonpole latpole dateobs mjdobs obsgeo'.split()
)


class NoConvergence(Exception):
    pass


class FITSFixedWarning(UserWarning):
    pass


def _kind(ctype):
    name = ctype.split('-')[0].strip()
    if name in _LONGITUDES or name in _LATITUDES:
        return 'longitude' if name in _LONGITUDES else 'latitude'
    return 'spectral' if name in _SPECTRAL else 'stokes' if name == 'STOKES' else 'linear'


class _Units(list):
    """The units of axes, of which each can be set."""

    def __init__(self, texts):
        super().__init__(map(Unit, texts))
        self._texts = texts

    def __setitem__(self, at, unit):
        super().__setitem__(at, Unit(unit))
        self._texts[at] = str(self[at])


class _Numbers:
    """WCS.wcs: the parameters, under the names of wcslib."""

    def __init__(self, naxis):
        self.naxis = naxis
        self.ctype, self.cname = [''] * naxis, [''] * naxis
        self._units = [''] * naxis
        self.crpix, self.cdelt, self.crval = numpy.zeros(naxis), numpy.ones(naxis), numpy.zeros(naxis)
        self._pc = numpy.eye(naxis)
        self.restfrq = self.restwav = 0.0
        self.radesys, self.specsys, self.ssysobs, self.velref = '', '', '', 0
        self.equinox = self.lonpole = self.latpole = math.nan
        self.dateobs, self.mjdobs = '', math.nan
        self.obsgeo = [math.nan] * 3
        self._pv = {}

    @property
    def pc(self):
        return self._pc

    @pc.setter
    def pc(self, table):
        self._pc = numpy.array(table, dtype='float64')

    cd = property(lambda self: self._no_cd(), lambda self, table: self._take_cd(table))

    def _no_cd(self):
        raise AttributeError('cd is not present.')

    def _take_cd(self, table):
        self._pc, self.cdelt = numpy.array(table, dtype='float64'), numpy.ones(self.naxis)

    @property
    def cunit(self):
        return _Units(self._units)

    @cunit.setter
    def cunit(self, units):
        self._units = [str(Unit(one)) for one in units]

    def __setattr__(self, name, value):
        if name in ('crpix', 'cdelt', 'crval'):
            value = numpy.array(value, dtype='float64')
        elif name == 'ctype':
            value = [str(one) for one in value]
        elif name not in _PARAMETERS and not name.startswith('_'):
            raise NotImplementedError("casapy's astropy.wcs has no parameter wcs.%s." % name)
        object.__setattr__(self, name, value)

    def get_pc(self):
        return self._pc.copy()

    def get_cdelt(self):
        return self.cdelt.copy()

    def has_cd(self):
        return False

    def has_pc(self):
        return True

    def get_pv(self):
        return [(axis, number, value) for (axis, number), value in sorted(self._pv.items())]

    def _axis(self, kind):
        return next((at for at, one in enumerate(self.ctype) if _kind(one) == kind), -1)

    lng = property(lambda self: self._axis('longitude'))
    lat = property(lambda self: self._axis('latitude'))
    spec = property(lambda self: self._axis('spectral'))

    def set(self):
        """Brings the units of all axes to degrees and SI, as wcslib does before it works."""
        for at, (name, unit) in enumerate(zip(self.ctype, self._units)):
            kind = _kind(name)
            if kind in ('longitude', 'latitude') and not unit:
                self._units[at] = 'deg'
            if not unit or kind == 'linear':
                continue
            given = Unit(unit)
            wanted = 'deg' if kind in ('longitude', 'latitude') else next((one for one in _SI if given.is_equivalent(one)), unit)
            factor = given.to(wanted)
            if factor != 1:
                self.cdelt[at], self.crval[at] = self.cdelt[at] * factor, self.crval[at] * factor
            self._units[at] = wanted

    def copy(self, axes=None):
        axes = range(self.naxis) if axes is None else axes
        made = _Numbers(len(axes))
        for name in ('restfrq', 'restwav', 'radesys', 'specsys', 'ssysobs', 'velref', 'equinox', 'lonpole', 'latpole', 'dateobs', 'mjdobs', 'obsgeo'):
            setattr(made, name, getattr(self, name))
        kept = [at for at in axes if at is not None]
        for new, old in enumerate(axes):
            if old is None:
                continue
            made.ctype[new], made.cname[new], made._units[new] = self.ctype[old], self.cname[old], self._units[old]
            made.crpix[new], made.cdelt[new], made.crval[new] = self.crpix[old], self.cdelt[old], self.crval[old]
            for other, column in enumerate(axes):
                if column is not None:
                    made._pc[new, other] = self._pc[old, column]
            for rest in range(self.naxis):
                if rest not in kept and (self._pc[old, rest] or self._pc[rest, old]):
                    raise ValueError('Non-separable subimage coordinate system.')
        places = {old: new for new, old in enumerate(axes)}
        made._pv = {(places[axis - 1] + 1, number): value for (axis, number), value in self._pv.items() if axis - 1 in places}
        return made


def _read(header):
    """A header's parameters, with the number of its axes."""
    get = lambda name, other=None: header[name] if name in header else other
    keys = [str(key) for key in header.keys()]
    axes = [int(found.group(1)) for key in keys for found in [re.match(r'(?:CTYPE|CRPIX|CRVAL|CDELT|CUNIT|NAXIS)(\d)$', key)] if found]
    naxis = int(get('WCSAXES', max(axes + [int(get('NAXIS', 0))])) or 0) or 2
    numbers = _Numbers(naxis)
    has_cd = any(re.match(r'CD\d_\d$', key) for key in keys)
    for at in range(naxis):
        number = at + 1
        numbers.ctype[at], numbers._units[at] = str(get('CTYPE%d' % number, '')).strip(), _unit_text(str(get('CUNIT%d' % number, '')))
        numbers.crpix[at], numbers.crval[at] = float(get('CRPIX%d' % number, 0.0)), float(get('CRVAL%d' % number, 0.0))
        numbers.cdelt[at] = 1.0 if has_cd else float(get('CDELT%d' % number, 1.0))
        for other in range(naxis):
            names = ['CD%d_%d' % (number, other + 1)] if has_cd else ['PC%d_%d' % (number, other + 1), 'PC%02d_%02d' % (number, other + 1), 'PC%03d%03d' % (number, other + 1)]
            numbers._pc[at, other] = next((float(get(name)) for name in names if name in header), 1.0 if at == other and not has_cd else 0.0)
    for key in keys:
        found = re.match(r'PV(\d)_(\d+)$', key)
        if found:
            numbers._pv[int(found.group(1)), int(found.group(2))] = float(get(key))
    rotation = float(get('CROTA%d' % (numbers.lat + 1), 0.0) or 0.0) if numbers.lat >= 0 else 0.0
    if rotation and not has_cd and not any(key.startswith('PC') for key in keys):
        lng, lat, angle = numbers.lng, numbers.lat, math.radians(rotation)
        ratio = numbers.cdelt[lat] / numbers.cdelt[lng]
        numbers._pc[lng, lng] = numbers._pc[lat, lat] = math.cos(angle)
        numbers._pc[lng, lat], numbers._pc[lat, lng] = -math.sin(angle) * ratio, math.sin(angle) / ratio
    numbers.restfrq, numbers.restwav = float(get('RESTFRQ', get('RESTFREQ', 0.0))), float(get('RESTWAV', 0.0))
    numbers.specsys, numbers.dateobs = str(get('SPECSYS', '')).strip(), str(get('DATE-OBS', '')).strip()
    numbers.velref = int(get('VELREF', 0))
    numbers.lonpole, numbers.latpole = float(get('LONPOLE', math.nan)), float(get('LATPOLE', math.nan))
    numbers.obsgeo = [float(get('OBSGEO-%s' % axis, math.nan)) for axis in 'XYZ']
    equinox = get('EQUINOX', get('EPOCH'))
    numbers.equinox = math.nan if equinox is None else float(equinox)
    numbers.radesys = str(get('RADESYS', get('RADECSYS', ''))).strip()
    if not numbers.radesys and numbers.lng >= 0 and numbers.ctype[numbers.lng].startswith('RA'):
        numbers.radesys = 'ICRS' if equinox is None else 'FK4' if numbers.equinox < 1984 else 'FK5'
    if numbers.radesys == 'ICRS':
        numbers.equinox = math.nan
    numbers.mjdobs = float(get('MJD-OBS', _mjd_of(numbers.dateobs)))
    return numbers


def _unit_text(text):
    text = text.strip()
    return {'DEG': 'deg', 'HZ': 'Hz', 'M/S': 'm/s', 'KM/S': 'km/s', 'degree': 'deg', 'degrees': 'deg'}.get(text, text)


def _mjd_of(date):
    found = re.match(r'(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d*)?))?', date)
    if not found:
        return math.nan
    year, month, day = (int(one) for one in found.group(1, 2, 3))
    hours = [float(one or 0) for one in found.group(4, 5, 6)]
    before = (month - 14) // 12 if month - 14 >= 0 else -((14 - month) // 12)
    days = (1461 * (year + 4800 + before)) // 4 + (367 * (month - 2 - 12 * before)) // 12 - (3 * ((year + 4900 + before) // 100)) // 4 + day - 32075 - 2400001
    return days + (hours[0] + hours[1] / 60 + hours[2] / 3600) / 24


def _header_of(given):
    """A file's header, or that which a text is itself."""
    text = given.decode('latin-1') if isinstance(given, bytes) else os.fspath(given)
    if len(text) < 1000 and os.path.exists(text):
        return getheader(text)
    if not re.match(r'[A-Z][A-Z0-9_-]* *(?:=|$)', text[:10]) or len(text) < 20:
        raise FileNotFoundError("WCS('%.60s'): there is no such file, and a header begins otherwise." % text)
    return Header.fromstring(text)


class WCS:
    """The coordinates of an image. Axes of pixels are counted as in FITS: the first is x."""

    def __init__(self, header=None, fobj=None, key=' ', minerr=0.0, relax=True, naxis=None, keysel=None, colsel=None, fix=True, _numbers=None, _sizes=None):
        if key.strip():
            raise NotImplementedError("astropy.wcs.WCS(key='%s') is not available here: only a header's first coordinates are read." % key)
        if _numbers is not None:
            self.wcs, self._sizes = _numbers, _sizes
            return
        if header is None:
            self.wcs, self._sizes = _Numbers(2 if naxis is None else naxis), None
            return
        if isinstance(header, (str, bytes, os.PathLike)):
            header = _header_of(header)
        if any(str(key).startswith(('A_ORDER', 'CPDIS', 'D2IMDIS')) for key in header.keys()):
            raise NotImplementedError("casapy's astropy.wcs has no distortions (SIP and tables).")
        self.wcs = _read(header)
        count = int(header['NAXIS']) if 'NAXIS' in header else 0
        sizes = [int(header['NAXIS%d' % (at + 1)]) for at in range(count) if 'NAXIS%d' % (at + 1) in header]
        self._sizes = sizes if len(sizes) == self.wcs.naxis else None
        self.wcs.set()
        if naxis is not None:
            part = self.sub([at + 1 for at in range(naxis)] if isinstance(naxis, int) else naxis)
            self.wcs, self._sizes = part.wcs, part._sizes

    # ------------------------------------------------------------ what it is

    naxis = property(lambda self: self.wcs.naxis)
    pixel_n_dim = world_n_dim = naxis
    world_axis_units = property(lambda self: list(self.wcs._units))
    world_axis_names = property(lambda self: list(self.wcs.cname))
    axis_type_names = property(lambda self: [name.split('-')[0] for name in self.wcs.ctype])
    has_celestial = property(lambda self: self.wcs.lng >= 0 and self.wcs.lat >= 0)
    has_spectral = property(lambda self: self.wcs.spec >= 0)
    is_celestial = property(lambda self: self.has_celestial and self.naxis == 2)

    @property
    def pixel_shape(self):
        return tuple(self._sizes) if self._sizes else None

    @pixel_shape.setter
    def pixel_shape(self, sizes):
        self._sizes = None if sizes is None else list(sizes)

    @property
    def array_shape(self):
        return tuple(reversed(self._sizes)) if self._sizes else None

    @array_shape.setter
    def array_shape(self, shape):
        self._sizes = None if shape is None else list(reversed(shape))

    @property
    def pixel_scale_matrix(self):
        self.wcs.set()
        table = self.wcs.cdelt.reshape(-1, 1) * self.wcs.pc
        return table

    def proj_plane_pixel_scales(self):
        scales = proj_plane_pixel_scales(self)  # first: it sets the units
        return [Quantity(value, unit) for value, unit in zip(scales, self.wcs._units)]

    def proj_plane_pixel_area(self):
        return Quantity(proj_plane_pixel_area(self), 'deg2')

    # ------------------------------------------------------------ parts

    def sub(self, axes):
        if isinstance(axes, int):
            axes = list(range(1, axes + 1))
        wanted = []
        for axis in axes:
            if isinstance(axis, str):
                kinds = ('longitude', 'latitude') if axis == 'celestial' else (axis,)
                for kind in kinds:
                    wanted += [at for at, name in enumerate(self.wcs.ctype) if _kind(name) == kind and at not in wanted]
            else:
                wanted.append(None if axis == 0 else axis - 1)
        sizes = [self._sizes[at] if at is not None else 1 for at in wanted] if self._sizes else None
        return WCS(_numbers=self.wcs.copy(wanted), _sizes=sizes)

    @property
    def celestial(self):
        return self.sub([WCSSUB_CELESTIAL])

    @property
    def spectral(self):
        return self.sub([WCSSUB_SPECTRAL])

    def dropaxis(self, dropax):
        return self.sub([at + 1 for at in range(self.naxis) if at != dropax])

    def swapaxes(self, ax0, ax1):
        order = list(range(1, self.naxis + 1))
        order[ax0], order[ax1] = order[ax1], order[ax0]
        return self.sub(order)

    def copy(self):
        return WCS(_numbers=self.wcs.copy(), _sizes=self._sizes and list(self._sizes))

    deepcopy = copy

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return self.copy()

    def slice(self, view, numpy_order=True):
        view = list(view) if isinstance(view, tuple) else [view]
        if len(view) > self.naxis:
            raise ValueError('Must have # of slices <= # of axes')
        made = self.copy()
        for place, part in enumerate(view):
            axis = self.naxis - 1 - place if numpy_order else place
            if not isinstance(part, builtin_slice):
                raise IndexError('Slicing WCS with a single integer is not available here; use slices.')
            start, step = part.start or 0, part.step or 1
            if start < 0 or step < 1:
                raise IndexError('Slices of a WCS begin at a pixel and step forward.')
            made.wcs.crpix[axis] = (self.wcs.crpix[axis] - start - 1) / step + 0.5 + 1 / 2.0 / step if step > 1 else self.wcs.crpix[axis] - start
            if step > 1:
                made.wcs.cdelt[axis] = self.wcs.cdelt[axis] * step
            if made._sizes:
                made._sizes[axis] = len(range(*part.indices(self._sizes[axis])))
        return made

    __getitem__ = slice

    # ------------------------------------------------------------ conversions

    def _projection(self):
        lng, lat = self.wcs.lng, self.wcs.lat
        names = {self.wcs.ctype[at][-3:] for at in (lng, lat) if '-' in self.wcs.ctype[at]}
        if not names:
            return lng, lat, None
        (name,) = names if len(names) == 1 else ('',)
        if name not in _ZENITHAL + ('CAR',):
            raise NotImplementedError("casapy's astropy.wcs has the projections %s and CAR, not %s." % (', '.join(_ZENITHAL), name or self.wcs.ctype))
        # Of the longitude's: 1 and 2 are the native reference point, 3 and 4 stand for LONPOLE and LATPOLE.
        usual = {2: 90.0 if name in _ZENITHAL else 0.0, 3: self.wcs.lonpole, 4: self.wcs.latpole}
        for (axis, number), value in self.wcs._pv.items():
            if value != (usual.get(number, 0.0) if axis == lng + 1 else 0.0) and axis in (lng + 1, lat + 1):
                raise NotImplementedError("casapy's astropy.wcs has no projections with parameters (PV%d_%d)." % (axis, number))
        return lng, lat, name

    def _pole(self, name):
        """Where the native pole lies: longitude and latitude, and the native longitude of the celestial pole, rad."""
        lng, lat = self.wcs.lng, self.wcs.lat
        alpha, delta = math.radians(self.wcs.crval[lng]), math.radians(self.wcs.crval[lat])
        theta = math.pi / 2 if name in _ZENITHAL else 0.0
        given = self.wcs.lonpole
        phi = math.radians(given) if given == given else 0.0 if delta >= theta else math.pi
        if name in _ZENITHAL:
            return alpha, delta, phi
        # Calabretta and Greisen 2002, A&A 395, 1077, equations 8 to 10, for a reference point on the native equator.
        latpole = self.wcs.latpole if self.wcs.latpole == self.wcs.latpole else 90.0
        sine = math.sin(delta) / abs(math.cos(phi))
        if abs(sine) > 1 + 1e-10:
            raise ValueError('LONPOLE = %g is not possible with a reference point at latitude %g.' % (math.degrees(phi), math.degrees(delta)))
        middle, spread = math.degrees(math.atan2(0.0, math.cos(phi))), math.degrees(math.acos(max(-1.0, min(1.0, sine))))
        first, second = (angle - 360 if angle > 180 else angle + 360 if angle < -180 else angle for angle in (middle + spread, middle - spread))
        nearer = abs(latpole - first) - abs(latpole - second)
        if 0 < abs(nearer) < 1e-10 and max(abs(first), abs(second)) < 90:
            raise ValueError('LATPOLE = %g does not tell which of two poles is meant, %.6g or %.6g degrees.' % (latpole, first, second))
        choices = (first, second) if nearer < 0 else (second, first)
        pole = math.radians(next(angle for angle in choices if abs(angle) < 90 + 1e-10))
        if abs(delta) >= math.pi / 2 - 1e-12:
            return alpha, pole, phi
        if abs(pole - math.pi / 2) < 1e-12:
            return alpha + phi - math.pi, pole, phi
        if abs(pole + math.pi / 2) < 1e-12:
            return alpha - phi, pole, phi
        sine, cosine = math.sin(phi) / math.cos(delta), -math.sin(pole) * math.sin(delta) / (math.cos(pole) * math.cos(delta))
        return alpha - math.atan2(sine, cosine), pole, phi

    @staticmethod
    def _to_native(name, x, y):
        """Native longitude and latitude (rad) of a place in the plane (deg)."""
        if name == 'CAR':
            return numpy.radians(x), numpy.radians(y)
        x, y = numpy.radians(x), numpy.radians(y)
        radius = numpy.hypot(x, y)
        phi = numpy.arctan2(x, -y)
        if name == 'SIN':
            return phi, numpy.arctan2(numpy.sqrt(1 - radius ** 2), radius)
        if name == 'TAN':
            return phi, numpy.arctan2(1.0 + 0 * radius, radius)
        if name == 'ARC':
            return phi, math.pi / 2 - radius
        if name == 'STG':
            return phi, math.pi / 2 - 2 * numpy.arctan(radius / 2)
        return phi, math.pi / 2 - 2 * numpy.arcsin(radius / 2)

    @staticmethod
    def _from_native(name, phi, theta):
        if name == 'CAR':
            return numpy.degrees(phi), numpy.degrees(theta)
        if name == 'SIN':
            radius = numpy.where(theta >= 0, numpy.cos(theta), math.nan)
        elif name == 'TAN':
            radius = numpy.where(theta > 0, numpy.cos(theta) / numpy.sin(theta), math.nan)
        elif name == 'ARC':
            radius = math.pi / 2 - theta
        elif name == 'STG':
            radius = 2 * numpy.cos(theta) / (1 + numpy.sin(theta))
        else:
            radius = 2 * numpy.sin((math.pi / 2 - theta) / 2)
        return numpy.degrees(radius * numpy.sin(phi)), -numpy.degrees(radius * numpy.cos(phi))

    @staticmethod
    def _rotate(longitude, latitude, zero, pole, other):
        """From one sphere to the other: `zero` is the longitude of the other's pole here, `other` this one's pole there."""
        gap = longitude - zero
        sine, cosine = numpy.sin(latitude), numpy.cos(latitude)
        across = -cosine * numpy.sin(gap)
        along = sine * math.cos(pole) - cosine * math.sin(pole) * numpy.cos(gap)
        up = sine * math.sin(pole) + cosine * math.cos(pole) * numpy.cos(gap)
        return other + numpy.arctan2(across, along), numpy.arctan2(up, numpy.hypot(across, along))

    def _check(self):
        for name in self.wcs.ctype:
            if _kind(name) == 'spectral' and re.search(r'-(?:\w2\w|LOG|GRI|TAB|GRA|FREQ)$', name) or name.startswith('FELO'):
                raise NotImplementedError("casapy's astropy.wcs has linear spectral axes only, not %s." % name)

    def _to_world(self, pixels):
        self._check()
        self.wcs.set()
        offsets = [one - (self.wcs.crpix[at]) for at, one in enumerate(pixels)]
        table = self.pixel_scale_matrix
        plane = [sum((table[row, column] * offsets[column] for column in range(self.naxis) if table[row, column]), 0.0 * offsets[row]) for row in range(self.naxis)]
        world = [one + self.wcs.crval[at] for at, one in enumerate(plane)]
        if self.has_celestial:
            lng, lat, name = self._projection()
            if name:
                alpha, delta, phi = self._pole(name)
                lon, latitude = self._rotate(*self._to_native(name, plane[lng], plane[lat]), phi, delta, alpha)
                world[lng], world[lat] = _near(numpy.degrees(lon), self.wcs.crval[lng]), numpy.degrees(latitude)
        return world

    def _to_pixels(self, world):
        self._check()
        self.wcs.set()
        plane = [one - self.wcs.crval[at] for at, one in enumerate(world)]
        if self.has_celestial:
            lng, lat, name = self._projection()
            if name:
                alpha, delta, phi = self._pole(name)
                native = self._rotate(numpy.radians(world[lng]), numpy.radians(world[lat]), alpha, delta, phi)
                turned = (native[0] + math.pi) % (2 * math.pi) - math.pi if name == 'CAR' else native[0]
                plane[lng], plane[lat] = self._from_native(name, turned, native[1])
        table = numpy.linalg.inv(self.pixel_scale_matrix)
        return [
            sum((table[row, column] * plane[column] for column in range(self.naxis) if table[row, column]), 0.0 * plane[row]) + self.wcs.crpix[row]
            for row in range(self.naxis)
        ]

    def _converted(self, act, args, before, after):
        """Calls `act` on lists of one value an axis, in the forms in which astropy takes and gives them."""
        if len(args) == 2 and self.naxis != 1:
            table, origin = numpy.array(args[0], dtype='float64'), args[1]
            if table.ndim != 2 or table.shape[-1] != self.naxis:
                raise ValueError('When providing two arguments, the array must be of shape (N, %d)' % self.naxis)
            found = act([table[:, at] + before(origin) for at in range(self.naxis)])
            return numpy.stack([one + after(origin) for one in found], 1)
        if len(args) != self.naxis + 1:
            raise TypeError('WCS projection has %d dimensions, so expected 2 (an Nx%d array and the origin argument) or %d arguments (the position in each dimension, and the origin argument). Instead, %d arguments were given.' % (self.naxis, self.naxis, self.naxis + 1, len(args)))
        *values, origin = args
        values = [numpy.array(one, dtype='float64') if isinstance(one, (list, tuple, numpy.ndarray)) else numpy.float64(one) for one in values]
        if any(isinstance(one, numpy.ndarray) for one in values):
            values = list(numpy.broadcast_arrays(*values))
        return [numpy.array(one + after(origin)) for one in act([one + before(origin) for one in values])]

    def wcs_pix2world(self, *args):
        return self._converted(self._to_world, args, lambda origin: 1 - origin, lambda origin: 0)

    def wcs_world2pix(self, *args):
        return self._converted(self._to_pixels, args, lambda origin: 0, lambda origin: origin - 1)

    all_pix2world = wcs_pix2world

    def all_world2pix(self, *args, tolerance=1e-4, maxiter=20, adaptive=False, detect_divergence=True, quiet=False):
        """Without distortions nothing is to be iterated."""
        return self.wcs_world2pix(*args)

    def pixel_to_world_values(self, *pixels):
        found = self.wcs_pix2world(*pixels, 0)
        return found[0] if self.naxis == 1 else tuple(found)

    def world_to_pixel_values(self, *world):
        found = self.wcs_world2pix(*world, 0)
        return found[0] if self.naxis == 1 else tuple(found)

    def pixel_to_world(self, *pixels):
        values = [one if one.shape else one.item() for one in self.wcs_pix2world(*pixels, 0)]
        if self.is_celestial:
            return SkyCoord(values[self.wcs.lng], values[self.wcs.lat], unit='deg', frame=self._frame_name())
        if self.naxis == 1:
            return Quantity(values[0], self.wcs._units[0])
        raise NotImplementedError("casapy's WCS.pixel_to_world() has images of the sky alone, and one axis; take .celestial or wcs_pix2world().")

    def world_to_pixel(self, *world):
        if self.is_celestial:
            moved = world[0].transform_to(self._frame_name())
            values = [moved._lon.deg, moved._lat.deg]
            return tuple(self.wcs_world2pix(*(values if self.wcs.lng == 0 else values[::-1]), 0))
        if self.naxis == 1:
            return self.wcs_world2pix(Quantity(world[0]).to_value(self.wcs._units[0]), 0)[0]
        raise NotImplementedError("casapy's WCS.world_to_pixel() has images of the sky alone, and one axis; take .celestial or wcs_world2pix().")

    def world_to_array_index(self, *world):
        found = self.world_to_pixel(*world)
        found = found if isinstance(found, tuple) else (found,)
        return tuple(numpy.array(numpy.floor(one + 0.5)).astype('int64') if one.shape else int(math.floor(one + 0.5)) for one in reversed(found))

    def footprint_contains(self, coord):
        x, y = self.world_to_pixel(coord)
        return (x >= -0.5) & (x <= self._sizes[0] - 0.5) & (y >= -0.5) & (y <= self._sizes[1] - 0.5)

    def calc_footprint(self, header=None, undistort=True, axes=None, center=True):
        if header is not None:
            raise NotImplementedError("casapy's WCS.calc_footprint() takes axes, not a header.")
        if axes is None and not self._sizes:
            return None
        width, height = axes or self._sizes[:2]
        edge = 1 if center else 0.5
        right, top = (width, height) if center else (width + 0.5, height + 0.5)
        return self.wcs_pix2world(numpy.array([[edge, edge], [edge, top], [right, top], [right, edge]]), 1)

    def _frame_name(self):
        name, equinox = self.wcs.ctype[self.wcs.lng], self.wcs.equinox
        if name.startswith('GLON'):
            return 'galactic'
        if not name.startswith('RA'):
            raise NotImplementedError("casapy's astropy.wcs has no frame of directions for %s; wcs_pix2world() gives the numbers." % name)
        frame = self.wcs.radesys or ('ICRS' if equinox != equinox else 'FK4' if equinox < 1984 else 'FK5')
        if frame == 'FK5' and equinox == equinox and equinox != 2000:
            raise NotImplementedError("casapy's astropy.wcs has FK5 of the equinox J2000 only, not of %g; wcs_pix2world() gives the numbers." % equinox)
        return frame.lower()

    # ------------------------------------------------------------ headers

    def to_header(self, relax=None, key=None):
        if key is not None and str(key).strip():
            raise NotImplementedError("casapy's WCS.to_header() has no key='%s'." % key)
        self.wcs.set()
        numbers, header = self.wcs, Header()
        header['WCSAXES'] = (self.naxis, 'Number of coordinate axes')
        for at in range(self.naxis):
            header['CRPIX%d' % (at + 1)] = (float(numbers.crpix[at]), 'Pixel coordinate of reference point')
        for row in range(self.naxis):
            for column in range(self.naxis):
                if numbers.pc[row, column] != (row == column):
                    header['PC%d_%d' % (row + 1, column + 1)] = (float(numbers.pc[row, column]), 'Coordinate transformation matrix element')
        for at in range(self.naxis):
            header['CDELT%d' % (at + 1)] = (float(numbers.cdelt[at]), '%sCoordinate increment at reference point' % _bracketed(numbers._units[at]))
        for at in range(self.naxis):
            if numbers._units[at]:
                header['CUNIT%d' % (at + 1)] = (_fits_unit(numbers._units[at]), 'Units of coordinate increment and value')
        for at in range(self.naxis):
            if numbers.ctype[at]:
                header['CTYPE%d' % (at + 1)] = (numbers.ctype[at], _described(numbers.ctype[at]))
        for at in range(self.naxis):
            header['CRVAL%d' % (at + 1)] = (float(numbers.crval[at]), '%sCoordinate value at reference point' % _bracketed(numbers._units[at]))
        for (axis, number), value in sorted(numbers._pv.items()):
            header['PV%d_%d' % (axis, number)] = (value, '%s projection parameter' % self._projection()[2])
        lonpole, latpole = numbers.lonpole, numbers.latpole
        if self.has_celestial:
            name = self._projection()[2]
            _, pole, phi = self._pole(name) if name else (0.0, math.pi / 2, 0.0)
            lonpole, latpole = math.degrees(phi), math.degrees(pole)
        if lonpole == lonpole:
            header['LONPOLE'] = (lonpole, '[deg] Native longitude of celestial pole')
        if latpole == latpole:
            header['LATPOLE'] = (latpole, '[deg] Native latitude of celestial pole')
        for name, value in (('RESTFRQ', numbers.restfrq), ('RESTWAV', numbers.restwav)):
            if value:
                header[name] = (value, '[Hz] Line rest frequency' if name == 'RESTFRQ' else '[m] Line rest wavelength')
        if numbers.dateobs or numbers.mjdobs == numbers.mjdobs:
            header['MJDREF'] = (0.0, '[d] MJD of fiducial time')
        if numbers.dateobs:
            header['DATE-OBS'] = (numbers.dateobs, 'ISO-8601 time of observation')
        if numbers.mjdobs == numbers.mjdobs:
            header['MJD-OBS'] = (numbers.mjdobs, '[d] MJD of observation')
        for axis, value in zip('XYZ', numbers.obsgeo):
            if value == value:
                header['OBSGEO-' + axis] = value
        if numbers.radesys and self.has_celestial and self.wcs.ctype[self.wcs.lng].startswith('RA'):
            header['RADESYS'] = (numbers.radesys, 'Equatorial coordinate system')
        if numbers.equinox == numbers.equinox and self.has_celestial:
            header['EQUINOX'] = (numbers.equinox, '[yr] Equinox of equatorial coordinates')
        if numbers.specsys:
            header['SPECSYS'] = (numbers.specsys, 'Reference frame of spectral coordinates')
        return header

    def to_header_string(self, relax=None):
        return self.to_header(relax).tostring(endcard=False, padding=False)

    def __repr__(self):
        show = lambda values: ' '.join(str(float(one)) for one in values)
        lines = ['WCS Keywords', '', 'Number of WCS axes: %d' % self.naxis, 'CTYPE : %s' % ' '.join(repr(one) for one in self.wcs.ctype)]
        lines += ['CUNIT : %s' % ' '.join(repr(one) for one in self.wcs._units)]
        lines += ['%s : %s' % (name, show(getattr(self.wcs, name.lower()))) for name in ('CRVAL', 'CRPIX')]
        for at in range(self.naxis):
            lines.append(' '.join('PC%d_%d ' % (at + 1, column + 1) for column in range(self.naxis)) + ' : ' + show(self.wcs.pc[at]))
        lines.append('CDELT : %s' % show(self.wcs.cdelt))
        return '\n'.join(lines + ['NAXIS : %s' % '  '.join(map(str, self._sizes or [0] * self.naxis))])

    __str__ = __repr__


builtin_slice = slice
_TYPE_NAMES = {
    'RA': 'Right ascension', 'DEC': 'Declination', 'GLON': 'Galactic longitude', 'GLAT': 'Galactic latitude', 'ELON': 'Ecliptic longitude',
    'ELAT': 'Ecliptic latitude', 'FREQ': 'Frequency', 'VRAD': 'Radio velocity', 'VOPT': 'Optical velocity', 'VELO': 'Relativistic velocity',
    'WAVE': 'Vacuum wavelength', 'AWAV': 'Air wavelength', 'ENER': 'Photon energy', 'WAVN': 'Wavenumber', 'ZOPT': 'Redshift', 'BETA': 'Velocity ratio (v/c)',
}
_PROJECTION_NAMES = {
    'SIN': 'orthographic/synthesis', 'TAN': 'gnomonic', 'ARC': 'zenithal/azimuthal equidistant', 'STG': 'stereographic', 'ZEA': 'zenithal/azimuthal equal area',
    'CAR': 'plate caree',
}


def _described(ctype):
    """The comment of a CTYPE card, as wcslib writes it: at most 47 characters."""
    first, projection = ctype.split('-')[0].strip(), ctype[-3:]
    if first not in _TYPE_NAMES:
        return 'Coordinate type code'
    if _kind(ctype) == 'spectral':
        return '%s (linear)' % _TYPE_NAMES[first]
    return ('%s, %s projection' % (_TYPE_NAMES[first], _PROJECTION_NAMES[projection]))[:47].rstrip() if projection in _PROJECTION_NAMES else 'Coordinate type code'


def _bracketed(unit):
    return '[%s] ' % ('/m' if unit == 'm-1' else _fits_unit(unit)) if unit else ''


def _fits_unit(unit):
    return str(unit).replace(' ', '')


def _near(longitude, reference):
    """From 0 to 360 degrees, or from -360 to 0 where the reference point's longitude is negative, as wcslib has it."""
    return longitude % 360.0 if reference >= 0 else -(-longitude % 360.0)


def proj_plane_pixel_scales(wcs):
    return numpy.sqrt((wcs.pixel_scale_matrix ** 2).sum(axis=0))


def proj_plane_pixel_area(wcs):
    table = wcs.celestial.pixel_scale_matrix if wcs.naxis != 2 else wcs.pixel_scale_matrix
    return abs(table[0, 0] * table[1, 1] - table[0, 1] * table[1, 0])


def skycoord_to_pixel(coords, wcs, origin=0, mode='all'):
    return coords.to_pixel(wcs, origin, mode)


def pixel_to_skycoord(xp, yp, wcs, origin=0, mode='all', cls=None):
    return SkyCoord.from_pixel(xp, yp, wcs, origin, mode)


def wcs_to_celestial_frame(wcs):
    from qa2_sky import Frame
    return Frame(wcs.celestial._frame_name())


_UTILITIES = (proj_plane_pixel_scales, proj_plane_pixel_area, skycoord_to_pixel, pixel_to_skycoord, wcs_to_celestial_frame)


def fill_wcs(module):
    teach_numpy()
    subs = {name: value for name, value in globals().items() if name.startswith('WCSSUB_')}
    module.__dict__.update(WCS=WCS, Wcsprm=_Numbers, NoConvergence=NoConvergence, FITSFixedWarning=FITSFixedWarning, **subs)


def fill_wcs_utils(module):
    module.__dict__.update({one.__name__: one for one in _UTILITIES})
