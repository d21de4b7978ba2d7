import { counted } from '../../report/words/wording.ts';
import { fewestGroups, fewGroups } from '../../shared/intervals/grouped-interval.ts';
import type { CollectedDrift } from './collect-drift.ts';
import type { DriftSplit } from './measure-samples.ts';
import { fewestUnits } from './measure-tests.ts';

/** Below so many units only large shifts can be seen. */
const fewUnits = 30;

/** What a comparison does not cover, as sentences. */
export function driftNotes(
  { identity, baseline, current, leftOut }: CollectedDrift,
  { shared, added }: DriftSplit,
  groups: readonly [number, number] | undefined,
): string[] {
  const notes: string[] = [];
  for (const [name, { columns, failed }] of [
    ['baseline', baseline],
    ['current run', current],
  ] as const) {
    if (columns.distinct > columns.size) {
      notes.push(
        `Of the ${name}, ${counted(columns.size, 'image')} of about ${counted(columns.distinct, 'distinct one')} are compared, chosen by the hash of their content.`,
      );
    }
    if (failed > 0) notes.push(`Left out of the ${name}: ${counted(failed, 'failed image')}.`);
  }
  if (identity === 'etag') {
    notes.push(
      'A run is too old to know the pixels of its images, so equal ones are known by their etags alone, which a copied folder changes.',
    );
  }
  if (leftOut > 0)
    notes.push(
      `${counted(leftOut, 'further class', 'further classes')} are compared with nothing.`,
    );
  notes.push(...smallNotes(shared.now.length, added.length, groups));
  return notes;
}

function smallNotes(
  shared: number,
  added: number,
  groups: readonly [number, number] | undefined,
): string[] {
  if (groups !== undefined) {
    const least = Math.min(...groups);
    if (least < fewestGroups)
      return [
        `A test takes at least ${fewestGroups} groups of each run; there are ${groups[0]} and ${groups[1]}.`,
      ];
    return least < fewGroups ? [`With ${least} groups only large shifts can be seen.`] : [];
  }
  const notes: string[] = [];
  if (added > 0 && added < fewestUnits)
    notes.push(`${counted(added, 'new image')} ${added === 1 ? 'is' : 'are'} too few to test.`);
  else if (added >= fewestUnits && added < fewUnits)
    notes.push(`With ${counted(added, 'new image')} only large shifts can be seen.`);
  if (added === 0 && shared > 0)
    notes.push(
      'Every image of the current run is one of the baseline: inputs cannot have changed.',
    );
  return notes;
}
