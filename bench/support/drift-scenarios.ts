import type { DriftRow } from '../../src/verdict/drift/drift-row.ts';

/** Two runs between which nothing changed, drawn from the rows of one dataset. */
export interface NullCase {
  readonly baseline: readonly DriftRow[];
  readonly current: readonly DriftRow[];
  readonly groupOf?: (key: string) => string;
}

export type Scenario = (rows: readonly DriftRow[], random: () => number) => NullCase;

const groupSize = 10;
const groupsOfRun = 15;

/** By what they are called in the table. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'two halves': (rows, random) => halves(shuffled(rows, random)),
  '40 new against the rest': (rows, random) => {
    const mixed = shuffled(rows, random);
    return { current: mixed.slice(0, 40), baseline: mixed.slice(40) };
  },
  'each image twice': (rows, random) => {
    const { baseline, current } = halves(shuffled(rows, random));
    return { baseline: twice(baseline), current: twice(current) };
  },
  'the same images': (rows, random) => {
    const pairs = rows.map((row) => twinsOf(row, rows, random));
    return { baseline: pairs.map(([one]) => one), current: pairs.map(([, other]) => other) };
  },
  'half shared, half new': (rows, random) => {
    const mixed = shuffled(rows, random);
    const third = Math.floor(rows.length / 3);
    const pairs = mixed.slice(0, third).map((row) => twinsOf(row, rows, random));
    return {
      baseline: [...pairs.map(([one]) => one), ...mixed.slice(third, 2 * third)],
      current: [...pairs.map(([, other]) => other), ...mixed.slice(2 * third)],
    };
  },
  'groups with ICC 0.5, as groups': (rows, random) => ({
    baseline: grouped('a', rows, random),
    current: grouped('b', rows, random),
    groupOf: (key) => key.split('/')[0] ?? '',
  }),
  'groups with ICC 0.5, as images': (rows, random) => ({
    baseline: grouped('a', rows, random),
    current: grouped('b', rows, random),
  }),
};

/** The last one shows what happens without `--group`, and is expected to raise false alarms. */
export const expectedToFail = 'groups with ICC 0.5, as images';

function halves(rows: readonly DriftRow[]): NullCase {
  const middle = Math.floor(rows.length / 2);
  return { baseline: rows.slice(0, middle), current: rows.slice(middle) };
}

function twice(rows: readonly DriftRow[]): DriftRow[] {
  return rows.flatMap((row) => [row, { ...row, key: `copy/${row.key}`, etag: `copy-${row.etag}` }]);
}

/** Two answers of equally good models about one image: each measure moved by a third of what another image has more or less, with equal chances. */
function twinsOf(
  row: DriftRow,
  rows: readonly DriftRow[],
  random: () => number,
): [DriftRow, DriftRow] {
  return [moved(row, picked(rows, random), random), moved(row, picked(rows, random), random)];
}

function moved(row: DriftRow, other: DriftRow, random: () => number): DriftRow {
  const third = picked([-1, 1], random) / 3;
  const measures: Record<string, number> = { ...row.measures };
  for (const name in measures) {
    const value = measures[name] as number;
    // Pixels are the same in both runs, and zeros stay what they are.
    if (inputs.has(name) || value === 0) continue;
    measures[name] = value + third * ((other.measures[name] ?? value) - value);
  }
  return { ...row, measures };
}

const inputs = new Set(['brightness', 'contrast', 'sharpness', 'colorfulness']);

/** Groups of images that have half of their variance from an image that the group has in common. */
function grouped(run: string, rows: readonly DriftRow[], random: () => number): DriftRow[] {
  return Array.from({ length: groupsOfRun }, (_, group) => {
    const common = picked(rows, random);
    return Array.from({ length: groupSize }, (_, i): DriftRow => {
      const own = picked(rows, random);
      const key = `${run}${group}/${i}`;
      const measures = Object.fromEntries(
        Object.entries(own.measures).map(([name, value]) => [
          name,
          (value + (common.measures[name] ?? value)) / 2,
        ]),
      );
      const from = random() < 0.5 ? own : common;
      return { ...own, key, etag: key, detections: from.detections, measures };
    });
  }).flat();
}

function picked<Item>(items: readonly Item[], random: () => number): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [mixed[i], mixed[other]] = [mixed[other] as Item, mixed[i] as Item];
  }
  return mixed;
}
