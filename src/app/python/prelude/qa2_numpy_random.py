"""numpy.random: the generator of RandomState (MT19937), so that seeds give the numbers that they always gave."""

import math
import random as generator
import sys
import types

import qa2_numpy as np
from qa2_ndarray import from_values, make_array, ndarray


def _started(seed):
    """State of the twister from a whole number, as its authors initialise it (Matsumoto & Nishimura 1998, 2002)."""
    words = [seed & 0xFFFFFFFF]
    for at in range(1, 624):
        words.append((1812433253 * (words[-1] ^ words[-1] >> 30) + at) & 0xFFFFFFFF)
    return (3, tuple(words) + (624,), None)


class RandomState:
    def __init__(self, seed=None):
        self._bits = generator.Random()
        self.seed(seed)

    def seed(self, seed=None):
        self._spare = None
        if seed is None:
            self._bits.seed()
        elif isinstance(seed, int) and 0 <= seed < 2 ** 32:
            self._bits.setstate(_started(seed))
        else:
            raise ValueError('Seed must be between 0 and 2**32 - 1')

    def _shaped(self, size, draw, kind='float64'):
        if size is None:
            return draw()
        shape = tuple(size) if hasattr(size, '__iter__') else (size,)
        return from_values([draw() for _ in range(math.prod(shape))], shape, kind)

    def random_sample(self, size=None):
        return self._shaped(size, self._bits.random)

    random = ranf = sample = random_sample

    def rand(self, *shape):
        return self.random_sample(shape or None)

    def uniform(self, low=0.0, high=1.0, size=None):
        return self._shaped(size, lambda: low + (high - low) * self._bits.random())

    def _gauss(self):
        """Marsaglia's polar method; the second number of a pair is kept."""
        if self._spare is not None:
            found, self._spare = self._spare, None
            return found
        while True:
            one, other = 2.0 * self._bits.random() - 1.0, 2.0 * self._bits.random() - 1.0
            square = one * one + other * other
            if 0.0 < square < 1.0:
                break
        factor = math.sqrt(-2.0 * math.log(square) / square)
        self._spare = factor * one
        return factor * other

    def standard_normal(self, size=None):
        return self._shaped(size, self._gauss)

    def randn(self, *shape):
        return self.standard_normal(shape or None)

    def normal(self, loc=0.0, scale=1.0, size=None):
        if not isinstance(loc, (ndarray, list)) and not isinstance(scale, (ndarray, list)):
            return self._shaped(size, lambda: loc + scale * self._gauss())
        places, widths = np.broadcast_arrays(loc, scale)
        values = [place + width * self._gauss() for place, width in zip(places._values(), widths._values())]
        return from_values(values, places.shape, 'float64')

    def exponential(self, scale=1.0, size=None):
        return self._shaped(size, lambda: -scale * math.log(1.0 - self._bits.random()))

    def poisson(self, lam=1.0, size=None):
        if lam >= 10:
            raise NotImplementedError('numpy.random.poisson takes means below 10 here.')

        def draw():
            limit, count, product = math.exp(-lam), 0, self._bits.random()
            while product > limit:
                count, product = count + 1, product * self._bits.random()
            return count

        return self._shaped(size, draw, 'int64')

    def _below(self, largest):
        """A whole number from 0 to `largest`: draws that are too large are thrown away."""
        if largest == 0:
            return 0
        mask = (1 << largest.bit_length()) - 1
        if largest >= 2 ** 32:
            raise NotImplementedError('numpy.random draws whole numbers from ranges below 2**32 here.')
        while True:
            found = self._bits.getrandbits(32) & mask
            if found <= largest:
                return found

    def randint(self, low, high=None, size=None, dtype='int64'):
        low, high = (0, low) if high is None else (low, high)
        if low >= high:
            raise ValueError('low >= high')
        return self._shaped(size, lambda: low + self._below(high - low - 1), dtype)

    def random_integers(self, low, high=None, size=None):
        low, high = (1, low) if high is None else (low, high)
        return self.randint(low, high + 1, size)

    def shuffle(self, x):
        for at in range(len(x) - 1, 0, -1):
            other = self._below(at)
            one, two = x[at], x[other]
            x[at], x[other] = (two.copy(), one.copy()) if isinstance(one, ndarray) else (two, one)

    def permutation(self, x):
        found = np.arange(x) if isinstance(x, int) else np.array(x)
        self.shuffle(found)
        return found

    def choice(self, a, size=None, replace=True, p=None):
        given = np.arange(a) if isinstance(a, int) else make_array(a)
        count = 1 if size is None else math.prod(size) if hasattr(size, '__iter__') else size
        if p is not None:
            if not replace:
                raise NotImplementedError('numpy.random.choice takes p with replace=True only here.')
            sums = np.cumsum(np.asarray(p, dtype='float64'))
            places = np.searchsorted(sums / sums[-1], self.random_sample(count), 'right')
        elif replace:
            places = self.randint(0, given.size, count)
        else:
            if count > given.size:
                raise ValueError("Cannot take a larger sample than population when 'replace=False'")
            places = self.permutation(given.size)[:count]
        found = given[places]
        return found[0] if size is None else found.reshape(size)


_module = types.ModuleType('numpy.random')
_shared = RandomState(0)
_NAMES = '''
seed random_sample random ranf sample rand uniform standard_normal randn normal exponential poisson randint random_integers shuffle
permutation choice
'''.split()
_module.__dict__.update({name: getattr(_shared, name) for name in _NAMES}, RandomState=RandomState)
np.random = sys.modules['numpy.random'] = _module


def start():
    """The shared generator is seeded anew in every session: a snapshot would repeat the same numbers."""
    _shared.seed()
