"""astropy.io.fits, or pyfits before it: images and their headers read and written, tables read."""

import builtins
import collections.abc
import gzip
import importlib.machinery
import io
import math
import re
import types

import numpy
from qa2_scipy import Lacking

_BLOCK = 2880
_PIXELS = {8: 'uint8', 16: 'int16', 32: 'int32', 64: 'int64', -32: 'float32', -64: 'float64'}
_BITS = {name: bits for bits, name in _PIXELS.items()}
_UNSIGNED = {(16, 2 ** 15): 'uint16', (32, 2 ** 31): 'uint32'}
_TEXT_KEYS = ('COMMENT', 'HISTORY', '')
_LAYOUT = re.compile(r'(SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|GROUPS|BSCALE|BZERO)$')
_COLUMNS = {'L': ('bool', 1), 'B': ('uint8', 1), 'I': ('int16', 2), 'J': ('int32', 4), 'K': ('int64', 8), 'E': ('float32', 4), 'D': ('float64', 8), 'C': ('complex64', 8), 'M': ('complex128', 16)}


# ---------------------------------------------------------------- headers


class Card:
    """One line of a header: keyword, value, comment."""

    def __init__(self, keyword='', value=None, comment=''):
        self.keyword, self.value, self.comment = keyword.strip().upper(), value, comment or ''

    def __iter__(self):
        return iter((self.keyword, self.value, self.comment))

    def __getitem__(self, place):
        return (self.keyword, self.value, self.comment)[place]

    def _lines(self):
        if self.keyword in _TEXT_KEYS:
            text = str(self.value or '')
            return [('%-8s%s' % (self.keyword, text[at:at + 72])).ljust(80) for at in range(0, max(1, len(text)), 72)]
        head = '%-8s= ' % self.keyword if re.fullmatch(r'[A-Z0-9_-]{1,8}', self.keyword) else 'HIERARCH %s = ' % self.keyword
        if isinstance(self.value, str) and len(head) + len(self.value.replace("'", "''")) > 78:
            return self._long_lines(head, self.value.replace("'", "''"))
        line = head + (_value_text(self.value) if head.endswith('= ') and len(head) == 10 else _value_text(self.value).strip())
        if self.comment:
            line += (' / ' if len(line) >= 30 else ' ' * (30 - len(line)) + ' / ') + self.comment
        return [line[:80].ljust(80)]

    def _long_lines(self, head, text):
        """A text beyond one card goes on in CONTINUE."""
        lines, room = [], 67
        while text:
            part = text[:room]
            if part.endswith("'") and not part.endswith("''") and text[room:room + 1] == "'":
                part = part[:-1]  # a doubled quote stays together
            text = text[len(part):]
            lines.append(("%s'%s%s'" % (head if not lines else 'CONTINUE  ', part, '&' if text else '')).ljust(80))
        return lines


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
        shown = repr(number).upper()
        return '%20s' % (shown if len(shown) <= 20 else '%.12G' % number)
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


def _parse_cards(text):
    cards = []
    for at in range(0, len(text), 80):
        line = text[at:at + 80]
        keyword = line[:8].strip()
        if keyword == 'END':
            break
        if keyword == 'CONTINUE' and cards and isinstance(cards[-1].value, str) and cards[-1].value.endswith('&'):
            value, comment = _parse_value(line[8:])
            cards[-1].value = cards[-1].value[:-1] + str(value or '')
            cards[-1].comment = (cards[-1].comment + ' ' + comment).strip()
        elif keyword == 'HIERARCH' and '=' in line:
            name, _, rest = line[8:].partition('=')
            cards.append(Card(name, *_parse_value(rest)))
        elif line[8:10] == '= ' and keyword not in _TEXT_KEYS:
            cards.append(Card(keyword, *_parse_value(line[10:])))
        elif line.strip():
            cards.append(Card(keyword, line[8:].rstrip()))
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
        self.cards = [Card(*card) for card in cards]

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
        if value is not None and not isinstance(value, complex):
            _value_text(value)
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
        self.cards.append(Card(*card) if isinstance(card, (tuple, Card)) else Card(card))

    def extend(self, cards):
        self.cards += [Card(*card) for card in (cards.cards if isinstance(cards, Header) else cards)]

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
        return text.ljust(-(-len(text) // _BLOCK) * _BLOCK) if padding and not sep else text

    def __repr__(self):
        return '\n'.join(line.rstrip() for card in self.cards for line in card._lines())

    __str__ = __repr__

    def totextfile(self, fileobj, overwrite=False, clobber=False):
        with builtins.open(fileobj, 'w') as target:
            target.write(self.tostring('\n', padding=False))

    @classmethod
    def fromstring(cls, data, sep=''):
        return cls(_parse_cards(''.join(line.ljust(80) for line in data.split(sep)) if sep else data))


class _Lines(list):
    """HISTORY and COMMENT print line by line."""

    def __str__(self):
        return '\n'.join(self)


# ---------------------------------------------------------------- units of header and data


def _in_file(kind):
    """The kind of numbers with the order of bytes that files have."""
    return '>' + numpy.dtype(str(kind)).str[1:]


def _values(content, kind):
    return numpy.frombuffer(content, _in_file(kind)).astype(kind)


def _shape_of(header):
    return tuple(int(header['NAXIS%d' % axis]) for axis in range(int(header.get('NAXIS', 0)), 0, -1))


def _data_bytes(header):
    shape = _shape_of(header)
    if not shape or header.get('GROUPS') is True:
        return 0
    return abs(int(header['BITPIX'])) // 8 * int(header.get('GCOUNT', 1)) * (int(header.get('PCOUNT', 0)) + math.prod(shape))


class _Unit:
    """A header and what follows it; the bytes are read when the data are asked for."""

    def __init__(self, data=None, header=None, name=None, source=None, start=0):
        self.header = Header() if header is None else header if source is not None else Header(header)
        self._source, self._start, self._data = source, start, data
        self._is_read = source is None
        if name:
            self.header['EXTNAME'] = (name, 'extension name')

    @property
    def name(self):
        return str(self.header.get('EXTNAME', 'PRIMARY' if isinstance(self, PrimaryHDU) else '')).upper()

    def _bytes(self):
        self._source.seek(self._start)
        return self._source.read(_data_bytes(self.header))

    @property
    def data(self):
        if not self._is_read:
            self._is_read = True
            self._data = self._parse()
        return self._data

    @data.setter
    def data(self, value):
        self._is_read = True
        self._data = None if value is None else numpy.asarray(value)

    def verify(self, option='warn'):
        pass

    def update_header(self):
        self._head()

    def copy(self):
        return type(self)(self.data, self.header)

    def writeto(self, name, output_verify='exception', overwrite=False, checksum=False, clobber=False):
        HDUList([self]).writeto(name, overwrite=overwrite or clobber)


class _Image(_Unit):
    def __init__(self, data=None, header=None, name=None, source=None, start=0, **_others):
        super().__init__(None if data is None else numpy.asarray(data), header, name, source, start)
        if source is None:
            self._head()

    @property
    def shape(self):
        return _shape_of(self.header) if not self._is_read else () if self._data is None else self._data.shape

    def _parse(self):
        header = self.header
        shape = _shape_of(header)
        if not shape or math.prod(shape) == 0:
            return None
        bits = int(header['BITPIX'])
        pixels = _values(self._bytes(), _PIXELS[bits]).reshape(shape)
        scale, zero, blank = (header.get(key) for key in ('BSCALE', 'BZERO', 'BLANK'))
        scale, zero = 1 if scale is None else scale, 0 if zero is None else zero
        self.header = Header(card for card in header.cards if card.keyword not in ('BSCALE', 'BZERO'))
        if (bits, zero) in _UNSIGNED and scale == 1 and blank is None:
            pixels = (pixels.astype('int64') + int(zero)).astype(_UNSIGNED[bits, zero])
        elif scale != 1 or zero != 0 or (blank is not None and bits > 0):
            values = pixels.astype('float32' if abs(bits) <= 16 or bits == -32 else 'float64') * scale + zero
            if blank is not None and bits > 0:
                values[pixels == blank] = numpy.nan
                del self.header['BLANK']
            pixels = values
        else:
            return pixels
        self.header['BITPIX'] = _BITS.get(str(pixels.dtype), bits)
        return pixels

    def _head(self):
        """Brings the cards that tell what the data are to the front."""
        data, known = self.data, self.header
        kept = known.copy(strip=True)
        zero = None
        kind = 'uint8' if data is None else str(data.dtype)
        if kind in _UNSIGNED.values():
            (bits, zero) = next(key for key, name in _UNSIGNED.items() if name == kind)
        elif kind in _BITS:
            bits = _BITS[kind]
        else:
            raise KeyError('Images of %s are not written; astype() makes them floats or integers.' % kind)
        if data is None and 'BITPIX' in known:
            bits = known['BITPIX']
        front = [('SIMPLE', True, 'conforms to FITS standard') if isinstance(self, PrimaryHDU) else ('XTENSION', 'IMAGE', 'Image extension')]
        shape = () if data is None else data.shape
        front += [('BITPIX', bits, 'array data type'), ('NAXIS', len(shape), 'number of array dimensions')]
        front += [('NAXIS%d' % (axis + 1), length) for axis, length in enumerate(reversed(shape))]
        if not isinstance(self, PrimaryHDU):
            front += [('PCOUNT', 0, 'number of parameters'), ('GCOUNT', 1, 'number of groups')]
        elif 'EXTEND' in known:
            front.append(('EXTEND', known['EXTEND']))
        if zero:
            front += [('BSCALE', 1), ('BZERO', zero)]
        self.header.cards = [Card(*card) for card in front] + kept.cards
        return zero

    def _written(self):
        zero = self._head()
        data = self.data
        if data is None:
            return self.header.tostring(), b''
        if zero:
            data = (data.astype('int64') - zero).astype(_PIXELS[self.header['BITPIX']])
        return self.header.tostring(), data.astype(_in_file(data.dtype)).tobytes()


class PrimaryHDU(_Image):
    pass


class ImageHDU(_Image):
    pass


class _Columns:
    def __init__(self, names):
        self.names = names


class TableData:
    """Columns of a table by name; rows by number."""

    def __init__(self, columns, length):
        self._columns, self._length = columns, length
        self.names = list(columns)
        self.columns = _Columns(self.names)

    def field(self, key):
        name = self.names[key] if isinstance(key, int) else key
        found = next((one for one in self.names if one.upper() == name.upper()), None)
        if found is None:
            raise KeyError("Key '%s' does not exist." % name)
        return self._columns[found]

    def __getitem__(self, key):
        return self.field(key) if isinstance(key, str) else tuple(column[key] for column in self._columns.values())

    def __len__(self):
        return self._length

    def __iter__(self):
        return (self[row] for row in range(self._length))


class BinTableHDU(_Unit):
    """A table of a file; it is read, and written back as it was."""

    def _parse(self):
        header = self.header
        width, length = int(header['NAXIS1']), int(header['NAXIS2'])
        content, start, columns = self._bytes(), 0, {}
        for number in range(1, int(header['TFIELDS']) + 1):
            count, code = re.match(r'\s*(\d*)([A-Z])', header['TFORM%d' % number]).groups()
            count = int(count or 1)
            size = {'A': 1, 'P': 8, 'Q': 16, 'X': 1 / 8}.get(code) or _COLUMNS[code][1]
            bytes_ = math.ceil(count * size)
            if code == 'A' or code in _COLUMNS:
                cells = [content[row * width + start:row * width + start + bytes_] for row in range(length)]
                columns[header['TTYPE%d' % number].strip()] = self._column(code, count, cells, number)
            start += bytes_
        return TableData(columns, length)

    def _column(self, code, count, cells, number):
        if code == 'A':
            return numpy.array([cell.split(b'\0')[0].decode('latin-1').rstrip() for cell in cells])
        if code == 'L':
            found = numpy.array([byte == 84 for cell in cells for byte in cell])
        else:
            found = _values(b''.join(cells), _COLUMNS[code][0])
        scale, zero = self.header.get('TSCAL%d' % number, 1), self.header.get('TZERO%d' % number, 0)
        found = found if (scale, zero) == (1, 0) else found * scale + zero
        return found if count == 1 else found.reshape((len(cells), count))

    @property
    def columns(self):
        return self.data.columns

    def _written(self):
        if self._source is None:
            raise NotImplementedError('Tables of FITS files are read here, not made; exportfits writes images with theirs.')
        return self.header.tostring(), self._bytes()


class HDUList(list):
    """The units of a file; closed at the end of `with`."""

    def __init__(self, hdus=(), file=None, name=None, mode='readonly'):
        hdus = [hdus] if isinstance(hdus, _Unit) else list(hdus)
        if hdus and type(hdus[0]) is not PrimaryHDU:
            hdus[:1] = [PrimaryHDU(hdus[0].data, hdus[0].header.copy(strip=True))] if isinstance(hdus[0], ImageHDU) else [PrimaryHDU(), hdus[0]]
        super().__init__(hdus)
        self._file, self._name, self._mode = file, name, mode

    def _place(self, key):
        if isinstance(key, tuple):
            name, version = key[0].upper(), key[1]
            return next(at for at, unit in enumerate(self) if unit.name == name and unit.header.get('EXTVER', 1) == version)
        if not isinstance(key, str):
            return key
        found = next((at for at, unit in enumerate(self) if unit.name == key.strip().upper()), None)
        if found is None:
            raise KeyError("Extension '%s' not found." % key)
        return found

    def __getitem__(self, key):
        return super().__getitem__(self._place(key))

    def __setitem__(self, key, unit):
        super().__setitem__(self._place(key), unit)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def filename(self):
        return self._name

    def info(self, output=None):
        print('Filename: %s' % self._name)
        for at, unit in enumerate(self):
            print('%3d  %-10s %-12s %5d cards  %s' % (at, unit.name, type(unit).__name__, len(unit.header), getattr(unit, 'shape', '')))

    def writeto(self, name, output_verify='exception', overwrite=False, checksum=False, clobber=False):
        if not self:
            return
        parts = [part for unit in self for part in _padded(*unit._written())]
        if hasattr(name, 'write'):
            return name.write(b''.join(parts))
        name = str(name)
        if not (overwrite or clobber):
            try:
                builtins.open(name, 'rb').close()
            except FileNotFoundError:
                pass
            else:
                raise OSError("File '%s' already exists. If you mean to replace it then use the argument \"overwrite=True\"." % name)
        with (gzip.open if name.endswith('.gz') else builtins.open)(name, 'wb') as target:
            for part in parts:
                target.write(part)

    def flush(self, **_named):
        if self._mode in ('update', 'append') and self._name:
            self.writeto(self._name, overwrite=True)

    def close(self, **_named):
        self.flush()
        if self._file is not None:
            self._file.close()
            self._file = None


def _padded(head, body):
    return head.encode('latin-1'), body, b'\0' * (-len(body) % _BLOCK)


def _read_header(source):
    text = ''
    while True:
        block = source.read(_BLOCK).decode('latin-1')
        if len(block) < _BLOCK:
            return None
        text += block
        if any(block[at:at + 8] == 'END     ' for at in range(0, _BLOCK, 80)):
            return Header(_parse_cards(text))


def open(name, mode='readonly', memmap=None, **_named):
    if mode not in ('readonly', 'update', 'append', 'denywrite', 'copyonwrite'):
        raise ValueError("Mode '%s' not recognized" % mode)
    if not str(name).strip():
        raise ValueError('Empty filename: %r' % (name,))
    source = name if hasattr(name, 'read') else builtins.open(str(name), 'rb')
    if source.read(2) == b'\x1f\x8b':
        source.seek(0)
        source = io.BytesIO(gzip.GzipFile(fileobj=source).read())
    source.seek(0)
    units, start = [], 0
    while (header := _read_header(source)) is not None:
        start = source.tell()
        kind = PrimaryHDU if not units else BinTableHDU if str(header.get('XTENSION', '')).strip() in ('BINTABLE', 'A3DTABLE') else ImageHDU
        if not units and 'SIMPLE' not in header:
            break
        units.append(kind(header=header, source=source, start=start))
        source.seek(start + -(-_data_bytes(header) // _BLOCK) * _BLOCK)
    if not units:
        raise OSError('No SIMPLE card found, this file does not appear to be a valid FITS file.')
    return HDUList(units, source, None if hasattr(name, 'read') else str(name), mode)


def _chosen(found, ext, extname, needs_data):
    if ext is None and extname is None:
        return next((unit for unit in found if isinstance(unit, BinTableHDU) or _shape_of(unit.header)), found[0]) if needs_data else found[0]
    return found[extname if ext is None else ext]


def getdata(filename, *args, header=None, ext=None, extname=None, **_named):
    with open(filename) as found:
        unit = _chosen(found, args[0] if args else ext, extname, True)
        data = unit.data
        return (data, unit.header) if header else data


def getheader(filename, *args, ext=None, extname=None, **_named):
    with open(filename) as found:
        return _chosen(found, args[0] if args else ext, extname, False).header


def getval(filename, keyword, *args, **named):
    return getheader(filename, *args, **named)[keyword]


def setval(filename, keyword, *args, value=None, comment=None, ext=0, **_named):
    with open(filename, 'update') as found:
        found[args[0] if args else ext].header.set(keyword, value, comment)


def writeto(filename, data, header=None, output_verify='exception', overwrite=False, checksum=False, clobber=False):
    PrimaryHDU(data, header).writeto(filename, overwrite=overwrite or clobber)


def update(filename, data, *args, header=None, **_named):
    extension = next((one for one in args if isinstance(one, (int, str))), 0)
    header = next((one for one in args if isinstance(one, Header)), header)
    with open(filename, 'update') as found:
        found[extension].data = data
        if header is not None:
            found[extension].header = Header(header)


def info(filename):
    with open(filename) as found:
        found.info()


_NAMES = (Card, Header, PrimaryHDU, ImageHDU, BinTableHDU, HDUList, open, getdata, getheader, getval, setval, writeto, update, info)


class FitsModules:
    """Finds astropy.io.fits and pyfits; files of the user come first. The rest of astropy can be imported and says when it is used what is here."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if re.match(r'(astropy|pyfits)(\.|$)', name) and not path:
            return importlib.machinery.ModuleSpec(name, FitsModules, is_package=True)

    @staticmethod
    def create_module(spec):
        return types.ModuleType(spec.name)

    @staticmethod
    def exec_module(module):
        name = module.__name__
        if name in ('astropy.io.fits', 'pyfits'):
            module.__dict__.update({one.__name__: one for one in _NAMES})
        module.__getattr__ = lambda part: _absent(name, part)


def _absent(name, part):
    if part.startswith('__') or name in ('astropy', 'astropy.io'):
        raise AttributeError(part)
    return Lacking('%s.%s' % (name, part), ': of astropy, casapy has io.fits, for images, and for tables that are read.')
