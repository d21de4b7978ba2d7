import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { galleryIds, type ScoredClass, scoredClasses } from '../findings/evaluation-parts.ts';
import { type ClassPair, largestConfusions } from '../findings/largest-confusions.ts';

/** What the objects of one gallery have in common. */
export interface ObjectGroup {
  /** Of its heading: what counts and sentences link to. */
  readonly id: string;
  readonly kind: 'false-positives' | 'misses' | 'confusions';
  /** Of the boxes, or of the labels that have none. */
  readonly classId: number;
  /** What the labels say of confused boxes. */
  readonly labeledClassId?: number;
  /** How many the run has. */
  readonly count: number;
  /** How many are shown. */
  readonly shown: number;
}

/** Objects of all galleries together: the size of a page does not follow the number of classes. */
const mostObjects = 144;
/** Of one gallery. */
const mostOfGroup = 24;
/** Where there are many galleries, each has at least as many, and the rarest are left out. */
const fewestOfGroup = 6;
const mostPairs = 6;

/**
 * Which galleries a report has: for each class its false positives and its misses, then the most frequent confusions. Where they would be too many, those with the
 * most objects; false positives of one class and its misses are neighbors.
 */
export function objectGroups(evaluation: Evaluation): ObjectGroup[] {
  const { detection, classification } = evaluation;
  const confusions = detection?.confusions ?? classification?.confusions ?? [];
  const pairs = largestConfusions(confusions, mostPairs).map(pairGroup);
  // Of a classifier a miss of one class is a false positive of another: each image once.
  const isShown = ({ kind, count }: ObjectGroup) =>
    count > 0 && (classification === undefined || kind !== 'misses');
  const all = [...scoredClasses(evaluation).flatMap(classGroups), ...pairs].filter(isShown);
  const kept = new Set(
    [...all].sort((a, b) => b.count - a.count).slice(0, mostObjects / fewestOfGroup),
  );
  const groups = all.filter((group) => kept.has(group));
  return withShares(groups);
}

function classGroups({
  classId,
  fp,
  fn,
}: Pick<ScoredClass, 'classId' | 'fp' | 'fn'>): ObjectGroup[] {
  return [
    {
      ...{ id: galleryIds.falsePositives(classId), kind: 'false-positives', classId },
      ...{ count: fp, shown: 0 },
    },
    {
      ...{ id: galleryIds.misses(classId), kind: 'misses', classId },
      ...{ count: fn, shown: 0 },
    },
  ];
}

function pairGroup({ predicted, labeled, count }: ClassPair): ObjectGroup {
  return {
    ...{ id: galleryIds.confused(predicted, labeled), kind: 'confusions', classId: predicted },
    ...{ labeledClassId: labeled, count, shown: 0 },
  };
}

/** Small groups are shown whole; the others share evenly what is left, up to the most that one may have. */
function withShares(groups: readonly ObjectGroup[]): ObjectGroup[] {
  let left = mostObjects;
  let waiting = groups.length;
  const shares = new Map<ObjectGroup, number>();
  for (const group of [...groups].sort((a, b) => a.count - b.count)) {
    const shown = Math.min(group.count, mostOfGroup, Math.floor(left / waiting));
    shares.set(group, shown);
    left -= shown;
    waiting--;
  }
  return groups.map((group) => ({ ...group, shown: shares.get(group) ?? 0 }));
}
