import type { Headline } from '../../../report/summary/summary-schema.ts';
import { counted, wholeNumber } from '../../../report/words/wording.ts';
import type { ComparisonStep } from '../comparison.ts';

/** Which images both runs have: "27 images are the same in both runs; 33 are in the former only; 3 pictures are in both under other names." */
export function imagesLine({ images, kind, drift }: ComparisonStep): Headline {
  const { unchanged, changed, onlyFrom, onlyTo } = images;
  const renamed = Math.max(0, (drift?.shared ?? 0) - unchanged);
  const parts = [
    unchanged === 0
      ? `No image is the same ${renamed > 0 ? 'by name ' : ''}in both runs`
      : `${counted(unchanged, 'image')} ${verb(unchanged)} the same in both runs`,
    ...(changed > 0
      ? [
          `${wholeNumber(changed)} ${changed === 1 ? 'has' : 'have'} other pixels under the same name`,
        ]
      : []),
    ...(onlyFrom > 0 ? [`${wholeNumber(onlyFrom)} ${verb(onlyFrom)} in the former only`] : []),
    ...(onlyTo > 0 ? [`${wholeNumber(onlyTo)} ${verb(onlyTo)} in the latter only`] : []),
    ...(renamed > 0
      ? [`${counted(renamed, 'picture')} ${verb(renamed)} in both under other names`]
      : []),
  ];
  const tone = kind === 'same-pictures' ? 'note' : 'look';
  return { text: `${parts.join('; ')}.`, proof: 'method', tone };
}

function verb(count: number): string {
  return count === 1 ? 'is' : 'are';
}
