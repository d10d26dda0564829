/** Style sheet of the QA2 page: screen and print. */
export const PAGE_STYLE = `
  :root { color-scheme: light; --ink: #1b1f24; --soft: #5b6470; --line: #dfe3e8; --ground: #f4f6f8; --paper: #fff;
    --good: #0b7a4b; --fair: #9a5700; --bad: #b3261e; --link: #0b57a4; }
  * { box-sizing: border-box; }
  html { scroll-behavior: smooth; }
  body { margin: 0; font: 15px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--ink); background: var(--ground); }
  header { background: var(--paper); border-bottom: 1px solid var(--line); }
  header > div, main { max-width: 1200px; margin: 0 auto; padding: 0 28px; }
  header > div { padding-top: 26px; padding-bottom: 14px; }
  main { padding-bottom: 64px; }
  h1 { font-size: 25px; line-height: 1.25; margin: 0; letter-spacing: -.01em; display: flex; gap: 14px; align-items: center; flex-wrap: wrap; }
  h2 { font-size: 19px; margin: 26px 0 10px; letter-spacing: -.005em; }
  h3 { font-size: 15px; margin: 20px 0 6px; }
  p { margin: 6px 0; max-width: 78ch; }
  .soft { color: var(--soft); }
  code { font: 12.5px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
  dl.facts { display: flex; flex-wrap: wrap; gap: 4px 34px; margin: 12px 0 4px; }
  dl.facts div { display: flex; gap: 8px; } dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; font-weight: 600; }
  nav { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 10px; font-size: 14px; }
  a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
  .card { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px; overflow-x: auto; }
  .badge { display: inline-block; padding: 2px 14px; border-radius: 15px; color: #fff; font-size: 17px; font-weight: 700; letter-spacing: .04em; }
  .PASS { background: var(--good); } .SEMIPASS { background: var(--fair); } .FAIL { background: var(--bad); }
  .verdict { display: grid; grid-template-columns: repeat(auto-fit, minmax(400px, 1fr)); gap: 8px 40px; }
  ul.checks { list-style: none; padding: 0; margin: 4px 0 0; }
  ul.checks li { padding-left: 26px; position: relative; margin: 3px 0; font-size: 14px; }
  ul.checks li::before { position: absolute; left: 2px; font-weight: 700; content: "\\2713"; color: var(--good); }
  ul.checks li.warning::before { content: "!"; left: 6px; color: var(--fair); } ul.checks li.error::before { content: "\\2717"; color: var(--bad); }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
  th { text-align: left; color: var(--soft); font-weight: 600; white-space: nowrap; }
  th, td { padding: 5px 18px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  td:last-child, th:last-child { padding-right: 0; } tbody tr:last-child td { border-bottom: 0; }
  td.n, th.n { text-align: right; white-space: nowrap; } tr.group td { border-top: 1px solid #b9c0c8; }
  .out { color: var(--bad); }
  .products { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 16px; }
  .product { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 12px; break-inside: avoid; }
  .product img { display: block; width: 100%; max-width: 440px; margin: 0 auto; } .product h3 { margin: 6px 0 2px; }
  .product dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; margin: 6px 0 0; font-size: 13.5px; font-variant-numeric: tabular-nums; }
  .product dt { color: var(--soft); } .product dd { margin: 0; text-align: right; }
  figure { margin: 14px 0; } figure img { width: 100%; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
  figcaption { color: var(--soft); font-size: 14px; }
  footer { color: var(--soft); font-size: 13px; margin-top: 34px; border-top: 1px solid var(--line); padding-top: 10px; }
  @page { margin: 14mm 12mm; }
  @media print {
    body { background: #fff; font-size: 10pt; } nav { display: none; }
    header > div, main { max-width: none; padding-left: 0; padding-right: 0; }
    .card, .product { border-color: #ccc; border-radius: 0; } .card { padding: 8px 10px; }
    h2 { break-after: avoid; } tr, figure { break-inside: avoid; } figure img { max-height: 240mm; width: auto; max-width: 100%; }
    .badge { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  }
`;
