import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { JudgedImage } from '../merge/evaluation-sums.ts';
import type { ObjectRow } from '../result/object-row.ts';

/** Of the image, in the table of objects. */
type Place = Pick<ObjectRow, 'shard' | 'row' | 'key' | 'group'>;

/**
 * What an image of a classifier has in the table of objects: the image as a whole under its class, or, where the first class is not that of the label, a false positive of the one and a
 * miss of the other, in the order of `judged`. No map is held against them: all of the heat lies in the image.
 */
export function classifiedImage(
  judged: JudgedImage['objects'],
  { classScores, labels, geometry }: SampleRow,
  place: Place,
): ObjectRow[] {
  const [top] = classScores;
  const label = labels?.objects[0];
  if (top === undefined || label === undefined) return [];
  const box = geometry ? ([0, 0, geometry.width, geometry.height] as const) : label.box;
  return judged.map(({ outcome, classId, size }) => {
    const common = { ...place, outcome, classId, size, box };
    if (outcome === 'tp') return { ...common, label: 0, score: top.score };
    if (outcome === 'fp')
      return { ...common, cause: 'class', otherClassId: label.classId, score: top.score };
    return { ...common, cause: 'class', otherClassId: top.classId, label: 0 };
  });
}
