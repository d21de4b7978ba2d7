import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { JudgedImage } from '../merge/evaluation-sums.ts';

type Ranked = Pick<JudgedImage, 'objects' | 'confusions' | 'ranked'>;

const five = 5;

/** Sets the classes of an image beside that of its label: a hit, or a false positive of the one and a miss of the other. */
export function rankClasses({ labels, classScores }: SampleRow): Ranked {
  const [label] = labels?.objects ?? [];
  const [top] = classScores;
  if (labels?.status !== 'labeled' || label === undefined || top === undefined) {
    return { objects: [], confusions: [] };
  }
  const { classId } = label;
  const isTop = top.classId === classId;
  const size = 'large' as const;
  return {
    objects: isTop
      ? [{ outcome: 'tp', classId, size }]
      : [
          { outcome: 'fp', classId: top.classId, size },
          { outcome: 'fn', classId, size },
        ],
    confusions: [[top.classId, classId]],
    ranked: {
      top1: isTop,
      top5: classScores.slice(0, five).some((one) => one.classId === classId),
    },
  };
}
