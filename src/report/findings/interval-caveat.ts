import { groupRules } from '../../evaluate/objects/image-group.ts';
import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { counted } from '../words/wording.ts';

/** Groups below which there is no interval, and below which one is rough. */
const fewest = { any: 5, sound: 10 };

/** What the intervals of an evaluation rest on, or why there are none, as sentences. */
export function intervalCaveat({ by, count }: Evaluation['groups']): string {
  const groups = `${counted(count, 'group')} (${by})`;
  if (count < fewest.any) {
    return `No intervals: there ${count === 1 ? 'is' : 'are'} ${groups}, and fewer than ${fewest.any} tell no spread.`;
  }
  const few = count < fewest.sound ? ` Fewer than ${fewest.sound}: take them as rough.` : '';
  const whole =
    by === 'image'
      ? ' They hold where images are independent: of frames of a video or pictures of one patient, name the groups (--group).'
      : '';
  return `Ranges are 95 % intervals over ${groups}.${few}${whole}`;
}

/** That a pattern groups nothing, as a sentence; `undefined` where it does, or where nobody gave one. */
export function idleGroupCaveat({ groups, labels }: Evaluation): string | undefined {
  const { by, count } = groups;
  if (groupRules.some((rule) => rule === by)) return undefined;
  const images = labels.labeled + labels.background;
  if (images < 2 || count < images) return undefined;
  return `--group ${JSON.stringify(by)} puts no two images together: each stands for itself. Check the pattern against the names of the images.`;
}

/** What must be said of groups in a few lines: why there is no interval or a rough one, and a pattern without effect. */
export function groupRemarks(evaluation: Evaluation): string[] {
  const { groups } = evaluation;
  const few = groups.count < fewest.sound ? intervalCaveat(groups) : undefined;
  return [few, idleGroupCaveat(evaluation)].filter((one) => one !== undefined);
}
