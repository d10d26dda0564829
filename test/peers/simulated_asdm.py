"""CASA 6.7 on a simulated Member: importasdm reads the ASDMs, and a plain calibration finds what truth.json says.

    python simulated_asdm.py [DIRECTORY_OF_SIMULATE]

Without the directory it takes ALMA_QA2_SIMULATED, or runs `qa2 simulate --preset demo` first. Works in the current
directory. Prints PASS or FAIL lines; exit code 1 on any failure.
"""
import json
import os
import subprocess
import sys

import numpy as np
from casatasks import (applycal, bandpass, flagcmd, flagdata, fluxscale, gaincal, gencal, importasdm, setjy, split, wvrgcal)
from casatools import table

if len(sys.argv) > 1 or 'ALMA_QA2_SIMULATED' in os.environ:
    SIMULATED = os.path.abspath((sys.argv[1:] + [os.environ.get('ALMA_QA2_SIMULATED')])[0])
else:
    SIMULATED = os.path.abspath('simulated')
    root = os.environ.get('ALMA_QA2_ROOT', os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..'))
    subprocess.run([os.environ.get('ALMA_QA2_NODE', 'node'), os.path.join(root, 'bin', 'qa2.mjs'), 'simulate', '--preset', 'demo',
                    '--out', SIMULATED, '--overwrite', '--quiet'], check=True)
truth = json.load(open(os.path.join(SIMULATED, 'truth.json')))
science = truth['scienceSpws']
spws = ','.join(map(str, science))
failures = 0


def check(name, good, text):
    global failures
    failures += 0 if good else 1
    print(f"{'PASS' if good else 'FAIL'} {name}: {text}", flush=True)


def column(path, name, query=''):
    tb = table()
    tb.open(path)
    rows = tb.query(query) if query else tb
    value = rows.getcol(name)
    if query:
        rows.close()
    tb.close()
    return value


def phase_rms(caltable, field, refant):
    """rms of the differences of consecutive phases within a scan, over antennas and polarizations, deg."""
    tb = table()
    tb.open(caltable)
    rows = tb.query(f'FIELD_ID=={field} && SPECTRAL_WINDOW_ID=={science[0]}')
    gain, ant, scan, flag = (rows.getcol(c) for c in ('CPARAM', 'ANTENNA1', 'SCAN_NUMBER', 'FLAG'))
    rows.close()
    tb.close()
    steps = []
    for a in set(ant) - {refant}:
        for s in set(scan):
            hit = (ant == a) & (scan == s)
            g = np.where(flag[:, 0, hit], np.nan, gain[:, 0, hit])
            steps.append(np.angle(g[:, 1:] * np.conj(g[:, :-1]), deg=True).ravel())
    return float(np.sqrt(np.nanmean(np.concatenate(steps) ** 2)))


def calibrate(execution):
    asdm = execution['asdm']
    vis = asdm + '.ms'
    os.system(f'rm -rf {asdm}*')
    importasdm(asdm=os.path.join(SIMULATED, asdm), vis=vis, asis='Antenna Station Receiver Source', bdfflags=True,
               process_caldevice=False)
    check('importasdm ' + asdm, os.path.isdir(vis), 'imported')
    fields = {f['role']: f for f in truth['fields']}
    names = [a['name'] for a in truth['antennas']]
    refant = names[0]
    flagcmd(vis=vis, inpmode='table', action='apply', useapplied=True)
    flagdata(vis=vis, mode='manual', spw='1~24', autocorr=True, flagbackup=False)
    wvrgcal(vis=vis, caltable=vis + '.wvr', toffset=0, statsource=fields['target']['name'],
            spw=science, wvrspw=[truth['wvrSpw']])
    gencal(vis=vis, caltable=vis + '.tsys', caltype='tsys')
    moved = [a for a in truth['antennas'] if any(a['positionError'])]
    tables, gainfield = [vis + '.tsys', vis + '.wvr'], ['nearest', '']
    if moved:
        gencal(vis=vis, caltable=vis + '.antpos', caltype='antpos', antenna=','.join(a['name'] for a in moved),
               parameter=[x for a in moved for x in a['positionError']])
        tables.append(vis + '.antpos')
        gainfield.append('')
    spwmap = list(range(25))
    for sci, tsys in truth['tsysSpwMap'].items():
        spwmap[int(sci)] = tsys
    gaincal(vis=vis, caltable=vis + '.raw', field=fields['bandpass']['name'], spw=spws, solint='int', refant=refant, calmode='p')
    gaincal(vis=vis, caltable=vis + '.dry', field=fields['bandpass']['name'], spw=spws, solint='int', refant=refant,
            calmode='p', gaintable=[vis + '.wvr'])
    before, after = (phase_rms(vis + x, fields['bandpass']['id'], 0) for x in ('.raw', '.dry'))
    check('wvr ' + asdm, after < before / 3, f'phase steps of the bandpass calibrator {before:.2f} -> {after:.2f} deg rms')
    applycal(vis=vis, spw=spws, gaintable=tables, spwmap=[spwmap] + [[]] * (len(tables) - 1), gainfield=gainfield,
             interp=['linear,linear'] + ['linear'] * (len(tables) - 1), calwt=True, flagbackup=False)
    cal = vis + '.split'
    split(vis=vis, outputvis=cal, spw=spws, datacolumn='corrected')
    flux = fields['flux']
    setjy(vis=cal, field=flux['name'], standard='manual', fluxdensity=[flux['components'][0]['fluxJy'], 0, 0, 0],
          spix=flux['components'][0]['spectralIndex'], reffreq='225GHz')
    gaincal(vis=cal, caltable=cal + '.bpphase', field=fields['bandpass']['name'], solint='int', refant=refant, calmode='p')
    bandpass(vis=cal, caltable=cal + '.bandpass', field=fields['bandpass']['name'], solint='inf', combine='scan',
             refant=refant, solnorm=True, gaintable=[cal + '.bpphase'])
    calibrators = ','.join(fields[r]['name'] for r in ('bandpass', 'flux', 'phase'))
    gaincal(vis=cal, caltable=cal + '.phase_int', field=calibrators, solint='int', refant=refant, calmode='p',
            gaintable=[cal + '.bandpass'])
    gaincal(vis=cal, caltable=cal + '.phase_inf', field=calibrators, solint='inf', refant=refant, calmode='p',
            gaintable=[cal + '.bandpass'])
    gaincal(vis=cal, caltable=cal + '.ampli', field=calibrators, solint='inf', refant=refant, calmode='a',
            gaintable=[cal + '.bandpass', cal + '.phase_int'])
    result = fluxscale(vis=cal, caltable=cal + '.ampli', fluxtable=cal + '.flux', reference=flux['name'])
    error = execution['fluxCalibrator']['fluxScaleError']
    for role in ('bandpass', 'phase'):
        field = fields[role]
        ratios, sigmas = [], []
        for index, spw in enumerate(science):
            got = result[str(field['id'])][str(index)]
            ratios.append(got['fluxd'][0] / field['fluxPerSpw'][str(spw)])
            sigmas.append(got['fluxdErr'][0] / field['fluxPerSpw'][str(spw)])
        mean, sigma = float(np.mean(ratios)), float(np.mean(sigmas))
        limit = max(0.02, 3 * sigma)
        check(f'flux {role} {asdm}', abs(mean - error) < limit * error,
              f'{mean:.4f} of the truth, expected {error:.4f}; stated error {sigma:.4f}')
    applycal(vis=cal, field=fields['target']['name'],
             gaintable=[cal + '.bandpass', cal + '.phase_inf', cal + '.flux'],
             gainfield=['', fields['phase']['name'], fields['phase']['name']], interp=['nearest', 'linear', 'linear'],
             calwt=True, flagbackup=False)
    compare_target(cal, fields['target'], error, asdm)


def compare_target(cal, target, error, asdm):
    """Continuum window: regression of the calibrated visibilities on the true ones."""
    index = 2
    tb = table()
    tb.open(cal)
    rows = tb.query(f"FIELD_ID=={target['id']} && DATA_DESC_ID=={index}")
    data, flag, uvw = rows.getcol('CORRECTED_DATA'), rows.getcol('FLAG'), rows.getcol('UVW')
    rows.close()
    tb.close()
    frequency = column(cal + '/SPECTRAL_WINDOW', 'CHAN_FREQ')[:, index]
    lam = 299792458.0 / frequency
    model = np.zeros((len(frequency), uvw.shape[1]), complex)
    for c in target['components']:
        if 'line' in c:
            continue
        l, m = (x * np.pi / 648000 for x in c['offsetArcsec'])
        n1 = np.sqrt(1 - l * l - m * m) - 1
        flux = c['apparentFluxJy'] * (frequency / 225e9) ** c['spectralIndex']
        phase = 2j * np.pi * (uvw[0] * l + uvw[1] * m + uvw[2] * n1)[None] / lam[:, None]
        sigma = c['fwhmArcsec'] * np.pi / 648000 / 2.3548200450309493
        taper = np.exp(-2 * (np.pi * sigma) ** 2 * (uvw[0] ** 2 + uvw[1] ** 2)[None] / lam[:, None] ** 2)
        model += flux[:, None] * taper * np.exp(phase)
    good = ~flag
    both = np.broadcast_to(model, data.shape)
    scale = np.sum((data * np.conj(both))[good]) / np.sum(np.abs(both[good]) ** 2)
    check('target ' + asdm, abs(abs(scale) / error - 1) < 0.04 and abs(np.angle(scale, deg=True)) < 4,
          f'{abs(scale):.4f} of the truth at {np.angle(scale, deg=True):.2f} deg, expected {error:.4f} at 0')


for one in truth['executions']:
    calibrate(one)
sys.exit(1 if failures else 0)
