"""Calls of tools_calls.py whose answers differ from CASA's on purpose; docs/differences-from-casa.md says why.

('refused',): an error here. ('answered',): an error in CASA. ('without', names): the same but for these entries of CASA's answer,
or of ours. ('within', size): numbers that differ by at most so much. ('other',): another answer.
"""

DOCUMENTED = {
    'msmd': {
        'antennaoffset(1)': ('within', 1e-6),
        "antennaoffset('DA41')": ('within', 1e-6),
        'observatoryposition()': ('within', 1e-6),
        'effexposuretime()': ('other',),
        'nrows(False)': ('other',),
    },
    'me': {
        "spectralline('CO')": ('refused',),
        'obslist()': ('other',),
        'sourcelist()': ('refused',),
        "source('3C273')": ('refused',),
        "measure(m.radialvelocity('TOPO','20km/s'),'LSRK')": ('within', 0.2),
        "tofrequency('LSRK',m.doppler('radio','100km/s'),'230.538GHz')": ('answered',),
        # Degrees: 2e-6 rad of the galactic frame, 6e-6 rad of the horizontal one.
        "separation(m.direction('J2000','30deg','-20deg'),m.direction('GALACTIC','31deg','-21deg'))": ('within', 2e-4),
        "posangle(m.direction('J2000','17h33m02.7','-13d04m49.5'),m.direction('AZEL','0deg','90deg'))": ('within', 4e-4),
        'listcodes(m.direction())': ('other',),
        'listcodes(m.epoch())': ('other',),
        'listcodes(m.frequency())': ('other',),
        "asbaseline(m.position('ITRF','2225142.18m','-5440307.37m','-2481029.85m'))": ('refused',),
        "touvw(m.baseline('ITRF','10m','20m','30m'))": ('refused',),
        "direction('J2000',['30deg','40deg'],['10deg','20deg'])": ('refused',),
        "frequency('TOPO',['230GHz','231GHz'])": ('refused',),
        "measure(m.frequency('TOPO',['230GHz','231GHz']),'LSRK')": ('refused',),
        "direction('nonsense','1deg','2deg')": ('refused',),
        "epoch('utc','nonsense')": ('refused',),
        "measure(m.direction('J2000','30deg','-20deg'),'TAI')": ('refused',),
        "observatory('nowhere')": ('refused',),
        "spectralline('nothing')": ('refused',),
        "source('nothing')": ('refused',),
        'showframe()': ('other',),
        # 10 arcsec.
        "measure(m.direction('MOON'),'J2000')": ('within', 5e-5),
    },
    'tb': {
        't.haslock()': ('other',),
        "u.putcol('A',[3,2,1])": ('refused',),
    },
    'qa': {
        "convert('1deg','Hz')": ('refused',),
        "tos(q.quantity([1,2],'m'))": ('answered',),
        "map('const')": ('refused',),
        "map('prefix')": ('refused',),
        "maprec('prefix')": ('refused',),
        "getformat('prec')": ('refused',),
        "convert('1lambda','m')": ('refused',),
    },
    'ms': {
        "getdata(['scan_number','field_id','data_desc_id','exposure','interval','feed1','array_id','flag_row','rows'])": (
            'without',
            ['exposure', 'interval', 'rows'],
        ),
        "getdata(['amplitude'],average=True)['amplitude'].shape": ('refused',),
        "getdata(['amplitude'],average=True)['amplitude'][0][3]": ('refused',),
        "getdata(['data','flag','weight'],average=True)": ('refused',),
        'getscansummary()': ('other',),
        'summary()': ('other',),
        "select({'nonsense':1})": ('refused',),
        'selectinit(99)': ('refused',),
    },
    'making': {
        'r.box([5,5],[3,4])': ('refused',),
    },
    'ia': {
        'summary(list=False)': ('without', ['messages', 'tileshape']),
    },
}
# Entries of results that are not here.
RESULTS_WITHOUT = {'imhead': ['tileshape']}


def without(value, names):
    """A dictionary, and those in it, without entries."""
    if isinstance(value, dict):
        return {key: without(part, names) for key, part in value.items() if key not in names}
    return value


def holds(kind, theirs, ours, is_close):
    """Whether the difference is as documented; `is_close(a, b, absolute=0)` compares."""
    if is_close(theirs, ours):
        return False
    if kind[0] == 'refused':
        return ours == 'error' and theirs != 'error'
    if kind[0] == 'answered':
        return theirs == 'error' and ours != 'error'
    if kind[0] == 'without':
        return is_close(without(theirs, kind[1]), without(ours, kind[1]))
    if kind[0] == 'within':
        return is_close(theirs, ours, kind[1])
    return ours != 'error'
