import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDisk } from '../../src/foundation/bytes/index.ts';
import { nodeDisk } from '../../src/foundation/bytes/node.ts';
import { runFuzz } from './fuzz.ts';
import { makeSubjects } from './subjects.ts';

/** The child of scripts/fuzz.mjs: SEED FIRST COUNT FIXTURES NOTE; the case at work stands in NOTE, the result on stdout as JSON. */
const [seed, first, count, fixtures, note] = process.argv.slice(2);
installDisk(nodeDisk());
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const file = openSync(note, 'w');
try {
  const { counts, failures } = runFuzz(makeSubjects(folder, fixtures), {
    seed: Number(seed),
    first: Number(first),
    count: Number(count),
    onCase: (number, subject, name) => writeSync(file, `${number} ${subject}: ${name}`.padEnd(160), 0),
  });
  const { maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ counts: [...counts], failures, peakMib: Math.round(maxRSS / 1024) }));
} finally {
  closeSync(file);
  rmSync(folder, { recursive: true, force: true });
}
