import { antennaDiameter } from '../../astronomy/reference/index.ts';
import { type AsdmWriter, arrayCell, integerList, numberList, tagList, textList } from '../../formats/asdm/index.ts';
import { WVR_CHANNELS } from './atmosphere.ts';
import { AMBIENT_LOAD_K, HOT_LOAD_K } from './correlator.ts';
import type { ArrayLayout } from './instrument.ts';
import { LOCAL_OSCILLATOR_HZ, type SimulatedWindow, type SpectralSetup } from './spectral-setup.ts';

const BASEBANDS = ['BB_1', 'BB_2', 'BB_3', 'BB_4'];
const ANTENNA_MAKES: Readonly<Record<string, string>> = {
  DA: 'AEM_12',
  DV: 'VERTEX_12',
  PM: 'MITSUBISHI_12_A',
  CM: 'MITSUBISHI_7',
};
const LARGEST_NS = 2n ** 63n - 1n;

/** An interval from a time to the end of the 64-bit range: "for ever", as online tables have it. */
export function forEver(startNs: bigint): { midNs: bigint; durationNs: bigint } {
  const durationNs = LARGEST_NS - startNs;
  return { midNs: startNs + durationNs / 2n, durationNs };
}

const tag = (table: string, id: number) => ({ table, id });

/** Writes the tables that describe antennas, receivers, correlator and windows. */
export function writeInstrumentTables(
  asdm: AsdmWriter,
  layout: ArrayLayout,
  setup: SpectralSetup,
  startNs: bigint,
  weatherStation: Float64Array,
): void {
  writeAntennas(asdm, layout, startNs, weatherStation);
  asdm.append('Polarization', {
    polarizationId: tag('Polarization', 0),
    numCorr: 1,
    corrType: textList(['XX']),
    corrProduct: arrayCell([1, 2], ['X', 'X']),
  });
  asdm.append('Polarization', {
    polarizationId: tag('Polarization', 1),
    numCorr: setup.products.length,
    corrType: textList(setup.products),
    corrProduct: arrayCell(
      [setup.products.length, 2],
      setup.products.flatMap((product) => [...product]),
    ),
  });
  for (const window of setup.windows) {
    writeWindow(asdm, window, setup);
    writeReceiver(asdm, window, startNs);
    writeFeeds(asdm, layout, window, startNs);
  }
  writeProcessors(asdm, layout.names.length, setup);
  writeConfigurations(asdm, layout.names.length, setup);
  writeLoads(asdm, layout.names.length, setup, startNs);
}

function writeAntennas(asdm: AsdmWriter, layout: ArrayLayout, startNs: bigint, weatherStation: Float64Array): void {
  const append = (name: string, pad: string, position: ArrayLike<number>, ant: number, station: number) => {
    asdm.append('Station', {
      stationId: tag('Station', station),
      name: pad,
      position: numberList(Float64Array.from(position)),
      type: 'ANTENNA_PAD',
    });
    asdm.append('Antenna', {
      antennaId: tag('Antenna', ant),
      name,
      antennaMake: ANTENNA_MAKES[name.slice(0, 2)],
      antennaType: 'GROUND_BASED',
      dishDiameter: antennaDiameter(name) ?? 12,
      position: numberList([0, 0, 0]),
      offset: numberList([0, 0, 0]),
      time: startNs,
      stationId: tag('Station', station),
    });
  };
  layout.names.forEach((name, ant) => {
    append(name, layout.pads[ant], layout.onlinePositions.subarray(3 * ant, 3 * ant + 3), ant, ant);
  });
  asdm.append('Station', {
    stationId: tag('Station', layout.names.length),
    name: 'MeteoTB2',
    position: numberList(weatherStation),
    type: 'WEATHER_STATION',
  });
  layout.silent.forEach(({ name, pad, position }, index) => {
    const ant = layout.names.length + index;
    append(name, pad, position, ant, ant + 1);
  });
}

function writeWindow(asdm: AsdmWriter, window: SimulatedWindow, setup: SpectralSetup): void {
  // As in ALMA's data the window of the radiometers names all others: CASA's recipe tsysspwmap stops at undefined cells.
  const isPartner = ({ id, kind }: SimulatedWindow) =>
    window.kind === 'WVR' ? kind !== 'WVR' : id === window.partnerId;
  const partners = setup.windows.filter(isPartner);
  const common = {
    spectralWindowId: tag('SpectralWindow', window.id),
    netSideband: window.sideband,
    numChan: window.frequenciesHz.length,
    sidebandProcessingMode: 'NONE',
    windowFunction: 'UNIFORM',
    measFreqRef: 'TOPO',
    name: window.name,
    ...(partners.length > 0 && {
      numAssocValues: partners.length,
      assocNature: textList(partners.map(({ kind }) => (kind === 'FULL_RES' ? 'FULL_RESOLUTION' : 'CHANNEL_AVERAGE'))),
      assocSpectralWindowId: tagList(
        'SpectralWindow',
        partners.map(({ id }) => id),
      ),
    }),
  };
  if (window.kind === 'WVR') {
    asdm.append('SpectralWindow', {
      ...common,
      basebandName: 'NOBB',
      refFreq: 183.3e9,
      totBandwidth: 7.5e9,
      chanFreqArray: numberList(window.frequenciesHz),
      chanWidthArray: numberList(WVR_CHANNELS.map((channel) => channel.widthHz)),
      effectiveBw: 7.5e9,
      resolution: 7.5e9,
    });
  } else {
    const width = Math.abs(window.stepHz);
    asdm.append('SpectralWindow', {
      ...common,
      basebandName: BASEBANDS[window.baseband],
      refFreq: window.frequenciesHz[0],
      totBandwidth: width * window.frequenciesHz.length,
      chanFreqStart: window.frequenciesHz[0],
      chanFreqStep: window.stepHz,
      chanWidth: width,
      effectiveBw: width,
      quantization: false,
      resolution: width,
    });
  }
  asdm.append('DataDescription', {
    dataDescriptionId: tag('DataDescription', window.id),
    polOrHoloId: tag('Polarization', window.kind === 'WVR' ? 0 : 1),
    spectralWindowId: tag('SpectralWindow', window.id),
  });
}

function writeReceiver(asdm: AsdmWriter, window: SimulatedWindow, startNs: bigint): void {
  const isWvr = window.kind === 'WVR';
  asdm.append('Receiver', {
    receiverId: 0,
    timeInterval: forEver(startNs),
    name: isWvr ? 'WVR' : 'ALMA_RB_06',
    numLO: 1,
    frequencyBand: isWvr ? 'UNSPECIFIED' : 'ALMA_RB_06',
    freqLO: numberList([isWvr ? 183.31e9 : LOCAL_OSCILLATOR_HZ]),
    receiverSideband: isWvr ? 'DSB' : 'TSB',
    sidebandLO: textList([window.sideband]),
    spectralWindowId: tag('SpectralWindow', window.id),
  });
}

function writeFeeds(asdm: AsdmWriter, layout: ArrayLayout, window: SimulatedWindow, startNs: bigint): void {
  const count = window.kind === 'WVR' ? 1 : 2;
  const response = new Float64Array(2 * count * count);
  for (let receptor = 0; receptor < count; receptor++) response[2 * receptor * (count + 1)] = 1;
  for (let ant = 0; ant < layout.names.length; ant++) {
    asdm.append('Feed', {
      feedId: 0,
      timeInterval: forEver(startNs),
      numReceptor: count,
      beamOffset: arrayCell([count, 2], new Float64Array(2 * count)),
      focusReference: arrayCell([count, 3], new Float64Array(3 * count)),
      polarizationTypes: textList(['X', 'Y'].slice(0, count)),
      polResponse: arrayCell([count, count], response),
      receptorAngle: numberList([-Math.PI / 4, Math.PI / 4].slice(0, count)),
      antennaId: tag('Antenna', ant),
      receiverId: integerList(new Int32Array(count)),
      spectralWindowId: tag('SpectralWindow', window.id),
    });
  }
}

function writeProcessors(asdm: AsdmWriter, antennaCount: number, setup: SpectralSetup): void {
  asdm.append('SwitchCycle', {
    switchCycleId: tag('SwitchCycle', 0),
    numStep: 1,
    weightArray: arrayCell([1], Float32Array.of(1)),
    dirOffsetArray: arrayCell([1, 2], new Float64Array(2)),
    freqOffsetArray: numberList([0]),
    stepDurationArray: arrayCell([1], BigInt64Array.of(1_000_000_000n)),
  });
  const radiometers = setup.configurations.find(({ use }) => use === 'wvr');
  if (radiometers) {
    asdm.append('AlmaRadiometer', {
      almaRadiometerId: tag('AlmaRadiometer', 0),
      numAntenna: antennaCount,
      spectralWindowId: tagList('SpectralWindow', radiometers.windowIds),
    });
    asdm.append('Processor', {
      processorId: tag('Processor', 0),
      modeId: tag('AlmaRadiometer', 0),
      processorType: 'RADIOMETER',
      processorSubType: 'ALMA_RADIOMETER',
    });
  }
  for (let mode = 0; mode < 3; mode++) {
    asdm.append('CorrelatorMode', {
      correlatorModeId: tag('CorrelatorMode', mode),
      numBaseband: 4,
      basebandNames: textList(BASEBANDS),
      basebandConfig: integerList([mode, mode, mode, mode]),
      accumMode: 'NORMAL',
      binMode: 1,
      numAxes: 4,
      axesOrderArray: textList(['BAL', 'BAB', 'SPP', 'POL']),
      filterMode: textList(BASEBANDS.map(() => (mode === 2 ? 'FILTER_TFB' : 'FILTER_NA'))),
      correlatorName: 'ALMA_BASELINE',
    });
    asdm.append('Processor', {
      processorId: tag('Processor', mode + (radiometers ? 1 : 0)),
      modeId: tag('CorrelatorMode', mode),
      processorType: 'CORRELATOR',
      processorSubType: 'ALMA_CORRELATOR_MODE',
    });
  }
}

function writeConfigurations(asdm: AsdmWriter, antennaCount: number, setup: SpectralSetup): void {
  const antennas = Array.from({ length: antennaCount }, (_, ant) => ant);
  const radiometers = setup.configurations.filter(({ use }) => use === 'wvr').map(({ id }) => id);
  for (const configuration of setup.configurations) {
    const isFull = configuration.resolution === 'FULL_RESOLUTION';
    const partner = configuration.use === 'wvr' ? undefined : configuration.id + (isFull ? 1 : -1);
    const nature = isFull ? 'CHANNEL_AVERAGE' : 'FULL_RESOLUTION';
    const partners = partner === undefined ? [] : [partner, ...radiometers];
    asdm.append('ConfigDescription', {
      numAntenna: antennaCount,
      numDataDescription: configuration.windowIds.length,
      numFeed: 1,
      correlationMode: configuration.mode,
      configDescriptionId: tag('ConfigDescription', configuration.id),
      numAtmPhaseCorrection: 1,
      atmPhaseCorrection: textList(['AP_UNCORRECTED']),
      processorType: configuration.use === 'wvr' ? 'RADIOMETER' : 'CORRELATOR',
      spectralType: configuration.resolution,
      numAssocValues: partner === undefined ? undefined : partners.length,
      assocNature: partner === undefined ? undefined : textList([nature, 'FULL_RESOLUTION'].slice(0, partners.length)),
      antennaId: tagList('Antenna', antennas),
      assocConfigDescriptionId: partner === undefined ? undefined : tagList('ConfigDescription', partners),
      dataDescriptionId: tagList('DataDescription', configuration.windowIds),
      feedId: integerList(new Int32Array(antennaCount)),
      processorId: tag('Processor', configuration.processorId),
      switchCycleId: tagList(
        'SwitchCycle',
        configuration.windowIds.map(() => 0),
      ),
    });
  }
}

function writeLoads(asdm: AsdmWriter, antennaCount: number, setup: SpectralSetup, startNs: bigint): void {
  for (const window of setup.fullResolution.atmosphere) {
    for (let ant = 0; ant < antennaCount; ant++) {
      asdm.append('CalDevice', {
        timeInterval: forEver(startNs),
        numCalload: 2,
        calLoadNames: textList(['AMBIENT_LOAD', 'HOT_LOAD']),
        numReceptor: 2,
        calEff: arrayCell([2, 2], new Float32Array(4).fill(1)),
        temperatureLoad: numberList([AMBIENT_LOAD_K, HOT_LOAD_K]),
        antennaId: tag('Antenna', ant),
        feedId: 0,
        spectralWindowId: tag('SpectralWindow', window),
      });
    }
  }
}
