import { parseColumns } from '../../astronomy/ms/index.ts';
import type { TableDescription, TableRecord } from '../../formats/tables/index.ts';

/*
 * Columns of CASA's NewCalTable (as CASA 6.7 writes them), in the notation of astronomy/ms.
 */

const MAIN = `
  TIME Double s epoch:UTC
  FIELD_ID Int
  SPECTRAL_WINDOW_ID Int
  ANTENNA1 Int
  ANTENNA2 Int
  INTERVAL Double s
  SCAN_NUMBER Int
  OBSERVATION_ID Int
  $PARAM
  PARAMERR Float[?]
  FLAG Bool[?]
  SNR Float[?]
  WEIGHT Float[?]`;

const SUBTABLES: Readonly<Record<string, string>> = {
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
  ANTENNA: `
    OFFSET Double[3] m,m,m position:ITRF
    POSITION Double[3] m,m,m position:ITRF
    TYPE String
    DISH_DIAMETER Double m
    FLAG_ROW Bool
    MOUNT String
    NAME String
    STATION String`,
  FIELD: `
    DELAY_DIR Double[*,*] rad,rad direction:J2000
    PHASE_DIR Double[*,*] rad,rad direction:J2000
    REFERENCE_DIR Double[*,*] rad,rad direction:J2000
    CODE String
    FLAG_ROW Bool
    NAME String
    NUM_POLY Int
    SOURCE_ID Int
    TIME Double s epoch:UTC`,
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
    TOTAL_BANDWIDTH Double Hz`,
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
};

/** Names of the subtables in the order of CASA's keywords. */
export const CAL_SUBTABLES = ['OBSERVATION', 'ANTENNA', 'FIELD', 'SPECTRAL_WINDOW', 'HISTORY'] as const;

/** Description of the main table, with its keywords. */
export function mainDescription(isComplex: boolean, visCal: string, keywords: TableRecord): TableDescription {
  const columns = parseColumns(MAIN.replace('$PARAM', isComplex ? 'CPARAM Complex[?]' : 'FPARAM Float[?]'));
  return describe(columns, 'Calibration', visCal, keywords);
}

/** Description of a subtable. */
export function subtableDescription(name: (typeof CAL_SUBTABLES)[number]): TableDescription {
  return describe(parseColumns(SUBTABLES[name]), '', '');
}

function describe(
  columns: TableDescription['columns'],
  type: string,
  subType: string,
  keywords?: TableRecord,
): TableDescription {
  return {
    columns,
    storageManagers: [{ type: 'StandardStMan', name: 'MSMTAB', columns: columns.map((column) => column.name) }],
    keywords,
    info: { type, subType },
  };
}
