import { describe, expect, it } from 'vitest';
import { htmlTable, htmlText, numberCell, pngImage, tableRow, textCell } from '../../../src/pipeline/qa/markup.ts';

describe('markup', () => {
  it('leaves nothing in a text that a browser would take for markup', () => {
    expect(htmlText(`<script>"x" & 'y'</script>`)).toBe('&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;');
    expect(tableRow([textCell('<b>'), numberCell('1')])).toBe('<tr><td>&lt;b&gt;</td><td class="n">1</td></tr>');
  });

  it('sets heads of numbers right', () => {
    expect(htmlTable(['a', '>b'], [])).toContain('<th>a</th><th class="n">b</th>');
  });

  it('puts a picture of any size into the page', () => {
    const png = Uint8Array.from({ length: 100_001 }, (_, at) => at % 251);
    const [, base64] = /base64,([^"]+)"/.exec(pngImage(png, 'a "quoted" name')) ?? [];
    expect(Buffer.from(base64, 'base64')).toEqual(Buffer.from(png));
  });
});
