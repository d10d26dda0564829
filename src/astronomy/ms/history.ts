import type { MeasurementSet } from './measurement-set.ts';

/**
 * Adds to HISTORY which task ran with which parameters.
 *
 * TIME is the end of the first observation, not the time of the run, so that the same input gives the same bytes.
 */
export function appendHistory(ms: MeasurementSet, task: string, parameters: object): void {
  if (!ms.hasSubtable('HISTORY')) return;
  const table = ms.subtable('HISTORY');
  const observation = ms.hasSubtable('OBSERVATION') ? ms.subtable('OBSERVATION') : undefined;
  const range = observation && observation.rowCount > 0 ? observation.column('TIME_RANGE').get(0) : undefined;
  const time = typeof range === 'object' && 'values' in range ? Number((range.values as Float64Array)[1]) : 0;
  const messages = [`taskname=${task}`];
  for (const [name, value] of Object.entries(parameters)) {
    if (name !== 'vis' && name !== 'outputvis') messages.push(`${name} = ${JSON.stringify(value) ?? ''}`);
  }
  const at = table.rowCount;
  table.addRows(messages.length);
  messages.forEach((message, index) => {
    const row = at + index;
    const texts: Record<string, string> = {
      APPLICATION: 'alma-qa2',
      MESSAGE: message,
      ORIGIN: task,
      PRIORITY: 'INFO',
    };
    for (const [name, value] of Object.entries(texts)) table.column(name).put(row, value);
    table.column('TIME').put(row, time);
    table.column('OBJECT_ID').put(row, 0);
    table.column('OBSERVATION_ID').put(row, 0);
    const none = { shape: [1], values: [''] };
    table.column('APP_PARAMS').put(row, none);
    table.column('CLI_COMMAND').put(row, none);
  });
}

/** A message of HISTORY as ms.writehistory takes it. */
export interface HistoryMessage {
  readonly application: string;
  readonly message: string;
  readonly origin: string;
  readonly parameters: string;
  /** MJD seconds */
  readonly timeSec: number;
}

/** Adds messages to HISTORY; the MS must be open for changes. */
export function appendMessages(ms: MeasurementSet, messages: readonly HistoryMessage[]): void {
  const table = ms.subtable('HISTORY');
  const at = table.rowCount;
  table.addRows(messages.length);
  messages.forEach(({ application, message, origin, parameters, timeSec }, index) => {
    const row = at + index;
    const texts = { APPLICATION: application, MESSAGE: message, ORIGIN: origin, PRIORITY: 'INFO' };
    for (const [name, value] of Object.entries(texts)) table.column(name).put(row, value);
    table.column('TIME').put(row, timeSec);
    table.column('OBJECT_ID').put(row, 0);
    table.column('OBSERVATION_ID').put(row, -1);
    table.column('APP_PARAMS').put(row, { shape: [1], values: [parameters] });
    table.column('CLI_COMMAND').put(row, { shape: [1], values: [''] });
  });
  table.flush();
}
