import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fleetRows } from './rows/fleet-rows.ts';
import { graphRows } from './rows/graph-rows.ts';
import { hostRows } from './rows/host-rows.ts';
import { memoryRows, planRows, runRows } from './rows/run-rows.ts';
import {
  type BenchResult,
  type BenchResults,
  resultOf,
  resultsTable,
  valueWords,
} from './support/bench-results.ts';
import type { BenchGroup, BenchLength } from './support/bench-row.ts';
import type { Build } from './support/build.ts';
import { keepResults } from './support/kept-results.ts';
import { machineLines } from './support/machine.ts';

/*
 * Every row of the table of aims, this build and another in turn: medians, and ratios of pairs. Absolute times of a shared machine swing by a quarter from minute to minute;
 * ratios within a turn do not.
 *
 *   npm run bench                                       this build, shortened, in minutes
 *   npm run bench -- --against 6493eb9                  the same beside another commit
 *   npm run bench -- --full --against 6493eb9           every row as long as its aim asks; writes bench/results/latest.json
 *   npm run bench -- --rows graph,host --turns 10       some rows, so many turns each; with --full they take their place among those that are kept
 */
const { values: said } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    against: { type: 'string' },
    folder: { type: 'string' },
    rows: { type: 'string' },
    turns: { type: 'string' },
  },
});
const length: BenchLength = said.full ? 'full' : 'short';
const now: Build = { name: commitOf('.'), folder: process.cwd() };
const before: Build | undefined =
  said.folder === undefined ? undefined : { name: said.against ?? 'before', folder: said.folder };
const wanted = said.rows?.split(',');
const kept = 'bench/results/latest.json';
const groups = [...graphRows, ...planRows, ...memoryRows, ...runRows, ...hostRows, ...fleetRows]
  .map((group) => ({
    ...group,
    rows: group.rows.filter(({ id, turns }) => turns[length] !== undefined && isWanted(id)),
  }))
  .filter(({ rows }) => rows.length > 0);

const machine = machineLines();
console.log(machine.join('\n'));
console.log(`builds    ${now.name}${before ? ` and ${before.name}, in turn` : ''}`);
const usual =
  length === 'full'
    ? before
      ? 'about two hours'
      : 'about an hour'
    : 'under 10 minutes on two quiet cores';
console.log(
  `rows      ${groups.flatMap(({ rows }) => rows).length}, ${length}: ${said.rows ? 'some of them' : usual}\n`,
);
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  const rows: BenchResult[] = [];
  for (const group of groups) {
    rows.push(...(await measureGroup(group)));
    // A bench of hours that is stopped keeps what it has.
    if (length === 'full') await keepResults(kept, resultsOf(rows));
  }
  console.log(`\n${resultsTable(resultsOf(rows))}`);
  if (length === 'full') {
    console.log(
      `\nwritten to ${kept}; node scripts/write-performance.js puts it into docs/performance.md`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

function resultsOf(rows: readonly BenchResult[]): BenchResults {
  return {
    ...{ schema: 'bench@1', length, at: new Date().toISOString().slice(0, 10) },
    ...{ machine, build: now.name, ...(before && { against: before.name }), rows },
  };
}

async function measureGroup(group: BenchGroup) {
  await group.prepare?.(folder, length);
  const turns = Number(said.turns ?? Math.max(...group.rows.map((row) => row.turns[length] ?? 0)));
  const found: {
    now: Readonly<Record<string, number>>;
    before?: Readonly<Record<string, number>>;
  }[] = [];
  for (let turn = 0; turn < turns; turn++) {
    // Who comes first changes, so that what the one leaves behind in the machine helps or hurts both alike.
    const first = turn % 2 === 1 ? await measured(group, before) : undefined;
    const own = await group.measure(now, { folder, length });
    found.push({ now: own, ...spread(first ?? (await measured(group, before))) });
    process.stderr.write(`${group.rows[0]?.id}: turn ${turn + 1} of ${turns}\n`);
  }
  const results = group.rows.flatMap((row) => {
    const values = found.map((turn) => turn.now[row.id]);
    return (
      resultOf(
        row,
        values,
        found.map((turn) => turn.before?.[row.id]),
      ) ?? []
    );
  });
  for (const { words, unit, now: value, ratio } of results) {
    const beside = ratio === undefined ? '' : `   now / before ${ratio.toFixed(3)}`;
    console.log(`${words.padEnd(72)} ${valueWords(value, unit).padStart(9)} ${unit}${beside}`);
  }
  return results;
}

function measured(group: BenchGroup, build: Build | undefined) {
  return build && group.measure(build, { folder, length });
}

function spread(values: Readonly<Record<string, number>> | undefined) {
  return values === undefined ? {} : { before: values };
}

function isWanted(id: string): boolean {
  return wanted === undefined || wanted.some((one) => id === one || id.startsWith(`${one}-`));
}

function commitOf(place: string): string {
  try {
    return execFileSync('git', ['-C', place, 'rev-parse', '--short', 'HEAD'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'this build';
  }
}
