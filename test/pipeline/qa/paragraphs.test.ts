import { describe, expect, it } from 'vitest';
import { listItem, wrapText } from '../../../src/pipeline/qa/paragraphs.ts';

describe('wrapText', () => {
  it('breaks at blanks, indents what follows, and keeps a number with its per cent', () => {
    expect(wrapText('of the data 3.6 % are flagged', 16, '  ')).toEqual(['of the data', '  3.6 % are', '  flagged']);
  });

  it('leaves a word that is longer than a line whole', () => {
    expect(wrapText('see uid___A002_X5ee1a0_X10 there', 10)).toEqual(['see', 'uid___A002_X5ee1a0_X10', 'there']);
  });
});

describe('listItem', () => {
  it('stands with its further lines beneath the text', () => {
    expect(listItem('one two three', 10)).toEqual(['* one two', '  three']);
  });
});
