import { benjaminiHochberg } from '../tests/benjamini-hochberg.ts';
import { type CollectedDrift, collectDrift } from './collect-drift.ts';
import {
  type Drift,
  type DriftFamily,
  type DriftMeasure,
  type DriftTest,
  type DriftVerdict,
  driftFamilies,
} from './drift.ts';
import { driftExamples } from './drift-examples.ts';
import { driftNotes } from './drift-notes.ts';
import type { DriftSource } from './drift-row.ts';
import { driftSentence } from './drift-words.ts';
import { type DriftKind, driftKind } from './measure-kind.ts';
import {
  type DriftSplit,
  type NewValues,
  newValues,
  type SharedValues,
  sharedValues,
  splitImages,
} from './measure-samples.ts';
import {
  type RawTest,
  type TestOutcome,
  testNew,
  testNewGroups,
  testShared,
  testSharedGroups,
} from './measure-tests.ts';

export interface DriftOptions {
  /** Name of an image's group, by its key; then groups are the unit, and their means are tested. */
  readonly groupOf?: ((key: string) => string) | undefined;
  /** Of the discoveries of one comparison; 0.05. */
  readonly falseDiscoveryRate?: number;
  /** What is tested; all by default. Where the models differ, only `inputs` tell of the images. */
  readonly families?: readonly DriftFamily[];
  /** Most distinct images of a run. */
  readonly cap?: number;
}

const usualRate = 0.05;

/**
 * Compares the images of two runs: their pixels, what is found, how surely, and where the model looks. Images that both hold are compared in pairs, those that only `current` holds with all of
 * the baseline; each distinct content counts once, and with `groupOf` each group. All tests are one family (Benjamini, Hochberg), so that a comparison where nothing
 * changed raises an alarm in 5 of 100 cases, whatever is measured. Both sources are read once, in constant memory.
 */
export async function measureDrift(
  baseline: DriftSource,
  current: DriftSource,
  options: DriftOptions = {},
): Promise<Drift> {
  return driftOf(await collectDrift(baseline, current, options.cap), options);
}

/** One measure with its tests before they are adjusted. */
interface TestedMeasure {
  readonly name: string;
  readonly kind: DriftKind;
  readonly outcomes: readonly {
    readonly outcome: TestOutcome;
    /** Taken again where they are shown: those of a hundred measures of a hundred thousand images would be 600 MB. */
    readonly values: () => SharedValues | NewValues;
  }[];
}

/** The comparison of what was collected. */
export function driftOf(collected: CollectedDrift, options: DriftOptions = {}): Drift {
  const { falseDiscoveryRate = usualRate, families: asked = driftFamilies } = options;
  const split = splitImages(collected);
  const names = new Set([...collected.baseline.columns.names, ...collected.current.columns.names]);
  const tested = [...names]
    .sort()
    .filter((name) => asked.includes(driftKind(name).family))
    .map((name) => testMeasure(collected, split, name, options));
  const raw = tested.flatMap(({ outcomes }) => outcomes.flatMap(({ outcome }) => testOf(outcome)));
  const adjusted = benjaminiHochberg(raw.map(({ p }) => p));
  const adjustedOf = new Map(raw.map((test, i) => [test, adjusted[i] as number]));
  const measures = tested
    .map((one) => measureOf(collected, one, adjustedOf, falseDiscoveryRate))
    .filter(({ tests }) => tests.length > 0)
    .sort(byFamilyAndP);
  const families = driftFamilies.flatMap((family) => familyOf(family, tested, measures));
  const verdict = verdictOf(families.map(({ verdict: one }) => one));
  const { baseline, current, identity } = collected;
  const groups = groupCounts(collected, options);
  return {
    schema: 'drift@1',
    ...{ baseline: countsOf(baseline), current: countsOf(current) },
    ...{ shared: split.shared.now.length, new: split.added.length, identity },
    unit: groups === undefined ? 'image' : 'group',
    ...(groups && { groups }),
    ...{ falseDiscoveryRate, tests: raw.length, families, verdict },
    sentences: measures.flatMap(({ sentence }) => sentence ?? []),
    notes: driftNotes(collected, split, groups),
    measures,
    unchanged: tested.filter(isUnchanged).map(({ name }) => name),
  };
}

/** Compared with enough images, and nothing differs. */
function isUnchanged({ outcomes }: TestedMeasure): boolean {
  const all = outcomes.map(({ outcome }) => outcome);
  return all.includes('same') && all.every((outcome) => typeof outcome === 'string');
}

function countsOf({ images, failed, columns }: CollectedDrift['current']): Drift['current'] {
  return { images, failed, distinct: columns.distinct, compared: columns.size };
}

function testOf(outcome: TestOutcome): RawTest[] {
  return typeof outcome === 'string' ? [] : [outcome];
}

function testMeasure(
  collected: CollectedDrift,
  split: DriftSplit,
  name: string,
  { groupOf }: DriftOptions,
): TestedMeasure {
  const kind = driftKind(name);
  const { baseline, current } = collected;
  const values = {
    shared: () => sharedValues(collected, split, name, kind.scale),
    added: () => newValues(collected, split, name),
  };
  const [shared, added] = [values.shared(), values.added()];
  if (groupOf === undefined) {
    const outcomes = [
      { outcome: testShared(shared, kind.scale), values: values.shared },
      { outcome: testNew(added, kind.scale), values: values.added },
    ];
    return { name, kind, outcomes };
  }
  const now = (slots: Uint32Array) =>
    Array.from(slots, (slot) => groupOf(current.columns.image(slot).key));
  const before = Array.from(added.beforeSlots, (slot) => groupOf(baseline.columns.image(slot).key));
  const outcomes = [
    { outcome: testSharedGroups(shared, now(shared.slots)), values: values.shared },
    { outcome: testNewGroups(added, { before, now: now(added.slots) }), values: values.added },
  ];
  return { name, kind, outcomes };
}

function measureOf(
  collected: CollectedDrift,
  { name, kind, outcomes }: TestedMeasure,
  adjustedOf: ReadonlyMap<RawTest, number>,
  rate: number,
): DriftMeasure {
  const tests = outcomes.flatMap(({ outcome, values }) =>
    testOf(outcome).map((test) => ({
      test: { ...test, adjusted: adjustedOf.get(test) ?? 1 },
      values,
    })),
  );
  const [first] = [...tests].sort((a, b) => a.test.adjusted - b.test.adjusted);
  const drifted = first !== undefined && first.test.adjusted <= rate;
  return {
    ...{ measure: name, family: kind.family, words: kind.words },
    tests: tests.map(({ test }): DriftTest => test),
    drifted,
    ...(drifted && { sentence: driftSentence({ measure: name }, first.test) }),
    examples: drifted ? driftExamples(collected, first.test, first.values()) : [],
  };
}

function byFamilyAndP(a: DriftMeasure, b: DriftMeasure): number {
  const place = ({ family }: DriftMeasure) => driftFamilies.indexOf(family);
  const least = ({ tests }: DriftMeasure) => Math.min(...tests.map(({ p }) => p));
  return place(a) - place(b) || least(a) - least(b) || (a.measure < b.measure ? -1 : 1);
}

function familyOf(
  family: DriftFamily,
  tested: readonly TestedMeasure[],
  measures: readonly DriftMeasure[],
): Drift['families'] {
  const own = tested.filter(({ kind }) => kind.family === family);
  if (own.length === 0) return [];
  const drifted = measures.filter((one) => one.family === family && one.drifted).length;
  const isCompared = own.some(({ outcomes }) =>
    outcomes.some(({ outcome }) => outcome !== 'too few'),
  );
  const calm = isCompared ? 'no drift' : 'could not tell';
  const verdict = drifted > 0 ? 'drift' : calm;
  return [{ family, verdict, measures: own.length, drifted }];
}

function verdictOf(families: readonly DriftVerdict[]): DriftVerdict {
  if (families.includes('drift')) return 'drift';
  return families.includes('no drift') ? 'no drift' : 'could not tell';
}

function groupCounts(
  { baseline, current }: CollectedDrift,
  { groupOf }: DriftOptions,
): [number, number] | undefined {
  if (groupOf === undefined) return undefined;
  const count = ({ columns }: CollectedDrift['current']) =>
    new Set(Array.from(columns.hashes, (_, slot) => groupOf(columns.image(slot).key))).size;
  return [count(baseline), count(current)];
}
