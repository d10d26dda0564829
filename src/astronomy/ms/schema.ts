/*
 * The MeasurementSet, version 2, with the additions that CASA's importasdm makes for ALMA
 * (casacore note 229; columns, units and frames as CASA 6.7 writes them). Notation: see schema-notation.ts.
 */

/** Columns that every MAIN table has. */
export const MAIN_COLUMNS = `
  UVW Double[3] m,m,m uvw:ITRF
  FLAG Bool[*,*]
  FLAG_CATEGORY Bool[*,*,*]
  WEIGHT Float[*]
  SIGMA Float[*]
  ANTENNA1 Int
  ANTENNA2 Int
  ARRAY_ID Int
  DATA_DESC_ID Int
  EXPOSURE Double s
  FEED1 Int
  FEED2 Int
  FIELD_ID Int
  FLAG_ROW Bool
  INTERVAL Double s
  OBSERVATION_ID Int
  PROCESSOR_ID Int
  SCAN_NUMBER Int
  STATE_ID Int
  TIME Double s epoch:UTC
  TIME_CENTROID Double s epoch:UTC`;

/** Columns of MAIN that hold visibilities or weights and may be absent. */
export const OPTIONAL_MAIN_COLUMNS: Readonly<Record<string, string>> = {
  DATA: 'DATA Complex[*,*]',
  CORRECTED_DATA: 'CORRECTED_DATA Complex[*,*]',
  MODEL_DATA: 'MODEL_DATA Complex[*,*]',
  FLOAT_DATA: 'FLOAT_DATA Float[*,*]',
  WEIGHT_SPECTRUM: 'WEIGHT_SPECTRUM Float[*,*]',
  SIGMA_SPECTRUM: 'SIGMA_SPECTRUM Float[*,*]',
};

/** Columns of each subtable, in CASA's order; the subtables in the order of the MAIN keywords. */
export const SUBTABLE_COLUMNS: Readonly<Record<string, string>> = {
  ANTENNA: `
    OFFSET Double[3] m,m,m position:ITRF
    POSITION Double[3] m,m,m position:ITRF
    TYPE String
    DISH_DIAMETER Double m
    FLAG_ROW Bool
    MOUNT String
    NAME String
    STATION String`,
  DATA_DESCRIPTION: `
    FLAG_ROW Bool
    POLARIZATION_ID Int
    SPECTRAL_WINDOW_ID Int`,
  FEED: `
    POSITION Double[3] m,m,m position:ITRF
    BEAM_OFFSET Double[*,*] rad,rad direction:J2000
    POLARIZATION_TYPE String[*]
    POL_RESPONSE Complex[*,*]
    RECEPTOR_ANGLE Double[*] rad
    ANTENNA_ID Int
    BEAM_ID Int
    FEED_ID Int
    INTERVAL Double s
    NUM_RECEPTORS Int
    SPECTRAL_WINDOW_ID Int
    TIME Double s epoch:UTC
    FOCUS_LENGTH Double m`,
  FLAG_CMD: `
    APPLIED Bool
    COMMAND String
    INTERVAL Double s
    LEVEL Int
    REASON String
    SEVERITY Int
    TIME Double s epoch:UTC
    TYPE String`,
  FIELD: `
    CODE String
    FLAG_ROW Bool
    NAME String
    NUM_POLY Int
    SOURCE_ID Int
    TIME Double s epoch:UTC
    EPHEMERIS_ID Int
    PHASE_DIR Double[*,*] rad,rad direction:$PhaseDir_Ref
    PhaseDir_Ref Int
    DELAY_DIR Double[*,*] rad,rad direction:$DelayDir_Ref
    DelayDir_Ref Int
    REFERENCE_DIR Double[*,*] rad,rad direction:$RefDir_Ref
    RefDir_Ref Int`,
  HISTORY: `
    APP_PARAMS String[*]
    CLI_COMMAND String[*]
    APPLICATION String
    MESSAGE String
    OBJECT_ID Int
    OBSERVATION_ID Int
    ORIGIN String
    PRIORITY String
    TIME Double s epoch:UTC`,
  OBSERVATION: `
    TIME_RANGE Double[2] s epoch:UTC
    LOG String[*]
    SCHEDULE String[*]
    FLAG_ROW Bool
    OBSERVER String
    PROJECT String
    RELEASE_DATE Double s epoch:UTC
    SCHEDULE_TYPE String
    TELESCOPE_NAME String`,
  POLARIZATION: `
    CORR_TYPE Int[*]
    CORR_PRODUCT Int[*,*]
    FLAG_ROW Bool
    NUM_CORR Int`,
  PROCESSOR: `
    FLAG_ROW Bool
    MODE_ID Int
    TYPE String
    TYPE_ID Int
    SUB_TYPE String`,
  SPECTRAL_WINDOW: `
    MEAS_FREQ_REF Int
    CHAN_FREQ Double[*] Hz frequency:$MEAS_FREQ_REF
    REF_FREQUENCY Double Hz frequency:$MEAS_FREQ_REF
    CHAN_WIDTH Double[*] Hz
    EFFECTIVE_BW Double[*] Hz
    RESOLUTION Double[*] Hz
    FLAG_ROW Bool
    FREQ_GROUP Int
    FREQ_GROUP_NAME String
    IF_CONV_CHAIN Int
    NAME String
    NET_SIDEBAND Int
    NUM_CHAN Int
    TOTAL_BANDWIDTH Double Hz
    BBC_NO Int
    ASSOC_SPW_ID Int[?]
    ASSOC_NATURE String[?]
    SDM_WINDOW_FUNCTION String
    SDM_NUM_BIN Int
    SDM_CORR_BIT String`,
  STATE: `
    CAL Double K
    FLAG_ROW Bool
    LOAD Double K
    OBS_MODE String
    REF Bool
    SIG Bool
    SUB_SCAN Int`,
  SOURCE: `
    DIRECTION Double[2] rad,rad direction:J2000
    PROPER_MOTION Double[2] rad/s
    CALIBRATION_GROUP Int
    CODE String
    INTERVAL Double s
    NAME String
    NUM_LINES Int
    SOURCE_ID Int
    SPECTRAL_WINDOW_ID Int
    TIME Double s epoch:UTC
    POSITION Double[?] m,m,m position:ITRF
    TRANSITION String[?]
    REST_FREQUENCY Double[?] Hz frequency:LSRK
    SYSVEL Double[?] m/s radialvelocity:LSRK`,
  POINTING: `
    DIRECTION Double[*,*] rad,rad direction:AZELGEO
    ANTENNA_ID Int
    INTERVAL Double s
    NAME String
    NUM_POLY Int
    TARGET Double[?] rad,rad direction:AZELGEO
    TIME Double s epoch:UTC
    TIME_ORIGIN Double s epoch:UTC
    TRACKING Bool
    POINTING_OFFSET Double[?] rad,rad direction:AZELGEO
    ENCODER Double[?] rad,rad direction:AZELGEO
    ON_SOURCE Bool
    OVER_THE_TOP Bool`,
  SYSCAL: `
    ANTENNA_ID Int
    FEED_ID Int
    INTERVAL Double s
    SPECTRAL_WINDOW_ID Int
    TIME Double s epoch:UTC
    TCAL_SPECTRUM Float[?] K
    TRX_SPECTRUM Float[?] K
    TSKY_SPECTRUM Float[?] K
    TSYS_SPECTRUM Float[?] K
    TANT_SPECTRUM Float[?] K
    TANT_TSYS_SPECTRUM Float[?]
    TCAL_FLAG Bool
    TRX_FLAG Bool
    TSKY_FLAG Bool
    TSYS_FLAG Bool
    TANT_FLAG Bool
    TANT_TSYS_FLAG Bool`,
  WEATHER: `
    ANTENNA_ID Int
    INTERVAL Double s
    TIME Double s epoch:UTC
    PRESSURE Float hPa
    PRESSURE_FLAG Bool
    REL_HUMIDITY Float %
    REL_HUMIDITY_FLAG Bool
    TEMPERATURE Float K
    TEMPERATURE_FLAG Bool
    DEW_POINT Float K
    DEW_POINT_FLAG Bool
    WIND_DIRECTION Float rad
    WIND_DIRECTION_FLAG Bool
    WIND_SPEED Float m/s
    WIND_SPEED_FLAG Bool
    NS_WX_STATION_ID Int
    NS_WX_STATION_POSITION Double[3]`,
  SYSPOWER: `
    ANTENNA_ID Int
    FEED_ID Int
    SPECTRAL_WINDOW_ID Int
    TIME Double
    INTERVAL Double
    SWITCHED_DIFF Float[?]
    SWITCHED_SUM Float[?]
    REQUANTIZER_GAIN Float[?]`,
  CALDEVICE: `
    ANTENNA_ID Int
    FEED_ID Int
    SPECTRAL_WINDOW_ID Int
    TIME Double
    INTERVAL Double
    NUM_CAL_LOAD Int
    CAL_LOAD_NAMES String[?]
    NUM_RECEPTOR Int
    NOISE_CAL Float[?]
    CAL_EFF Float[?]
    TEMPERATURE_LOAD Double[?]`,
};
