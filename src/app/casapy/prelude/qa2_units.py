"""astropy.units: units, and numbers with units."""

import fractions
import functools
import math
import operator
import re

import numpy
from qa2_ndarray import text_of as array_text

_PREFIXES = {
    'Q': 1e30, 'R': 1e27, 'Y': 1e24, 'Z': 1e21, 'E': 1e18, 'P': 1e15, 'T': 1e12, 'G': 1e9, 'M': 1e6, 'k': 1e3, 'h': 1e2, 'da': 1e1,
    'd': 1e-1, 'c': 1e-2, 'm': 1e-3, 'u': 1e-6, 'n': 1e-9, 'p': 1e-12, 'f': 1e-15, 'a': 1e-18, 'z': 1e-21, 'y': 1e-24, 'r': 1e-27, 'q': 1e-30,
}
_LONG_PREFIXES = {
    'giga': 'G', 'mega': 'M', 'kilo': 'k', 'centi': 'c', 'milli': 'm', 'micro': 'u', 'nano': 'n',
}


class UnitsError(ValueError):
    pass


class UnitConversionError(UnitsError, TypeError):
    pass


class UnitTypeError(UnitsError, TypeError):
    pass


class UnitScaleError(UnitsError, ValueError):
    pass


class UnitsWarning(UserWarning):
    pass


def _power_text(power):
    if power == 1:
        return ''
    return str(power.numerator) if power.denominator == 1 else '(%s)' % power


def _whole(power):
    """A power as a fraction of small numbers."""
    return fractions.Fraction(power).limit_denominator(10)


class _PhysicalType(str):
    """The names of a kind of quantity, which is equal to each of them."""

    def __eq__(self, other):
        return isinstance(other, str) and set(self.split('/')) >= set(other.split('/'))

    def __ne__(self, other):
        return not self == other

    def __iter__(self):
        return iter(sorted(self.split('/')))

    def __contains__(self, name):
        return name in self.split('/')

    __hash__ = str.__hash__


class UnitBase:
    """A product of powers of named units with a factor."""

    __array_priority__ = 1000

    def __init__(self, scale, parts):
        self._scale = scale
        self._parts = {name: power for name, power in parts.items() if power}

    # ------------------------------------------------------------ what it is

    @functools.cached_property
    def _in_bases(self):
        """Factor and powers of units that no others make."""
        scale, powers = self._scale, {}
        for name, power in self._parts.items():
            factor, bases = _KNOWN[name]
            scale *= factor ** (int(power) if power.denominator == 1 else float(power))
            for base, of in bases.items():
                powers[base] = powers.get(base, 0) + of * power
        return scale, {base: power for base, power in powers.items() if power}

    @property
    def scale(self):
        return self._scale

    @property
    def bases(self):
        return [_named(name) for name, _ in self._sorted()]

    @property
    def powers(self):
        return [int(power) if power.denominator == 1 else power for _, power in self._sorted()]

    @property
    def name(self):
        return self.to_string()

    @property
    def physical_type(self):
        powers = self._in_bases[1]
        return _PhysicalType(next((name for name, unit in _TYPES.items() if unit._in_bases[1] == powers), 'unknown'))

    def _sorted(self):
        return sorted(self._parts.items(), key=lambda part: (-part[1], part[0].lower()))

    def is_equivalent(self, other, equivalencies=()):
        try:
            self._function_to(Unit(other), equivalencies)
        except UnitConversionError:
            return False
        return True

    def _function_to(self, other, equivalencies=()):
        """What turns values of this unit into those of another."""
        (scale, powers), (wanted, others) = self._in_bases, other._in_bases
        if powers == others:
            factor = scale / wanted
            return lambda value: value * factor if factor != 1 else value
        for given in _flattened(equivalencies):
            one, two, forth, back = given
            if one is None:
                if all(base == 'rad' for base in {**powers, **others} if powers.get(base, 0) != others.get(base, 0)):
                    return lambda value: value * (scale / wanted)
                continue
            for first, second, turn in ((one, two, forth), (two, one, back)):
                if powers == first._in_bases[1] and others == second._in_bases[1]:
                    before, after = self._function_to(first), second._function_to(other)
                    return lambda value: after(turn(before(value)))
        raise UnitConversionError("%s and %s are not convertible" % (_described(self), _described(other)))

    def to(self, other, value=1.0, equivalencies=()):
        return self._function_to(Unit(other), equivalencies)(_plain_values(value))

    def decompose(self, bases=()):
        _check_bases(bases)
        scale, powers = self._in_bases
        return UnitBase(scale, powers)

    @property
    def si(self):
        return self.decompose()

    @property
    def cgs(self):
        scale, powers = self._in_bases
        names = {'m': ('cm', 100.0), 'kg': ('g', 1000.0)}
        parts = {}
        for base, power in powers.items():
            name, factor = names.get(base, (base, 1.0))
            scale *= factor ** float(power)
            parts[name] = power
        return UnitBase(scale, parts)

    # ------------------------------------------------------------ arithmetic

    def _times(self, other, sign):
        parts = dict(self._parts)
        for name, power in other._parts.items():
            parts[name] = parts.get(name, fractions.Fraction(0)) + sign * power
        return UnitBase(self._scale * other._scale ** sign, parts)

    def __mul__(self, other):
        if isinstance(other, (UnitBase, str)):
            return self._times(Unit(other), 1)
        return Quantity(other, self) if not isinstance(other, Quantity) else other * self

    def __rmul__(self, other):
        return Unit(other)._times(self, 1) if isinstance(other, str) else Quantity(other, self)

    def __truediv__(self, other):
        if isinstance(other, (UnitBase, str)):
            return self._times(Unit(other), -1)
        return Quantity(1.0, self) / other

    def __rtruediv__(self, other):
        return Unit(other)._times(self, -1) if isinstance(other, str) else Quantity(other, self ** -1)

    __div__, __rdiv__ = __truediv__, __rtruediv__

    def __pow__(self, power):
        power = _whole(power)
        return UnitBase(self._scale ** (int(power) if power.denominator == 1 else float(power)), {name: of * power for name, of in self._parts.items()})

    def __eq__(self, other):
        try:
            (scale, powers), (others, also) = self._in_bases, Unit(other)._in_bases
        except (TypeError, ValueError):
            return False
        return powers == also and math.isclose(scale, others, rel_tol=1e-15)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(frozenset(self._in_bases[1].items()))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    # ------------------------------------------------------------ texts

    def to_string(self, format=None, **_named):
        if format not in (None, '', 'generic', 'fits'):
            if format == 'latex' or getattr(format, 'part', None) in ('Latex', 'LatexInline') or format == 'latex_inline':
                return self._latex(format == 'latex_inline' or getattr(format, 'part', '') == 'LatexInline')
            raise NotImplementedError('Units can be told in the formats generic, fits and latex here.')
        if format == 'fits':
            return ' '.join(self._fits_scale() + ['%s%s' % (name, _power_text(power)) for name, power in self._sorted()])
        up = ['%s%s' % (name, _power_text(power)) for name, power in self._sorted() if power > 0]
        down = ['%s%s' % (name, _power_text(-power)) for name, power in self._sorted() if power < 0]
        scale = '' if self._scale == 1 else '%.15g' % self._scale
        over = ' '.join(([scale] if scale else []) + up)
        if not down:
            return over
        return '%s / %s' % (over or '1', down[0] if len(down) == 1 else '(%s)' % ' '.join(down))

    def _fits_scale(self):
        if self._scale == 1:
            return []
        power = round(math.log10(self._scale))
        if not math.isclose(self._scale, 10.0 ** power, rel_tol=1e-14):
            raise UnitScaleError('The FITS unit format is not able to represent scales that are not powers of 10. Multiply your data by %r.' % self._scale)
        return ['10**%d' % power]

    def _latex(self, is_inline):
        shown = lambda name, power: _LATEX.get(name, name) + ('' if power == 1 else '^{%s}' % power)
        if is_inline:
            told = r'\,'.join(shown(name, power) for name, power in self._sorted())
        else:
            up = [shown(name, power) for name, power in self._sorted() if power > 0]
            down = [shown(name, -power) for name, power in self._sorted() if power < 0]
            told = r'\frac{%s}{%s}' % (r'\,'.join(up) or '1', r'\,'.join(down)) if down else r'\,'.join(up)
        if self._scale != 1:
            mantissa, _, power = ('%.15g' % self._scale).partition('e')
            told = r'\,'.join(one for one in (mantissa + (r' \times 10^{%d}' % int(power) if power else ''), told) if one)
        return r'$\mathrm{%s}$' % told

    def __str__(self):
        return self.to_string()

    def __format__(self, form):
        return self.to_string(form) if form in ('latex', 'fits', 'generic', 'console', 'latex_inline') else format(str(self), form)

    def __repr__(self):
        return 'Unit("%s")' % self


_LATEX = {'solMass': r'M_{\odot}', 'solLum': r'L_{\odot}', 'solRad': r'R_{\odot}', 'arcsec': r'{}^{\prime\prime}', 'arcmin': r'{}^{\prime}', 'deg': r'{}^{\circ}', 'um': r'\mu m', 'Angstrom': r'\mathring{A}'}


def _check_bases(bases):
    if bases:
        raise NotImplementedError("casapy's astropy.units decomposes into SI units only: decompose() without bases, or .cgs.")


def _described(unit):
    kind = unit.physical_type
    return "'%s'%s" % (unit, '' if kind == 'unknown' else ' (%s)' % kind)


def _flattened(equivalencies):
    for given in equivalencies or ():
        if isinstance(given, list):
            yield from _flattened(given)
        elif len(given) == 2:
            yield (Unit(given[0]), Unit(given[1]), lambda value: value, lambda value: value)
        else:
            one, two, forth = given[:3]
            back = given[3] if len(given) > 3 else forth
            yield (one and Unit(one), two and Unit(two), forth, back)


# Unit: (factor, powers of bases); names under which it is also known follow in _ALIASES.
_KNOWN = {}


def _declare(names, factor, prefixes=(), **powers):
    bases = {base: fractions.Fraction(power) for base, power in powers.items()}
    first, *others = names.split()
    for name in [first] + others:
        _ALIASES[name] = first
    _KNOWN[first] = (factor, bases)
    for prefix in prefixes:
        _KNOWN[prefix + first] = (factor * _PREFIXES[prefix], bases)
        _ALIASES[prefix + first] = prefix + first
        for other in others:
            if len(other) > 2:
                for long, short in _LONG_PREFIXES.items():
                    if short == prefix:
                        _ALIASES[long + other] = prefix + first


PARSEC, ASTRONOMICAL_UNIT, GRAVITATION, ELECTRON_CHARGE = 3.0856775814913674e16, 149597870700.0, 6.6743e-11, 1.602176634e-19
_ALIASES = {}
_ALL = tuple(_PREFIXES)


def _declare_all():
    day = 86400.0
    _declare('m meter', 1.0, _ALL, m=1)
    _declare('kg kilogram', 1.0, kg=1)
    _declare('g gram', 1e-3, [prefix for prefix in _ALL if prefix != 'k'], kg=1)
    _declare('s second', 1.0, _ALL, s=1)
    _declare('K Kelvin', 1.0, _ALL, K=1)
    _declare('A ampere amp', 1.0, _ALL, A=1)
    _declare('mol mole', 1.0, mol=1)
    _declare('cd candela', 1.0, cd=1)
    _declare('rad radian', 1.0, _ALL, rad=1)
    _declare('sr steradian', 1.0, _ALL, rad=2)
    for names, size in (('deg degree', 180), ('arcmin arcminute', 10800), ('arcsec arcsecond', 648000), ('mas', 648e6), ('uas', 648e9), ('hourangle', 12)):
        _declare(names, math.pi / size, rad=1)
    for names, size in (('min minute', 60), ('h hour hr', 3600), ('d day', day), ('wk week', 7 * day)):
        _declare(names, float(size), s=1)
    _declare('yr year a annum', 365.25 * day, _ALL, s=1)
    _declare('Hz Hertz hertz', 1.0, _ALL, s=-1)
    _declare('N Newton newton', 1.0, _ALL, kg=1, m=1, s=-2)
    _declare('J Joule joule', 1.0, _ALL, kg=1, m=2, s=-2)
    _declare('W Watt watt', 1.0, _ALL, kg=1, m=2, s=-3)
    _declare('Pa Pascal pascal', 1.0, _ALL, kg=1, m=-1, s=-2)
    _declare('bar', 1e5, _ALL, kg=1, m=-1, s=-2)
    _declare('V Volt volt', 1.0, _ALL, kg=1, m=2, s=-3, A=-1)
    _declare('C coulomb', 1.0, _ALL, A=1, s=1)
    _declare('T tesla', 1.0, _ALL, kg=1, s=-2, A=-1)
    _declare('G Gauss gauss', 1e-4, _ALL, kg=1, s=-2, A=-1)
    _declare('eV electronvolt', ELECTRON_CHARGE, _ALL, kg=1, m=2, s=-2)
    _declare('erg', 1e-7, _ALL, kg=1, m=2, s=-2)
    _declare('dyn dyne', 1e-5, kg=1, m=1, s=-2)
    _declare('Jy Jansky jansky', 1e-26, _ALL, kg=1, s=-2)
    _declare('pc parsec', PARSEC, _ALL, m=1)
    _declare('AU au astronomical_unit', ASTRONOMICAL_UNIT, _ALL, m=1)
    _declare('lyr lightyear', 9460730472580800.0, _ALL, m=1)
    _declare('Angstrom AA angstrom', 1e-10, m=1)
    _declare('micron', 1e-6, m=1)
    _declare('solMass M_sun Msun', 1.3271244e20 / GRAVITATION, kg=1)
    _declare('earthMass M_earth Mearth', 3.986004e14 / GRAVITATION, kg=1)
    _declare('jupiterMass M_jup Mjup M_jupiter', 1.2668653e17 / GRAVITATION, kg=1)
    _declare('solLum L_sun Lsun', 3.828e26, kg=1, m=2, s=-3)
    _declare('solRad R_sun Rsun', 695700000.0, m=1)
    _declare('earthRad R_earth Rearth', 6378100.0, m=1)
    _declare('jupiterRad R_jup Rjup', 71492000.0, m=1)
    _declare('u Da Dalton', 1.66053906892e-27, kg=1)
    _declare('M_p', 1.67262192595e-27, kg=1)
    _declare('D Debye debye', 1e-29 / 2.99792458, A=1, m=1, s=1)
    _declare('percent pct', 1e-2)
    for names in ('beam', 'pix pixel', 'ct count', 'ph photon', 'electron', 'adu', 'mag', 'dex', 'dB', 'bit b', 'chan', 'vox voxel'):
        _declare(names, 1.0, **{names.split()[0]: 1})
    _declare('byte B', 8.0, ('k', 'M', 'G', 'T', 'P'), bit=1)
    for prefix in ('k', 'M', 'G', 'T', 'P'):
        _ALIASES[prefix + 'B'] = prefix + 'byte'


@functools.cache
def _named(name):
    return UnitBase(1.0, {name: fractions.Fraction(1)})


def _find_unit(name):
    if name not in _ALIASES:
        raise ValueError("'%s' did not parse as unit: %s is not a valid unit. If this is meant to be a custom unit, define it with 'u.def_unit'." % (name, name))
    return _named(_ALIASES[name])


_TOKEN = re.compile(r'\s*(?:(\*\*|\^)|([*/.()])|([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)|([A-Za-z_%"\'\u00b5\u03bc\u00b0\u00c5][A-Za-z_]*))')


class _Reader:
    """Texts of units: `Jy beam-1`, `km/s`, `erg / (s cm2)`, `10**-3 Jy`."""

    def __init__(self, text):
        self.text, self.tokens, at = text, [], 0
        text = text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                self.refuse()
            self.tokens.append((found.lastindex, found.group(found.lastindex)))
            at = found.end()
        self.at = 0

    def next(self, further=0):
        at = self.at + further
        return self.tokens[at] if at < len(self.tokens) else (0, '')

    def read(self):
        made = self.quotient()
        if self.at != len(self.tokens):
            self.refuse()
        return made

    def quotient(self):
        made = self.product() if self.next()[1] != '/' else dimensionless_unscaled
        while self.next()[1] == '/':
            self.at += 1
            made = made / self.product()
        return made

    def product(self):
        made = self.factor()
        while self.next()[0] == 4 or self.next()[1] in ('*', '.', '('):
            if self.next()[1] in ('*', '.'):
                self.at += 1
            made = made._times(self.factor(), 1)
        return made

    def refuse(self):
        raise ValueError("'%s' did not parse as unit: Syntax error." % self.text)

    def factor(self):
        kind, word = self.next()
        self.at += 1
        if word == '(':
            made = self.quotient()
            self.close()
        elif kind == 3:
            # `10-26 W` of FITS is 10**-26 W; no other number may have a sign in it, or stand behind a unit.
            made = UnitBase(float(word), {})
            follows = self.next()
            if follows[0] == 3 and (word != '10' or follows[1][0] not in '-+') or follows[1] == '(' and self.next(1)[0] == 3:
                self.refuse()
        elif kind == 4:
            made = _find_unit(_SIGNS.get(word, word))
        else:
            self.refuse()
        power = self.power()
        if power is None:
            follows = self.next()
            if kind == 4 and follows[1] == '(' or kind != 3 and follows[0] == 3:
                self.refuse()
            return made
        return UnitBase(made._scale ** float(power), {}) if kind == 3 else made ** power

    def close(self):
        if self.next()[1] != ')':
            self.refuse()
        self.at += 1

    def power(self):
        """The power that follows: `m2`, `m 2`, `m**2`, `m^(1/2)`, `m(2)`."""
        kind, _ = self.next()
        is_written = kind == 1
        self.at += is_written
        is_bracketed = self.next()[1] == '('
        before = self.tokens[self.at - 1][0]
        if not is_written and not (self.next(is_bracketed)[0] == 3 and (before == 4 or before == 3 and not is_bracketed)):
            return None
        self.at += is_bracketed
        found = self.number()
        if is_bracketed:
            if self.next()[1] == '/':
                self.at += 1
                found /= self.number()
            self.close()
        elif found.denominator != 1:
            self.refuse()
        return found

    def number(self):
        kind, word = self.next()
        if kind != 3:
            self.refuse()
        self.at += 1
        return fractions.Fraction(word)


_SIGNS = {'%': 'percent', '"': 'arcsec', "'": 'arcmin', '\u00b0': 'deg', '\u00c5': 'Angstrom', '\u00b5m': 'um', '\u03bcm': 'um'}


class _UnitMaker(type):
    def __instancecheck__(cls, given):
        return isinstance(given, UnitBase)


class Unit(metaclass=_UnitMaker):
    """A unit of a text, a number, a quantity or a unit."""

    def __new__(cls, given='', parse_strict='raise', format=None):
        if isinstance(given, UnitBase):
            return given
        if isinstance(given, Quantity):
            return UnitBase(float(given.value) * given.unit._scale, given.unit._parts)
        if isinstance(given, bytes):
            given = given.decode()
        if isinstance(given, str):
            return _parsed(given)
        if isinstance(given, (int, float)):
            return UnitBase(float(given), {})
        raise TypeError('%r can not be converted to a Unit' % (given,) if given is not None else 'None is not a valid Unit')


@functools.lru_cache(512)
def _parsed(text):
    return _Reader(text).read() if text.strip() else dimensionless_unscaled


dimensionless_unscaled = UnitBase(1.0, {})
_declare_all()
_TYPES = {
    name: _parsed(text)
    for name, text in {
        'dimensionless': '', 'length': 'm', 'area': 'm2', 'volume': 'm3', 'time': 's', 'angle': 'rad', 'solid angle': 'sr', 'mass': 'kg',
        'temperature': 'K', 'speed/velocity': 'm/s', 'acceleration': 'm/s2', 'frequency': 'Hz', 'energy/torque/work': 'J', 'power/radiant flux': 'W',
        'spectral flux density': 'Jy', 'surface brightness': 'Jy/sr', 'pressure/energy density/stress': 'Pa', 'force': 'N', 'mass density': 'kg/m3',
        'wavenumber': 'm-1', 'number density': 'm-3', 'column density': 'm-2', 'surface mass density': 'kg/m2', 'energy flux/irradiance': 'W/m2',
        'radiance': 'W/(sr m2)', 'spectral flux density wav/power density': 'W/m3', 'momentum/impulse': 'kg m/s', 'angular momentum/action': 'kg m2/s',
        'angular frequency/angular speed/angular velocity': 'rad/s', 'plate scale': 'rad/m', 'diffusivity/kinematic viscosity': 'm2/s',
        'electrical current': 'A', 'electrical charge': 'C', 'electrical potential': 'V', 'magnetic flux density': 'T', 'amount of substance': 'mol',
        'luminous intensity': 'cd', 'data quantity': 'bit', 'bandwidth': 'bit/s', 'temperature gradient': 'K/m', 'entropy/heat capacity': 'J/K',
        'linear density': 'kg/m', 'moment of inertia': 'kg m2', 'frequency drift': 's-2', 'mass flux/momentum density': 'kg/(s m2)', 'yank': 'N/s',
        'particle flux': 'm-2 s-1', 'opacity/mass attenuation coefficient': 'm2/kg', 'specific energy/dose of ionizing radiation': 'J/kg',
        'volumetric flow rate': 'm3/s', 'volumetric rate': 'm-3 s-1', 'surface tension': 'N/m', 'radiant intensity': 'W/sr',
    }.items()
}


class _OwnName(str):
    """The name of a unit that a script defines: no other's, even where it reads the same."""

    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__


def def_unit(s, represents=None, doc=None, format=None, prefixes=(), exclude_prefixes=(), namespace=None):
    """A unit of that name: one that nothing makes, or a multiple of another."""
    if format or prefixes:
        raise NotImplementedError("casapy's astropy.units.def_unit() has no %s." % ('format' if format else 'prefixes'))
    names = [s] if isinstance(s, str) else list(s)
    name = _OwnName(names[0])
    _KNOWN[name] = (1.0, {name: fractions.Fraction(1)}) if represents is None else Unit(represents)._in_bases
    made = _named(name)
    if namespace is not None:
        namespace.update(dict.fromkeys(names, made))
    return made


class add_enabled_units:
    """From now on, or in a `with` block, texts may name the units that scripts defined."""

    def __init__(self, units):
        units = [units] if isinstance(units, UnitBase) else list(units)
        self._names = {str(unit): next(iter(unit._parts)) for unit in units}
        for name, own in self._names.items():
            if _ALIASES.get(name, own) is not own:
                raise ValueError("Object with name '%s' already exists in namespace." % name)
        _ALIASES.update(self._names)
        _parsed.cache_clear()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for name in self._names:
            del _ALIASES[name]
        _parsed.cache_clear()


# ---------------------------------------------------------------- numbers with units


def _plain_values(value):
    if isinstance(value, (list, tuple, range)):
        return numpy.array(value, dtype='float64') if not any(isinstance(one, complex) for one in value) else numpy.array(value)
    if isinstance(value, numpy.ndarray):
        return value.astype('float64') if value.dtype.kind in 'iub' else value
    if isinstance(value, bool) or not isinstance(value, (int, float, complex)):
        value = float(value)
    return numpy.float64(value) if not isinstance(value, complex) else value


class Quantity:
    """A number or an array with a unit."""

    __array_priority__ = 10000
    __hash__ = None

    def __init__(self, value, unit=None, dtype=None, copy=True):
        if dtype is not None and numpy.dtype(dtype) != numpy.dtype('float64'):
            raise NotImplementedError("casapy's Quantity holds numbers of type float64 (and complex ones as they are): dtype=%s is not available." % (dtype,))
        if isinstance(value, str):
            found = re.match(r'\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*)$', value)
            if not found:
                raise TypeError('Cannot parse "%s" as a Quantity. It does not start with a number.' % value)
            value = Quantity(float(found.group(1)), found.group(2))
        if isinstance(value, (list, tuple)) and value and all(isinstance(one, Quantity) for one in value):
            first = value[0].unit if unit is None else Unit(unit)
            value = Quantity(numpy.array([one.to_value(first) for one in value]), first)
        if isinstance(value, Quantity):
            unit, value = (value.unit, value.value) if unit is None else (Unit(unit), value.to_value(unit))
        found = _plain_values(value)
        self._value = found.copy() if copy and found is value and isinstance(value, numpy.ndarray) else found
        self.unit = dimensionless_unscaled if unit is None else Unit(unit)

    def _new(self, value, unit=None):
        return Quantity(value, self.unit if unit is None else unit, copy=False)

    @property
    def value(self):
        return self._value

    def to(self, unit, equivalencies=(), copy=True):
        unit = Unit(unit)
        found = self.unit._function_to(unit, equivalencies)(self._value)
        return self._new(found.copy() if copy and found is self._value and not self.isscalar else found, unit)

    def to_value(self, unit=None, equivalencies=()):
        return self._value if unit is None else self.unit._function_to(Unit(unit), equivalencies)(self._value)

    def decompose(self, bases=()):
        return self._in(self.unit.decompose(bases))

    si = property(decompose)

    @property
    def cgs(self):
        return self._in(self.unit.cgs)

    def _in(self, unit):
        return Quantity(self._value * unit._scale, UnitBase(1.0, unit._parts))

    def is_equivalent(self, unit):
        return self.unit.is_equivalent(unit)

    def to_string(self, unit=None, precision=None, format=None, subfmt=None):
        if format is not None or subfmt is not None:
            raise NotImplementedError("casapy's Quantity.to_string() has no format: take .unit.to_string('latex').")
        shown = self if unit is None else self.to(unit)
        if precision is not None and not shown.isscalar:
            raise NotImplementedError("casapy's Quantity.to_string() has a precision for single values only.")
        return str(shown) if precision is None else '%.*f%s' % (precision, shown.value, shown._unit_text())

    # ------------------------------------------------------------ as an array

    @property
    def isscalar(self):
        return not isinstance(self._value, numpy.ndarray) or self._value.shape == ()

    @property
    def shape(self):
        return numpy.shape(self._value)

    @property
    def ndim(self):
        return len(self.shape)

    @property
    def size(self):
        return numpy.size(self._value)

    @property
    def dtype(self):
        return self._value.dtype

    @property
    def T(self):
        return self._new(self._value.T)

    def __len__(self):
        if self.isscalar:
            raise TypeError("'Quantity' object with a scalar value has no len()")
        return len(self._value)

    def __iter__(self):
        if self.isscalar:
            raise TypeError("'Quantity' object with a scalar value is not iterable")
        return (self._new(one) for one in self._value)

    def __getitem__(self, key):
        if self.isscalar:
            raise TypeError("'Quantity' object with a scalar value does not support indexing")
        return self._new(self._value[key])

    def __setitem__(self, key, value):
        self._value[key] = self._value_of(value)

    def __contains__(self, value):
        return any(one == value for one in self)

    def __getattr__(self, name):
        if name in _SAME_UNIT:
            return lambda *args, **named: self._new(getattr(self._value, name)(*args, **named))
        raise AttributeError("'%s' object has no attribute '%s'" % (type(self).__name__, name))

    def argmax(self, axis=None):
        return self._value.argmax(axis)

    def argmin(self, axis=None):
        return self._value.argmin(axis)

    def argsort(self, axis=-1):
        return self._value.argsort(axis)

    def tolist(self):
        raise NotImplementedError('cannot make a list of Quantities. Get list of values with q.value.tolist().')

    def __float__(self):
        return float(self.to_value(dimensionless_unscaled)) if self._is_plain() else self._no_number()

    def __int__(self):
        return int(self.to_value(dimensionless_unscaled)) if self._is_plain() else self._no_number()

    __index__ = None

    def _is_plain(self):
        return self.isscalar and not self.unit._in_bases[1]

    def _no_number(self):
        raise TypeError('only dimensionless scalar quantities can be converted to Python scalars')

    def __bool__(self):
        return True

    # ------------------------------------------------------------ arithmetic

    def _value_of(self, other):
        """Another's values in this unit; plain numbers are dimensionless, 0, infinities and NaN are of any unit."""
        if isinstance(other, Quantity):
            return other.to_value(self.unit)
        if isinstance(other, (list, tuple)) and any(isinstance(one, Quantity) for one in other):
            return Quantity(other).to_value(self.unit)
        values = _plain_values(other)
        if numpy.all(numpy.logical_or(values == 0, numpy.logical_not(numpy.isfinite(values)))):
            return values
        if not self.unit._in_bases[1]:
            return values / self.unit._in_bases[0]
        raise UnitConversionError("Can only apply this function to dimensionless quantities when other argument is not a quantity (unless the latter is all zero/infinity/nan).")

    def _sum(self, other, act, is_swapped=False):
        if isinstance(other, (UnitBase, str)) or other is None:
            return NotImplemented
        theirs = self._value_of(other)
        if not isinstance(other, Quantity) and not self.unit._in_bases[1] and (self.unit._parts or self.unit._scale != 1):
            return self.to(dimensionless_unscaled)._sum(other, act, is_swapped)
        return self._new(act(theirs, self._value) if is_swapped else act(self._value, theirs))

    def __add__(self, other):
        return self._sum(other, operator.add)

    def __radd__(self, other):
        return self._sum(other, operator.add, True)

    def __sub__(self, other):
        return self._sum(other, operator.sub)

    def __rsub__(self, other):
        return self._sum(other, operator.sub, True)

    def __mod__(self, other):
        return self._sum(other, operator.mod)

    def __floordiv__(self, other):
        if isinstance(other, Quantity):
            return Quantity(self._value // other.to_value(self.unit))
        return NotImplemented

    def __mul__(self, other):
        if isinstance(other, (UnitBase, str)):
            return Quantity(self._value, self.unit * Unit(other))
        if isinstance(other, Quantity):
            return Quantity(self._value * other._value, self.unit * other.unit)
        return self._new(self._value * _plain_values(other))

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, (UnitBase, str)):
            return Quantity(self._value, self.unit / Unit(other))
        if isinstance(other, Quantity):
            return Quantity(self._value / other._value, self.unit / other.unit)
        return self._new(self._value / _plain_values(other))

    def __rtruediv__(self, other):
        if isinstance(other, (UnitBase, str)):
            return Quantity(1 / self._value, Unit(other) / self.unit)
        return Quantity(_plain_values(other) / self._value, self.unit ** -1)

    __div__, __rdiv__ = __truediv__, __rtruediv__

    def __pow__(self, power):
        power = power.to_value(dimensionless_unscaled) if isinstance(power, Quantity) else power
        return Quantity(self._value ** power, self.unit ** power)

    def __neg__(self):
        return self._new(-self._value)

    def __pos__(self):
        return self._new(+self._value)

    # What works in place changes the quantity itself, so that all its names see it.

    def _become(self, found):
        if found is NotImplemented:
            return found
        if isinstance(self._value, numpy.ndarray):
            self._value[...] = found._value
        else:
            self._value = found._value
        self.unit = found.unit
        return self

    def __iadd__(self, other):
        return self._become(self + other)

    def __isub__(self, other):
        return self._become(self - other)

    def __imul__(self, other):
        return self._become(self * other)

    def __itruediv__(self, other):
        return self._become(self / other)

    __idiv__ = __itruediv__

    def __ipow__(self, power):
        return self._become(self ** power)

    def __ifloordiv__(self, other):
        return self._become(self // other)

    def __imod__(self, other):
        return self._become(self % other)

    def __ilshift__(self, other):
        return self._become(self.to(other))

    def __abs__(self):
        return self._new(abs(self._value))

    def __round__(self, digits=0):
        return self._new(round(self._value, digits))

    def __lshift__(self, other):
        return self.to(other)

    def _compared(self, other, act):
        try:
            return act(self._value, self._value_of(other))
        except UnitConversionError:
            if act in (operator.eq, operator.ne):
                return act is operator.ne
            raise

    def __eq__(self, other):
        return False if other is None or isinstance(other, (str, UnitBase)) else self._compared(other, operator.eq)

    def __ne__(self, other):
        return True if other is None or isinstance(other, (str, UnitBase)) else self._compared(other, operator.ne)

    def __lt__(self, other):
        return self._compared(other, operator.lt)

    def __le__(self, other):
        return self._compared(other, operator.le)

    def __gt__(self, other):
        return self._compared(other, operator.gt)

    def __ge__(self, other):
        return self._compared(other, operator.ge)

    # ------------------------------------------------------------ texts

    def _unit_text(self):
        text = str(self.unit)
        return ' ' + text if text else ''

    def __str__(self):
        return '%s%s' % (self._value, self._unit_text())

    def __format__(self, form):
        try:
            return format(self._value, form) + self._unit_text()
        except (TypeError, ValueError):
            return format(str(self), form)

    def __repr__(self):
        kind = type(self).__name__
        values = self._value
        if self.isscalar:
            text = array_text(numpy.array([values]), ', ', '')[1:-1].strip()
        else:
            text = array_text(values, ', ', '<%s ' % kind)
        return '<%s %s%s>' % (kind, text, self._unit_text())

    def __array__(self, dtype=None):
        return numpy.array(self._value, dtype=dtype)

    def __reduce__(self):
        return type(self), (self._value, self.unit)

    def __copy__(self):
        return self._new(self._value.copy() if isinstance(self._value, numpy.ndarray) else self._value)

    def __deepcopy__(self, memo):
        return self.__copy__()


_SAME_UNIT = set('copy flatten ravel reshape squeeze transpose swapaxes max min mean sum std round cumsum repeat take clip item diagonal'.split())
