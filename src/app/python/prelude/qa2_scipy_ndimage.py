"""scipy.ndimage: labels of connected pixels, their shapes grown and shrunk, and smooth images."""

import itertools
import math

import numpy as np


def refuse(function, **given):
    """Arguments that are not obeyed, each with its value and the one that changes nothing."""
    for name, (value, usual) in given.items():
        if value is not usual and not (np.ndim(value) == 0 and value == usual):
            raise NotImplementedError('%s of scipy.%s() is not available here.' % (name, function))


def _image(input):
    image = np.asarray(input)
    if image.dtype.kind == 'c':
        raise TypeError('Complex type not supported')
    return image


def generate_binary_structure(rank, connectivity):
    shape, connectivity = (3,) * rank, max(connectivity, 1)
    reach = [sum(abs(step - 1) for step in place) <= connectivity for place in itertools.product(range(3), repeat=rank)]
    return np.array(reach).reshape(shape)


def iterate_structure(structure, iterations, origin=None):
    refuse('ndimage.iterate_structure', origin=(origin, None))
    if any(length % 2 == 0 for length in np.shape(structure)):
        raise NotImplementedError('scipy.ndimage.iterate_structure() is here for odd sizes.')
    grown = structure
    for _ in range(iterations - 1):
        grown = binary_dilation(np.pad(grown, 1), structure)
    return grown


def _steps(structure, rank):
    """Where the neighbours are that a structure joins, the middle among them."""
    structure = generate_binary_structure(rank, 1) if structure is None else np.asarray(structure) != 0
    if structure.ndim != rank:
        raise RuntimeError('structure and input must have equal rank')
    middle = [length // 2 for length in structure.shape]
    return [tuple(int(at) - half for at, half in zip(place, middle)) for place in np.argwhere(structure)]


def label(input, structure=None, output=None):
    if output is not None and getattr(output, 'dtype', None) != np.dtype('int32'):
        raise NotImplementedError('output of scipy.ndimage.label() is here for arrays of int32.')
    given = _image(input) != 0
    steps = _steps(structure, given.ndim)
    if structure is not None and any(length != 3 for length in np.shape(structure)):
        raise ValueError('structure dimensions must be equal to 3')
    if any(tuple(-move for move in step) not in steps for step in steps):
        raise ValueError('Structuring element is not symmetric')
    reach = max([abs(move) for step in steps for move in step], default=0)
    padded = np.pad(given, reach, mode='constant', constant_values=False)
    strides = [math.prod(padded.shape[axis + 1:]) for axis in range(padded.ndim)]
    moves = [math.sumprod(step, strides) for step in steps if any(step)]
    # -1: a pixel that has no label yet; the frame of the image has none ever.
    labels, count = [-at for at in padded.ravel().astype('int8').tolist()], 0
    for first in np.nonzero(padded.ravel())[0].tolist():
        if labels[first] >= 0:
            continue
        count += 1
        labels[first], found = count, [first]
        while found:
            here = found.pop()
            for move in moves:
                if labels[here + move] < 0:
                    labels[here + move] = count
                    found.append(here + move)
    inner = tuple(slice(reach, reach + length) for length in given.shape)
    result = np.array(labels, dtype='int32').reshape(padded.shape)[inner].copy()
    if hasattr(output, 'shape'):
        output[...] = result
        return count
    return result, count


def find_objects(input, max_label=0):
    labels = np.asarray(input)
    if labels.dtype.kind not in 'iub':
        raise TypeError('scipy.ndimage.find_objects() wants integers.')
    top = int(max_label or labels.max())
    places = np.nonzero(labels > 0)
    found = {}
    for number, *place in zip(labels[places].tolist(), *(at.tolist() for at in places)):
        ends = found.get(number)
        if ends is None:
            found[number] = [[at, at] for at in place]
            continue
        for end, at in zip(ends, place):
            if at < end[0]:
                end[0] = at
            elif at > end[1]:
                end[1] = at
    return [
        tuple(slice(low, high + 1, None) for low, high in found[number]) if number in found else None for number in range(1, top + 1)
    ]


def _moved(given, steps, value):
    """The image as each neighbour sees it; beyond the edge stands `value`."""
    reach = max([abs(move) for step in steps for move in step], default=0)
    padded = np.pad(given, reach, mode='constant', constant_values=value)
    for step in steps:
        yield padded[tuple(slice(reach + move, reach + move + length) for move, length in zip(step, given.shape))]


def _changed(input, structure, iterations, mask, border_value, grows):
    image = _image(input) != 0
    if int(iterations) != iterations:
        raise TypeError('iterations parameter should be an integer')
    if mask is not None and np.shape(mask) != image.shape:
        raise RuntimeError('mask and input must have equal sizes')
    # A pixel is grown from where it would be reached, shrunk by what it reaches.
    steps = [tuple(-move if grows else move for move in step) for step in _steps(structure, image.ndim)]
    done = 0
    while iterations < 1 or done < iterations:
        result = np.full(image.shape, not grows)
        for seen in _moved(image, steps, bool(border_value)):
            result = result | seen if grows else result & seen
        if mask is not None:
            result = np.where(np.asarray(mask) != 0, result, image)
        done += 1
        if iterations < 1 and bool((result == image).all()):
            break
        image = result
    return image


def binary_dilation(input, structure=None, iterations=1, mask=None, output=None, border_value=0, origin=0, brute_force=False):
    refuse('ndimage.binary_dilation', output=(output, None), origin=(origin, 0))
    return _changed(input, structure, iterations, mask, border_value, True)


def binary_erosion(input, structure=None, iterations=1, mask=None, output=None, border_value=0, origin=0, brute_force=False):
    refuse('ndimage.binary_erosion', output=(output, None), origin=(origin, 0))
    return _changed(input, structure, iterations, mask, border_value, False)


def binary_opening(input, structure=None, iterations=1, output=None, origin=0, mask=None, border_value=0, brute_force=False):
    refuse('ndimage.binary_opening', output=(output, None), origin=(origin, 0))
    return _changed(_changed(input, structure, iterations, mask, border_value, False), structure, iterations, mask, border_value, True)


def binary_closing(input, structure=None, iterations=1, output=None, origin=0, mask=None, border_value=0, brute_force=False):
    refuse('ndimage.binary_closing', output=(output, None), origin=(origin, 0))
    return _changed(_changed(input, structure, iterations, mask, border_value, True), structure, iterations, mask, border_value, False)


def binary_fill_holes(input, structure=None, output=None, origin=0):
    refuse('ndimage.binary_fill_holes', output=(output, None), origin=(origin, 0))
    image = _image(input) != 0
    outside = np.pad(np.zeros(image.shape, bool), 1, mode='constant', constant_values=True)
    outside = binary_dilation(outside, structure, -1, np.pad(~image, 1, mode='constant', constant_values=True))
    return ~outside[tuple(slice(1, -1) for _ in image.shape)]


def _labelled(values, labels):
    labels = np.asarray(labels)
    return labels if labels.shape == values.shape else labels + np.zeros(values.shape, labels.dtype)


def _of_labels(function, input, labels, index, of_none=math.nan):
    """`of_none`: what scipy gives in an array for a label that no pixel has."""
    values = np.asarray(input)
    if labels is None:
        return function(values)
    labels = _labelled(values, labels)
    if index is None:
        return function(values[labels > 0])
    if np.ndim(index) == 0:
        return function(values[labels == index])
    parts = [values[labels == one] for one in np.asarray(index).ravel().tolist()]
    found = np.array([function(part) if part.size else of_none for part in parts])
    return found.reshape(np.shape(index)) if found.ndim == 1 else found


def sum(input, labels=None, index=None):
    found = _of_labels(np.sum, input, labels, index, 0)
    return found.astype(float) if np.ndim(index) and found.dtype.kind in 'iub' else found


def mean(input, labels=None, index=None):
    return _of_labels(np.mean, input, labels, index)


def standard_deviation(input, labels=None, index=None):
    return _of_labels(np.std, input, labels, index)


def maximum(input, labels=None, index=None):
    return _of_labels(np.max, input, labels, index, 0)


def minimum(input, labels=None, index=None):
    return _of_labels(np.min, input, labels, index, 0)


def histogram(input, min, max, bins, labels=None, index=None):
    def count(values):
        if values.size == 0:
            raise NotImplementedError('scipy.ndimage.histogram() is here for labels that pixels have.')
        return np.histogram(values, np.linspace(min, max, bins + 1))[0]

    if labels is not None and np.ndim(index):
        return np.array([histogram(input, min, max, bins, labels, one) for one in np.asarray(index).ravel().tolist()])
    return _of_labels(count, input, labels, index)


def maximum_position(input, labels=None, index=None):
    return _position(input, labels, index, np.argmax)


def minimum_position(input, labels=None, index=None):
    return _position(input, labels, index, np.argmin)


def _masks(values, labels, index):
    if np.ndim(index) > 1:
        raise NotImplementedError('scipy.ndimage takes positions here of one label or of a list.')
    if labels is None:
        return [np.ones(values.shape, bool)]
    labels = _labelled(values, labels)
    return [labels > 0 if one is None else labels == one for one in (index if np.ndim(index) else [index])]


def _position(input, labels, index, pick):
    values = np.asarray(input)
    places = []
    for mask in _masks(values, labels, index):
        is_none = np.ndim(index) and not bool(mask.any())
        places.append((0,) * values.ndim if is_none else tuple(np.argwhere(mask)[int(pick(values[mask]))].tolist()))
    return places if np.ndim(index) else places[0]


def center_of_mass(input, labels=None, index=None):
    values = np.asarray(input)
    places = []
    for mask in _masks(values, labels, index):
        weights = values[mask]
        total = np.sum(weights)
        places.append(tuple(float(np.sum(weights * at) / total) for at in np.nonzero(mask)))
    return places if np.ndim(index) else places[0]


sum_labels = sum

_MODES = {'reflect': 'symmetric', 'mirror': 'reflect', 'nearest': 'edge', 'wrap': 'wrap', 'constant': 'constant'}


def _pixels(input, function, mode):
    given = np.asarray(input)
    if given.dtype.kind != 'f':
        raise NotImplementedError('scipy.ndimage.%s() is here for images of floats; of integers scipy gives integers, cut off: astype(float).' % function)
    if not isinstance(mode, str) or mode not in _MODES:
        raise NotImplementedError('mode=%r of scipy.ndimage.%s() is not available here.' % (mode, function))
    return given


def _of_axes(given, value):
    values = [value] * given.ndim if np.ndim(value) == 0 else list(value)
    if len(values) != given.ndim:
        raise RuntimeError('sequence argument must have length equal to input rank')
    return values


def _along(given, axis, weights, mode, cval):
    half = len(weights) // 2
    width = [(half, half) if one == axis else (0, 0) for one in range(given.ndim)]
    padded = np.pad(given.astype(float), width, mode=_MODES[mode], **({'constant_values': cval} if mode == 'constant' else {}))
    total = 0
    for at, weight in enumerate(weights):
        part = tuple(slice(at, at + given.shape[axis]) if one == axis else slice(None) for one in range(given.ndim))
        total = total + padded[part] * weight
    return total.astype(given.dtype)


def gaussian_filter1d(input, sigma, axis=-1, order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, *, radius=None):
    refuse('ndimage.gaussian_filter1d', output=(output, None), order=(order, 0))
    given = _pixels(input, 'gaussian_filter1d', mode)
    half = int(truncate * float(sigma) + 0.5) if radius is None else radius
    weights = [math.exp(-0.5 * (step / float(sigma)) ** 2) for step in range(-half, half + 1)]
    total = math.fsum(weights)
    return _along(given, axis % given.ndim, [weight / total for weight in weights], mode, cval)


def gaussian_filter(input, sigma, order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, *, radius=None, axes=None):
    refuse('ndimage.gaussian_filter', output=(output, None), order=(order, 0), axes=(axes, None))
    image = _pixels(input, 'gaussian_filter', mode)
    radii = _of_axes(image, radius)
    for axis, width in enumerate(_of_axes(image, sigma)):
        if width > 1e-15:
            image = gaussian_filter1d(image, width, axis, 0, None, mode, cval, truncate, radius=radii[axis])
    return image.copy()


def uniform_filter(input, size=3, output=None, mode='reflect', cval=0.0, origin=0, *, axes=None):
    refuse('ndimage.uniform_filter', output=(output, None), origin=(origin, 0), axes=(axes, None))
    image = _pixels(input, 'uniform_filter', mode)
    if not bool(np.isfinite(image).all()):
        raise NotImplementedError('scipy.ndimage.uniform_filter() is here for finite pixels; scipy carries NaN to the end of a row.')
    for axis, width in enumerate(_of_axes(image, size)):
        if width != int(width) or width % 2 == 0:
            raise NotImplementedError('scipy.ndimage.uniform_filter is here for odd sizes.')
        image = _along(image, axis, [1 / width] * int(width), mode, cval)
    return image.copy()


NAMES = (
    generate_binary_structure, iterate_structure, label, find_objects, binary_dilation, binary_erosion, binary_opening, binary_closing,
    binary_fill_holes, sum, sum_labels, mean, standard_deviation, maximum, minimum, histogram, maximum_position, minimum_position, center_of_mass,
    gaussian_filter1d, gaussian_filter, uniform_filter,
)
