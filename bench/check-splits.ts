import type { Evaluation } from '../src/evaluate/result/evaluation.ts';
import { decideRules } from '../src/verdict/decide/decide-rules.ts';
import type { Drift } from '../src/verdict/drift/drift.ts';
import type { DriftRow, DriftSource } from '../src/verdict/drift/drift-row.ts';
import { measureDrift } from '../src/verdict/drift/measure-drift.ts';
import { type CheckedRun, checkedRun } from '../src/verdict/figures/checked-run.ts';
import { parseRules } from '../src/verdict/rules/parse-rules.ts';
import { proposedFile, proposeRules } from '../src/verdict/rules/propose-rules.ts';
import type { Rule } from '../src/verdict/rules/rule.ts';
import { madeEvaluation, madeSummary } from '../test/support/made-check.ts';
import { seededRandom } from './support/random.ts';

/*
 * How often `check` fails where nothing changed. A made dataset of 240 videos of four images, whose images depend on each other, is split in two halves again and again. Prints
 * for each way of checking how many splits end with 1 and with 10. Ends with 1 where more than 6.4 % fail (5 % and two standard errors of 1,000 splits).
 *
 *   node dist/bench/check-splits.js [splits] [seed] [part of a way's name]
 */
const [splits = '1000', seed = '1', way = ''] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const classes = { RBC: 6, WBC: 1, Platelets: 2 } as const;
const images = 4;

interface Video {
  readonly name: string;
  /** Of finding an object, by class: hard videos are hard throughout. */
  readonly chance: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, number>>;
  readonly rows: readonly DriftRow[];
}

const videos = Array.from({ length: 240 }, (_, i) => madeVideo(i));
const summary = madeSummary({ images: (videos.length / 2) * images });

const figures = ['recall', 'map50', ...Object.keys(classes).map((name) => `recall.${name}`)];
const changes = figures.map((name) => `  - change of ${name} >= 0`).join('\n');
const byPoint = parseRules(`rules:\n${changes}\n`, 'point');
const byInterval = parseRules(`decide: interval\nrules:\n${changes}\n`, 'interval');
const withDrift = parseRules(`rules:\n${changes}\n  - drift: none\n`, 'drift');

const ways: Readonly<Record<string, (halves: readonly [Video[], Video[]]) => Promise<string>>> = {
  'other images, five changes': (halves) => outcomeOf(byPoint, halves),
  'other images, five changes by interval': (halves) => outcomeOf(byInterval, halves),
  'other images, five changes and drift': async (halves) =>
    outcomeOf(withDrift, halves, await driftOf(halves)),
  'same images, another model as good, five changes': ([half]) => outcomeOf(byPoint, [half, half]),
  'other images, rules init of the first half': async ([first, second]) => {
    const before = runOf(first);
    const rules = parseRules(proposedFile(proposeRules([before]), ['first']), 'rules.yaml');
    return decideRules({ rules, now: runOf(second) }).outcome;
  },
};

console.log(`${splits} splits of ${videos.length} videos of ${images} images, seed ${seed}`);
for (const [name, check] of Object.entries(ways)) {
  if (!name.includes(way)) continue;
  const counts = { pass: 0, fail: 0, undecided: 0 } as Record<string, number>;
  for (let split = 0; split < Number(splits); split++) {
    const outcome = await check(halved());
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  const share = (outcome: string) =>
    `${(((counts[outcome] ?? 0) / Number(splits)) * 100).toFixed(1)} %`;
  console.log(`  ${name.padEnd(52)}failed ${share('fail')}, could not tell ${share('undecided')}`);
  if ((counts.fail ?? 0) > 0.064 * Number(splits)) process.exitCode = 1;
}

async function outcomeOf(
  rules: readonly Rule[],
  [first, second]: readonly [Video[], Video[]],
  drift?: Drift,
): Promise<string> {
  return decideRules({ rules, now: runOf(second), before: runOf(first), drift }).outcome;
}

function runOf(half: readonly Video[]): CheckedRun {
  return checkedRun(summary, evaluationOf(half));
}

/** What a model finds in the videos: anew each time. */
function evaluationOf(half: readonly Video[]): Evaluation {
  const groups = (name: string) =>
    half.map((video) => {
      const labels = video.labels[name] ?? 0;
      let found = 0;
      for (let i = 0; i < labels; i++) if (random() < (video.chance[name] ?? 0)) found++;
      return { name: video.name, found, labels, images };
    });
  return madeEvaluation({
    by: 'video',
    classes: Object.fromEntries(Object.keys(classes).map((name) => [name, groups(name)])),
  });
}

function driftOf([first, second]: readonly [Video[], Video[]]): Promise<Drift> {
  const source = (half: readonly Video[]): DriftSource => ({
    classNames: Object.keys(classes),
    rows: async function* () {
      yield* half;
    },
  });
  return measureDrift(source(first), source(second), { groupOf: (key) => key.split('/')[0] ?? '' });
}

function halved(): [Video[], Video[]] {
  const order = [...videos];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as Video, order[i] as Video];
  }
  return [order.slice(0, order.length / 2), order.slice(order.length / 2)];
}

function madeVideo(index: number): Video {
  const ease = random() ** 0.4;
  const light = random();
  const chance = Object.fromEntries(
    Object.keys(classes).map((name) => [
      name,
      Math.min(1, 0.2 + 0.8 * ease * (0.7 + 0.3 * random())),
    ]),
  );
  const labels = Object.fromEntries(
    Object.entries(classes).map(([name, mean]) => [name, Math.floor(random() * 2 * mean * images)]),
  );
  return {
    name: `v${index}`,
    chance,
    labels,
    rows: Array.from({ length: images }, (_, i) => madeRow(`v${index}/${i}.jpg`, i, light)),
  };
}

function madeRow(key: string, row: number, light: number): DriftRow {
  const near = (share: number) => light * share + random() * (1 - share);
  const found = Math.floor(random() * 9);
  const measures = {
    ...{
      brightness: near(0.8),
      contrast: near(0.6),
      sharpness: near(0.4),
      colorfulness: near(0.7),
    },
    ...{ entropy_fused: near(0.3), center_x_fused: random(), center_y_fused: near(0.2) },
    ...(found > 0 && {
      box_lift_fused: 1 + 3 * near(0.5),
      peak_in_boxes_fused: random() < 0.6 ? 1 : 0,
    }),
  };
  const detections = Array.from({ length: found }, () => ({ classId: Math.floor(random() * 3) }));
  const base = { key, etag: key, sizeBytes: 1000, shard: 0, row, status: 'success' as const };
  return { ...base, measures, geometry: { width: 640, height: 480 }, detections, classScores: [] };
}
