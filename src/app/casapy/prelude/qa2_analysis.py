"""Of the analysis utilities (aU, analysisUtils), what needs no network: observations, windows, baselines, beams and times."""

import math
import re

import numpy
from qa2_engine import Tool

_C = 299792458.0
_ARCSEC = 180 * 3600 / math.pi
_SCIENCE = 'OBSERVE_TARGET#ON_SOURCE'


class _Opened:
    """A tool of its own with a MeasurementSet or table: `with _Opened('msmd', vis) as msmd`."""

    def __init__(self, tool, path):
        self._made, self._path = Tool(tool)(), path

    def __enter__(self):
        self._made.open(self._path)
        return self._made

    def __exit__(self, *_failure):
        self._made.close()


def _of_spw(vis, column, spw):
    with _Opened('tb', vis + '/SPECTRAL_WINDOW') as tb:
        return tb.getcell(column, int(spw))


def _as_list(spw):
    """Windows of a list, a number or a text such as '17,19~21'."""
    if not isinstance(spw, str):
        return [int(one) for one in spw] if hasattr(spw, '__iter__') else [int(spw)]
    found = []
    for part in filter(None, spw.split(',')):
        first, _, last = part.partition('~')
        found += range(int(first), int(last or first) + 1)
    return found


def _ut(days, decimals=0):
    """'2014-06-07 08:09:10 UT' of a modified Julian date."""
    ticks = round(days * 86400 * 10 ** decimals)
    seconds = ticks // 10 ** decimals
    text = Tool('qa').time({'value': seconds / 86400, 'unit': 'd'}, form=['ymd'], prec=8)[0]
    day, clock = text.rsplit('/', 1)
    part = '.%0*d' % (decimals, ticks % 10 ** decimals) if decimals else ''
    return '%s %s%s UT' % (day.replace('/', '-'), clock.partition('.')[0], part)


class AnalysisUtilities(Tool):
    """The tool aU, with what is worked out in Python from other tools."""

    def createCasaTool(self, mytool):
        """A new tool from what taskinit or casatools make tools of."""
        return mytool()

    def MAD(self, a, c=0.6745, axis=0):
        """The median of the distances from the median, as a standard deviation."""
        values = numpy.asarray(a)
        middle = numpy.expand_dims(numpy.median(values, axis), axis)
        return numpy.median(abs(values - middle), axis) / c

    # ------------------------------------------------------------ windows and fields

    def getScienceSpws(self, vis, intent=_SCIENCE, returnString=True, mymsmd='', tdm=True, fdm=True, sqld=False, verbose=False, returnFreqRanges=False):
        """Windows of an intent without those of channel averages, radiometers and (unless asked for) square-law detectors."""
        with _Opened('msmd', vis) as msmd:
            wanted = set(map(int, msmd.spwsforintent(intent)))
            kinds = set(map(int, msmd.almaspws(tdm=tdm, fdm=fdm, sqld=sqld)))
            found = sorted(wanted & kinds)
            if returnFreqRanges:
                return {spw: [float(min(msmd.chanfreqs(spw))), float(max(msmd.chanfreqs(spw)))] for spw in found}
        return ','.join(map(str, found)) if returnString else found

    def spwsforfield(self, vis, field):
        """Windows in which a field was observed."""
        with _Opened('msmd', vis) as msmd:
            return [int(spw) for spw in msmd.spwsforfield(field)]

    def _frequencies(self, vis, spws, intent=_SCIENCE):
        """Mean frequencies, Hz, of windows, or without any of the science windows of an intent."""
        asked = _as_list(spws) if spws != '' else self.getScienceSpws(vis, intent, returnString=False)
        if not asked:
            raise ValueError('%s has no science windows with the intent %s.' % (vis, intent))
        with _Opened('msmd', vis) as msmd:
            return [float(msmd.meanfreq(spw)) for spw in asked]

    def medianFrequencyOfIntent(self, vis, intent=_SCIENCE, verbose=True):
        """Median of the mean frequencies, Hz, of the science windows of an intent."""
        return float(numpy.median(self._frequencies(vis, '', intent)))

    def getChanWidths(self, vis, spw):
        """The signed width of a channel, Hz, in each window."""
        return numpy.array([float(_of_spw(vis, 'CHAN_WIDTH', one)[0]) for one in _as_list(spw)])

    def effectiveResolution(self, vis, spw, kms=False):
        """The resolution that a window's channels have after the correlator's smoothing: Hz, or km/s at the window's mean frequency."""
        width = float(_of_spw(vis, 'RESOLUTION', spw)[0])
        return width * _C / 1000 / float(numpy.mean(_of_spw(vis, 'CHAN_FREQ', spw))) if kms else width

    def getRADecForField(self, vis, myfieldId, verbose=True, forcePositiveRA=False, usemstool=False):
        """Right ascension and declination, rad, of a field by number or name."""
        with _Opened('msmd', vis) as msmd:
            field = int(msmd.fieldsforname(myfieldId)[0]) if isinstance(myfieldId, str) and not myfieldId.isdigit() else int(myfieldId)
            place = msmd.phasecenter(field)
        ra, dec = float(place['m0']['value']), float(place['m1']['value'])
        return (ra + 2 * math.pi if forcePositiveRA and ra < 0 else ra), dec

    def getRADecForSource(self, vis, sourceId):
        """The place of a source as text."""
        with _Opened('tb', vis + '/SOURCE') as tb:
            row = list(map(int, tb.getcol('SOURCE_ID'))).index(int(sourceId))
            ra, dec = tb.getcell('DIRECTION', row)
        return self.rad2radec(ra=float(ra) % (2 * math.pi), dec=float(dec), verbose=False)

    def invertChannelRanges(self, invertstring, nchan=0, startchan=0, vis='', separator=';'):
        """The channels of '0:10~20;50~60,1:3' that are not in it, in the same form; windows have nchan channels, or as many as in vis."""
        parts = []
        for one in invertstring.split(','):
            spw, _, ranges = one.rpartition(':')
            count = startchan + nchan if nchan else len(_of_spw(vis, 'CHAN_FREQ', spw))
            taken = sorted([[int(edge) for edge in (part + '~' + part).split('~')[:2]] for part in ranges.split(';') if part])
            free, at = [], startchan
            for first, last in taken:
                if first > at:
                    free.append('%d~%d' % (at, first - 1))
                at = max(at, last + 1)
            if at < count:
                free.append('%d~%d' % (at, count - 1))
            parts.append((spw + ':' if spw else '') + separator.join(free))
        return ','.join(parts)

    # ------------------------------------------------------------ baselines and beams

    def getBaselineLengths(self, vis, sort=True, verbose=False):
        """Pairs of a baseline ('DA41-DV02') and its length, m, the shortest first."""
        with _Opened('tb', vis) as tb:
            used = sorted(set(map(int, tb.getcol('ANTENNA1'))) | set(map(int, tb.getcol('ANTENNA2'))))
        with _Opened('tb', vis + '/ANTENNA') as tb:
            names, places = list(tb.getcol('NAME')), numpy.array(tb.getcol('POSITION'))
        found = []
        for at, one in enumerate(used):
            for other in used[at + 1:]:
                length = math.sqrt(sum([float(part) ** 2 for part in places[:, one] - places[:, other]]))
                found.append(('%s-%s' % (names[one], names[other]), length))
        return sorted(found, key=lambda pair: pair[1]) if sort else found

    def _percentile(self, vis, percentile):
        return float(numpy.percentile([length for _, length in self.getBaselineLengths(vis)], percentile))

    def getBaselineStats(self, vis, percentile=None, verbose=True):
        """The lengths, m, below which so many per cent of the baselines are."""
        if percentile is None:
            raise NotImplementedError('aU.getBaselineStats(): only with percentile=…; aU.getBaselineLengths() has all lengths.')
        asked = percentile if hasattr(percentile, '__iter__') else [percentile]
        return [self._percentile(vis, one) for one in asked]

    def estimateSynthesizedBeam(self, vis, verbose=False):
        """0.574 wavelengths over the 80th percentile of the baselines, arcsec, as in ALMA's technical handbook."""
        return 0.574 * _C / self.medianFrequencyOfIntent(vis) / self._percentile(vis, 80) * _ARCSEC

    def primaryBeamArcsec(self, vis='', spw='', frequency='', diameter=12, taper=10.0, obscuration=0.75, verbose=False, showEquation=True, use2007formula=True, fwhmfactor=None):
        """Width at half power, arcsec, at a frequency (GHz, or Hz above 1e6) or in a window; fwhmfactor wavelengths over the diameter, 1.13 without."""
        if vis and frequency == '':
            frequency = float(numpy.mean(self._frequencies(vis, spw)))
        hertz = float(frequency) * (1 if float(frequency) > 1e6 else 1e9)
        return (fwhmfactor or 1.13) * _C / hertz / diameter * _ARCSEC

    def pickCellSize(self, vis, spw='', npix=5, intent=_SCIENCE, imsize=False, maxBaselinePercentile=95, cellstring=False, pblevel=0.2, verbose=False):
        """
        A pixel of 1/npix of the resolution of the baselines up to a percentile, arcsec, to two digits. With imsize also pixels
        of an image of all pointings down to a level of the primary beam, and the pointing in its middle.
        """
        frequency = max(self._frequencies(vis, spw, intent))
        with _Opened('msmd', vis) as msmd:
            fields = sorted(map(int, msmd.fieldsforintent(intent)))
            diameter = float(msmd.antennadiameter(0)['value'])
            name = list(msmd.namesforfields([fields[0]]))[0] if fields else ''
            fields = [field for field in fields if list(msmd.namesforfields([field]))[0] == name]
        cell = float('%.1e' % (_C / frequency / self._percentile(vis, maxBaselinePercentile) * _ARCSEC / npix))
        shown = '%garcsec' % cell if cellstring else cell
        if not imsize:
            return shown
        if not fields:
            raise ValueError('%s has no field with the intent %s.' % (vis, intent))
        places = [self.getRADecForField(vis, field) for field in fields]
        first = places[0][0]
        # From the first one on, since right ascensions begin anew at a full turn.
        places = [((ra - first + math.pi) % (2 * math.pi) - math.pi, dec) for ra, dec in places]
        middle = [float(numpy.mean([place[axis] for place in places])) for axis in (0, 1)]
        offsets = [((east - middle[0]) * math.cos(dec) * _ARCSEC, (dec - middle[1]) * _ARCSEC) for east, dec in places]
        beam = 1.13 * _C / frequency / diameter * _ARCSEC * math.sqrt(math.log(1 / pblevel) / math.log(2))
        sizes = [good_size((max(part) - min(part) + beam) / cell) for part in zip(*offsets)]
        centre = min(range(len(fields)), key=lambda at: math.hypot(*offsets[at]))
        return [shown, sizes, fields[centre]]

    # ------------------------------------------------------------ times, frames

    def mjdToUT(self, mjd, use_metool=True, prec=6):
        """'2014-06-07 08:09:10 UT'"""
        return _ut(mjd, max(0, prec - 6))

    def mjdsecToUT(self, mjdsec, prec=6):
        return _ut(mjdsec / 86400, max(0, prec - 6))

    def mjdSecondsToMJDandUT(self, mjdsec, debug=False, prec=6, delimiter='-'):
        """The modified Julian date, and the same as text."""
        return mjdsec / 86400, _ut(mjdsec / 86400, max(0, prec - 6)).replace('-', delimiter)

    def dateStringToMJD(self, datestring='', verbose=False):
        """The modified Julian date of '2014/06/07 08:09:10' or '2014-06-07 08:09:10 UT'."""
        day, *clock = re.split(r'[ T]+', datestring.replace('UT', '').strip(), maxsplit=1)
        text = '/'.join([day.replace('-', '/'), *clock])
        return float(Tool('me').epoch('UTC', text)['m0']['value'])

    def dateStringToMJDSec(self, datestring='', verbose=False):
        return self.dateStringToMJD(datestring) * 86400

    def getObservationMJDSecRange(self, vis):
        """Begin and end of an observation, s."""
        with _Opened('tb', vis + '/OBSERVATION') as tb:
            times = numpy.array(tb.getcol('TIME_RANGE'))
        return [float(times[0].min()), float(times[1].max())]

    def getObservationStart(self, vis, obsid=-1, verbose=False):
        """The begin of an observation, MJD seconds."""
        return self.getObservationMJDSecRange(vis)[0]

    def getObservationStop(self, vis, obsid=-1, verbose=False):
        return self.getObservationMJDSecRange(vis)[1]

    def getObservationStartDate(self, vis, obsid=-1, verbose=False):
        """The begin of an observation as text."""
        return _ut(self.getObservationStart(vis) / 86400)

    def getObservationStopDate(self, vis, obsid=-1, verbose=False):
        return _ut(self.getObservationStop(vis) / 86400)

    def _frame(self, mjd, observatory, place=None):
        me, qa = Tool('me')(), Tool('qa')
        me.doframe(me.observatory(observatory))
        me.doframe(me.epoch('UTC', qa.quantity(mjd, 'd')))
        if place:
            me.doframe(place)
        return me, qa

    def _shifted(self, frequency, datestring, ra, dec, observatory, way):
        place = Tool('me').direction('J2000', ra if isinstance(ra, str) else '%.15grad' % ra, _degrees(dec))
        me, qa = self._frame(self.dateStringToMJD(datestring), observatory, place)
        hertz = float(qa.convert(frequency if isinstance(frequency, str) else '%.17gHz' % (frequency * (1 if frequency > 1e6 else 1e9)), 'Hz')['value'])
        return float(me.measure(me.frequency(way[0], qa.quantity(hertz, 'Hz')), way[1])['m0']['value'])

    def lsrkToTopo(self, lsrkFrequency, datestring, ra, dec, observatory='ALMA', prec=4, verbose=False):
        """The observed frequency, Hz, of one of the LSRK (Hz, GHz, or text with a unit), at a time in a direction."""
        return self._shifted(lsrkFrequency, datestring, ra, dec, observatory, ('LSRK', 'TOPO'))

    def topoToLSRK(self, topoFrequency, datestring, ra, dec, observatory='ALMA', prec=4, verbose=False):
        return self._shifted(topoFrequency, datestring, ra, dec, observatory, ('TOPO', 'LSRK'))

    def _turned(self, angles, mjd, observatory, way):
        me, qa = self._frame(mjd, observatory)
        first, second = [qa.quantity(float(angle), 'rad') for angle in angles]
        made = me.measure(me.direction(way[0], first, second), way[1])
        return float(made['m0']['value']), float(made['m1']['value'])

    def computeAzElFromRADecMJD(self, raDec, mjd, observatory='ALMA', verbose=False, frame='AZELGEO'):
        """Azimuth and elevation, rad, of right ascension and declination, rad."""
        return self._turned(raDec, mjd, observatory, ('J2000', frame))

    def computeRADecFromAzElMJD(self, azel, mjd, observatory='ALMA', verbose=False, frame='AZELGEO'):
        """Right ascension and declination, rad, of azimuth and elevation, rad."""
        return self._turned(azel, mjd, observatory, (frame, 'J2000'))

    def __dir__(self):
        return sorted(set(super().__dir__()) | {name for name in vars(AnalysisUtilities) if not name.startswith('_')})


def _degrees(dec):
    """Declinations with colons are degrees."""
    if not isinstance(dec, str):
        return '%.15grad' % dec
    parts = dec.split(':')
    return '%sd%sm%ss' % tuple(parts) if len(parts) == 3 else dec


def good_size(least, factors=(2, 3, 5, 7)):
    """The even number of pixels from `least` on that has no prime factors but these."""
    size = 2 * math.ceil(least / 2)
    while True:
        rest = size
        for factor in factors:
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return size
        size += 2
