import { expect, it } from 'vitest';
import { PAGE_STYLE } from '../../../src/pipeline/qa/page-style.ts';

it('has rules for screen and print, loads nothing, and closes its braces', () => {
  expect(PAGE_STYLE).toContain('@media print');
  expect(PAGE_STYLE).not.toMatch(/url\(|@import/);
  expect(PAGE_STYLE.split('{').length).toBe(PAGE_STYLE.split('}').length);
});
