import type { Detection } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/label.ts';
import type { Cause, ObjectSize, Outcome } from '../result/object-row.ts';
import { boxOverlaps } from './box-overlap.ts';
import { matchedObjects } from './input-labels.ts';
import { objectSize } from './object-size.ts';
import { rotatedOverlaps } from './rotated-overlap.ts';

/** One detection with or without its label, or a label without a detection. */
export interface ObjectMatch {
  readonly outcome: Outcome;
  /** Of a false positive or a miss. */
  readonly cause?: Cause;
  /** Of the detection, else of the label. */
  readonly classId: number;
  /** Of the best other box, where that is of another class and more than background. */
  readonly otherClassId?: number;
  /** Of the label where there is one, else of the detection. */
  readonly size: ObjectSize;
  /** Index in the image's detections, and in its labels. */
  readonly detection?: number;
  readonly label?: number;
  readonly score?: number;
  /** With its label; of a false positive or a miss with the best other one, of whatever class; absent where nothing overlaps. */
  readonly iou?: number;
}

/** Below it a box is on nothing: the limit of TIDE (Bolya et al. 2020), as everywhere else here inclusive. */
export const backgroundIou = 0.1;

/** A part of a detection at least this large in a crowd makes it one of the crowd, as COCO has it. */
const crowdPart = 0.5;

/**
 * What became of an image's detections and labels at the run's own threshold: in order of confidence, each detection takes the unclaimed label of its own
 * class that it overlaps most, if by `iouThreshold` or more. Detections come first, in their order, then the misses. In pixels of the original image, by rotated boxes
 * where detections have such, else by boxes.
 *
 * Crowds are no labels. A detection without a label that lies half in a crowd of its class is `unjudged`: nobody knows which of its objects it is.
 *
 * Causes, the first that holds. Of a false positive: `duplicate`, it overlaps a label of its class that a surer one has; `class`, it overlaps one of another
 * class; `place`, it touches one (IoU 0.1 or more); else `background`. Of a miss: `class`, a detection of another class is on it; `duplicate`, one of its class
 * is, and has another label; `place`, one touches it; else `background`.
 */
export function matchObjects(
  detections: readonly Detection[],
  labels: readonly LabeledObject[],
  iouThreshold = 0.5,
): ObjectMatch[] {
  const counted = matchedObjects(labels);
  const table = overlapTable(detections, labels, counted);
  const taken = takenLabels(table, { detections, labels }, iouThreshold);
  const crowds = labels.filter(({ crowd }) => crowd === true);
  const holder = new Map([...taken].map(([detection, place]) => [place, detection]));
  const image = { detections, labels, table, iouThreshold };
  const found = detections.map((detection, i): ObjectMatch => {
    const place = taken.get(i);
    if (place === undefined) return unmatchedDetection(image, i, crowds);
    const label = counted[place]!;
    return {
      outcome: 'tp',
      classId: detection.classId,
      size: objectSize(labels[label]!),
      detection: i,
      label,
      score: detection.score,
      iou: table.at(place, i),
    };
  });
  const missed = counted.flatMap((_, place) =>
    holder.has(place) ? [] : [unmatchedLabel(image, place)],
  );
  return [...found, ...missed];
}

/** IoU of each counted label with each detection. */
interface OverlapTable {
  /** Indexes of the labels. */
  readonly counted: readonly number[];
  at(place: number, detection: number): number;
}

function overlapTable(
  detections: readonly Detection[],
  labels: readonly LabeledObject[],
  counted: readonly number[],
): OverlapTable {
  const own = counted.map((i) => labels[i]!);
  const isRotated =
    detections.every(({ rotated }) => rotated) && own.every(({ rotated }) => rotated);
  const overlaps = isRotated
    ? rotatedOverlaps(rotatedOf(own), rotatedOf(detections))
    : boxOverlaps(boxesOf(own), boxesOf(detections));
  return { counted, at: (place, i) => overlaps[place * detections.length + i]! };
}

function boxesOf(objects: readonly Pick<Detection, 'box'>[]): Float32Array {
  return Float32Array.from(objects.flatMap(({ box }) => box));
}

function rotatedOf(objects: readonly Pick<Detection, 'rotated'>[]): Float32Array {
  return Float32Array.from(
    objects.flatMap(({ rotated: one }) =>
      one ? [one.centerX, one.centerY, one.width, one.height, one.angle] : [],
    ),
  );
}

interface Image {
  readonly detections: readonly Detection[];
  readonly labels: readonly LabeledObject[];
}

interface JudgedImage extends Image {
  readonly table: OverlapTable;
  readonly iouThreshold: number;
}

/** Detection -> place of its label in `counted`. */
function takenLabels(
  { counted, at }: OverlapTable,
  { detections, labels }: Image,
  iouThreshold: number,
): Map<number, number> {
  const taken = new Map<number, number>();
  const claimed = new Set<number>();
  const surest = detections
    .map((_, i) => i)
    .sort((a, b) => detections[b]!.score - detections[a]!.score || a - b);
  for (const i of surest) {
    let best: number | undefined;
    for (const [place, label] of counted.entries()) {
      if (claimed.has(place) || labels[label]!.classId !== detections[i]!.classId) continue;
      if (at(place, i) < iouThreshold) continue;
      if (best === undefined || at(place, i) > at(best, i)) best = place;
    }
    if (best === undefined) continue;
    taken.set(i, best);
    claimed.add(best);
  }
  return taken;
}

function unmatchedDetection(
  { detections, labels, table, iouThreshold }: JudgedImage,
  i: number,
  crowds: readonly LabeledObject[],
): ObjectMatch {
  const { classId, score, box } = detections[i]!;
  const others = table.counted.map((label, place) => ({
    classId: labels[label]!.classId,
    iou: table.at(place, i),
  }));
  const isOfCrowd = crowds.some(
    (crowd) => crowd.classId === classId && partInside(box, crowd.box) >= crowdPart,
  );
  const base = { classId, size: objectSize(detections[i]!), detection: i, score };
  if (isOfCrowd) return { outcome: 'unjudged', ...base };
  return {
    outcome: 'fp',
    ...base,
    ...causeOf(classId, others, ['duplicate', 'class'], iouThreshold),
  };
}

function unmatchedLabel(
  { detections, labels, table, iouThreshold }: JudgedImage,
  place: number,
): ObjectMatch {
  const label = table.counted[place]!;
  const object = labels[label]!;
  const others = detections.map((detection, i) => ({
    classId: detection.classId,
    iou: table.at(place, i),
  }));
  return {
    outcome: 'fn',
    classId: object.classId,
    size: objectSize(object),
    label,
    ...causeOf(object.classId, others, ['class', 'duplicate'], iouThreshold),
  };
}

interface Other {
  readonly classId: number;
  readonly iou: number;
}

/** The box that explains the cause best is the one whose class and overlap are told. */
function causeOf(
  classId: number,
  others: readonly Other[],
  order: readonly ('class' | 'duplicate')[],
  iouThreshold: number,
): Pick<ObjectMatch, 'cause' | 'otherClassId' | 'iou'> {
  const best = (among: readonly Other[]) =>
    among.reduce<Other | undefined>(
      (a, b) => (a === undefined || b.iou > a.iou ? b : a),
      undefined,
    );
  const told = (cause: Cause, other: Other) => ({
    cause,
    ...(other.classId !== classId && { otherClassId: other.classId }),
    iou: other.iou,
  });
  for (const cause of order) {
    const isSame = cause === 'duplicate';
    const other = best(others.filter((one) => (one.classId === classId) === isSame));
    if (other && other.iou >= iouThreshold) return told(cause, other);
  }
  const other = best(others);
  if (other && other.iou >= backgroundIou) return told('place', other);
  return { cause: 'background', ...(other && other.iou > 0 && { iou: other.iou }) };
}

/** Part of a box that lies in another. */
function partInside([left, top, right, bottom]: Detection['box'], other: Detection['box']): number {
  const width = Math.min(right, other[2]) - Math.max(left, other[0]);
  const height = Math.min(bottom, other[3]) - Math.max(top, other[1]);
  const area = (right - left) * (bottom - top);
  return area > 0 && width > 0 && height > 0 ? (width * height) / area : 0;
}
