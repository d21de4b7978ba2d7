import { writeFile } from 'node:fs/promises';
import { readStoredRows } from '../src/shared/results/stored-rows.ts';
import { openStore } from '../src/shared/storage/open-store.ts';
import type { DriftRow, DriftSource } from '../src/verdict/drift/drift-row.ts';
import { measureDrift } from '../src/verdict/drift/measure-drift.ts';
import { expectedToFail, scenarios } from './support/drift-scenarios.ts';
import { seededRandom } from './support/random.ts';

/*
 * How often drift is called where nothing changed: the rows of one run are split in two again and again, and compared. Prints, for each way of splitting, how often each
 * family and the whole comparison call drift, and over the measures how often a single test is below 0.05 before it is adjusted. Ends with 1 where a rate is above
 * 6.4 % (5 % and two standard errors of 1,000 splits).
 *
 *   node dist/bench/false-alarms.js OUT RUN [splits] [seed] [part of a way's name]
 *   node dist/bench/false-alarms.js OUT RUN --write FILE      some columns as JSON, for tests
 */
const [out, runId, splits = '1000', seed = '1', way = ''] = process.argv.slice(2);
if (out === undefined || runId === undefined) throw new Error('Give OUT and RUN.');
const rows: DriftRow[] = [];
for await (const row of readStoredRows(await openStore(out), runId))
  if (row.status === 'success') rows.push(row);

if (splits === '--write') await writeFile(seed, columnsOf(rows));
else await printRates(Number(splits), Number(seed));

async function printRates(count: number, firstSeed: number): Promise<void> {
  console.log(`${rows.length} images, ${count} splits each, seed ${firstSeed}\n`);
  for (const [name, make] of Object.entries(scenarios)) {
    if (!name.includes(way)) continue;
    const random = seededRandom(firstSeed);
    const alarms = new Map<string, number>();
    const singles = new Map<string, number>();
    for (let split = 0; split < count; split++) {
      const { baseline, current, groupOf } = make(rows, random);
      const drift = await measureDrift(source(baseline), source(current), { groupOf });
      if (drift.verdict === 'drift') add(alarms, 'all');
      for (const { family, verdict } of drift.families) {
        if (verdict === 'drift') add(alarms, family);
        else alarms.set(family, alarms.get(family) ?? 0);
      }
      for (const { measure, tests } of drift.measures)
        for (const { of, p } of tests) if (p <= 0.05) add(singles, `${of} ${measure}`);
    }
    print(name, alarms, [...singles], count);
  }
}

function print(
  name: string,
  alarms: ReadonlyMap<string, number>,
  singles: readonly (readonly [string, number])[],
  count: number,
): void {
  const percent = (value: number) => `${((value / count) * 100).toFixed(1)} %`;
  console.log(name);
  for (const [family, alarm] of alarms) console.log(`  ${family.padEnd(12)}${percent(alarm)}`);
  const most = [...singles].sort((a, b) => b[1] - a[1]).slice(0, 3);
  console.log(`  single tests: ${most.map(([test, one]) => `${test} ${percent(one)}`).join(', ')}`);
  const worst = Math.max(0, ...alarms.values());
  if (worst > 0.064 * count && name !== expectedToFail) process.exitCode = 1;
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function source(list: readonly DriftRow[]): DriftSource {
  return {
    classNames: ['Platelets', 'RBC', 'WBC'],
    rows: async function* () {
      yield { rows: list };
    },
  };
}

function columnsOf(all: readonly DriftRow[]): string {
  const names = [
    ...['brightness', 'contrast', 'sharpness', 'colorfulness', 'detections', 'confidence'],
    ...['box_area', 'entropy_fused', 'box_lift_fused', 'layer_agreement', 'center_x_fused'],
    ...['explained_variance_model_15', 'peak_in_boxes_fused'],
  ];
  const digits = (value: number | undefined) =>
    value === undefined ? null : Number(value.toPrecision(5));
  const columns = Object.fromEntries(
    names.map((name) => [name, all.map(({ measures }) => digits(measures[name]))]),
  );
  const classes = all.map(({ detections }) => detections.map(({ classId }) => classId));
  return JSON.stringify({ columns, classes });
}
