"""Teaches numpy's functions quantities."""

import functools
import types

import numpy
from qa2_equivalencies import dimensionless_angles
from qa2_units import Quantity, UnitConversionError, dimensionless_unscaled


def _in_unit_of(first, given):
    """An argument in the unit of the first; what is no quantity stays as it is."""
    return first._value_of(given) if _is_measured(given) else given


def _same(function):
    """Values go in and come out in the unit of the first; of several results the others are plain."""
    def run(first, *args, **named):
        first = first if isinstance(first, Quantity) else Quantity(first)
        found = function(first.value, *[_in_unit_of(first, one) for one in args], **{name: _in_unit_of(first, one) for name, one in named.items()})
        if isinstance(found, tuple):
            return (first._new(found[0]),) + found[1:]
        return first._new(found)
    return run


def _joined(function):
    """Of a list of arrays, which need not be of one length."""
    def run(parts, *args, **named):
        first = next(one for one in parts if isinstance(one, Quantity))
        return Quantity(function([first._value_of(one) for one in parts], *args, **named), first.unit)
    return run


def _extended(function):
    """append and insert: the last is in the unit of the first."""
    def run(first, *args, **named):
        first = Quantity(first)
        *others, values = args
        return Quantity(function(first.value, *others, first._value_of(values), **named), first.unit)
    return run


def _pairs(function):
    def run(one, two, *args, **named):
        first = one if isinstance(one, Quantity) else Quantity(one, dimensionless_unscaled if isinstance(two, Quantity) else None)
        if not isinstance(one, Quantity) and two.unit._in_bases[1]:
            return _pairs(lambda a, b: function(b, a))(two, one)
        return Quantity(function(first.value, first._value_of(two), *args, **named), first.unit)
    return run


def _both_plain(function):
    """Of two in one unit, with a plain answer."""
    def run(one, two, *args, **named):
        first = Quantity(one, copy=False)
        return function(first.value, first._value_of(two), *args, **named)
    return run


def _equal_arrays(function):
    def run(one, two, *args, **named):
        try:
            return _both_plain(function)(one, two, *args, **named)
        except UnitConversionError:
            return False
    return run


def _close(function):
    def run(a, b, rtol=1e-5, atol=1e-8, **named):
        first = Quantity(a, copy=False)
        return function(first.value, first._value_of(b), rtol, _in_unit_of(first, atol), **named)
    return run


def _product_of(function):
    def run(one, two, *args, **named):
        one, two = Quantity(one, copy=False), Quantity(two, copy=False)
        return Quantity(function(one.value, two.value, *args, **named), one.unit * two.unit)
    return run


def _squared(function):
    return lambda first, *args, **named: Quantity(function(first.value, *args, **named), first.unit ** 2)


def _averaged(function):
    def run(a, axis=None, weights=None, **named):
        if named.get('returned'):
            raise NotImplementedError("casapy's numpy.average() of quantities has no returned=True.")
        a = Quantity(a, copy=False)
        return Quantity(function(a.value, axis, weights.value if isinstance(weights, Quantity) else weights), a.unit)
    return run


def _chosen(function):
    def run(condition, *values):
        if isinstance(condition, Quantity) or len(values) != 2:
            raise TypeError('numpy.where() takes no quantity as its condition: compare it with something.')
        first = next(one for one in values if isinstance(one, Quantity))
        return Quantity(function(condition, *[first._value_of(one) for one in values]), first.unit)
    return run


def _interpolated(function):
    def run(x, xp, fp, left=None, right=None, period=None):
        if period is not None:
            raise NotImplementedError("casapy's numpy.interp() of quantities has no period.")
        x, fp = Quantity(x, copy=False), Quantity(fp, copy=False)
        found = function(x.value, x._value_of(xp), fp.value, *[one if one is None else fp._value_of(one) for one in (left, right)])
        return Quantity(found, fp.unit)
    return run


def _of_angle(function):
    return lambda value, *args: Quantity(function(value.to_value('rad', dimensionless_angles()), *args))


def _to_angle(function):
    return lambda value, *args: Quantity(function(value.to_value(''), *args), 'rad')


def _plain(function):
    return lambda value, *args, **named: function(value.value, *args, **named)


def _of_number(function):
    return lambda value, *args: Quantity(function(value.to_value(''), *args))


def _to_unit(unit):
    def maker(_function):
        return lambda value: value.to(unit)
    return maker


def _ranged(function):
    def run(start, *args, **named):
        others = [one for one in (start,) + args if isinstance(one, Quantity)]
        unit = others[0].unit
        return Quantity(function(*[others[0]._value_of(one) if isinstance(one, Quantity) else one for one in (start,) + args], **named), unit)
    return run


def _angle_of_two(function):
    return lambda one, two: Quantity(function(one.value, one._value_of(two)), 'rad')


def _no_list(values):
    if not isinstance(values, Quantity):
        raise TypeError('Only dimensionless scalar quantities can be converted to Python scalars: make u.Quantity(…) of a list.')
    return values


def _plain_array(function):
    return lambda value, *args, **named: function(_no_list(value).value, *args, **named)


_RULES = [
    (_same, 'max min amax amin mean median sum std nanmax nanmin nanmean nanmedian nansum nanstd abs absolute fabs round around squeeze ravel sort '
            'unique cumsum nancumsum diff percentile nanpercentile clip ptp transpose atleast_1d atleast_2d floor ceil rint trunc negative repeat roll tile '
            'flip fliplr flipud rot90 expand_dims swapaxes moveaxis rollaxis reshape take compress delete broadcast_to copy real imag conj conjugate diagonal '
            'zeros_like ones_like empty_like ascontiguousarray nan_to_num positive'),
    (_joined, 'concatenate hstack vstack stack dstack column_stack'),
    (_extended, 'append insert'),
    (_pairs, 'maximum minimum fmax fmin hypot add subtract mod remainder'),
    (_of_angle, 'sin cos tan'),
    (_to_angle, 'arcsin arccos arctan'),
    (_of_number, 'exp log log10 log2 log1p expm1 sinh cosh tanh'),
    (_plain, 'isnan isfinite isinf sign argmax argmin argsort nanargmax nanargmin shape size ndim any all count_nonzero nonzero argwhere flatnonzero iscomplexobj isrealobj signbit'),
    (_plain_array, 'array asarray asanyarray float64'),
    (_both_plain, 'searchsorted equal not_equal less less_equal greater greater_equal'),
    (_equal_arrays, 'array_equal'),
    (_close, 'allclose isclose'),
    (_product_of, 'dot vdot inner outer matmul cross multiply'),
    (_squared, 'var nanvar square'),
    (_averaged, 'average'),
    (_chosen, 'where'),
    (_interpolated, 'interp'),
    (_ranged, 'linspace arange'),
    (_angle_of_two, 'arctan2'),
    (_to_unit('rad'), 'radians deg2rad'),
    (_to_unit('deg'), 'degrees rad2deg'),
    (lambda function: lambda value: value ** 0.5, 'sqrt'),
    (lambda function: lambda one, two: one / two, 'divide true_divide'),
    (lambda function: lambda value, power: value ** power, 'power'),
]
# Methods of numpy's functions of two values, and the rules that they follow.
_METHOD_RULES = {
    'add': {'reduce': _same, 'accumulate': _same}, 'maximum': {'reduce': _same, 'accumulate': _same}, 'minimum': {'reduce': _same, 'accumulate': _same},
    'multiply': {'outer': _product_of},
}
_METHODS = ('reduce', 'accumulate', 'outer', 'at')
_UNIT_BLIND = set('isscalar iterable result_type can_cast may_share_memory shares_memory'.split())


def _is_measured(given):
    if isinstance(given, (list, tuple)):
        return any(issubclass(kind, Quantity) for kind in set(map(type, given)))
    return isinstance(given, Quantity)


def _refusing(name):
    def refuse(*_args, **_named):
        raise NotImplementedError("casapy's numpy.%s() knows no quantities: hand it .value, or to_value(unit)." % name)
    return refuse


def teach_numpy():
    """From now on numpy's functions know quantities, or refuse them."""
    if getattr(numpy, '_knows_quantities', False):
        return
    numpy._knows_quantities = True
    rules = {name: rule for rule, names in _RULES for name in names.split()}
    for module, prefix in ((numpy, ''), (numpy.linalg, 'linalg.'), (numpy.fft, 'fft.'), (numpy.ma, 'ma.')):
        for name, plain in list(vars(module).items()):
            is_function = callable(plain) and not isinstance(plain, type) and not isinstance(plain, types.ModuleType)
            if not is_function or name.startswith('_') or name in _UNIT_BLIND:
                continue
            rule = rules.get(name) if module is numpy else None
            setattr(module, name, _told(plain, prefix + name, rule))


def _told(plain, name, rule):
    measured = rule(plain) if rule else _refusing(name)

    @functools.wraps(plain, updated=())
    def run(*args, **named):
        if any(map(_is_measured, args)) or (named and any(map(_is_measured, named.values()))):
            return measured(*args, **named)
        return plain(*args, **named)

    for method in _METHODS:
        if hasattr(plain, method):
            setattr(run, method, _told(getattr(plain, method), '%s.%s' % (name, method), _METHOD_RULES.get(name, {}).get(method)))
    return run
