import type { CollectedDrift } from './collect-drift.ts';
import type { DriftExample, DriftTest } from './drift.ts';
import type { NewValues, SharedValues } from './measure-samples.ts';

const mostExamples = 6;

/** Images of the current run that are farthest in the direction of a drift, the farthest first. Where samples differ in spread alone, those farthest from the baseline's median. */
export function driftExamples(
  { current }: CollectedDrift,
  test: Pick<DriftTest, 'of' | 'effect' | 'quantiles'>,
  values: SharedValues | NewValues,
): DriftExample[] {
  const { effect, quantiles } = test;
  const usual = quantiles[0][1];
  const differences = 'differences' in values ? values.differences : undefined;
  const distanceOf = (i: number): number => {
    const distance = differences?.[i] ?? (values.now[i] as number) - usual;
    return Math.abs(effect) < 0.1 ? Math.abs(distance) : distance * Math.sign(effect);
  };
  return farthest(values.slots.length, distanceOf).map((i) => {
    const { key, shard, row } = current.columns.image(values.slots[i] as number);
    const value = values.now[i] as number;
    return { key, shard, row, value, ...(differences && { before: values.before[i] as number }) };
  });
}

/** The first places of the greatest distances, the greatest first: of a hundred thousand images a handful is shown, and none is sorted. */
function farthest(count: number, distanceOf: (i: number) => number): number[] {
  const places: number[] = [];
  const distances: number[] = [];
  for (let i = 0; i < count; i++) {
    const distance = distanceOf(i);
    let at = places.length;
    while (at > 0 && (distances[at - 1] as number) < distance) at -= 1;
    if (at === mostExamples) continue;
    places.splice(at, 0, i);
    distances.splice(at, 0, distance);
    places.length = distances.length = Math.min(places.length, mostExamples);
  }
  return places;
}
