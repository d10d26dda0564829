"""astropy.units: what turns kinds of quantities into each other."""

import math

from qa2_constants import BY_NAME
from qa2_units import PARSEC, _parsed

_C, _H, _K = (BY_NAME[name].value for name in ('c', 'h', 'k_B'))


def spectral():
    m, hz, joule, wave = map(_parsed, ('m', 'Hz', 'J', 'm-1'))
    per = lambda factor: lambda value: factor / value
    times = lambda factor: lambda value: value * factor
    return [
        (m, hz, per(_C), per(_C)), (m, joule, per(_H * _C), per(_H * _C)), (hz, joule, times(_H), times(1 / _H)),
        (m, wave, per(1.0), per(1.0)), (hz, wave, times(1 / _C), times(_C)), (joule, wave, times(1 / (_H * _C)), times(_H * _C)),
    ]


def _doppler(rest, of_frequency, to_frequency):
    """rest: of any spectral kind; the two functions turn frequencies (Hz) into speeds over c, and back."""
    f0 = rest.to_value('Hz', spectral())
    speed = _parsed('m/s')
    made = []
    for kind in ('Hz', 'm', 'J'):
        to_hz = _parsed(kind)._function_to(_parsed('Hz'), spectral())
        from_hz = _parsed('Hz')._function_to(_parsed(kind), spectral())
        made.append((
            _parsed(kind), speed,
            lambda value, to_hz=to_hz: _C * of_frequency(to_hz(value), f0),
            lambda value, from_hz=from_hz: from_hz(to_frequency(value / _C, f0)),
        ))
    return made


def doppler_radio(rest):
    return _doppler(rest, lambda f, f0: (f0 - f) / f0, lambda beta, f0: f0 * (1 - beta))


def doppler_optical(rest):
    return _doppler(rest, lambda f, f0: (f0 - f) / f, lambda beta, f0: f0 / (1 + beta))


def doppler_relativistic(rest):
    return _doppler(rest, lambda f, f0: (f0 ** 2 - f ** 2) / (f0 ** 2 + f ** 2), lambda beta, f0: f0 * ((1 - beta) / (1 + beta)) ** 0.5)


def dimensionless_angles():
    return [(None, None, None, None)]


def temperature_energy():
    return [(_parsed('K'), _parsed('J'), lambda value: value * _K, lambda value: value / _K)]


def mass_energy():
    return [(_parsed('kg'), _parsed('J'), lambda value: value * _C ** 2, lambda value: value / _C ** 2)]


def parallax():
    turn = lambda value: PARSEC * math.pi / 648000 / value
    return [(_parsed('rad'), _parsed('m'), turn, turn)]


def brightness_temperature(frequency, beam_area=None):
    """Jy/sr (with the area of a beam: Jy/beam and Jy) and K, as Rayleigh and Jeans have it."""
    hertz = frequency.to_value('Hz', spectral())
    factor = 2 * _K * hertz ** 2 / _C ** 2 / 1e-26
    if beam_area is None:
        return [(_parsed('Jy/sr'), _parsed('K'), lambda value: value / factor, lambda value: value * factor)]
    area = beam_area.to_value('sr') if not beam_area.unit.is_equivalent('sr/beam') else beam_area.to_value('sr/beam')
    made = [(_parsed(unit), _parsed('K'), lambda value: value / (factor * area), lambda value: value * (factor * area)) for unit in ('Jy', 'Jy/beam')]
    return made + [(_parsed('Jy/sr'), _parsed('K'), lambda value: value / factor, lambda value: value * factor)]


def beam_angular_area(beam_area):
    area = beam_area.to_value('sr')
    return [
        (_parsed('beam'), _parsed('sr'), lambda value: value * area, lambda value: value / area),
        (_parsed('Jy/beam'), _parsed('Jy/sr'), lambda value: value / area, lambda value: value * area),
        (_parsed('beam-1'), _parsed('sr-1'), lambda value: value / area, lambda value: value * area),
    ]


def pixel_scale(pixscale):
    size = pixscale.to_value('rad/pix') if pixscale.unit.is_equivalent('rad/pix') else 1 / pixscale.to_value('pix/rad')
    return [(_parsed('pix'), _parsed('rad'), lambda value: value * size, lambda value: value / size)]
