"""astropy.coordinates: angles, and directions in ICRS, FK5 (J2000) and Galactic coordinates."""

import collections
import math
import re

import numpy
from qa2_ndarray import text_of as array_text
from qa2_scipy import lacking
from qa2_units import Quantity, Unit, UnitsError, UnitTypeError, _find_unit, dimensionless_unscaled
from qa2_units_numpy import teach_numpy

_Hms = collections.namedtuple('hms_tuple', 'h m s')
_Dms = collections.namedtuple('dms_tuple', 'd m s')
_SignedDms = collections.namedtuple('signed_dms_tuple', 'sign d m s')
_DEG, _HOUR, _RAD = _find_unit('deg'), _find_unit('hourangle'), _find_unit('rad')

_WORDS = {'hour': _HOUR, 'degree': _DEG, 'radian': _RAD}
_NUMBER = r'(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)'
_SEXAGESIMAL = re.compile(
    r'''\s*([-+\u2212])?\s*%s\s*(hr|h|degrees?|deg|d|\u00b0|:|\s)\s*(?:%s\s*(?:min|[m'\u2032:\s])?\s*(?:%s\s*(?:sec|[s"\u2033])?)?)?\s*$''' % (_NUMBER, _NUMBER, _NUMBER)
)


class RangeError(ValueError):
    pass


class IllegalHourError(RangeError):
    pass


class IllegalMinuteError(RangeError):
    pass


class IllegalSecondError(RangeError):
    pass


def _check_parts(unit, first, minutes, seconds):
    for error, name, given, limit in ((IllegalMinuteError, 'minute', minutes, 60), (IllegalSecondError, 'second', seconds, 60)):
        if float(given or 0) > limit:
            raise error("An invalid value for '%s' was found ('%s'); should be in the range [0,60)." % (name, given))
    if unit == _HOUR and float(first) > 24:
        raise IllegalHourError("An invalid value for 'hours' was found ('%s'); must be in the range [0,24)." % first)


def _angle_of_text(text, unit):
    """A number and its unit of a text such as `5h35m14.5s`, `-5:22:30`, `12.5 deg` or `12.5`."""
    text = text.strip()
    worded = re.match(r'(.*\d)\s+(hours?|degrees?|radians?)$', text)
    if worded and ':' in text:
        return _angle_of_text(worded.group(1), _WORDS[worded.group(2).rstrip('s')])
    sided = re.match(r'([-+\u2212]?[\d.].*?)\s*([EWNS])$', text)
    if sided and not re.search('h', sided.group(1)):
        value, unit = _angle_of_text(sided.group(1), unit)
        return (-value if sided.group(2) in ('W', 'S') else value), unit
    plain = re.match(r'([-+]?%s)\s*([A-Za-z]+)?$' % _NUMBER, text)
    if plain and plain.group(3) not in ('h', 'd', 'm', 's'):
        named = plain.group(3)
        if named is None and unit is None:
            raise UnitsError('No unit specified')
        found = _WORDS.get((named or '').rstrip('s')) or (Unit(named) if named else unit)
        return float(plain.group(1)), found
    found = _SEXAGESIMAL.match(text)
    if not found:
        raise ValueError('Invalid character or format in the angle %r' % text)
    sign, first, mark, minutes, seconds = found.groups()
    if mark in ('h', 'hr'):
        unit = _HOUR
    elif mark.startswith('d') or mark == '\u00b0':
        unit = _DEG
    elif unit is None:
        raise UnitsError('No unit specified')
    if minutes is not None and (re.search('[.eE]', first) or seconds is not None and re.search('[.eE]', minutes)):
        raise ValueError('Only the last part of the angle %r may have decimals.' % text)
    _check_parts(unit, first, minutes, seconds)
    value = float(first) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
    return (-value if sign in ('-', '\u2212') else value), unit


class Angle(Quantity):
    """An angle: a quantity that also reads and writes sexagesimal texts."""

    def __init__(self, angle, unit=None, dtype=None, copy=True):
        unit = Unit(unit) if unit is not None else None
        if unit is not None and unit.is_equivalent('s'):
            unit = _HOUR if str(unit) in ('h', 'hr', 'hour') else unit
        if isinstance(angle, numpy.ndarray) and angle.shape == ():
            angle = angle.item()
        if isinstance(angle, str):
            angle, found = _angle_of_text(angle, unit)
            angle, unit = Quantity(angle, found), unit or found
        elif isinstance(angle, tuple) and len(angle) == 3:
            raise TypeError('Creating an Angle with a tuple of degrees, minutes and seconds is not supported: use a string.')
        elif isinstance(angle, (list, numpy.ndarray)) and len(angle) and isinstance(angle[0], str):
            parts = [Angle(one, unit) for one in angle]
            unit = unit or parts[0].unit
            angle = numpy.array([one.to_value(unit) for one in parts])
        if unit is None and not isinstance(angle, Quantity) and not (isinstance(angle, (list, tuple)) and len(angle) and isinstance(angle[0], Quantity)):
            raise UnitsError('No unit specified')
        super().__init__(angle, unit, dtype, copy)
        if not self.unit.is_equivalent(_RAD):
            raise UnitTypeError("%s instances require units equivalent to 'rad', so cannot set it to '%s'." % (type(self).__name__, self.unit))
        self._set_up()

    def _set_up(self):
        pass

    def _new(self, value, unit=None):
        unit = self.unit if unit is None else Unit(unit)
        made = Quantity(value, unit, copy=False)
        return Angle(made, copy=False) if unit.is_equivalent(_RAD) else made

    degree = deg = property(lambda self: self.to_value(_DEG))
    radian = rad = property(lambda self: self.to_value(_RAD))
    hour = hourangle = property(lambda self: self.to_value(_HOUR))
    arcmin = arcminute = property(lambda self: self.to_value('arcmin'))
    arcsec = arcsecond = property(lambda self: self.to_value('arcsec'))
    mas = property(lambda self: self.to_value('mas'))

    def _in_parts(self, values):
        first = numpy.trunc(values)
        minutes = (values - first) * 60
        whole = numpy.trunc(minutes)
        return first, whole, (minutes - whole) * 60

    @property
    def hms(self):
        return _Hms(*self._in_parts(self.hour))

    @property
    def dms(self):
        return _Dms(*self._in_parts(self.degree))

    @property
    def signed_dms(self):
        return _SignedDms(numpy.sign(self.degree), *self._in_parts(numpy.abs(self.degree)))

    def wrap_at(self, wrap_angle, inplace=False):
        turn = Angle(360.0, 'deg').to_value(self.unit)
        limit = Angle(wrap_angle).to_value(self.unit)
        wrapped = Angle(Quantity((self._value - (limit - turn)) % turn + (limit - turn), self.unit))
        if not inplace:
            return wrapped
        self._become(wrapped)

    def is_within_bounds(self, lower=None, upper=None):
        return bool((lower is None or numpy.all(self >= Angle(lower))) and (upper is None or numpy.all(self < Angle(upper))))

    def to_string(self, unit=None, decimal=False, sep='fromunit', precision=None, alwayssign=False, pad=False, fields=3, format=None):
        if format is not None:
            raise NotImplementedError("casapy's Angle.to_string() has no format='%s': give sep." % format)
        unit = {'hms': _HOUR, 'dms': _DEG}.get(sep, self.unit) if unit is None else Unit(unit)
        if str(unit) == 'h':
            unit = _HOUR
        sep = 'fromunit' if sep in ('hms', 'dms') else sep
        values = self.to_value(unit)
        write = lambda value: self._text(float(value), unit, decimal, sep, precision, alwayssign, pad, fields)
        if not isinstance(values, numpy.ndarray):
            return write(values)
        return numpy.array([write(value) for value in values.ravel()]).reshape(values.shape)

    @staticmethod
    def _text(value, unit, decimal, sep, precision, alwayssign, pad, fields):
        sign = '-' if math.copysign(1, value) < 0 else '+' if alwayssign else ''
        value = abs(value)
        if decimal or unit not in (_DEG, _HOUR):
            shown = '%g' % value if precision is None else '%.*f' % (precision, value)
            return sign + shown + ('' if decimal else ' %s' % unit)
        marks = ('h', 'm', 's') if unit == _HOUR else ('d', 'm', 's')
        if sep != 'fromunit':
            parts = (sep,) if isinstance(sep, str) else tuple(sep)
            parts = tuple(sep) if isinstance(sep, str) and len(sep) in (2, 3) else parts
            marks = {1: lambda: (parts[0], parts[0], ''), 2: lambda: (parts[0], parts[1], ''), 3: lambda: parts}[len(parts)]()
            if parts in (('',), ()):
                marks = ('', '', '')
        places = 8 if precision is None else precision
        whole = math.trunc(value)
        rest = (value - whole) * 60
        minutes = math.trunc(rest)
        seconds = (rest - minutes) * 60
        if fields == 1:
            whole += value - whole >= 0.5
        elif fields == 2:
            minutes += seconds >= 30
        elif round(seconds, places) >= 60:
            seconds, minutes = 0.0, minutes + 1
        if minutes >= 60:
            minutes, whole = minutes - 60, whole + 1
        first = '%0*d' % (2 if pad else 1, whole)
        if fields == 1:
            return sign + first + (marks[0] if sep == 'fromunit' or len(marks[2]) else '')
        if fields == 2:
            return '%s%s%s%02d%s' % (sign, first, marks[0], minutes, marks[1] if sep == 'fromunit' or len(marks[2]) else '')
        width = places + 3 if places else 2
        if precision is None:
            text = ('%.8f' % seconds).rstrip('0').rstrip('.')
            text = text.zfill(2 if '.' not in text else 3 + len(text.split('.')[1]))
        else:
            text = '%0*.*f' % (width, places, seconds)
        return '%s%s%s%02d%s%s%s' % (sign, first, marks[0], minutes, marks[1], text, marks[2])

    def __str__(self):
        return str(self._value) + self._unit_text() if not self.isscalar else self.to_string()


class Longitude(Angle):
    """An angle from 0 to before 360 degrees."""

    def __init__(self, angle, unit=None, wrap_angle=None, dtype=None, copy=True):
        self._wrap_angle = Angle(360.0, 'deg') if wrap_angle is None else Angle(wrap_angle)
        super().__init__(angle, unit, dtype, copy)

    @property
    def wrap_angle(self):
        return self._wrap_angle

    @wrap_angle.setter
    def wrap_angle(self, wrap_angle):
        self._wrap_angle = Angle(wrap_angle)
        self._set_up()

    def wrap_at(self, wrap_angle, inplace=False):
        if not inplace:
            return super().wrap_at(wrap_angle)
        self.wrap_angle = wrap_angle

    def _set_up(self):
        turn = Angle(360.0, 'deg').to_value(self.unit)
        least = self._wrap_angle.to_value(self.unit) - turn
        if numpy.any(self._value < least) or numpy.any(self._value >= least + turn):
            self._value = (self._value - least) % turn + least


class Latitude(Angle):
    """An angle from -90 to 90 degrees."""

    def _set_up(self):
        limit = Angle(90.0, 'deg').to_value(self.unit) * (1 + 1e-14)
        if numpy.any(numpy.abs(self._value) > limit):
            raise ValueError('Latitude angle(s) must be within -90 deg <= angle <= 90 deg, got %s' % Quantity(self._value, self.unit).to('deg'))


# ---------------------------------------------------------------- frames


def _rotation(axis, angle):
    """Matrix that turns axes by an angle (rad) about one of them."""
    first, second = {'x': (1, 2), 'y': (2, 0), 'z': (0, 1)}[axis]
    table = [[1.0 if row == column else 0.0 for column in range(3)] for row in range(3)]
    table[first][first] = table[second][second] = math.cos(angle)
    table[first][second], table[second][first] = math.sin(angle), -math.sin(angle)
    return table


def _product(*tables):
    made = tables[0]
    for table in tables[1:]:
        made = [[sum(made[row][k] * table[k][column] for k in range(3)) for column in range(3)] for row in range(3)]
    return made


def _transposed(table):
    return [list(column) for column in zip(*table)]


_ARCSEC = math.pi / 648000
# Hilton and Hohenkerk 2004, A&A 413, 765; Galactic: Reid and Brunthaler 2004, ApJ 616, 872.
_ICRS_TO_FK5 = _product(_rotation('x', 19.9e-3 * _ARCSEC), _rotation('y', 9.1e-3 * _ARCSEC), _rotation('z', -22.9e-3 * _ARCSEC))
_FK5_TO_GALACTIC = _product(
    _rotation('z', math.radians(180 - 122.9319185680026)), _rotation('y', math.radians(90 - 27.12825118085622)), _rotation('z', math.radians(192.8594812065348)),
)
_FROM_ICRS = {'icrs': None, 'fk5': _ICRS_TO_FK5, 'galactic': _product(_FK5_TO_GALACTIC, _ICRS_TO_FK5)}
_NAMES = {'icrs': 'ICRS', 'fk5': 'FK5', 'galactic': 'Galactic'}
_ABSENT = 'fk4 fk4noeterms gcrs cirs altaz itrs hadec supergalactic galacticlsr lsr lsrk lsrd galactocentric precessedgeocentric barycentrictrueecliptic'.split()


class Frame:
    """The name of a frame, as SkyCoord.frame."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return '<%s Frame%s>' % (_NAMES[self.name], ' (equinox=J2000.000)' if self.name == 'fk5' else '')


def _frame_name(given):
    if isinstance(given, (Frame, SkyCoord)):
        given = given.name if isinstance(given, Frame) else given.frame.name
    name = (given if isinstance(given, str) else given.__name__).lower()
    if name in _FROM_ICRS:
        return name
    if name in _ABSENT:
        raise NotImplementedError("casapy's astropy.coordinates has the frames icrs, fk5 (J2000) and galactic, not %s; the tool me has the others." % name)
    raise ValueError('Coordinate frame name "%s" is not a known coordinate frame' % given)


def _check_equinox(equinox):
    if equinox is not None and str(getattr(equinox, 'value', equinox)) not in ('J2000', 'J2000.0', 'J2000.000', '2000.0', '2000'):
        raise NotImplementedError("casapy's astropy.coordinates has the equinox J2000 only.")


def _turn(longitude, latitude, table):
    """Directions (rad) after a rotation."""
    cosine = numpy.cos(latitude)
    vector = (cosine * numpy.cos(longitude), cosine * numpy.sin(longitude), numpy.sin(latitude))
    x, y, z = (sum(row[k] * vector[k] for k in range(3)) for row in table)
    return numpy.arctan2(y, x) % (2 * math.pi), numpy.arctan2(z, numpy.hypot(x, y))


def angular_separation(lon1, lat1, lon2, lat2):
    """Vincenty's formula, good at all distances; angles as quantities or in rad."""
    lon1, lat1, lon2, lat2 = (one.to_value('rad') if isinstance(one, Quantity) else one for one in (lon1, lat1, lon2, lat2))
    sine, cosine = numpy.sin(lon2 - lon1), numpy.cos(lon2 - lon1)
    sine1, sine2, cosine1, cosine2 = numpy.sin(lat1), numpy.sin(lat2), numpy.cos(lat1), numpy.cos(lat2)
    across, along = cosine2 * sine, cosine1 * sine2 - sine1 * cosine2 * cosine
    return numpy.arctan2(numpy.hypot(across, along), sine1 * sine2 + cosine1 * cosine2 * cosine)


def _position_angle(lon1, lat1, lon2, lat2):
    across, cosine = lon2 - lon1, numpy.cos(lat2)
    return Angle(Quantity(numpy.arctan2(numpy.sin(across) * cosine, numpy.sin(lat2) * numpy.cos(lat1) - cosine * numpy.sin(lat1) * numpy.cos(across)) % (2 * math.pi), _RAD))


# ---------------------------------------------------------------- directions


def _split_units(unit):
    if unit is None:
        return None, None
    if isinstance(unit, str) and ',' in unit:
        unit = unit.split(',')
    if isinstance(unit, (list, tuple)):
        units = [Unit(one.strip() if isinstance(one, str) else one) for one in unit]
        return (units[0], units[0]) if len(units) == 1 else (units[0], units[1])
    return Unit(unit), Unit(unit)


def _split_text(text):
    """A text with both coordinates, cut in two."""
    words = text.strip().split()
    if len(words) % 2:
        signed = re.match(r'(.+?)\s*([-+].+)$', text.strip()[1:])
        if not signed:
            raise ValueError('Cannot parse first argument data "%s" for attribute ra' % text)
        return text.strip()[0] + signed.group(1), signed.group(2)
    half = len(words) // 2
    return ' '.join(words[:half]), ' '.join(words[half:])


class SkyCoord:
    """Directions: one, or an array of them."""

    _default_frame = None

    def __init__(self, *args, frame=None, unit=None, equinox=None, obstime=None, distance=None, copy=True, ra=None, dec=None, l=None, b=None, **others):
        refused = [name for name, value in [('distance', distance), *others.items()] if value is not None]
        if refused:
            raise NotImplementedError("casapy's SkyCoord has directions only, without %s." % ', '.join(refused))
        _check_equinox(equinox)
        args = list(args)
        if len(args) > 1 and (isinstance(args[-1], (Frame, type)) or (isinstance(args[-1], str) and args[-1].lower() in list(_FROM_ICRS) + _ABSENT)):
            frame = args.pop()
        frame = self._default_frame or frame
        given = args[0] if len(args) == 1 else None
        if isinstance(given, SkyCoord):
            self._frame = given._frame
            self._lon, self._lat = given._lon, given._lat
            if frame is not None and _frame_name(frame) != self._frame.name:
                moved = given.transform_to(frame)
                self._frame, self._lon, self._lat = moved._frame, moved._lon, moved._lat
            return
        self._frame = Frame('icrs' if frame is None else _frame_name(frame))
        is_galactic = self._frame.name == 'galactic'
        wrong = [name for name, value in (dict(ra=ra, dec=dec) if is_galactic else dict(l=l, b=b)).items() if value is not None]
        if wrong:
            raise ValueError('A direction in the frame %s has no %s; it has %s.' % (self._frame.name, ' and '.join(wrong), 'l and b' if is_galactic else 'ra and dec'))
        lon, lat = (ra if ra is not None else l), (dec if dec is not None else b)
        if len(args) == 2:
            lon, lat = args
        elif given is not None:
            lon, lat = self._pair(given)
        if lon is None or lat is None:
            raise ValueError('SkyCoord needs two coordinates.')
        one, two = _split_units(unit)
        self._lon, self._lat = self._angle(lon, one, Longitude), self._angle(lat, two, Latitude)
        if self._lon.shape != self._lat.shape:
            lon, lat = self._lon.deg + 0 * self._lat.deg, self._lat.deg + 0 * self._lon.deg
            self._lon, self._lat = Longitude(lon, 'deg'), Latitude(lat, 'deg')

    @staticmethod
    def _pair(given):
        if isinstance(given, str):
            return _split_text(given)
        if isinstance(given, numpy.ndarray) and given.ndim == 2:
            return given[:, 0], given[:, 1]
        first = given[0]
        if isinstance(first, str) and len(given) == 2 and len(first.split()) == 1 and not re.search(r'\d[-+]\d', first[1:]):
            return given
        if isinstance(first, str):
            pairs = [_split_text(one) for one in given]
        elif isinstance(first, SkyCoord):
            frame = first._frame.name
            pairs = [(one.transform_to(frame)._lon, one.transform_to(frame)._lat) for one in given]
        elif isinstance(given, Quantity) and given.ndim == 1:
            return given[0], given[1]
        elif isinstance(first, (list, tuple, numpy.ndarray)) or (isinstance(first, Quantity) and not first.isscalar):
            pairs = given
        else:
            return given
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    @staticmethod
    def _angle(value, unit, kind):
        made = kind(value, unit) if unit is not None or isinstance(value, Quantity) else kind(value)
        return kind(made.to('deg')) if made.unit != _DEG else made

    @classmethod
    def from_name(cls, name, *_args, **_named):
        raise NotImplementedError("SkyCoord.from_name('%s') asks a service on the network, and there is none here: give the coordinates." % name)

    @classmethod
    def from_pixel(cls, xp, yp, wcs, origin=0, mode='all'):
        lon, lat = wcs.celestial.wcs_pix2world(xp, yp, origin)
        return cls(lon, lat, unit='deg', frame=wcs.celestial._frame_name())

    def to_pixel(self, wcs, origin=0, mode='all'):
        moved = self.transform_to(wcs.celestial._frame_name())
        return tuple(wcs.celestial.wcs_world2pix(moved._lon.deg, moved._lat.deg, origin))

    # ------------------------------------------------------------ what it is

    frame = property(lambda self: self._frame)
    name = property(lambda self: self._frame.name)
    equinox = property(lambda self: 'J2000.000' if self._frame.name == 'fk5' else None)

    def _component(self, name):
        names = ('l', 'b') if self._frame.name == 'galactic' else ('ra', 'dec')
        if name not in names:
            raise AttributeError("'SkyCoord' object has no attribute '%s'" % name)
        return (self._lon, self._lat)[names.index(name)]

    ra = property(lambda self: self._component('ra'))
    dec = property(lambda self: self._component('dec'))
    l = property(lambda self: self._component('l'))
    b = property(lambda self: self._component('b'))
    spherical = property(lambda self: lacking('astropy.coordinates.SkyCoord.spherical', ': take .ra and .dec.')())
    icrs = property(lambda self: self.transform_to('icrs'))
    fk5 = property(lambda self: self.transform_to('fk5'))
    galactic = property(lambda self: self.transform_to('galactic'))
    fk4 = property(lambda self: self.transform_to('fk4'))
    isscalar = property(lambda self: self._lon.isscalar)
    shape = property(lambda self: self._lon.shape)
    size = property(lambda self: self._lon.size)

    def __len__(self):
        if self.isscalar:
            raise TypeError("Scalar 'SkyCoord' object has no len()")
        return len(self._lon)

    def _like(self, lon, lat, frame=None):
        made = object.__new__(SkyCoord)
        made._frame = frame or self._frame
        made._lon, made._lat = Longitude(lon), Latitude(lat)
        return made

    def __eq__(self, other):
        if not isinstance(other, SkyCoord):
            return NotImplemented
        if other._frame.name != self._frame.name:
            raise TypeError('cannot compare: objects must have equivalent frames: %r vs. %r' % (self._frame, other._frame))
        return (self._lon == other._lon) & (self._lat == other._lat)

    def __ne__(self, other):
        found = self.__eq__(other)
        return found if found is NotImplemented else numpy.logical_not(found)

    __hash__ = None

    def __getitem__(self, key):
        if self.isscalar:
            raise TypeError("'SkyCoord' object with a scalar value does not support indexing")
        return self._like(self._lon[key], self._lat[key])

    def __iter__(self):
        return (self[at] for at in range(len(self)))

    def _in_rad(self):
        return self._lon.rad, self._lat.rad

    # ------------------------------------------------------------ work

    def transform_to(self, frame, merge_attributes=True):
        _check_equinox(getattr(frame, 'equinox', None) if isinstance(frame, SkyCoord) else None)
        wanted = Frame(_frame_name(frame))
        if wanted.name == self._frame.name:
            return self._like(self._lon, self._lat)
        tables = [table for table in (_FROM_ICRS[self._frame.name] and _transposed(_FROM_ICRS[self._frame.name]), _FROM_ICRS[wanted.name]) if table]
        lon, lat = _turn(*self._in_rad(), _product(*reversed(tables)))
        return self._like(Quantity(numpy.degrees(lon), _DEG), Quantity(numpy.degrees(lat), _DEG), wanted)

    def _pairs_with(self, other):
        return self._in_rad() + other.transform_to(self._frame)._in_rad()

    def separation(self, other):
        return Angle(Quantity(numpy.degrees(angular_separation(*self._pairs_with(other))), _DEG))

    def position_angle(self, other):
        return _position_angle(*self._pairs_with(other))

    def spherical_offsets_to(self, other):
        """Angles east and north of here, seen from here."""
        lon1, lat1, lon2, lat2 = self._pairs_with(other)
        across = lon2 - lon1
        x = numpy.cos(lat1) * numpy.cos(lat2) * numpy.cos(across) + numpy.sin(lat1) * numpy.sin(lat2)
        y = numpy.cos(lat2) * numpy.sin(across)
        z = numpy.cos(lat1) * numpy.sin(lat2) - numpy.sin(lat1) * numpy.cos(lat2) * numpy.cos(across)
        east, north = numpy.arctan2(y, x), numpy.arctan2(z, numpy.hypot(x, y))
        return Angle(Quantity(numpy.degrees(east), _DEG)), Angle(Quantity(numpy.degrees(north), _DEG))

    def spherical_offsets_by(self, d_lon, d_lat):
        lon, lat = self._in_rad()
        table = _product(_rotation('z', -float(lon)), _rotation('y', float(lat)))
        lon, lat = _turn(Quantity(d_lon).to_value('rad'), Quantity(d_lat).to_value('rad'), table)
        return self._like(Quantity(numpy.degrees(lon), _DEG), Quantity(numpy.degrees(lat), _DEG))

    def directional_offset_by(self, position_angle, separation):
        angle, far = Quantity(position_angle).to_value('rad'), Quantity(separation).to_value('rad')
        lon, lat = self._in_rad()
        sine = numpy.sin(lat) * numpy.cos(far) + numpy.cos(lat) * numpy.sin(far) * numpy.cos(angle)
        across = numpy.arctan2(numpy.sin(far) * numpy.sin(angle) * numpy.cos(lat), numpy.cos(far) - sine * numpy.sin(lat))
        return self._like(Quantity(numpy.degrees(lon + across), _DEG), Quantity(numpy.degrees(numpy.arcsin(sine)), _DEG))

    def match_to_catalog_sky(self, catalogcoord, nthneighbor=1):
        """For each direction the nearest of a catalogue: its index, and how far it is; the third value is that on the unit sphere."""
        places, gaps = [], []
        for one in [self] if self.isscalar else self:
            all_gaps = one.separation(catalogcoord).deg
            place = int(numpy.argsort(all_gaps)[nthneighbor - 1])
            places.append(place)
            gaps.append(float(all_gaps[place]))
        chords = 2 * numpy.sin(numpy.radians(numpy.array(gaps)) / 2)
        if self.isscalar:
            places, chords = places[0], chords[0]
        return numpy.array(places), Angle(gaps, 'deg'), Quantity(chords, dimensionless_unscaled)

    def to_string(self, style='decimal', **named):
        kinds = {
            'hmsdms': (dict(unit=_HOUR, pad=True), dict(unit=_DEG, pad=True, alwayssign=True)),
            'dms': (dict(unit=_DEG), dict(unit=_DEG)), 'decimal': (dict(unit=_DEG, decimal=True), dict(unit=_DEG, decimal=True)),
        }
        if style not in kinds:
            raise ValueError("style must be one of 'decimal', 'dms' or 'hmsdms'")
        one, two = kinds[style]
        lons, lats = self._lon.to_string(**{**one, **named}), self._lat.to_string(**{**two, **named})
        return '%s %s' % (lons, lats) if self.isscalar else ['%s %s' % pair for pair in zip(lons, lats)]

    def __repr__(self):
        names = ('l', 'b') if self._frame.name == 'galactic' else ('ra', 'dec')
        frame = '%s%s' % (_NAMES[self._frame.name], ': equinox=J2000.000' if self._frame.name == 'fk5' else '')
        lons, lats = (array_text(numpy.array(one.deg).ravel(), '|', '')[1:-1].replace('\n', '').split('|') for one in (self._lon, self._lat))
        if self.isscalar:
            values = '(%s, %s)' % (lons[0].strip(), lats[0].strip())
        else:
            values = '[%s]' % ', '.join('(%s, %s)' % pair for pair in zip(lons, lats))
        return '<%s (%s): (%s, %s) in deg\n    %s>' % (type(self).__name__, frame, *names, values)

    __str__ = __repr__


def _frame_class(name):
    def make(cls, *args, equinox=None, **named):
        """Without directions: the frame alone."""
        if args or named:
            return object.__new__(cls)
        _check_equinox(equinox)
        return Frame(name)

    return type(_NAMES[name], (SkyCoord,), {'_default_frame': name, '__new__': make})


# What `from astropy.coordinates import *` also brings: it says that it is not here when it is used.
_ABSENT_NAMES = '''
AltAz BarycentricMeanEcliptic BarycentricTrueEcliptic BaseCoordinateFrame CIRS CartesianDifferential CartesianRepresentation CylindricalRepresentation
Distance EarthLocation FK4 FK4NoETerms GCRS GalacticLSR Galactocentric GeocentricMeanEcliptic GeocentricTrueEcliptic HADec HCRS HeliocentricMeanEcliptic
HeliocentricTrueEcliptic ITRS LSR LSRD LSRK PrecessedGeocentric SkyOffsetFrame SpectralCoord SpectralQuantity SphericalRepresentation Supergalactic TEME TETE
UnitSphericalRepresentation cartesian_to_spherical concatenate get_body get_constellation get_icrs_coordinates get_moon get_sun match_coordinates_3d
match_coordinates_sky search_around_3d search_around_sky solar_system_ephemeris spherical_to_cartesian
'''.split()


_FUNCTIONS = (Angle, Longitude, Latitude, SkyCoord, angular_separation, RangeError, IllegalHourError, IllegalMinuteError, IllegalSecondError)


def fill_coordinates(module):
    teach_numpy()
    here = {**{one.__name__: one for one in _FUNCTIONS}, **{_NAMES[name]: _frame_class(name) for name in _FROM_ICRS}}
    module.__dict__.update(here, __all__=[*here, *_ABSENT_NAMES])
