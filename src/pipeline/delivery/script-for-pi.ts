/**
 * The text of scriptForPI.py: checks the tree, runs each scriptForCalibration in a directory of its own, then the
 * common flux calibration, and honours SPACESAVING (0–3) as the ALMA QA2 products document of 2014 defines it.
 *
 * @param programVersion for the header
 */
export function writeScriptForPi(programVersion: string): string {
  return `${SCRIPT.replace('@VERSION@', programVersion)}`;
}

const SCRIPT = `# Regenerates the calibrated data of this delivery.
#
#     cd script
#     casapy -c "execfile('scriptForPI.py')"
#
# To save disk space set SPACESAVING before, e.g. casapy -c "SPACESAVING=2; execfile('scriptForPI.py')":
#     0  keep everything (as if not set)
#     1  do not keep *.ms.split
#     2  do not keep *.ms and *.ms.split
#     3  do not keep *.ms, *.ms.split and *.ms.split.cal (if there is a calibrated.ms)
#
# Written by alma-qa2 @VERSION@. Read alike by Python 2 and 3.

import glob
import os
import sys

try:
    spacesaving = int(SPACESAVING)
except NameError:
    spacesaving = 0


def stop(message):
    print('ERROR: ' + message)
    sys.exit(1)


def megabytes(command):
    words = os.popen(command).read().split()
    try:
        return int(float(words[0]))
    except (IndexError, ValueError):
        return 0


if spacesaving not in (0, 1, 2, 3):
    stop('SPACESAVING must be 0, 1, 2 or 3, not ' + str(spacesaving) + '.')

scriptdir = os.getcwd()
if os.path.basename(scriptdir) != 'script':
    stop('Start this script in the directory "script" of the delivery; this is ' + scriptdir + '.')
for needed in ('../calibration', '../product', '../qa'):
    if not os.path.isdir(needed):
        stop('The directory ' + needed + ' is missing; unpack the delivery tar file again.')
if not os.path.isdir('../raw'):
    stop('The directory ../raw is missing; unpack the raw data (part b of the delivery) at the top of the tree.')

calibrationscripts = sorted(glob.glob('uid*.ms.scriptForCalibration.py'))
if len(calibrationscripts) == 0:
    stop('There is no uid*.ms.scriptForCalibration.py in ' + scriptdir + '.')
blocks = [name.replace('.ms.scriptForCalibration.py', '') for name in calibrationscripts]
for block in blocks:
    if not os.path.isdir('../raw/' + block + '.asdm.sdm'):
        stop('The raw data ../raw/' + block + '.asdm.sdm, which ' + block + '.ms.scriptForCalibration.py needs, are missing.')
for asdm in sorted(glob.glob('../raw/uid*.asdm.sdm')):
    if os.path.basename(asdm).replace('.asdm.sdm', '') not in blocks:
        print('Note: ' + asdm + ' has no calibration script and is left aside.')

hasfluxscript = os.path.isfile('scriptForFluxCalibration.py')
if os.path.exists('../calibrated'):
    stop('The directory ../calibrated exists already; move it away to calibrate again.')

needed = megabytes('du -smL ../raw') * {0: 14, 1: 11, 2: 8, 3: 6}[spacesaving]
free = megabytes("df -P -m .. | tail -n 1 | awk '{print $4}'")
print('Disk space that may be needed: ' + str(needed) + ' MB; free: ' + str(free) + ' MB.')
if free < needed:
    stop('There is not enough disk space; free some, or set SPACESAVING to save some.')

os.mkdir('../calibrated')
os.chdir('../calibrated')
calibrateddir = os.getcwd()
mysteps = []
for block in blocks:
    print('Calibrating ' + block)
    os.chdir(calibrateddir)
    os.mkdir(block + '.calibration')
    os.chdir(block + '.calibration')
    os.symlink('../../raw/' + block + '.asdm.sdm', block + '.asdm.sdm')
    if os.path.islink('../../raw/' + block + '.asdm.sdm'):
        print('Note: the raw data are a link to ' + os.path.realpath(block + '.asdm.sdm') + '.')
    os.symlink(block + '.asdm.sdm', block)
    execfile(scriptdir + '/' + block + '.ms.scriptForCalibration.py')
    os.chdir(calibrateddir + '/' + block + '.calibration')
    if not os.path.isdir(block + '.ms.split.cal'):
        stop('The calibration of ' + block + ' left no ' + block + '.ms.split.cal; see the log.')
    os.system('mv ' + block + '.ms.split.cal ..')
    if os.path.isdir(block + '.ms.split.cal.flagversions'):
        os.system('mv ' + block + '.ms.split.cal.flagversions ..')
    if spacesaving >= 1:
        os.system('rm -rf ' + block + '.ms.split ' + block + '.ms.split.flagversions')
    if spacesaving >= 2:
        os.system('rm -rf ' + block + '.ms ' + block + '.ms.flagversions')

os.chdir(calibrateddir)
result = blocks[0] + '.ms.split.cal'
if hasfluxscript:
    print('Bringing all Execution Blocks to one flux scale')
    mysteps = []
    execfile(scriptdir + '/scriptForFluxCalibration.py')
    os.chdir(calibrateddir)
    result = 'calibrated.ms'
    if not os.path.isdir(result):
        stop('The common flux calibration left no calibrated.ms; see the log.')
    if spacesaving == 3:
        for block in blocks:
            os.system('rm -rf ' + block + '.ms.split.cal ' + block + '.ms.split.cal.flagversions')

os.chdir(scriptdir)
print('Done. The calibrated data are in ' + calibrateddir + '/' + result)
`;
