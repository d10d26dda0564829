"""pylab and matplotlib.pyplot, as far as a plain plot in a PNG file needs them; what is drawn is data until savefig."""

import builtins
import math
import os
import sys

from qa2_engine import ask

_COLOURS = dict(b='#0072b2', g='#009e73', r='#d55e00', c='#56b4e9', m='#cc79a7', y='#e69f00', k='#000000', w='#ffffff',
                blue='#0072b2', green='#009e73', red='#d55e00', cyan='#56b4e9', magenta='#cc79a7', yellow='#e69f00')
_MARKERS = 'osx+*^v<>dDp.,hH|_1234'
_LINES = ('--', '-.', ':', '-')
_PLOT_OPTIONS = {'color': 'colour', 'c': 'colour', 'marker': 'marker', 'linestyle': 'line', 'ls': 'line', 'label': 'label',
                 'linewidth': 'width', 'lw': 'width', 'markersize': 'size', 'ms': 'size', 'alpha': 'alpha'}
_WITHOUT_EFFECT = {'zorder', 'markeredgecolor', 'mec', 'markerfacecolor', 'mfc', 'markeredgewidth', 'mew', 'capsize', 'elinewidth',
                   'edgecolors', 'edgecolor', 'linewidths', 'rasterized', 'clip_on', 'antialiased'}


def _refuse(text):
    raise NotImplementedError(text)


def _numbers(values):
    values = values.tolist() if hasattr(values, 'tolist') else values
    if isinstance(values, (int, float)):
        return [float(values)]
    return [float('nan') if value is None else float(value) for value in values]


def _options(name, given, known=_PLOT_OPTIONS):
    """Options by one name each; an unknown one is refused, one of looks that pictures here do not have is left out."""
    found = {}
    for key, value in given.items():
        if key in known:
            found[known[key]] = value
        elif key not in _WITHOUT_EFFECT:
            _refuse('%s() has no option %s here; it has %s.' % (name, key, ', '.join(sorted(known))))
    return found


def _format(text):
    """Colour, marker and line of a format such as 'ro--'."""
    found, rest = {}, text
    for line in _LINES:
        if line in rest:
            found['line'] = line
            rest = rest.replace(line, '', 1)
            break
    for letter in rest:
        if letter in _MARKERS:
            found['marker'] = letter
        elif letter in _COLOURS:
            found['colour'] = letter
        else:
            raise ValueError('plot() does not know the format %r' % text)
    return found


def _colour(value, place):
    if value is None:
        return place
    return _COLOURS.get(value, value) if isinstance(value, str) else _refuse('Colours are names such as "r" or "#d55e00" here.')


def _without_effect(*_arguments, **_looks):
    """Panels have a grid always, and pages are laid out by themselves."""


class Axes:
    """One panel."""

    transAxes = 'fractions of the panel'

    def __init__(self):
        self.cla()

    def cla(self):
        self._data = dict(title='', xlabel='', ylabel='', xscale='linear', yscale='linear', series=[], legend=False, spans=[])
        self._next = 0

    clear = cla

    def _add(self, x, y, look, kinds):
        x, y = _numbers(x), _numbers(y)
        if len(x) != len(y):
            raise ValueError('x and y must have same first dimension, but have shapes (%d,) and (%d,)' % (len(x), len(y)))
        if 'colour' not in look or look['colour'] is None:
            look = dict(look, colour=self._next)
            self._next += 1
        common = dict(x=x, y=y, colour=_colour(look['colour'], 0) if isinstance(look['colour'], str) else look['colour'], alpha=look.get('alpha') or 1)
        for index, kind in enumerate(kinds):
            size = look.get('width', 1.5) if kind == 'line' else look.get('size', 6)
            label = look.get('label', '') if index == 0 else ''
            dashes = look.get('line') in ('--', '-.', ':', 'dashed', 'dotted', 'dashdot')
            self._data['series'].append(dict(common, kind=kind, size=size, dashes=dashes, label=str(label or '')))

    def plot(self, *values, **given):
        options = _options('plot', given)
        values = list(values)
        while values:
            first = values.pop(0)
            second = values.pop(0) if values and not isinstance(values[0], str) else None
            look = dict(_format(values.pop(0)) if values and isinstance(values[0], str) else {}, **options)
            y = _numbers(first if second is None else second)
            x = list(range(len(y))) if second is None else first
            kinds = ['line'] if 'marker' not in look or look.get('line') not in (None, '', 'None', ' ') else []
            if look.get('line') in ('', 'None', 'none', ' '):
                kinds = []
            if look.get('marker') not in (None, '', 'None'):
                kinds = ['points'] + kinds
            self._add(x, y, look, kinds or ['line'])

    def semilogx(self, *values, **given):
        self._data['xscale'] = 'log'
        self.plot(*values, **given)

    def semilogy(self, *values, **given):
        self._data['yscale'] = 'log'
        self.plot(*values, **given)

    def loglog(self, *values, **given):
        self._data['xscale'] = self._data['yscale'] = 'log'
        self.plot(*values, **given)

    def scatter(self, x, y, s=36, c=None, marker='o', **given):
        look = _options('scatter', given)
        if not isinstance(s, (int, float)):
            _refuse('scatter() has one size for all points here.')
        self._add(x, y, dict(look, size=math.sqrt(s), colour=c if c is not None else look.get('colour')), ['points'])

    def errorbar(self, x, y, yerr=None, xerr=None, fmt='', **given):
        look = dict(_format(fmt) if fmt not in ('none', '') else {}, **_options('errorbar', given, dict(_PLOT_OPTIONS, ecolor='colour')))
        x, y = _numbers(x), _numbers(y)
        if look.get('colour') is None:
            look['colour'] = self._next
            self._next += 1
        kinds = ['points'] if 'marker' in look else []
        if fmt != 'none':
            self._add(x, y, look, kinds if kinds and not look.get('line') else kinds + ['line'])
        nan = float('nan')
        for errors, is_y in ((yerr, True), (xerr, False)):
            if errors is None:
                continue
            low, high = _both(errors, len(x))
            across, along = [], []
            for index in range(len(x)):
                across += [x[index]] * 2 + [nan] if is_y else [x[index] - low[index], x[index] + high[index], nan]
                along += [y[index] - low[index], y[index] + high[index], nan] if is_y else [y[index]] * 2 + [nan]
            self._add(across, along, dict(look, width=1, label='', line='-'), ['line'])

    def hist(self, values, bins=10, range=None, density=None, normed=None, weights=None, log=False, **given):
        look = _options('hist', given, {**_PLOT_OPTIONS, 'ec': 'colour', 'histtype': 'type'})
        values = _numbers(values)
        weights = [1.0] * len(values) if weights is None else _numbers(weights)
        pairs = [(value, weight) for value, weight in zip(values, weights) if math.isfinite(value)]
        values = [value for value, _weight in pairs]
        if isinstance(bins, int):
            low, high = range if range is not None else (min(values), max(values))
            if low == high:
                low, high = low - 0.5, high + 0.5
            edges = [low + (high - low) * index / bins for index in builtins.range(bins + 1)]
        else:
            edges = _numbers(bins)
        counts = [0.0] * (len(edges) - 1)
        for value, weight in pairs:
            if edges[0] <= value <= edges[-1]:
                place = next((index for index in builtins.range(len(counts)) if value < edges[index + 1]), len(counts) - 1)
                counts[place] += weight
        if log:
            self.set_yscale('log')
        if density or normed:
            total = sum(counts) or 1.0
            counts = [count / total / (edges[index + 1] - edges[index]) for index, count in enumerate(counts)]
        x, y = [edges[0]], [0.0]
        for index, count in enumerate(counts):
            x += [edges[index], edges[index + 1]]
            y += [float(count)] * 2
        self._add(x + [edges[-1]], y + [0.0], {'width': 1.5, **look}, ['line'])
        return counts, edges, None

    def bar(self, x, height, width=0.8, **given):
        look = _options('bar', given, {'color': 'colour', 'label': 'label', 'alpha': 'alpha'})
        self._add(x, height, dict(look, size=0), ['bars'])

    def axhline(self, y=0, **given):
        self._span('h', float(y), _options('axhline', given))

    def axvline(self, x=0, **given):
        self._span('v', float(x), _options('axvline', given))

    def _span(self, kind, at, look):
        self._data['spans'].append(dict(kind=kind, at=at, colour=_colour(look.get('colour'), '#000000'), size=look.get('width', 1),
                                        dashes=look.get('line') in ('--', '-.', ':'), label=str(look.get('label', ''))))

    def set_title(self, text, **_looks):
        self._data['title'] = str(text)

    def set_xlabel(self, text, **_looks):
        self._data['xlabel'] = str(text)

    def set_ylabel(self, text, **_looks):
        self._data['ylabel'] = str(text)

    def set_xlim(self, *limits, **named):
        self._limits('xlim', limits, named)

    def set_ylim(self, *limits, **named):
        self._limits('ylim', limits, named)

    def _limits(self, name, limits, named):
        if len(limits) == 1 and not isinstance(limits[0], (int, float)):
            limits = tuple(limits[0])
        keys = {'xmin': 0, 'left': 0, 'ymin': 0, 'bottom': 0, 'xmax': 1, 'right': 1, 'ymax': 1, 'top': 1}
        pair = list(self._data.get(name, (None, None)))
        for index, value in list(enumerate(limits)) + [(keys[key], value) for key, value in named.items()]:
            pair[index] = None if value is None else float(value)
        self._data[name] = pair

    def set_xscale(self, scale):
        self._scale('xscale', scale)

    def set_yscale(self, scale):
        self._scale('yscale', scale)

    def _scale(self, name, scale):
        if scale not in ('linear', 'log'):
            _refuse('%s() takes linear or log here.' % name)
        self._data[name] = scale

    def legend(self, labels=None, **_looks):
        self._data['legend'] = True
        named = [one for one in self._data['series'] if one['label']] or self._data['series']
        for one, label in zip(named, labels if isinstance(labels, (list, tuple)) else []):
            one['label'] = str(label)

    def text(self, x, y, s, transform=None, **_looks):
        if transform is not None:
            _refuse('text() takes places in the units of the axes here, and no transform.')
        self._data['series'].append(dict(kind='points', x=[float(x)], y=[float(y)], colour='#000000', alpha=0, size=0, dashes=False, label='', texts=[str(s)]))

    def annotate(self, text, xy, xytext=None, **_looks):
        self.text(*(xytext if xytext is not None else xy), text)

    def axis(self, limits=None, **_looks):
        if limits is not None and not isinstance(limits, str):
            if len(limits) != 4:
                raise ValueError('axis() takes [xmin, xmax, ymin, ymax], not %d numbers' % len(limits))
            self._data['xlim'], self._data['ylim'] = [[float(value) for value in pair] for pair in (limits[:2], limits[2:])]
        elif limits not in (None, 'on', 'auto', 'tight'):
            _refuse('axis() takes four limits here.')

    grid = tick_params = minorticks_on = _without_effect


def _both(errors, count):
    if isinstance(errors, (int, float)):
        return [float(errors)] * count, [float(errors)] * count
    parts = errors.tolist() if hasattr(errors, 'tolist') else list(errors)
    if len(parts) == 2 and not isinstance(parts[0], (int, float)):
        return _numbers(parts[0]), _numbers(parts[1])
    return _numbers(parts), _numbers(parts)


class Figure:
    """A page of panels."""

    def __init__(self, figsize=None, dpi=None):
        self.figsize = tuple(figsize or (8, 6))
        self.dpi = dpi or 100
        self.clf()

    def clf(self):
        self._panels, self._title, self._current = {}, '', None

    clear = clf

    def add_subplot(self, *place, **_looks):
        place = place or (1, 1, 1)
        if len(place) == 1:
            place = tuple(int(digit) for digit in str(place[0]))
        if len(place) != 3 or not all(isinstance(part, int) for part in place):
            _refuse('subplot() takes rows, columns and a number here.')
        self._panels = {key: panel for key, panel in self._panels.items() if key[:2] == place[:2]}
        self._current = self._panels.setdefault(place, Axes())
        return self._current

    tight_layout = subplots_adjust = _without_effect

    def gca(self):
        return self._current or self.add_subplot(1, 1, 1)

    def suptitle(self, text, **_looks):
        self._title = str(text)

    def savefig(self, fname, dpi=None, **_looks):
        name = os.fspath(fname)
        if not name.lower().endswith('.png') and '.' in os.path.basename(name):
            _refuse('savefig() writes PNG files here, not %s.' % os.path.basename(name))
        rows, columns = next(iter(self._panels), (1, 1, 1))[:2]
        panels = [self._panels[(rows, columns, number)]._data if (rows, columns, number) in self._panels else None
                  for number in range(1, rows * columns + 1)]
        scale = float(dpi or self.dpi)
        ask({'kind': 'figure', 'file': name, 'figure': {
            'title': self._title, 'columns': columns, 'width': round(self.figsize[0] * scale), 'height': round(self.figsize[1] * scale),
            'panels': _finite(panels),
        }})


def _finite(value):
    """Gaps as None, which JSON can carry."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list) else value


_figures = {}
_at = [None]


def gcf():
    return _figures[_at[0]] if _at[0] in _figures else figure()


def figure(num=None, figsize=None, dpi=None, **_looks):
    number = num if num is not None else max([key for key in _figures if isinstance(key, int)], default=0) + 1
    _at[0] = number
    if number not in _figures:
        _figures[number] = Figure(figsize, dpi)
    return _figures[number]


def close(which=None):
    if which == 'all':
        _figures.clear()
    for key in [key for key, one in _figures.items() if key == which or one is which or (which is None and key == _at[0])]:
        del _figures[key]
    _at[0] = next(reversed(_figures), None)


def clf():
    gcf().clf()


def subplot(*place, **looks):
    return gcf().add_subplot(*place, **looks)


def subplots(nrows=1, ncols=1, figsize=None, dpi=None, **_looks):
    page = figure(None, figsize, dpi)
    panels = [page.add_subplot(nrows, ncols, number) for number in range(1, nrows * ncols + 1)]
    if nrows == 1 or ncols == 1:
        return page, panels[0] if len(panels) == 1 else panels
    return page, [panels[row * ncols:(row + 1) * ncols] for row in range(nrows)]


def show(*_arguments, **_options):
    print('show(): there is no screen; savefig writes a PNG file.')


def _panel(method):
    def act(*values, **named):
        return getattr(gcf().gca(), method)(*values, **named)

    return act


def _install():
    names = {name: _panel(name) for name in 'plot scatter errorbar hist bar semilogx semilogy loglog axhline axvline legend grid cla text annotate axis tick_params minorticks_on'.split()}
    names.update({name: _panel('set_' + name) for name in 'title xlabel ylabel xlim ylim xscale yscale'.split()})
    names.update(figure=figure, close=close, clf=clf, subplot=subplot, subplots=subplots, show=show, gcf=gcf, gca=lambda: gcf().gca(),
                 **{name: _without_effect for name in ('tight_layout', 'subplots_adjust', 'draw', 'ion', 'ioff')},
                 savefig=lambda *values, **named: gcf().savefig(*values, **named),
                 suptitle=lambda text, **looks: gcf().suptitle(text, **looks))
    for name in ('pylab', 'matplotlib.pyplot', 'matplotlib.pylab'):
        sys.modules[name].__dict__.update(names)


_install()
