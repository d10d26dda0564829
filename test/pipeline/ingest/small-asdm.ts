import { arrayCell, createAsdm, integerList, numberList, tagList, textList } from '../../../src/formats/asdm/index.ts';

import {
  ANTENNAS,
  CHANNELS,
  SECOND,
  type SmallVariant,
  START,
  writeCorrelatorBdf,
  writeRadiometerBdf,
} from './small-bdf.ts';

export { ANTENNAS, CHANNELS, SCALE, type SmallVariant, stored, storedAuto } from './small-bdf.ts';

type Writer = ReturnType<typeof createAsdm>;

const FOREVER = {
  midNs: START + (9_223_372_036_854_775_807n - START) / 2n,
  durationNs: 9_223_372_036_854_775_807n - START,
};

/**
 * Writes an ASDM of three antennas: scan 1 with two windows (int16, two phase corrections, flags) in two integrations, and scan 2
 * with three packed radiometer samples.
 */
export function writeSmallAsdm(path: string, variant: SmallVariant = {}): void {
  const asdm = createAsdm(path, 'uid://A002/X1/X1', { timeOfCreation: '2013-06-15T12:00:00.000000000' });
  writeArray(asdm);
  writeSpectral(asdm, variant);
  writeObservation(asdm, variant.hasEphemeris ?? false);
  writeCalibration(asdm);
  const cross = writeCorrelatorBdf(asdm, variant);
  const wvr = writeRadiometerBdf(asdm, variant);
  const row = {
    numAntenna: ANTENNAS,
    timeSampling: 'INTEGRATION',
    execBlockId: { table: 'ExecBlock', id: 0 },
    fieldId: { table: 'Field', id: 0 },
    stateId: tagList('State', [0, 0, 0]),
    subscanNumber: 1,
  };
  asdm.append('Main', {
    ...row,
    time: START + 6n * SECOND,
    configDescriptionId: { table: 'ConfigDescription', id: 0 },
    interval: 12n * SECOND,
    numIntegration: 2,
    scanNumber: 1,
    dataSize: BigInt(cross.bytes),
    dataUID: cross.oid,
  });
  asdm.append('Main', {
    ...row,
    time: START + 20n * SECOND,
    configDescriptionId: { table: 'ConfigDescription', id: 1 },
    interval: 3n * SECOND,
    numIntegration: 3,
    scanNumber: 2,
    dataSize: BigInt(wvr.bytes),
    dataUID: wvr.oid,
  });
  asdm.close();
}

function writeArray(asdm: Writer): void {
  for (let ant = 0; ant < ANTENNAS; ant++) {
    asdm.append('Station', {
      stationId: { table: 'Station', id: ant },
      name: `A00${ant}`,
      position: numberList([2225142 + 40 * ant, -5440307 + 25 * ant * ant, -2481029 - 60 * ant]),
      type: 'ANTENNA_PAD',
    });
    asdm.append('Antenna', {
      antennaId: { table: 'Antenna', id: ant },
      name: `DV0${ant}`,
      antennaMake: 'VERTEX_12',
      antennaType: 'GROUND_BASED',
      dishDiameter: 12,
      position: numberList([0, 0, 0]),
      offset: numberList([0, 0, 0]),
      time: START,
      stationId: { table: 'Station', id: ant },
    });
    for (const spw of [0, 1, 2]) {
      const receptors = spw === 2 ? 1 : 2;
      asdm.append('Feed', {
        antennaId: { table: 'Antenna', id: ant },
        spectralWindowId: { table: 'SpectralWindow', id: spw },
        timeInterval: FOREVER,
        feedId: 0,
        numReceptor: receptors,
        beamOffset: arrayCell([receptors, 2], new Float64Array(2 * receptors)),
        focusReference: arrayCell([receptors, 3], new Float64Array(3 * receptors)),
        polarizationTypes: textList(['X', 'Y'].slice(0, receptors)),
        polResponse: arrayCell([receptors, receptors], new Float64Array(2 * receptors * receptors)),
        receptorAngle: numberList([0, 1].slice(0, receptors)),
        receiverId: integerList([0]),
      });
    }
  }
  asdm.append('Station', {
    stationId: { table: 'Station', id: ANTENNAS },
    name: 'Meteo',
    position: numberList([2225142, -5440307, -2481029]),
    type: 'WEATHER_STATION',
  });
}

function writeSpectral(
  asdm: Writer,
  { isFullPolarization = false, isOneBaseband = false, binCount }: SmallVariant,
): void {
  const window = { sidebandProcessingMode: 'NONE', windowFunction: 'UNIFORM', measFreqRef: 'TOPO' };
  CHANNELS.forEach((count, id) => {
    asdm.append('SpectralWindow', {
      ...window,
      spectralWindowId: { table: 'SpectralWindow', id },
      basebandName: isOneBaseband ? 'BB_1' : `BB_${id + 1}`,
      netSideband: id === 0 ? 'USB' : 'LSB',
      numChan: count,
      refFreq: 230e9,
      totBandwidth: count * 1e6,
      chanFreqStart: 230e9,
      chanFreqStep: id === 0 ? 1e6 : -1e6,
      ...(binCount && { numBin: binCount }),
      chanWidth: 1e6,
      effectiveBw: 1e6,
      resolution: 1e6,
      name: `ALMA_RB_06#BB_${id + 1}#SW-01#FULL_RES`,
    });
  });
  asdm.append('SpectralWindow', {
    ...window,
    spectralWindowId: { table: 'SpectralWindow', id: 2 },
    basebandName: 'NOBB',
    netSideband: 'DSB',
    numChan: 4,
    refFreq: 183.3e9,
    totBandwidth: 7.5e9,
    chanFreqArray: numberList([184e9, 186e9, 188e9, 190e9]),
    chanWidthArray: numberList([1e9, 2e9, 2e9, 1e9]),
    effectiveBw: 7.5e9,
    resolution: 7.5e9,
    name: 'WVR#NOMINAL',
  });
  asdm.append('Polarization', {
    polarizationId: { table: 'Polarization', id: 0 },
    ...(isFullPolarization
      ? {
          numCorr: 4,
          corrType: textList(['XX', 'XY', 'YX', 'YY']),
          corrProduct: arrayCell([4, 2], ['X', 'X', 'X', 'Y', 'Y', 'X', 'Y', 'Y']),
        }
      : { numCorr: 2, corrType: textList(['XX', 'YY']), corrProduct: arrayCell([2, 2], ['X', 'X', 'Y', 'Y']) }),
  });
  asdm.append('Polarization', {
    polarizationId: { table: 'Polarization', id: 1 },
    numCorr: 1,
    corrType: textList(['XX']),
    corrProduct: arrayCell([1, 2], ['X', 'X']),
  });
  for (const id of [0, 1, 2])
    asdm.append('DataDescription', {
      dataDescriptionId: { table: 'DataDescription', id },
      polOrHoloId: { table: 'Polarization', id: id === 2 ? 1 : 0 },
      spectralWindowId: { table: 'SpectralWindow', id },
    });
  const config = {
    numAntenna: ANTENNAS,
    numFeed: 1,
    spectralType: 'FULL_RESOLUTION',
    antennaId: tagList('Antenna', [0, 1, 2]),
    feedId: integerList([0, 0, 0]),
  };
  asdm.append('ConfigDescription', {
    ...config,
    configDescriptionId: { table: 'ConfigDescription', id: 0 },
    numDataDescription: 2,
    correlationMode: 'CROSS_AND_AUTO',
    numAtmPhaseCorrection: 2,
    // In the order of the BDF: CASA goes by the order here.
    atmPhaseCorrection: textList(['AP_CORRECTED', 'AP_UNCORRECTED']),
    processorType: 'CORRELATOR',
    switchCycleId: tagList('SwitchCycle', [0, 0]),
    dataDescriptionId: tagList('DataDescription', [0, 1]),
    processorId: { table: 'Processor', id: 0 },
  });
  asdm.append('ConfigDescription', {
    ...config,
    configDescriptionId: { table: 'ConfigDescription', id: 1 },
    numDataDescription: 1,
    correlationMode: 'AUTO_ONLY',
    numAtmPhaseCorrection: 1,
    atmPhaseCorrection: textList(['AP_UNCORRECTED']),
    processorType: 'RADIOMETER',
    switchCycleId: tagList('SwitchCycle', [0]),
    dataDescriptionId: tagList('DataDescription', [2]),
    processorId: { table: 'Processor', id: 1 },
  });
}

function writeObservation(asdm: Writer, hasEphemeris: boolean): void {
  asdm.append('SwitchCycle', {
    switchCycleId: { table: 'SwitchCycle', id: 0 },
    numStep: 1,
    weightArray: arrayCell([1], Float32Array.of(1)),
    dirOffsetArray: arrayCell([1, 2], new Float64Array(2)),
    freqOffsetArray: numberList([0]),
    stepDurationArray: arrayCell([1], BigInt64Array.of(SECOND)),
  });
  asdm.append('SBSummary', {
    sBSummaryId: { table: 'SBSummary', id: 0 },
    sbSummaryUID: 'uid://A002/X1/X30',
    projectUID: 'uid://A002/X1/X10',
    obsUnitSetUID: 'uid://A002/X1/X40',
    frequency: 230,
    frequencyBand: 'ALMA_RB_06',
    sbType: 'OBSERVER',
    sbDuration: SECOND,
    numObservingMode: 1,
    observingMode: textList(['a']),
    numberRepeats: 1,
    numScienceGoal: 1,
    scienceGoal: textList(['b']),
    numWeatherConstraint: 1,
    weatherConstraint: textList(['c']),
  });
  asdm.append('ExecBlock', {
    execBlockId: { table: 'ExecBlock', id: 0 },
    startTime: START,
    endTime: START + 30n * SECOND,
    execBlockNum: 1,
    execBlockUID: 'uid://A002/X1/X1',
    projectUID: 'uid://A002/X1/X10',
    configName: 'A',
    telescopeName: 'ALMA',
    observerName: 'nobody',
    numObservingLog: 1,
    // CASA loses the row, and then itself, where a text of a list is empty.
    observingLog: textList(['none']),
    sessionReference: 'uid://A002/X1/X20',
    baseRangeMin: 1,
    baseRangeMax: 2,
    baseRmsMinor: 1,
    baseRmsMajor: 2,
    basePa: 0,
    aborted: false,
    numAntenna: ANTENNAS,
    antennaId: tagList('Antenna', [0, 1, 2]),
    sBSummaryId: { table: 'SBSummary', id: 0 },
  });
  const scan = {
    execBlockId: { table: 'ExecBlock', id: 0 },
    numSubscan: 1,
    calDataType: textList(['NONE']),
    calibrationOnLine: arrayCell([1], Uint8Array.of(0)),
  };
  asdm.append('Scan', {
    ...scan,
    scanNumber: 1,
    startTime: START,
    endTime: START + 12_035_000_000n, // by way of days it is 1 µs later
    numIntent: 2,
    scanIntent: textList(['CALIBRATE_PHASE', 'CALIBRATE_WVR']),
  });
  asdm.append('Scan', {
    ...scan,
    scanNumber: 2,
    startTime: START + 18n * SECOND,
    endTime: START + 30n * SECOND,
    numIntent: 1,
    scanIntent: textList(['OBSERVE_TARGET']),
  });
  const subscan = {
    execBlockId: { table: 'ExecBlock', id: 0 },
    subscanNumber: 1,
    fieldName: 'J1',
    subscanIntent: 'ON_SOURCE',
    numSubintegration: integerList([0, 0]),
  };
  asdm.append('Subscan', {
    ...subscan,
    scanNumber: 1,
    startTime: START,
    endTime: START + 12n * SECOND,
    numIntegration: 2,
  });
  asdm.append('Subscan', {
    ...subscan,
    scanNumber: 2,
    startTime: START + 18n * SECOND,
    endTime: START + 30n * SECOND,
    numIntegration: 3,
  });
  asdm.append('State', {
    stateId: { table: 'State', id: 0 },
    calDeviceName: 'NONE',
    sig: true,
    ref: false,
    onSky: true,
  });
  asdm.append('State', {
    stateId: { table: 'State', id: 1 },
    calDeviceName: 'NONE',
    sig: false,
    ref: true,
    onSky: true,
  });
  const direction = arrayCell([1, 2], hasEphemeris ? Float64Array.of(1e-5, -2e-5) : Float64Array.of(4.6, -0.2));
  for (let k = 0; hasEphemeris && k < 4; k++) {
    asdm.append('Ephemeris', {
      ephemerisId: 3,
      timeInterval: { midNs: START + BigInt(1200 * (k - 1)) * SECOND, durationNs: 1200n * SECOND },
      observerLocation: numberList([-1.18249, -0.401874, 5053]),
      equinoxEquator: 2000,
      numPolyDir: 1,
      dir: arrayCell([1, 2], Float64Array.of(4.6 + 1e-5 * k, -0.2 - 2e-6 * k)),
      numPolyDist: 1,
      distance: numberList([7.3e11]),
      timeOrigin: START,
      origin: 'JPL Horizons',
      numPolyRadVel: 1,
      radVel: numberList([-12345.6]),
    });
  }
  asdm.append('Field', {
    ...(hasEphemeris && { ephemerisId: 3 }),
    fieldId: { table: 'Field', id: 0 },
    fieldName: 'J1',
    numPoly: 1,
    delayDir: direction,
    phaseDir: direction,
    referenceDir: direction,
    time: START,
    code: 'none',
    sourceId: 0,
  });
  asdm.append('Source', {
    sourceId: 0,
    timeInterval: FOREVER,
    spectralWindowId: { table: 'SpectralWindow', id: 0 },
    code: 'none',
    direction: numberList([4.6, -0.2]),
    properMotion: numberList([0, 0]),
    sourceName: 'J1',
    numLines: 1,
    restFrequency: numberList([230.538e9]),
    sysVel: numberList([4000]),
    transition: textList(['CO']),
  });
  asdm.append('Processor', {
    processorId: { table: 'Processor', id: 0 },
    modeId: { table: 'CorrelatorMode', id: 0 },
    processorType: 'CORRELATOR',
    processorSubType: 'ALMA_CORRELATOR_MODE',
  });
  asdm.append('Processor', {
    processorId: { table: 'Processor', id: 1 },
    modeId: { table: 'AlmaRadiometer', id: 0 },
    processorType: 'RADIOMETER',
    processorSubType: 'ALMA_RADIOMETER',
  });
  asdm.append('CorrelatorMode', {
    correlatorModeId: { table: 'CorrelatorMode', id: 0 },
    numBaseband: 2,
    basebandNames: textList(['BB_1', 'BB_2']),
    basebandConfig: integerList([1, 1]),
    accumMode: 'NORMAL',
    binMode: 1,
    numAxes: 1,
    axesOrderArray: textList(['SPP']),
    filterMode: textList(['FILTER_TDM', 'FILTER_TDM']),
    correlatorName: 'ALMA_BASELINE',
  });
}

function writeCalibration(asdm: Writer): void {
  const spectrum = arrayCell([2, 4], Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  for (const second of [2n, 20n]) {
    const startNs = START + second * SECOND;
    const durationNs = 9_223_372_036_854_775_807n - startNs;
    asdm.append('SysCal', {
      antennaId: { table: 'Antenna', id: 0 },
      spectralWindowId: { table: 'SpectralWindow', id: 0 },
      timeInterval: { midNs: startNs + durationNs / 2n, durationNs },
      feedId: 0,
      numReceptor: 2,
      numChan: 4,
      tsysFlag: false,
      tsysSpectrum: spectrum,
    });
  }
  asdm.append('Weather', {
    stationId: { table: 'Station', id: ANTENNAS },
    timeInterval: { midNs: START + 5n * SECOND, durationNs: 10n * SECOND },
    pressure: 55600,
    temperature: 271.3,
  });
  asdm.append('Weather', {
    stationId: { table: 'Station', id: ANTENNAS },
    timeInterval: { midNs: START + 900n * SECOND, durationNs: 10n * SECOND },
    pressure: 55700,
  });
  asdm.append('CalDevice', {
    antennaId: { table: 'Antenna', id: 0 },
    spectralWindowId: { table: 'SpectralWindow', id: 0 },
    timeInterval: FOREVER,
    feedId: 0,
    numCalload: 2,
    calLoadNames: textList(['AMBIENT_LOAD', 'HOT_LOAD']),
    numReceptor: 2,
    calEff: arrayCell([2, 2], Float32Array.of(1, 2, 3, 4)),
    temperatureLoad: numberList([290, 350]),
  });
  const two = arrayCell([2, 2], Float64Array.of(0.5, 0.8, 0.6, 0.9));
  asdm.append('Pointing', {
    antennaId: { table: 'Antenna', id: 1 },
    timeInterval: { midNs: START + 3n * SECOND, durationNs: 2n * SECOND },
    numSample: 2,
    encoder: two,
    pointingTracking: true,
    usePolynomials: false,
    timeOrigin: START,
    numTerm: 2,
    pointingDirection: two,
    target: two,
    offset: arrayCell([2, 2], new Float64Array(4)),
    pointingModelId: 0,
  });
  asdm.append('Flag', {
    flagId: { table: 'Flag', id: 0 },
    startTime: START,
    endTime: START + SECOND,
    reason: 'Not on source',
    numAntenna: 1,
    antennaId: tagList('Antenna', [1]),
    numPolarizationType: 1,
    polarizationType: textList(['X']),
    numSpectralWindow: 1,
    spectralWindowId: tagList('SpectralWindow', [0]),
  });
  asdm.append('Flag', {
    flagId: { table: 'Flag', id: 1 },
    startTime: START,
    endTime: START + SECOND,
    reason: 'Both',
    numAntenna: 2,
    antennaId: tagList('Antenna', [0, 2]),
  });
}
