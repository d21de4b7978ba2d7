import { evidenceHeat } from '../../maps/evidence-heat.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { readStoredEvidence } from '../../shared/results/stored-evidence.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { pictureMap, withPng } from './card-maps.ts';
import type { CardEvidence } from './gallery-card.ts';

/** Classes that a report's switch offers; more would be a list to search. */
const mostClasses = 6;
/** Their pictures on all cards together stay below this; base64 adds a third. */
const mostBytes = 300_000;

/** The stored evidence of one image as a card shows it; none where the run stored none, or where it cannot be read. */
export async function readCardEvidence(
  store: ObjectStore,
  spec: RunSpec,
  shard: number,
  { evidence, geometry }: SampleRow,
): Promise<CardEvidence[]> {
  if (geometry === undefined) return [];
  const { padding } = spec.options;
  const stored = (await readStoredEvidence(store, spec, { shard, evidence })) ?? [];
  return stored.map((one) => {
    const heat = evidenceHeat(one, gridMask(one, geometry, padding));
    const { map: _, ...figures } = one;
    const picture = pictureMap('evidence', { ...one, map: heat }, geometry);
    return { ...withPng(picture), figures };
  });
}

/**
 * The classes that a switch offers: those on the most cards, at most six and as many as fit the budget of the page; by id. Cards show no others.
 */
export function switchedClasses(cards: readonly { readonly evidence: readonly CardEvidence[] }[]) {
  const classes = new Map<number, { count: number; bytes: number }>();
  for (const { png, figures } of cards.flatMap(({ evidence }) => evidence)) {
    const { count, bytes } = classes.get(figures.classId) ?? { count: 0, bytes: 0 };
    classes.set(figures.classId, { count: count + 1, bytes: bytes + png.length });
  }
  const ranked = [...classes].sort(([a, one], [b, other]) => other.count - one.count || a - b);
  let left = mostBytes;
  const kept: number[] = [];
  for (const [classId, { bytes }] of ranked.slice(0, mostClasses)) {
    if (bytes > left) continue;
    left -= bytes;
    kept.push(classId);
  }
  return kept.sort((a, b) => a - b);
}
