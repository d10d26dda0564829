"""astropy.io.fits, or pyfits before it: images and their headers read and written, tables read."""

import builtins
import copy
import gzip
import io
import math
import os
import re

import numpy
from qa2_fits_header import BLOCK, Card, Header, alike, parse_cards
from qa2_scipy import Lacking, lacking

_PIXELS = {8: 'uint8', 16: 'int16', 32: 'int32', 64: 'int64', -32: 'float32', -64: 'float64'}
_BITS = {name: bits for bits, name in _PIXELS.items()}
_UNSIGNED = {(16, 2 ** 15): 'uint16', (32, 2 ** 31): 'uint32', (64, 2 ** 63): 'uint64'}
_FRAME = re.compile(r'(SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|TFIELDS|TFORM\d+|THEAP)$')
_COLUMNS = {'L': ('bool', 1), 'B': ('uint8', 1), 'I': ('int16', 2), 'J': ('int32', 4), 'K': ('int64', 8), 'E': ('float32', 4), 'D': ('float64', 8), 'C': ('complex64', 8), 'M': ('complex128', 16)}


# ---------------------------------------------------------------- units of header and data


def _in_file(kind):
    """The kind of numbers with the order of bytes that files have."""
    return '>' + numpy.dtype(str(kind)).str[1:]


def _values(content, kind):
    return numpy.frombuffer(content, _in_file(kind)).astype(kind)


def _unsigned(content, kind):
    """Signed numbers that stand for unsigned ones: 2^15, 2^31 or 2^63 is to be added, which turns the first bit."""
    return _values(content, kind) ^ numpy.dtype(kind).type(2 ** (numpy.dtype(kind).itemsize * 8 - 1))


def _shape_of(header):
    return tuple(int(header['NAXIS%d' % axis]) for axis in range(int(header.get('NAXIS', 0)), 0, -1))


def _data_bytes(header):
    shape = _shape_of(header)
    if not shape:
        return 0
    if header.get('GROUPS') is True and shape[-1] == 0:
        shape = shape[:-1]  # NAXIS1 = 0 is the mark of random groups
    return abs(int(header['BITPIX'])) // 8 * int(header.get('GCOUNT', 1)) * (int(header.get('PCOUNT', 0)) + math.prod(shape))


class _Unit:
    """A header and what follows it; the bytes are read when the data are asked for, and written back as they are when nothing changed."""

    def __init__(self, data=None, header=None, name=None, source=None, start=0, head=None):
        self.header = Header() if header is None else header if source is not None else Header(header)
        self._source, self._start, self._data, self._head_bytes = source, start, data, head
        self._is_read = source is None
        self._is_scaled = self._is_unsigned = True
        # What the file says, whatever becomes of the header.
        self._told = None if source is None else self.header.copy()
        if name:
            self.header['EXTNAME'] = (name, 'extension name')

    @property
    def name(self):
        return str(self.header.get('EXTNAME') or ('PRIMARY' if isinstance(self, PrimaryHDU) else '')).strip().upper()

    @property
    def ver(self):
        return self.header.get('EXTVER', 1)

    def _bytes(self, padded=False):
        size = _data_bytes(self._told)
        self._source.seek(self._start)
        content = self._source.read(-(-size // BLOCK) * BLOCK if padded else size)
        if len(content) < size:
            raise OSError('The file is cut off: %s has %d of %d bytes of data.' % (self.name or 'an extension', len(content), size))
        return content

    @property
    def data(self):
        if not self._is_read:
            self._data = self._parse()
            self._is_read = True
        return self._data

    def verify(self, option='warn'):
        _check_verify(option)

    def update_header(self):
        self._head()

    def copy(self):
        made = copy.copy(self)
        made.header = self.header.copy()
        if self._is_read and hasattr(self._data, 'copy'):
            made._data = self._data.copy()
        return made

    def writeto(self, name, output_verify='exception', overwrite=False, checksum=False, clobber=False):
        HDUList([self] if isinstance(self, PrimaryHDU) else [PrimaryHDU(), self]).writeto(name, output_verify, overwrite, checksum, clobber)

    def _as_in_file(self):
        """Header and data with their padding as they are in the file; of a header that changed only its own lines differ."""
        if self._is_told():
            return self._head_bytes, self._bytes(True)
        kept = [(card.keyword, card.value) for card in self._told.cards if _FRAME.match(card.keyword)]
        if kept != [(card.keyword, card.value) for card in self.header.cards if _FRAME.match(card.keyword)]:
            raise ValueError('BITPIX, NAXIS and other keywords of %s that tell what its data are cannot be changed here.' % (self.name or 'an extension'))
        return self.header.tostring().encode('latin-1'), self._bytes(True)

    def _is_told(self):
        return len(self.header) == len(self._told) and all(alike(*pair) for pair in zip(self.header.cards, self._told.cards))


class KeptHDU(_Unit):
    """Random groups, ASCII tables, compressed images and units of unknown kinds: their headers can be changed, their data stay as they are."""

    def _parse(self):
        kind = 'random groups' if 'SIMPLE' in self._told else 'a compressed image' if self._told.get('ZIMAGE') is True else self._told['XTENSION'].strip()
        raise NotImplementedError('The data of %s (%s) are not read here; the unit is written back as it is.' % (self.name or 'this extension', kind))

    @property
    def data(self):
        return self._parse()

    @data.setter
    def data(self, _value):
        self._parse()

    def _head(self):
        pass

    def _written(self):
        return self._as_in_file()


class _Image(_Unit):
    def __init__(self, data=None, header=None, name=None, source=None, start=0, head=None):
        if isinstance(data, TableData):
            raise NotImplementedError('Tables of FITS files are read here, not made; exportfits writes images with theirs.')
        super().__init__(None if data is None else numpy.asarray(data), header, name, source, start, head)
        if source is None:
            self._head()

    @property
    def data(self):
        return super().data

    @data.setter
    def data(self, value):
        if not self._is_read and self._is_scaled:
            self.header = Header(card for card in self.header.cards if card.keyword not in ('BSCALE', 'BZERO'))
        self._is_read = True
        self._data = None if value is None else numpy.asarray(value)

    @property
    def shape(self):
        return _shape_of(self._told) if not self._is_read else () if self._data is None else self._data.shape

    def _parse(self):
        told = self._told
        shape = _shape_of(told)
        if not shape or math.prod(shape) == 0:
            return None
        if told.get('PCOUNT', 0) != 0 or told.get('GCOUNT', 1) != 1:
            raise NotImplementedError('Images with PCOUNT or GCOUNT are not read here.')
        bits = int(told['BITPIX'])
        scale, zero, blank = (told.get(key) for key in ('BSCALE', 'BZERO', 'BLANK'))
        scale, zero = 1 if scale is None else scale, 0 if zero is None else zero
        if (bits, scale, zero) == (8, 1, -128) and self._is_scaled and self._is_unsigned:
            raise NotImplementedError('Images of signed bytes (BZERO = -128) are not read here.')
        if self._is_scaled and self._is_unsigned and (bits, zero) in _UNSIGNED and scale == 1:
            pixels = _unsigned(self._bytes(), _UNSIGNED[bits, zero]).reshape(shape)
            self.header = Header(card for card in self.header.cards if card.keyword not in ('BSCALE', 'BZERO'))
            return pixels
        pixels = _values(self._bytes(), _PIXELS[bits]).reshape(shape)
        if not self._is_scaled or (scale == 1 and zero == 0 and (blank is None or bits < 0)):
            return pixels
        values = pixels.astype('float32' if abs(bits) <= 16 or bits == -32 else 'float64') * float(scale) + float(zero)
        if blank is not None and bits > 0:
            values[pixels == blank] = numpy.nan
        self.header = Header(card for card in self.header.cards if card.keyword not in ('BSCALE', 'BZERO') and not (card.keyword == 'BLANK' and bits > 0))
        self.header['BITPIX'] = _BITS[str(values.dtype)]
        return values

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
        if self._source is not None and [tuple(card)[:2] for card in self.header.cards[:len(front)]] == [card[:2] for card in front]:
            return zero
        scaling = [] if self._is_scaled or self._source is None else [card for card in known.cards if card.keyword in ('BSCALE', 'BZERO')]
        self.header.cards = [Card(*card) for card in front] + scaling + kept.cards
        return zero

    def _written(self):
        if not self._is_read and all(self.header.get(card.keyword) == card.value for card in self._told.cards if _FRAME.match(card.keyword)):
            return self._as_in_file()
        zero = self._head()
        data = self.data
        head = self.header.tostring().encode('latin-1')
        if data is None:
            return head, b''
        if zero:
            data = data ^ data.dtype.type(zero)
        content = data.astype(_in_file(data.dtype)).tobytes()
        return head, content + b'\0' * (-len(content) % BLOCK)


class PrimaryHDU(_Image):
    pass


class ImageHDU(_Image):
    pass


class _Columns:
    def __init__(self, names):
        self.names = names


class TableData:
    """Columns of a table by name; rows by number."""

    def __init__(self, names, columns, length):
        self._columns, self._length = columns, length
        self.names = names
        self.columns = _Columns(self.names)

    def field(self, key):
        if isinstance(key, str):
            found = [at for at, one in enumerate(self.names) if one == key] or [at for at, one in enumerate(self.names) if one.upper() == key.upper()]
            if not found:
                raise KeyError("Key '%s' does not exist." % key)
            if len(found) > 1:
                raise KeyError("Ambiguous key name '%s'." % key)
            key = found[0]
        if isinstance(self._columns[key], Lacking):
            self._columns[key]()
        return self._columns[key]

    def __getitem__(self, key):
        if isinstance(key, str):
            return self.field(key)
        if isinstance(key, slice) or numpy.ndim(key) > 0:
            raise NotImplementedError("Rows of a FITS table are taken one at a time here, or of one column: data['NAME'][rows].")
        if not -self._length <= key < self._length:
            raise IndexError('Index out of bounds')
        return tuple(self.field(at)[key] for at in range(len(self.names)))

    def __len__(self):
        return self._length

    def __iter__(self):
        return (self[row] for row in range(self._length))


class BinTableHDU(_Unit):
    """A table of a file; it is read, and written back as it was."""

    def __init__(self, data=None, header=None, name=None, source=None, start=0, head=None):
        if source is None:
            raise NotImplementedError('Tables of FITS files are read here, not made; exportfits writes images with theirs.')
        super().__init__(data, header, name, source, start, head)

    @property
    def data(self):
        return super().data

    @data.setter
    def data(self, _value):
        raise NotImplementedError('Tables of FITS files are read here, not changed.')

    def _head(self):
        pass

    def _parse(self):
        told = self._told
        width, length = int(told['NAXIS1']), int(told['NAXIS2'])
        content, start, names, columns = self._bytes(), 0, [], []
        for number in range(1, int(told['TFIELDS']) + 1):
            form = told['TFORM%d' % number].strip()
            count, code, rest = re.match(r'(\d*)([A-Z])(.*)', form).groups()
            count = int(count or 1)
            size = {'A': 1, 'P': 8, 'Q': 16, 'X': 1 / 8}.get(code) or _COLUMNS[code][1]
            bytes_ = math.ceil(count * size)
            names.append(told['TTYPE%d' % number].strip())
            cells = [content[row * width + start:row * width + start + bytes_] for row in range(length)]
            shape = re.fullmatch(r'\(\s*\d+(\s*,\s*\d+)*\s*\)', str(told.get('TDIM%d' % number, '')).strip())
            scale, zero = told.get('TSCAL%d' % number, 1), told.get('TZERO%d' % number, 0)
            if code not in 'ALBIJKEDCM' or rest or (code == 'A' and shape) or (code in 'LCM' and (scale, zero) != (1, 0)):
                columns.append(Lacking('Column %s of a FITS table (%s)' % (names[-1], form), '.'))
            else:
                columns.append(self._column(code, count, cells, scale, zero, shape and [int(part) for part in re.findall(r'\d+', shape.group(0))][::-1]))
            start += bytes_
        return TableData(names, columns, length)

    @staticmethod
    def _column(code, count, cells, scale, zero, shape):
        if code == 'A':
            return numpy.array([cell.split(b'\0')[0].decode('latin-1').rstrip() for cell in cells])
        content = b''.join(cells)
        unsigned = _UNSIGNED.get((8 * _COLUMNS[code][1], zero)) if code in 'IJK' and scale == 1 else None
        if code == 'L':
            found = numpy.array([byte == 84 for byte in content], bool)
        elif unsigned:
            found = _unsigned(content, unsigned)
        else:
            found = _values(content, _COLUMNS[code][0])
            found = found if (scale, zero) == (1, 0) else found.astype('float64') * float(scale) + float(zero)
        return found.reshape((len(cells), *shape)) if shape else found if count == 1 else found.reshape((len(cells), count))

    @property
    def columns(self):
        return self.data.columns

    def _written(self):
        if self._is_read:
            for now, told in zip(self._data._columns, self._parse()._columns):
                if not isinstance(now, Lacking) and (now.tolist() != told.tolist() if now.dtype.kind == 'U' else now.tobytes() != told.tobytes()):
                    raise NotImplementedError('Tables of FITS files are read here, not changed.')
        return self._as_in_file()


class HDUList(list):
    """The units of a file; closed at the end of `with`."""

    def __init__(self, hdus=(), file=None, name=None, mode='readonly', rest=b'', zipped=False):
        super().__init__([hdus] if isinstance(hdus, _Unit) else hdus)
        if any(not isinstance(unit, _Unit) for unit in self):
            raise TypeError('Element 0 in the HDUList input is not an HDU.')
        # What follows the last unit of the file stays there.
        self._file, self._name, self._mode, self._rest, self._zipped = file, name, mode, rest, zipped
        self._old = list(self)

    def index_of(self, key):
        if isinstance(key, _Unit):
            return next((at for at, unit in enumerate(self) if unit is key), None)
        if not isinstance(key, (str, tuple)):
            return key
        name, version = key if isinstance(key, tuple) else (key, None)
        if not isinstance(name, str):
            raise KeyError('HDUList indices must be integers, extension names as strings, or (extname, version) tuples; got %r' % (key,))
        name = name.strip().upper()
        for at, unit in enumerate(self):
            if (unit.name == name or (name == 'PRIMARY' and at == 0)) and version in (None, unit.ver):
                return at
        raise KeyError('Extension %r not found.' % (key,))

    def __getitem__(self, key):
        if isinstance(key, slice):
            return HDUList(super().__getitem__(key))
        return super().__getitem__(self.index_of(key))

    def __setitem__(self, key, unit):
        super().__setitem__(self.index_of(key), unit)

    def __delitem__(self, key):
        super().__delitem__(key if isinstance(key, slice) else self.index_of(key))

    def __contains__(self, key):
        try:
            at = self.index_of(key)
        except KeyError:
            return False
        return at is not None and (not isinstance(at, int) or at < len(self))

    def pop(self, key=-1):
        return super().pop(self.index_of(key))

    def append(self, hdu):
        if not isinstance(hdu, _Unit):
            raise ValueError('HDUList can only append an HDU.')
        if self and isinstance(hdu, PrimaryHDU):
            hdu = ImageHDU(hdu.data, hdu.header.copy(strip=True))
        elif not self and isinstance(hdu, ImageHDU):
            hdu = PrimaryHDU(hdu.data, hdu.header.copy(strip=True))
        elif not self and not _is_first(hdu):
            super().append(PrimaryHDU())
        super().append(hdu)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def filename(self):
        return self._name

    def info(self):
        print('Filename: %s' % self._name)
        for at, unit in enumerate(self):
            print('%3d  %-10s %-12s %5d cards  %s' % (at, unit.name, type(unit).__name__, len(unit.header), getattr(unit, 'shape', '')))

    def _parts(self):
        for at, unit in enumerate(self):
            if _is_first(unit) != (at == 0):
                raise ValueError("HDUList's element %d is %sa primary HDU." % (at, 'not ' * (at == 0)))
        return [part for unit in self for part in unit._written()]

    def writeto(self, name, output_verify='exception', overwrite=False, checksum=False, clobber=False):
        _check_verify(output_verify)
        _refuse_named('writeto', checksum=checksum)
        if not self:
            return
        parts = self._parts()
        if hasattr(name, 'write'):
            return name.write(b''.join(parts))
        _save(str(name), parts, overwrite or clobber, str(name).endswith('.gz'))

    def flush(self, output_verify='fix', verbose=False):
        _check_verify(output_verify)
        if self._mode == 'update':
            parts = self._parts() + [self._rest]
        elif self._mode == 'append' and any(all(unit is not old for old in self._old) for unit in self):
            # The units of the file stay as they are there, whatever became of them here.
            old = self._file.getvalue() if self._file else b''
            added = HDUList([unit for unit in self if all(unit is not old for old in self._old)])
            parts = [old] + (added._parts() if not old else [part for unit in added for part in unit._written()])
        else:
            return
        if self._file is None or b''.join(parts) != self._file.getvalue():
            _save(self._name, parts, True, self._zipped)

    def close(self, output_verify='exception', verbose=False, closed=True):
        if self._mode in ('update', 'append'):
            self.flush(output_verify)
            self._mode = 'readonly'
        if self._file is not None and closed:
            self._file.close()
            self._file = None


def _is_first(unit):
    return isinstance(unit, PrimaryHDU) or (isinstance(unit, KeptHDU) and 'SIMPLE' in unit._told)


def _save(name, parts, overwrite, zipped=False):
    """Writes beside the file and puts it in its place, so that what is read from the old one goes on, and nothing is lost on a full disk."""
    if os.path.exists(name) and not overwrite:
        raise OSError("File '%s' already exists. If you mean to replace it then use the argument \"overwrite=True\"." % name)
    name = os.path.realpath(name)
    try:
        with (gzip.open if zipped else builtins.open)(name + '.partial', 'wb') as target:
            for part in parts:
                target.write(part)
        os.replace(name + '.partial', name)
    except OSError:
        if os.path.exists(name + '.partial'):
            os.remove(name + '.partial')
        raise


def _check_verify(option):
    if option not in ('fix', 'silentfix', 'ignore', 'warn', 'exception') and not re.fullmatch(r'(silent)?(fix)\+(ignore|warn|exception)', str(option)):
        raise ValueError('Option %r not recognized.' % (option,))


def _refuse_named(function, **named):
    for name, value in named.items():
        if value is not None and value is not False:
            raise NotImplementedError('%s=%r of astropy.io.fits.%s() is not available here.' % (name, value, function))


def _read_header(source):
    """The next header and its bytes; None behind the last one."""
    content = b''
    while True:
        block = source.read(BLOCK)
        if len(block) < BLOCK or (not content and block[:8] not in (b'SIMPLE  ', b'XTENSION')):
            return None
        content += block
        if any(block[at:at + 8] == b'END     ' for at in range(0, BLOCK, 80)):
            return Header(parse_cards(content.decode('latin-1'))), content


def _kind_of(header):
    if 'SIMPLE' in header:
        return KeptHDU if header.get('GROUPS') is True else PrimaryHDU
    kind = str(header.get('XTENSION')).strip()
    if kind in ('IMAGE', 'IUEIMAGE'):
        return ImageHDU
    return BinTableHDU if kind in ('BINTABLE', 'A3DTABLE') and not (header.get('ZIMAGE') is True or header.get('ZTABLE') is True) else KeptHDU


def open(
    name, mode='readonly', memmap=None, save_backup=False, cache=True, lazy_load_hdus=None, ignore_missing_simple=False, *,
    output_verify='exception', uint=True, do_not_scale_image_data=False, character_as_bytes=False, checksum=False, scale_back=False,
    ignore_blank=False, ignore_missing_end=False, disable_image_compression=False, use_fsspec=None, fsspec_kwargs=None
):
    """memmap, cache and lazy_load_hdus say how a file is read, not what is found."""
    if mode not in ('readonly', 'update', 'append', 'denywrite', 'copyonwrite'):
        raise ValueError("Mode '%s' not recognized" % mode)
    _check_verify(output_verify)
    _refuse_named(
        'open', save_backup=save_backup, ignore_missing_simple=ignore_missing_simple, character_as_bytes=character_as_bytes, checksum=checksum,
        scale_back=scale_back, ignore_blank=ignore_blank, ignore_missing_end=ignore_missing_end,
        disable_image_compression=disable_image_compression, use_fsspec=use_fsspec, fsspec_kwargs=fsspec_kwargs
    )
    if not str(name).strip():
        raise ValueError('Empty filename: %r' % (name,))
    is_changed = mode in ('update', 'append')
    if is_changed and hasattr(name, 'read'):
        raise NotImplementedError('astropy.io.fits.open() changes files of a name here, not open ones.')
    if mode == 'append' and not os.path.exists(str(name)):
        return HDUList([], None, str(name), mode, zipped=str(name).endswith('.gz'))
    source = name if hasattr(name, 'read') else builtins.open(str(name), 'rb')
    zipped = source.read(2) == b'\x1f\x8b'
    source.seek(0)
    if zipped:
        source = io.BytesIO(gzip.GzipFile(fileobj=source).read())
    elif is_changed:
        with source:
            source = io.BytesIO(source.read())
    units, end = [], 0
    while (found := _read_header(source)) is not None:
        header, head = found
        if ('SIMPLE' in header) != (not units) or header.get('SIMPLE') is False:
            break
        units.append(_kind_of(header)(header=header, source=source, start=source.tell(), head=head))
        units[-1]._is_scaled, units[-1]._is_unsigned = not do_not_scale_image_data, bool(uint)
        end = source.tell() + -(-_data_bytes(header) // BLOCK) * BLOCK
        source.seek(end)
    if not units:
        raise OSError('No SIMPLE card found, this file does not appear to be a valid FITS file.')
    source.seek(end)
    return HDUList(units, source, None if hasattr(name, 'read') else str(name), mode, source.read() if is_changed else b'', zipped)


def _extension(args, ext=None, extname=None, extver=None):
    """Which unit is meant: None, a number, a name, or a name and its version."""
    if len(args) > 2:
        raise TypeError('Too many positional arguments.')
    if (args and (ext, extname, extver) != (None, None, None)) or (ext is not None and (extname, extver) != (None, None)):
        raise TypeError('Redundant/conflicting extension arguments(s): %r' % dict(args=args, ext=ext, extname=extname, extver=extver))
    if len(args) == 2:
        extname, extver = args
    elif args:
        ext = args[0]
    if extname is not None and not isinstance(extname, str):
        raise ValueError('The extname argument must be a string.')
    if isinstance(ext, tuple) and not (len(ext) == 2 and isinstance(ext[0], str)):
        raise ValueError('The ext keyword must be either an extension number (zero-indexed) or a (extname, extver) tuple.')
    if extver is not None and extname is None:
        raise TypeError('extver alone cannot specify an extension.')
    return ext if extname is None else extname if extver is None else (extname, extver)


def getdata(filename, *args, header=None, lower=None, upper=None, view=None, ext=None, extname=None, extver=None, **named):
    _refuse_named('getdata', lower=lower, upper=upper, view=view)
    chosen = _extension(args, ext, extname, extver)
    with open(filename, **named) as found:
        if chosen is None:
            chosen = int(isinstance(found[0], PrimaryHDU) and not _shape_of(found[0].header))
            if chosen == len(found):
                raise IndexError('No data in Primary HDU and no extension HDU found.')
        unit = found[chosen]
        data = unit.data
        if data is None:
            raise IndexError('No data in HDU #%d.' % found.index_of(chosen))
        return (data, unit.header) if header else data


def getheader(filename, *args, ext=None, extname=None, extver=None, **named):
    chosen = _extension(args, ext, extname, extver)
    with open(filename, **named) as found:
        return found[0 if chosen is None else chosen].header


def getval(filename, keyword, *args, **named):
    return getheader(filename, *args, **named)[keyword]


def setval(filename, keyword, *args, value=None, comment=None, before=None, after=None, savecomment=False, ext=None, extname=None, extver=None, **named):
    chosen = _extension(args, ext, extname, extver)
    with open(filename, 'update', **named) as found:
        header = found[0 if chosen is None else chosen].header
        header.set(keyword, value, None if savecomment and keyword in header else comment, before, after)


def writeto(filename, data, header=None, output_verify='exception', overwrite=False, checksum=False, clobber=False):
    PrimaryHDU(data, header).writeto(filename, output_verify, overwrite, checksum, clobber)


def update(filename, data, *args, header=None, ext=None, extname=None, extver=None, **named):
    if args and isinstance(args[0], Header):
        header, args = args[0], args[1:]
    chosen = _extension(args, ext, extname, extver)
    if chosen is None:
        raise TypeError('astropy.io.fits.update() wants the extension that is changed.')
    with open(filename, 'update', **named) as found:
        found[chosen].data = data
        if header is not None:
            found[chosen].header = Header(header)


def info(filename):
    with open(filename) as found:
        found.info()


NAMES = {one.__name__: one for one in (Card, Header, PrimaryHDU, ImageHDU, BinTableHDU, HDUList, open, getdata, getheader, getval, setval, writeto, update, info)}
