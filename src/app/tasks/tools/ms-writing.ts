import { appendMessages } from '../../../astronomy/ms/index.ts';
import type { ColumnValues } from '../../../formats/tables/index.ts';
import { fail } from '../../../foundation/base/index.ts';
import { flattenNested } from '../table-values.ts';
import type { TaskValue } from '../types.ts';
import { dataRows } from './ms-data.ts';
import { type MsState, msOf } from './ms-state.ts';

/** Items that putdata writes, and their columns. */
const WRITTEN: Readonly<Record<string, string>> = {
  data: 'DATA',
  corrected_data: 'CORRECTED_DATA',
  model_data: 'MODEL_DATA',
  flag: 'FLAG',
  flag_row: 'FLAG_ROW',
  weight: 'WEIGHT',
  sigma: 'SIGMA',
};

/** ms.putdata(): whole cells of the chosen rows. */
export function putData(state: MsState, items: Record<string, TaskValue>): void {
  if (!state.isWritable) fail('denied', 'The MeasurementSet is open for reading only; open it with nomodify=False.');
  if (state.channels || state.polarizations)
    fail('unsupported', 'ms.putdata() writes whole rows; do not select channels or polarizations before.');
  const { main } = msOf(state);
  const { rows } = dataRows(state);
  const prepared = Object.entries(items).map(([item, value]) => {
    const name = WRITTEN[item.toLowerCase()];
    if (!name)
      fail('unsupported', `ms.putdata() does not write '${item}'; it writes ${Object.keys(WRITTEN).join(', ')}.`);
    const target = main.column(name);
    const { shape, values } = flattenNested(value, target.description.type);
    const cell = target.cellShape(rows[0] ?? 0) ?? [];
    if (String(shape) !== String([rows.length, ...cell]))
      fail(
        'usage',
        `ms.putdata(): ${item} has the shape [${[...shape].reverse().join(', ')}], not that of the chosen rows, [${[...cell].reverse().concat(rows.length).join(', ')}].`,
      );
    return { target, cell, values };
  });
  for (const { target, cell, values } of prepared) {
    const size = values.length / rows.length;
    for (let at = 0; at < rows.length; ) {
      let count = 1;
      while (at + count < rows.length && rows[at + count] === rows[at] + count) count++;
      target.putRange(
        rows[at],
        count,
        values.slice(at * size, (at + count) * size) as ColumnValues,
        cell.length > 0 ? cell : undefined,
      );
      at += count;
    }
  }
  main.flush();
}

/** ms.writehistory(): messages in the table HISTORY of the open MeasurementSet, at the time of now. */
export function writeHistory(
  state: MsState,
  messages: readonly string[],
  { origin, application, parameters }: { origin: string; application: string; parameters: string },
): boolean {
  if (!state.isWritable) fail('denied', 'The MeasurementSet is open for reading only; open it with nomodify=False.');
  const timeSec = Date.now() / 1000 + 40_587 * 86_400;
  appendMessages(
    msOf(state),
    messages.map((message) => ({ application, message, origin, parameters, timeSec })),
  );
  return true;
}
