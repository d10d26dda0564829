import type { ByteSink } from '../../foundation/bytes/index.ts';
import { padded } from './header.ts';
import { encodeTable, type FitsTable } from './table.ts';

/** What follows the data of a primary unit: tables, and the end of the file. */
export interface PrimaryEnd {
  writeTable(table: FitsTable): void;
  close(): void;
}

/**
 * Fills the data of a primary unit up to whole blocks before what comes first behind them.
 *
 * @param dataBytes bytes of the data; called once, when all should be written, and throws where some are missing
 */
export function primaryEnd(sink: ByteSink, dataBytes: () => number): PrimaryEnd {
  let isPadded = false;
  const pad = () => {
    if (isPadded) return;
    const bytes = dataBytes();
    sink.write(new Uint8Array(padded(bytes) - bytes));
    isPadded = true;
  };
  return {
    writeTable(table) {
      pad();
      sink.write(encodeTable(table));
    },
    close() {
      pad();
      sink.close();
    },
  };
}
