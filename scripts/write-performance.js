// Puts bench/results/latest.json into docs/performance.md, between its two marks: `npm run build && node scripts/write-performance.js`, after a full bench.
// With --check it writes nothing, and exits with 1 when the page does not have those results.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resultsTable } from '../dist/bench/support/bench-results.js';

const page = new URL('../docs/performance.md', import.meta.url);
const latest = new URL('../bench/results/latest.json', import.meta.url);
const [start, end] = ['<!-- bench results -->', '<!-- end of bench results -->'];

const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(start);
const after = rest?.split(end)[1];
if (after === undefined) throw new Error(`docs/performance.md lacks ${start} and ${end}`);
const made = `${before}${start}\n${blockOf()}\n${end}${after}`;
if (!process.argv.includes('--check')) writeFileSync(page, made);
else if (made !== text) {
  process.stderr.write(
    'docs/performance.md is not what bench/results/latest.json says: run node scripts/write-performance.js.\n',
  );
  process.exitCode = 1;
}

function blockOf() {
  if (!existsSync(latest)) return '\nNo full bench has been kept yet.\n';
  const results = JSON.parse(readFileSync(latest, 'utf8'));
  const beside = results.against === undefined ? '' : ` beside ${results.against}, in turn`;
  return `
\`npm run bench -- --full\`, ${results.at}: build ${results.build}${beside}.

${results.machine.map((line) => `    ${line}`).join('\n')}

${resultsTable(results)}
`;
}
