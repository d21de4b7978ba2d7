import type { Interval } from '../src/shared/intervals/grouped-interval.ts';
import { type RatioGroups, ratioInterval } from '../src/shared/intervals/ratio-interval.ts';
import { studentQuantile } from '../src/shared/intervals/student-t.ts';
import { normalFrom, seededRandom } from './support/random.ts';

/*
 * How often 95 % intervals of a ratio of sums hold the truth, over made groups: bootstrap-t as the product has it, and beside it Student's t on the same linearized
 * standard error. Widths are means, cut at 50.
 *
 *   node dist/bench/interval-coverage.js [sets] [seed]
 */
const sets = Number(process.argv[2] ?? 600);
const random = seededRandom(Number(process.argv[3] ?? 1));
const share: Interval = [0, 1];
const positive: Interval = [0, Number.POSITIVE_INFINITY];

/** One group: numerator and denominator. */
type MakeGroup = () => readonly [number, number];

const kinds: readonly (readonly [name: string, range: Interval, make: MakeGroup])[] = [
  [
    'recall, groups of 5 to 14 labels',
    share,
    () => found(5 + Math.floor(random() * 10), 0.4 + 0.6 * random()),
  ],
  [
    'recall, skewed groups of 20 labels',
    share,
    () => found(20, Math.exp(-Math.abs(1.2 * normalFrom(random)))),
  ],
  [
    'recall, groups of 2 to 21 labels',
    share,
    () => found(1 + Math.floor(Math.exp(3 * random())), 0.3 + 0.7 * random()),
  ],
  ['lift, log-normal groups of 20', positive, () => lifted(Math.exp(normalFrom(random)))],
];

/** Counts how often the truth lies inside. */
class Coverage {
  readonly #truth: number;
  #inside = 0;
  #width = 0;
  #n = 0;

  constructor(truth: number) {
    this.#truth = truth;
  }

  add(interval: Interval | undefined): void {
    if (interval === undefined) return;
    const [low, high] = interval;
    this.#n += 1;
    if (low <= this.#truth && this.#truth <= high) this.#inside += 1;
    this.#width += Math.min(high, 50) - low;
  }

  toString(): string {
    const share = ((this.#inside / this.#n) * 100).toFixed(1);
    return `${share} % (width ${(this.#width / this.#n).toFixed(3)})`;
  }
}

for (const [name, range, make] of kinds) {
  const many = made(make, 300_000);
  const truth = sum(many.numerators) / sum(many.denominators);
  for (const groups of [5, 7, 10, 30]) {
    const [ours, student] = [new Coverage(truth), new Coverage(truth)];
    for (let set = 0; set < sets; set++) {
      const sample = made(make, groups);
      ours.add(ratioInterval(sample, { range }).interval);
      student.add(studentInterval(sample, range));
    }
    console.log(
      `${name.padEnd(36)}${String(groups).padStart(3)} groups  bootstrap-t ${ours}  t ${student}`,
    );
  }
}

function studentInterval({ numerators, denominators }: RatioGroups, [low, high]: Interval) {
  const groups = numerators.length;
  const total = sum(denominators);
  const ratio = sum(numerators) / total;
  const squares = numerators.reduce(
    (all, value, g) => all + ((value - ratio * (denominators[g] as number)) / total) ** 2,
    0,
  );
  const reach = studentQuantile(0.975, groups - 1) * Math.sqrt((squares * groups) / (groups - 1));
  return [Math.max(low, ratio - reach), Math.min(high, ratio + reach)] as const;
}

function made(make: MakeGroup, groups: number): RatioGroups {
  const all = Array.from({ length: groups }, make);
  return { numerators: all.map(([a]) => a), denominators: all.map(([, b]) => b) };
}

function found(labels: number, chance: number): readonly [number, number] {
  let count = 0;
  for (let i = 0; i < labels; i++) if (random() < chance) count += 1;
  return [count, labels];
}

function lifted(mean: number): readonly [number, number] {
  let total = 0;
  for (let i = 0; i < 20; i++) total += mean * (0.5 + random());
  return [total, 20];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
