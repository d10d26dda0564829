import { errorSentence, type Issue } from '../../foundation/base/index.ts';
import { disk } from '../../foundation/bytes/index.ts';
import { scanUnits } from './hdu.ts';
import type { FitsHeader } from './header.ts';
import { padded } from './header.ts';

const REPEATABLE = new Set(['COMMENT', 'HISTORY', '', 'CONTINUE']);

function checkHeader(header: FitsHeader, path: string, isPrimary: boolean): Issue[] {
  const issues: Issue[] = [];
  const report = (code: string, severity: Issue['severity'], message: string) =>
    issues.push({ code, severity, path, message });
  const count = header.number('NAXIS', -1);
  const expected = [
    isPrimary ? 'SIMPLE' : 'XTENSION',
    'BITPIX',
    'NAXIS',
    ...Array.from({ length: Math.max(0, count) }, (_, k) => `NAXIS${k + 1}`),
  ];
  if (!isPrimary) expected.push('PCOUNT', 'GCOUNT');
  expected.forEach((keyword, index) => {
    if (header.cards[index]?.keyword !== keyword) {
      report(
        'fits-mandatory-order',
        'error',
        `Card ${index + 1} must be ${keyword} but is ${header.cards[index]?.keyword ?? 'missing'}.`,
      );
    }
  });
  const seen = new Set<string>();
  for (const { keyword } of header.cards) {
    if (!REPEATABLE.has(keyword) && seen.has(keyword))
      report('fits-duplicate-keyword', 'warning', `${keyword} stands twice.`);
    seen.add(keyword);
  }
  for (let axis = 1; axis <= count; axis++) {
    if (header.has(`CTYPE${axis}`) && header.get(`CDELT${axis}`) === 0)
      report('fits-zero-increment', 'error', `CDELT${axis} is 0.`);
  }
  if (header.has('BLANK') && header.number('BITPIX', 0) < 0)
    report('fits-blank-with-reals', 'warning', 'BLANK has no meaning for floating-point pixels.');
  return issues;
}

/**
 * Checks the structure of a FITS file: blocks, mandatory cards and their order, doubled keywords, lengths.
 * An empty list means sound; a file that cannot be parsed gives one error.
 */
export function checkFits(path: string): Issue[] {
  const source = disk().open(path);
  try {
    const units = scanUnits(source);
    const issues = units.flatMap((unit, index) => checkHeader(unit.header, `${path}[${unit.name}]`, index === 0));
    const last = units[units.length - 1];
    const end = last.dataOffset + padded(last.dataLength);
    if (source.length !== end) {
      const message =
        source.length < end ? 'The last block is not padded to 2880 bytes.' : 'Bytes follow the last unit.';
      issues.push({
        code: 'fits-length',
        severity: 'warning',
        path,
        message,
        found: String(source.length),
        expected: String(end),
      });
    }
    return issues;
  } catch (error) {
    return [{ code: 'fits-unreadable', severity: 'error', path, message: errorSentence(error) }];
  } finally {
    source.close();
  }
}
