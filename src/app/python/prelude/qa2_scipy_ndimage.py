"""scipy.ndimage: labels of connected pixels, their shapes grown and shrunk, and smooth images."""

import itertools
import math

import numpy as np


def generate_binary_structure(rank, connectivity):
    shape = (3,) * rank
    reach = [sum(abs(step - 1) for step in place) <= connectivity for place in itertools.product(range(3), repeat=rank)]
    return np.array(reach).reshape(shape)


def iterate_structure(structure, iterations, origin=None):
    grown = structure
    for _ in range(iterations - 1):
        grown = binary_dilation(np.pad(grown, 1), structure)
    return grown


def _steps(structure, rank):
    """Where the neighbours are that a structure joins, the middle among them."""
    structure = generate_binary_structure(rank, 1) if structure is None else np.asarray(structure)
    middle = [length // 2 for length in structure.shape]
    return [tuple(int(at) - half for at, half in zip(place, middle)) for place in np.argwhere(structure)]


def label(input, structure=None, output=None):
    given = np.asarray(input) != 0
    steps = _steps(structure, given.ndim)
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
    image = np.asarray(input) != 0
    # A pixel is grown from where it would be reached, shrunk by what it reaches.
    steps = [tuple(-move if grows else move for move in step) for step in _steps(structure, image.ndim)]
    done = 0
    while iterations < 1 or done < iterations:
        result = None
        for seen in _moved(image, steps, bool(border_value)):
            result = seen.copy() if result is None else result | seen if grows else result & seen
        if mask is not None:
            result = np.where(np.asarray(mask) != 0, result, image)
        done += 1
        if iterations < 1 and bool((result == image).all()):
            break
        image = result
    return image


def binary_dilation(input, structure=None, iterations=1, mask=None, output=None, border_value=0, origin=0, brute_force=False):
    return _changed(input, structure, iterations, mask, border_value, True)


def binary_erosion(input, structure=None, iterations=1, mask=None, output=None, border_value=0, origin=0, brute_force=False):
    return _changed(input, structure, iterations, mask, border_value, False)


def binary_opening(input, structure=None, iterations=1, **_others):
    return binary_dilation(binary_erosion(input, structure, iterations), structure, iterations)


def binary_closing(input, structure=None, iterations=1, **_others):
    return binary_erosion(binary_dilation(input, structure, iterations), structure, iterations)


def binary_fill_holes(input, structure=None, output=None, origin=0):
    image = np.asarray(input) != 0
    outside = np.pad(np.zeros(image.shape, bool), 1, mode='constant', constant_values=True)
    outside = binary_dilation(outside, structure, -1, np.pad(~image, 1, mode='constant', constant_values=True))
    return ~outside[tuple(slice(1, -1) for _ in image.shape)]


def _of_labels(function, input, labels, index):
    values = np.asarray(input)
    if labels is None:
        return function(values)
    labels = np.asarray(labels)
    if index is None:
        return function(values[labels > 0])
    if np.ndim(index) == 0:
        return function(values[labels == index])
    return np.array([function(values[labels == one]) for one in np.asarray(index).ravel().tolist()])


def sum(input, labels=None, index=None):
    return _of_labels(np.sum, input, labels, index)


def mean(input, labels=None, index=None):
    return _of_labels(np.mean, input, labels, index)


def standard_deviation(input, labels=None, index=None):
    return _of_labels(np.std, input, labels, index)


def maximum(input, labels=None, index=None):
    return _of_labels(np.max, input, labels, index)


def minimum(input, labels=None, index=None):
    return _of_labels(np.min, input, labels, index)


def histogram(input, min, max, bins, labels=None, index=None):
    return _of_labels(lambda values: np.histogram(values, np.linspace(min, max, bins + 1))[0], input, labels, index)


def maximum_position(input, labels=None, index=None):
    return _position(input, labels, index, np.argmax)


def minimum_position(input, labels=None, index=None):
    return _position(input, labels, index, np.argmin)


def _position(input, labels, index, pick):
    values = np.asarray(input)
    chosen = [np.ones(values.shape, bool)] if labels is None else [
        np.asarray(labels) > 0 if one is None else np.asarray(labels) == one for one in (index if np.ndim(index) else [index])
    ]
    places = [tuple(np.argwhere(mask)[int(pick(values[mask]))].tolist()) for mask in chosen]
    return places if np.ndim(index) else places[0]


def center_of_mass(input, labels=None, index=None):
    values = np.asarray(input)
    chosen = [np.ones(values.shape, bool)] if labels is None else [
        np.asarray(labels) > 0 if one is None else np.asarray(labels) == one for one in (index if np.ndim(index) else [index])
    ]
    places = []
    for mask in chosen:
        weights = values[mask]
        total = np.sum(weights)
        places.append(tuple(float(np.sum(weights * at) / total) for at in np.nonzero(mask)))
    return places if np.ndim(index) else places[0]


sum_labels = sum

_MODES = {'reflect': 'symmetric', 'mirror': 'reflect', 'nearest': 'edge', 'wrap': 'wrap', 'constant': 'constant'}


def _along(given, axis, weights, mode, cval):
    half = len(weights) // 2
    width = [(half, half) if one == axis else (0, 0) for one in range(given.ndim)]
    padded = np.pad(given, width, mode=_MODES[mode], **({'constant_values': cval} if mode == 'constant' else {}))
    total = 0
    for at, weight in enumerate(weights):
        part = tuple(slice(at, at + given.shape[axis]) if one == axis else slice(None) for one in range(given.ndim))
        total = total + padded[part] * weight
    return total


def gaussian_filter1d(input, sigma, axis=-1, order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, radius=None):
    if order != 0:
        raise NotImplementedError('scipy.ndimage.gaussian_filter is here without derivatives (order=0).')
    given = np.asarray(input)
    given = given if given.dtype.kind == 'f' else given.astype(float)
    half = int(truncate * float(sigma) + 0.5) if radius is None else radius
    weights = [math.exp(-0.5 * (step / float(sigma)) ** 2) for step in range(-half, half + 1)]
    total = math.fsum(weights)
    return _along(given, axis % given.ndim, [weight / total for weight in weights], mode, cval).astype(given.dtype)


def gaussian_filter(input, sigma, order=0, output=None, mode='reflect', cval=0.0, truncate=4.0, **_others):
    image = np.asarray(input)
    sigmas = [sigma] * image.ndim if np.ndim(sigma) == 0 else list(sigma)
    for axis, width in enumerate(sigmas):
        if width > 1e-15:
            image = gaussian_filter1d(image, width, axis, order, None, mode, cval, truncate)
    return image


def uniform_filter(input, size=3, output=None, mode='reflect', cval=0.0, origin=0):
    image = np.asarray(input).astype(float)
    for axis in range(image.ndim):
        width = int(size if np.ndim(size) == 0 else size[axis])
        if width % 2 == 0:
            raise NotImplementedError('scipy.ndimage.uniform_filter is here for odd sizes.')
        image = _along(image, axis, [1 / width] * width, mode, cval)
    return image


NAMES = (
    generate_binary_structure, iterate_structure, label, find_objects, binary_dilation, binary_erosion, binary_opening, binary_closing,
    binary_fill_holes, sum, sum_labels, mean, standard_deviation, maximum, minimum, histogram, maximum_position, minimum_position, center_of_mass,
    gaussian_filter1d, gaussian_filter, uniform_filter,
)
