"""random and hash() of Python 2: the same seed gives the numbers that it gave then."""

import math
import random
import types

_HASHED = 2 ** 64


def _signed(word):
    word %= _HASHED
    return word - _HASHED if word >= _HASHED // 2 else word


def _hash_text(text):
    if not text:
        return 0
    made = ord(text[0]) << 7
    for character in text:
        made = (1000003 * made ^ ord(character)) % _HASHED
    return _signed(made ^ len(text))


def _hash_whole(number):
    if -_HASHED // 2 <= number < _HASHED // 2:
        return number
    rest = abs(number) % (_HASHED - 1)
    return _signed(rest if number > 0 else -rest)


def _hash_float(number):
    if math.isinf(number):
        return 314159 if number > 0 else -271828
    if math.isnan(number):
        return 0
    if number == int(number):
        return _hash_whole(int(number))
    part, power = math.frexp(number)
    part *= 2.0 ** 31
    high = int(part)
    return _signed(high + int((part - high) * 2.0 ** 31) + (power << 15))


def _hash_tuple(values):
    made, factor, left = 0x345678, 1000003, len(values)
    for value in values:
        left -= 1
        made = (made ^ old_hash(value)) * factor % _HASHED
        factor += 82520 + 2 * left
    return _signed(made + 97531)


def old_hash(value):
    """hash() of Python 2.7 on 64 bits, without its switch -R; what else there is hashes as today."""
    if isinstance(value, str):
        made = _hash_text(value)
    elif isinstance(value, int):
        made = _hash_whole(int(value))
    elif isinstance(value, float):
        made = _hash_float(value)
    elif type(value) is tuple:
        made = _hash_tuple(value)
    else:
        return hash(value)
    return -2 if made == -1 else made


class Random(random.Random):
    """The generator with Python 2's ways from its numbers to whole numbers, choices and orders."""

    def seed(self, a=None, version=1):
        super().seed(a if a is None or isinstance(a, int) else old_hash(a) % _HASHED)

    def _whole_below(self, count):
        if count < 2 ** 53:
            return int(self.random() * count)
        bits = int(1.00001 + math.log(count - 1, 2.0))
        found = self.getrandbits(bits)
        while found >= count:
            found = self.getrandbits(bits)
        return found

    def randrange(self, start, stop=None, step=1):
        if stop is None:
            start, stop = 0, start
        start, stop, step = int(start), int(stop), int(step)
        count = (stop - start + step - (1 if step > 0 else -1)) // step
        if count <= 0:
            raise ValueError('empty range for randrange() (%d,%d, %d)' % (start, stop, stop - start))
        return start + step * self._whole_below(count)

    def randint(self, a, b):
        return self.randrange(a, b + 1)

    def choice(self, seq):
        return seq[int(self.random() * len(seq))]

    def shuffle(self, x, random=None):
        draw = random or self.random
        for place in range(len(x) - 1, 0, -1):
            other = int(draw() * (place + 1))
            x[place], x[other] = x[other], x[place]

    def sample(self, population, k):
        count = len(population)
        if not 0 <= k <= count:
            raise ValueError('sample larger than population')
        # A list of all is kept where it is no larger than the set of what was drawn would be.
        few = 21 + (4 ** math.ceil(math.log(k * 3, 4)) if k > 5 else 0)
        if count <= few or hasattr(population, 'keys'):
            pool = list(population)
            found = []
            for left in range(count, count - k, -1):
                place = int(self.random() * left)
                found.append(pool[place])
                pool[place] = pool[left - 1]
            return found
        values = population if hasattr(population, '__getitem__') else tuple(population)
        places = {}
        while len(places) < k:
            places.setdefault(int(self.random() * count))
        return [values[place] for place in places]


def make_module():
    """The module random of Python 2."""
    module = types.ModuleType('random')
    shared = Random()
    names = [name for name in vars(random) if hasattr(shared, name) and not name.startswith('_')]
    module.__dict__.update(vars(random), Random=Random, **{name: getattr(shared, name) for name in names})
    return module
