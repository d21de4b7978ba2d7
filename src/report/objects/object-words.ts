import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import { scoreWords } from '../findings/score-words.ts';
import { shortClassName } from '../words/class-words.ts';
import { figure } from '../words/wording.ts';

/** What a crop is called: its score, or that there is none. */
export function scoreOf({ outcome, score }: ObjectRow): string {
  if (outcome === 'fn') return 'not found';
  return score === undefined ? 'no score' : scoreWords(score);
}

/** Why a box is a false positive, or why a label has none: "labeled WBC, IoU 0.62". */
export function causeWords(object: ObjectRow, classNames: readonly string[]): string {
  const { outcome, cause, otherClassId, iou } = object;
  const overlap = iou === undefined ? '' : `, IoU ${scoreWords(iou)}`;
  const other =
    otherClassId === undefined
      ? 'another class'
      : shortClassName({ classId: otherClassId, name: classNames[otherClassId] ?? '' });
  if (outcome === 'fn') {
    const words = {
      background: 'no box there',
      class: `found as ${other}${overlap}`,
      place: `a box beside it${overlap}`,
      duplicate: 'its box has another label',
    };
    return words[cause ?? 'background'];
  }
  const words = {
    background: 'no label there',
    class: `labeled ${other}${overlap}`,
    place: `a label beside it${overlap}`,
    duplicate: `second box of a label${overlap}`,
  };
  return words[cause ?? 'background'];
}

/** "evidence 3.2 times even, 1.1 in other images". */
export function evidenceWords({ trust }: ObjectRow): string {
  const { lift, otherImagesLift } = trust ?? {};
  if (lift === undefined) return 'evidence not measured';
  const other = otherImagesLift === undefined ? '' : `, ${figure(otherImagesLift)} in other images`;
  return `evidence ${figure(lift)} times even${other}`;
}
