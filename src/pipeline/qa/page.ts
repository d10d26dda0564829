import { sharedDecisions } from './decisions.ts';
import { htmlTable, htmlText, numberCell, pngImage, tableRow, textCell } from './markup.ts';
import { PAGE_STYLE } from './page-style.ts';
import { type QaReport, type ReportBlock, type ReportProduct, windowIn } from './report.ts';
import { beamText, commonFluxNotes, flaggedText, fluxText, goalLines, productText } from './report-words.ts';

/** A picture for the page: the Execution Block or product that it shows, and its PNG bytes. */
export interface PagePicture {
  /** UID in file form, or the file of a product as in the report. */
  readonly subject: string;
  readonly caption: string;
  readonly png: Uint8Array;
}

/** One self-contained HTML page: verdict, images, fluxes, decisions and figures; needs no other file and no network. */
export function reportPage(report: QaReport, pictures: readonly PagePicture[]): string {
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>QA2 ${htmlText(report.verdict.state)}: ${htmlText(report.project)} ${htmlText(report.member)}</title><style>${PAGE_STYLE}</style></head><body>`,
    pageHead(report),
    '<main>',
    verdictSection(report),
    productSection(report, pictures),
    fluxSection(report),
    blocksSection(report),
    decisionSection(report),
    ...report.ebs.map((block) => figureSection(block, pictures)),
    `<footer>Written by ${htmlText(report.program)}. The numbers of this page are in qa2_report.json.</footer>`,
    '</main></body></html>\n',
  ].join('\n');
}

function pageHead(report: QaReport): string {
  const facts: [string, string][] = [
    ['Project', report.project],
    ['Member ObsUnitSet', uidText(report.member)],
    ...(report.pi ? ([['PI', report.pi]] as [string, string][]) : []),
    ['Execution Blocks', String(report.ebs.length)],
  ];
  const links = [
    ['products', 'Images'],
    ['fluxes', 'Flux scale'],
    ['blocks', 'Execution Blocks'],
    ['decisions', 'Decisions'],
    ...report.ebs.map((block) => [block.uid, `Figures of ${uidText(block.uid)}`]),
  ];
  return [
    `<header><div><h1>QA2 report <span class="badge ${report.verdict.state}">${report.verdict.state}</span></h1>`,
    report.title ? `<p>${htmlText(report.title)}</p>` : '',
    `<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${htmlText(value)}</dd></div>`).join('')}</dl>`,
    `<nav>${links.map(([id, text]) => `<a href="#${htmlText(id)}">${htmlText(text)}</a>`).join('')}</nav></div></header>`,
  ].join('\n');
}

function verdictSection(report: QaReport): string {
  const rows = goalLines(report).map(({ what, requested, achieved }) =>
    tableRow([textCell(what), textCell(requested), textCell(achieved.replace(' x ', ' × '))]),
  );
  const checks =
    report.checks.length > 0
      ? report.checks.map((check) => `<li class="${check.severity}">${htmlText(check.message)}</li>`)
      : report.verdict.reasons.map((reason) => `<li>${htmlText(reason)}</li>`);
  const judged = report.achieved ? `<p class="soft">Judged on <code>${htmlText(report.achieved.file)}</code>.</p>` : '';
  return section(
    'verdict',
    'Requested and achieved',
    `<div class="verdict"><div>${htmlTable(['', 'requested', 'achieved'], rows)}\n${judged}</div><ul class="checks">${checks.join('\n')}</ul></div>`,
  );
}

function productSection(report: QaReport, pictures: readonly PagePicture[]): string {
  const cards = report.products.map((product) => {
    const picture = pictures.find((entry) => entry.subject === product.file);
    return productCard(product, picture);
  });
  return `<h2 id="products">Images</h2><div class="products">\n${cards.join('\n')}\n</div>`;
}

function productCard(product: ReportProduct, picture: PagePicture | undefined): string {
  const facts: [string, string][] = [
    ['beam', beamText(product).replace(' x ', ' × ').replaceAll('"', '″').replace(' deg', '°')],
    [product.kind === 'cube' ? 'rms per channel' : 'rms', fluxText(product.rmsJyPerBeam)],
    ['rms expected', fluxText(product.predictedRmsJyPerBeam)],
    ['peak', fluxText(product.peakJyPerBeam)],
  ];
  return [
    '<div class="product">',
    picture ? pngImage(picture.png, picture.caption) : '',
    `<h3>${htmlText(productText(product))}</h3><code>${htmlText(product.file)}</code>`,
    `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${htmlText(value)}</dd>`).join('')}</dl></div>`,
  ].join('');
}

function fluxSection(report: QaReport): string {
  const heads = [
    'calibrator',
    '>spw',
    '>GHz',
    ...report.ebs.map((block) => `>${uidText(block.uid)}`),
    ...(report.commonFluxes.length > 0 ? ['>common'] : []),
  ];
  const body = `${htmlTable(heads, fluxRows(report))}<p class="soft">Flux densities in Jy. ${
    report.commonFluxes.length > 0
      ? 'Common: weighted mean of the Execution Blocks, without values marked as outliers; with it all data were rescaled.'
      : 'No common flux calibration was made.'
  }</p>${commonFluxNotes(report)
    .map((note) => `<p class="out">${htmlText(note)}</p>`)
    .join('')}`;
  return section('fluxes', 'Flux scale', body);
}

function fluxRows(report: QaReport): string[] {
  type Row = { field: string; spw: number; frequencyHz: number; common?: QaReport['commonFluxes'][number] };
  const rows: Row[] = report.commonFluxes.map((common) => ({ ...common, common }));
  const isIn = (row: Row, uid: string, flux: { field: string; spw: number }) =>
    row.field === flux.field && (row.common ? windowIn(row.common, uid) : row.spw) === flux.spw;
  for (const { uid, fluxes } of report.ebs)
    for (const flux of fluxes) if (!rows.some((row) => isIn(row, uid, flux))) rows.push(flux);
  let previous = '';
  return rows.map((row) => {
    const { field, spw, frequencyHz, common } = row;
    const each = report.ebs.map((block) => {
      const own = block.fluxes.find((flux) => isIn(row, block.uid, flux));
      if (!own) return numberCell('–');
      const text = own.isReference
        ? `${own.fluxJy.toFixed(4)} (model)`
        : `${own.fluxJy.toFixed(4)} ± ${own.errorJy.toFixed(4)}`;
      const isOutlier = common?.outliers.includes(block.uid) ?? false;
      return isOutlier ? { html: `<span class="out">${text} outlier</span>`, isNumber: true } : numberCell(text);
    });
    const isFirst = field !== previous;
    previous = field;
    return tableRow(
      [
        { html: isFirst ? `<b>${htmlText(field)}</b>` : '' },
        numberCell(String(spw)),
        numberCell((frequencyHz / 1e9).toFixed(3)),
        ...each,
        ...(report.commonFluxes.length === 0
          ? []
          : [
              {
                html: common ? `<b>${common.fluxJy.toFixed(4)}</b> ± ${common.errorJy.toFixed(4)}` : '–',
                isNumber: true,
              },
            ]),
      ],
      isFirst ? 'group' : undefined,
    );
  });
}

function blocksSection(report: QaReport): string {
  const rows = report.ebs.map((block) => {
    const scatter = block.phaseRmsDeg;
    return tableRow([
      { html: `<a href="#${htmlText(block.uid)}"><code>${htmlText(uidText(block.uid))}</code></a>` },
      textCell(`${block.observed} UTC`),
      numberCell(String(block.antennas)),
      textCell(block.referenceAntenna),
      numberCell(flaggedText(block.flaggedFraction)),
      numberCell(scatter ? `${scatter.withoutWvr.toFixed(1)}° → ${scatter.withWvr.toFixed(1)}°` : 'no radiometers'),
    ]);
  });
  const heads = ['', 'observed', '>antennas', 'reference', '>flagged', '>phase rms without → with radiometers'];
  return section('blocks', 'Execution Blocks', htmlTable(heads, rows));
}

function decisionSection(report: QaReport): string {
  const rows = sharedDecisions(report).map((entry) =>
    tableRow([
      {
        html: `<b>${htmlText(entry.topic)}</b>${entry.blocks.map((uid) => `<br><code>${htmlText(uidText(uid))}</code>`).join('')}`,
      },
      textCell(entry.choice),
      textCell(entry.reason),
    ]),
  );
  return section('decisions', 'Decisions of the reduction', htmlTable(['topic', 'choice', 'why'], rows));
}

function figureSection(block: ReportBlock, pictures: readonly PagePicture[]): string {
  const figures = pictures
    .filter((picture) => picture.subject === block.uid)
    .map(
      ({ png, caption }) => `<figure>${pngImage(png, caption)}<figcaption>${htmlText(caption)}</figcaption></figure>`,
    );
  return `<h2 id="${htmlText(block.uid)}">Figures of ${htmlText(uidText(block.uid))}</h2>\n${figures.join('\n')}`;
}

function section(id: string, title: string, body: string): string {
  return `<h2 id="${htmlText(id)}">${htmlText(title)}</h2><section class="card">${body}</section>`;
}

/** uid___A002_X1_X2 → uid://A002/X1/X2 */
function uidText(name: string): string {
  const match = /^uid___([A-Za-z0-9]+)_([A-Za-z0-9]+)_([A-Za-z0-9]+)$/.exec(name);
  return match ? `uid://${match[1]}/${match[2]}/${match[3]}` : name;
}
