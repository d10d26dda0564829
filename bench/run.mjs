// npm run bench [-- AREA] [--preset NAME]: ratios to the peers, printed and kept as JSON in bench/results. See bench/README.md.
const AREAS = {
  'whole-way': './whole-way.mjs',
  calibration: './calibration.mjs',
  formats: './formats.mjs',
  casapy: './casapy.mjs',
};
const area = process.argv.slice(2).find((word) => word in AREAS) ?? 'whole-way';
await import(AREAS[area]);
