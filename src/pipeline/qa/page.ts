import type { QaReport, ReportBlock } from './report.ts';

/** A picture for the page: where it belongs, and its PNG bytes. */
export interface PagePicture {
  readonly uid: string;
  readonly caption: string;
  readonly png: Uint8Array;
}

const STYLE = `
  :root { color-scheme: light; --ink: #1b1f24; --soft: #5b6470; --line: #d9dee4; --ground: #f6f7f9; --good: #0b7a4b; --fair: #a35c00; --bad: #b3261e; }
  * { box-sizing: border-box; }
  body { margin: 0; font: 15px/1.5 system-ui, "DejaVu Sans", sans-serif; color: var(--ink); background: var(--ground); }
  main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 80px; }
  h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 40px 0 10px; } h3 { font-size: 16px; margin: 24px 0 8px; }
  .soft { color: var(--soft); } code { font-size: 13px; }
  .card { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 18px 20px; margin: 14px 0; }
  .badge { display: inline-block; padding: 3px 12px; border-radius: 14px; color: #fff; font-weight: 600; letter-spacing: .03em; }
  .PASS { background: var(--good); } .SEMIPASS { background: var(--fair); } .FAIL { background: var(--bad); }
  .info::marker { color: var(--good); } .warning { color: var(--fair); } .error { color: var(--bad); }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th { text-align: left; color: var(--soft); font-weight: 600; }
  th, td { padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); } td.n, th.n { text-align: right; }
  figure { margin: 16px 0; } figure img { width: 100%; border: 1px solid var(--line); border-radius: 6px; background: #fff; } figcaption { color: var(--soft); }
  nav a { margin-right: 16px; } a { color: #0b57a4; }
`;

/** One self-contained HTML page: verdict, fluxes, products, decisions and figures; needs no other file and no network. */
export function reportPage(report: QaReport, pictures: readonly PagePicture[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>QA2 ${htmlText(report.project)} ${htmlText(report.member)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>QA2 report <span class="badge ${report.verdict.state}">${report.verdict.state}</span></h1>`,
    `<p class="soft">Project <b>${htmlText(report.project)}</b>, Member ObsUnitSet <b>${htmlText(report.member)}</b>; ${htmlText(report.program)}</p>`,
    `<nav><a href="#products">Images</a><a href="#fluxes">Flux scale</a>${report.ebs.map((block) => `<a href="#${htmlText(block.uid)}">${htmlText(block.uid)}</a>`).join('')}</nav>`,
    '<section class="card">',
    `<ul>${checkList(report)}</ul>`,
    '</section>',
    productSection(report),
    fluxSection(report),
    ...report.ebs.map((block) => blockSection(block, pictures)),
    '</main></body></html>\n',
  ].join('\n');
}

function checkList(report: QaReport): string {
  if (report.checks.length === 0)
    return report.verdict.reasons.map((reason) => `<li>${htmlText(reason)}</li>`).join('');
  return report.checks.map((check) => `<li class="${check.severity}">${htmlText(check.message)}</li>`).join('');
}

function productSection(report: QaReport): string {
  const rows = report.products.map((product) =>
    row([
      [`<code>${htmlText(product.file)}</code>`],
      [htmlText(product.line ?? product.kind)],
      [
        `${fixed(product.beamMajorArcsec, 2)} × ${fixed(product.beamMinorArcsec, 2)}″, ${fixed(product.beamPaDeg, 0)}°`,
        true,
      ],
      [fixed(product.rmsJyPerBeam === null ? null : product.rmsJyPerBeam * 1e3, 3), true],
      [fixed(product.peakJyPerBeam === null ? null : product.peakJyPerBeam * 1e3, 2), true],
    ]),
  );
  return section('products', 'Images', table(['file', 'what', '*beam', '*rms (mJy/beam)', '*peak (mJy/beam)'], rows));
}

function fluxSection(report: QaReport): string {
  const rows = report.commonFluxes.map((flux) => {
    const each = report.ebs.map((block) => {
      const own = block.fluxes.find((entry) => entry.field === flux.field && entry.spw === flux.spw);
      const text = own
        ? `${own.fluxJy.toFixed(4)}${own.isReference ? ' (model)' : ` ± ${own.errorJy.toFixed(4)}`}`
        : '–';
      return [flux.outliers.includes(block.uid) ? `<span class="error">${text} outlier</span>` : text, true] as [
        string,
        boolean,
      ];
    });
    return row([
      [htmlText(flux.field)],
      [String(flux.spw), true],
      [(flux.frequencyHz / 1e9).toFixed(3), true],
      ...each,
      [`<b>${flux.fluxJy.toFixed(4)}</b> ± ${flux.errorJy.toFixed(4)}`, true],
    ]);
  });
  const heads = [
    'calibrator',
    '*window',
    '*GHz',
    ...report.ebs.map((block) => `*${block.uid.replace(/^uid___/, '')} (Jy)`),
    '*common (Jy)',
  ];
  const body = rows.length > 0 ? table(heads, rows) : '<p>No common flux calibration was made.</p>';
  return section('fluxes', 'Flux scale', body);
}

function blockSection(block: ReportBlock, pictures: readonly PagePicture[]): string {
  const scatter = block.phaseRmsDeg;
  const facts = [
    `Observed ${htmlText(block.observed)} UTC with ${block.antennas} antennas; reference antenna ${htmlText(block.referenceAntenna)}.`,
    ...(scatter
      ? [
          `Water-vapour radiometers: median phase rms ${scatter.withoutWvr.toFixed(1)}° → ${scatter.withWvr.toFixed(1)}°.`,
        ]
      : []),
  ];
  const decisions = block.decisions.map((entry) =>
    row([[htmlText(entry.topic)], [htmlText(entry.choice)], [htmlText(entry.reason)]]),
  );
  const figures = pictures
    .filter((picture) => picture.uid === block.uid)
    .map(
      (picture) =>
        `<figure><img alt="${htmlText(picture.caption)}" src="data:image/png;base64,${base64(picture.png)}"><figcaption>${htmlText(picture.caption)}</figcaption></figure>`,
    );
  return section(
    block.uid,
    block.uid,
    [
      `<p>${facts.join('<br>')}</p>`,
      '<h3>Decisions</h3>',
      table(['topic', 'choice', 'why'], decisions),
      ...figures,
    ].join('\n'),
  );
}

function section(id: string, title: string, body: string): string {
  return `<h2 id="${htmlText(id)}">${htmlText(title)}</h2><section class="card">${body}</section>`;
}

/** A table; heads that begin with * are over numbers. */
function table(heads: readonly string[], rows: readonly string[]): string {
  const cells = heads.map((head) =>
    head.startsWith('*') ? `<th class="n">${htmlText(head.slice(1))}</th>` : `<th>${htmlText(head)}</th>`,
  );
  return `<table><thead><tr>${cells.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function row(cells: readonly (readonly [html: string, isNumber?: boolean])[]): string {
  return `<tr>${cells.map(([html, isNumber]) => `<td${isNumber ? ' class="n"' : ''}>${html}</td>`).join('')}</tr>`;
}

function fixed(value: number | null, digits: number): string {
  return value === null || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

function htmlText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
