"""Headers of FITS files, as astropy.io.fits has them: cards, and a mapping of their keywords."""

import collections.abc
import copy
import math
import re

import numpy

BLOCK = 2880
_TEXT_KEYS = ('COMMENT', 'HISTORY', '')
_LAYOUT = re.compile(r'(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BSCALE|BZERO)$')


class Card:
    """One line of a header: keyword, value, comment; a line of a file stays as it is until one of them changes."""

    def __init__(self, keyword='', value=None, comment='', image=None):
        self.keyword, self.value, self.comment = keyword.strip().upper(), value, comment or ''
        self._image, self._told = image, (self.keyword, self.value, self.comment)

    def __iter__(self):
        return iter((self.keyword, self.value, self.comment))

    def __getitem__(self, place):
        return (self.keyword, self.value, self.comment)[place]

    def _lines(self):
        if self._image and alike(self._told, tuple(self)):
            return [self._image[at:at + 80] for at in range(0, len(self._image), 80)]
        for text, what in ((self.value, 'values'), (self.comment, 'comments')):
            _printable(text, what)
        if self.keyword in _TEXT_KEYS:
            text = '' if self.value is None else str(self.value)
            return [('%-8s%s' % (self.keyword, text[at:at + 72])).ljust(80) for at in range(0, max(1, len(text)), 72)]
        if re.fullmatch(r'[A-Z0-9_-]{1,8}', self.keyword):
            line = '%-8s= %s' % (self.keyword, _value_text(self.value))
        elif re.fullmatch(r'[ -<>-~]+', self.keyword):
            line = 'HIERARCH %s = %s' % (self.keyword, _value_text(self.value).strip())
        else:
            raise ValueError('Illegal keyword name: %r.' % self.keyword)
        if len(line) > 80:
            if isinstance(self.value, str) and line.startswith('%-8s= ' % self.keyword):
                return self._long_lines()
            raise ValueError('The header keyword %r with its value is too long.' % self.keyword)
        if self.comment:
            line += (' / ' if len(line) >= 30 or self.value is None else ' ' * (30 - len(line)) + ' / ') + self.comment
        return [line[:80].ljust(80)]

    def _long_lines(self):
        """A text beyond one card goes on in CONTINUE, and so does its comment."""
        parts, text = [], self.value.replace("'", "''")
        while len(text) > 67:
            end = text.rfind(' ', 0, 67) + 1 or 67
            end -= (end - len(text[:end].rstrip("'"))) % 2  # a doubled quote stays together
            parts.append(text[:end])
            text = text[end:]
        parts.append(text)
        remarks = [self.comment[at:at + 64] for at in range(0, len(self.comment), 64)]
        ends = ["&'"] * (len(parts) - 1) + ["&'" if remarks else "'"]
        texts = ["'" + part + end for part, end in zip(parts, ends)]
        texts += ["'%s' / %s" % ('&' if at < len(remarks) - 1 else '', remark) for at, remark in enumerate(remarks)]
        return [((('%-8s= ' % self.keyword) if at == 0 else 'CONTINUE  ') + text).ljust(80) for at, text in enumerate(texts)]


def alike(some, others):
    """The same values of the same types: True is not 1 in a header."""
    return all(type(one) is type(other) and one == other for one, other in zip(some, others))


def _as_card(given):
    return copy.copy(given) if isinstance(given, Card) else Card(*given)


def _printable(text, what):
    if isinstance(text, str) and not re.fullmatch('[ -~]*', text):
        raise ValueError('FITS header %s must contain standard printable ASCII characters; %r contains characters not representable in ASCII or non-printable characters.' % (what, text))


def _value_text(value):
    if value is None:
        return ''
    if isinstance(value, (bool, numpy.bool_)):
        return '%20s' % ('T' if value else 'F')
    if isinstance(value, str):
        return "'%-8s'" % value.replace("'", "''")
    if isinstance(value, complex):
        return '(%s, %s)' % (_value_text(value.real).strip(), _value_text(value.imag).strip())
    number = value.item() if hasattr(value, 'item') else value
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ValueError('Floating point %s values are not allowed in FITS headers.' % number)
        digits, mark, power = repr(number).upper().partition('E')
        return '%20s' % (digits[:20 - len(mark + power)] + mark + power)
    if isinstance(number, int):
        return '%20d' % number
    raise ValueError('Illegal value: %r.' % (value,))


_VALUE = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^/]*))\s*(?:/\s*(.*))?$", re.S)


def _parse_value(text):
    found = _VALUE.match(text)
    quoted, plain, comment = found.groups() if found else (None, text, '')
    comment = (comment or '').rstrip()
    if quoted is not None:
        return quoted.replace("''", "'").rstrip(), comment
    plain = plain.strip()
    if plain in ('T', 'F'):
        return plain == 'T', comment
    for kind in (int, float):
        try:
            return kind(plain.upper().replace('D', 'E')), comment
        except ValueError:
            pass
    pair = re.match(r'\(\s*([^,]+),\s*([^)]+)\)$', plain)
    if pair:
        return complex(float(pair.group(1)), float(pair.group(2))), comment
    return plain or None, comment


def parse_cards(text):
    cards = []
    for at in range(0, len(text), 80):
        line = text[at:at + 80].ljust(80)
        keyword = line[:8].strip()
        if keyword == 'END':
            break
        if keyword == 'CONTINUE' and cards and isinstance(cards[-1].value, str) and cards[-1].value.endswith('&'):
            value, comment = _parse_value(line[8:])
            before = cards[-1]
            cards[-1] = Card(before.keyword, before.value[:-1] + str(value or ''), (before.comment + ' ' + comment).strip(), before._image + line)
        elif keyword == 'HIERARCH' and '=' in line:
            name, _, rest = line[8:].partition('=')
            cards.append(Card(name, *_parse_value(rest), line))
        elif line[8:10] == '= ' and keyword not in _TEXT_KEYS:
            cards.append(Card(keyword, *_parse_value(line[10:]), line))
        else:
            cards.append(Card(keyword, line[8:].rstrip(), '', line))
    return cards


class _Comments:
    """header.comments['KEY']"""

    def __init__(self, header):
        self._header = header

    def __getitem__(self, key):
        return self._header._card(key).comment

    def __setitem__(self, key, comment):
        self._header._card(key).comment = comment


class Header(collections.abc.MutableMapping):
    """Cards in order; keywords in any case; HISTORY and COMMENT are lists of lines."""

    def __init__(self, cards=(), copy=False):
        cards = cards.cards if isinstance(cards, Header) else cards.items() if isinstance(cards, dict) else cards
        self.cards = [_as_card(card) for card in cards]

    def _found(self, key):
        if isinstance(key, int):
            return key
        name = str(key).strip().upper()
        name = name[9:] if name.startswith('HIERARCH ') else name
        return next((place for place, card in enumerate(self.cards) if card.keyword == name), None)

    def _card(self, key):
        place = self._found(key)
        if place is None:
            raise KeyError("Keyword '%s' not found." % str(key).upper())
        return self.cards[place]

    def __getitem__(self, key):
        if isinstance(key, str) and key.upper() in _TEXT_KEYS:
            lines = [card.value for card in self.cards if card.keyword == key.upper()]
            if lines:
                return _Lines(lines)
        return self._card(key).value

    def __setitem__(self, key, value):
        value, comment = (tuple(value) + ('',))[:2] if isinstance(value, tuple) else (value, None)
        self.set(key, value, comment)

    def set(self, keyword, value=None, comment=None, before=None, after=None):
        if not isinstance(value, complex):
            _value_text(value)
        _printable(value, 'values')
        _printable(comment, 'comments')
        place = self._found(keyword)
        if str(keyword).upper() in _TEXT_KEYS:
            self._add_line(str(keyword).upper(), value)
        elif place is None:
            beside = self._found(before if before is not None else after) if (before, after) != (None, None) else None
            place = self._end() if beside is None else beside + (before is None)
            self.cards.insert(place, Card(keyword, value, comment))
        else:
            card = self.cards[place]
            card.value, card.comment = value, card.comment if comment is None else comment

    def _end(self):
        """Where a keyword is added: before the last lines of text."""
        place = len(self.cards)
        while place > 0 and self.cards[place - 1].keyword in _TEXT_KEYS:
            place -= 1
        return place

    def _add_line(self, keyword, text):
        place = max((at + 1 for at, card in enumerate(self.cards) if card.keyword == keyword), default=len(self.cards))
        self.cards.insert(place, Card(keyword, text))

    def __delitem__(self, key):
        name = self._card(key).keyword
        if isinstance(key, int):
            del self.cards[key]
        else:
            self.cards = [card for card in self.cards if card.keyword != name]

    def remove(self, keyword, ignore_missing=False, remove_all=False):
        if not (ignore_missing and keyword not in self):
            place = self.cards.index(self._card(keyword))
            del self.cards[place]

    def rename_keyword(self, oldkeyword, newkeyword, force=False):
        if newkeyword in self and not force:
            raise ValueError('Intended keyword %s already exists in header.' % newkeyword.upper())
        self._card(oldkeyword).keyword = newkeyword.upper()

    def __contains__(self, key):
        return self._found(key) is not None

    has_key = __contains__

    def __iter__(self):
        return iter([card.keyword for card in self.cards])

    def __len__(self):
        return len(self.cards)

    def keys(self):
        return [card.keyword for card in self.cards]

    def values(self):
        return [card.value for card in self.cards]

    def items(self):
        return [(card.keyword, card.value) for card in self.cards]

    @property
    def comments(self):
        return _Comments(self)

    def append(self, card=None, end=False):
        card = _as_card(card) if isinstance(card, (tuple, Card)) else Card(card or '')
        self.cards.insert(len(self.cards) if end or card.keyword in _TEXT_KEYS else self._end(), card)

    def extend(self, cards, strip=True):
        for card in Header(cards).copy(strip).cards:
            self.append(card)

    def update(self, *args, **named):
        """Of one mapping or list of cards; or, as in pyfits, of a keyword, its value and comment."""
        if args and isinstance(args[0], str):
            return self.set(*args)
        for given in (*args, named):
            for card in given.cards if isinstance(given, Header) else given.items() if hasattr(given, 'items') else given:
                keyword, value, *comment = card
                self[keyword] = (value, *comment) if comment else value

    def add_history(self, value):
        self._add_line('HISTORY', value)

    def add_comment(self, value):
        self._add_line('COMMENT', value)

    def get_history(self):
        return _Lines(card.value for card in self.cards if card.keyword == 'HISTORY')

    def copy(self, strip=False):
        return Header(card for card in self.cards if not (strip and _LAYOUT.match(card.keyword)))

    __copy__ = copy

    def __deepcopy__(self, _memory):
        return self.copy()

    def tostring(self, sep='', endcard=True, padding=True):
        lines = [line for card in self.cards for line in card._lines()] + ['END'.ljust(80)] * endcard
        text = sep.join(lines)
        return text.ljust(-(-len(text) // BLOCK) * BLOCK) if padding and not sep else text

    def __repr__(self):
        return '\n'.join(line.rstrip() for card in self.cards for line in card._lines())

    __str__ = __repr__

    def totextfile(self, fileobj, endcard=False, overwrite=False, clobber=False):
        _save(str(fileobj), [self.tostring('\n', endcard, False).encode('latin-1')], overwrite or clobber)

    @classmethod
    def fromstring(cls, data, sep=''):
        return cls(parse_cards(''.join(line.ljust(80) for line in data.split(sep)) if sep else data))


class _Lines(list):
    """HISTORY and COMMENT print line by line."""

    def __str__(self):
        return '\n'.join(self)
