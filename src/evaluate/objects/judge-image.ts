import type { Detection, Xyxy } from '../../shared/run/detection.ts';
import {
  countedObjects,
  type LabeledObject,
  type SampleLabels,
} from '../../shared/run/labels/sample-labels.ts';
import type { Cause, ObjectRow, ObjectSize } from '../result/object-row.ts';

/** What becomes of one detection or missed label; the place of its image is added by the caller. */
export type JudgedObject = Omit<ObjectRow, 'shard' | 'row' | 'key' | 'group' | 'trust'>;

export interface ImageToJudge {
  /** Best first. */
  readonly detections: readonly Detection[];
  /** `undefined` and `unusable`: nobody knows what is in the image. */
  readonly labels: SampleLabels | undefined;
  /** Overlap of every detection with every object, [detections, objects], in [0, 1]. */
  overlap(detections: readonly Detection[], objects: readonly LabeledObject[]): Float64Array;
  readonly iouThreshold: number;
}

/** Nearer than this a box is about the object, and only its place is poor: TIDE's background threshold (Bolya 2020). */
const nearby = 0.1;
/** A crowd holds a detection of which it covers this much. */
const inCrowd = 0.5;

/**
 * Matches detections with labels, as COCO and Ultralytics since 8.4.176 do: in order of confidence, each takes the label of its class with the greatest overlap
 * that nobody took, from `iouThreshold` on. What lies in a crowd of its class is judged neither way, as COCO has it.
 *
 * @returns Detections in their order, then the labels that none took, in theirs.
 */
export function judgeImage(image: ImageToJudge): JudgedObject[] {
  const { detections, labels, iouThreshold } = image;
  if (labels === undefined || labels.status === 'unusable') {
    return detections.map((one, detection) => ofDetection('unjudged', one, detection));
  }
  const objects = labels.objects.map((object, label) => ({ object, label }));
  const counted = objects.filter(({ object }) => object.crowd !== true);
  const overlap = image.overlap(detections, countedObjects(labels));
  const pairs = new Pairs({ detections, objects: counted, overlap, iouThreshold });
  const crowds = objects.flatMap(({ object }) => (object.crowd === true ? [object] : []));
  return [
    ...detections.map((one, detection) => {
      const taken = pairs.labelOf(detection);
      if (taken !== undefined) return pairs.found(detection, taken);
      if (crowds.some((crowd) => lies(one, crowd))) return ofDetection('unjudged', one, detection);
      return pairs.false(detection);
    }),
    ...counted.flatMap((_, index) => (pairs.isTaken(index) ? [] : [pairs.missed(index)])),
  ];
}

interface Judged {
  readonly detections: readonly Detection[];
  /** Crowds left out; `label` is the place among all labels of the row. */
  readonly objects: readonly { readonly object: LabeledObject; readonly label: number }[];
  readonly overlap: Float64Array;
  readonly iouThreshold: number;
}

interface Best {
  readonly index: number;
  readonly iou: number;
}

class Pairs {
  readonly #judged: Judged;
  /** By detection, and by object. */
  readonly #labels = new Map<number, number>();
  readonly #taken = new Set<number>();

  constructor(judged: Judged) {
    this.#judged = judged;
    const { detections, iouThreshold } = judged;
    const order = detections.map((_, index) => index);
    order.sort((a, b) => (detections[b]?.score ?? 0) - (detections[a]?.score ?? 0) || a - b);
    for (const detection of order) {
      const best = this.#best(detection, (object, classId) => {
        return classId === detections[detection]?.classId && !this.#taken.has(object);
      });
      if (best === undefined || best.iou < iouThreshold) continue;
      this.#labels.set(detection, best.index);
      this.#taken.add(best.index);
    }
  }

  labelOf(detection: number): number | undefined {
    return this.#labels.get(detection);
  }

  isTaken(object: number): boolean {
    return this.#taken.has(object);
  }

  found(detection: number, object: number): JudgedObject {
    const { detections, objects } = this.#judged;
    const one = detections[detection] as Detection;
    const { object: labeled, label } = objects[object] as Judged['objects'][number];
    return {
      ...ofDetection('tp', one, detection),
      ...{ size: sizeOf(labeled.box), label, labelBox: labeled.box },
      iou: this.#iou(detection, object),
    };
  }

  false(detection: number): JudgedObject {
    const { detections, objects } = this.#judged;
    const one = detections[detection] as Detection;
    const own = this.#best(detection, (_, classId) => classId === one.classId);
    const other = this.#best(detection, (_, classId) => classId !== one.classId);
    const { cause, best } = this.#causeOf(own, other);
    const near = best && objects[best.index];
    return {
      ...ofDetection('fp', one, detection),
      cause,
      ...(best && { iou: best.iou }),
      ...(near && { label: near.label, labelBox: near.object.box }),
      ...(near && cause === 'class' && { otherClassId: near.object.classId }),
    };
  }

  missed(object: number): JudgedObject {
    const { detections, objects } = this.#judged;
    const { object: labeled, label } = objects[object] as Judged['objects'][number];
    const { classId, box } = labeled;
    const own = this.#bestOf(object, (one) => one.classId === classId);
    const other = this.#bestOf(object, (one) => one.classId !== classId);
    const { cause, best } = this.#causeOf(own, other);
    const near = best && detections[best.index];
    return {
      ...{ outcome: 'fn', cause, classId, size: sizeOf(box), label, box, labelBox: box },
      ...(best && { iou: best.iou, detection: best.index }),
      ...(near && cause === 'class' && { otherClassId: near.classId }),
    };
  }

  /** Of its own class and near enough, the other one is taken: a box or a label too many. */
  #causeOf(own: Best | undefined, other: Best | undefined): { cause: Cause; best?: Best } {
    const { iouThreshold } = this.#judged;
    if (own !== undefined && own.iou >= iouThreshold) return { cause: 'duplicate', best: own };
    if (other !== undefined && other.iou >= iouThreshold) return { cause: 'class', best: other };
    if (own !== undefined && own.iou >= nearby) return { cause: 'place', best: own };
    const best = (own?.iou ?? 0) >= (other?.iou ?? 0) ? own : other;
    return { cause: 'background', ...(best && best.iou > 0 && { best }) };
  }

  #iou(detection: number, object: number): number {
    const { overlap, objects } = this.#judged;
    return overlap[detection * objects.length + object] ?? 0;
  }

  /** The object that a detection overlaps most; the first of equals. */
  #best(detection: number, fits: (object: number, classId: number) => boolean): Best | undefined {
    let best: Best | undefined;
    const { objects, overlap } = this.#judged;
    for (let index = 0; index < objects.length; index++) {
      const iou = overlap[detection * objects.length + index] ?? 0;
      if (best !== undefined && !(iou > best.iou)) continue;
      if (fits(index, objects[index]?.object.classId ?? -1)) best = { index, iou };
    }
    return best;
  }

  #bestOf(object: number, fits: (one: Detection) => boolean): Best | undefined {
    let best: Best | undefined;
    const { detections } = this.#judged;
    for (let index = 0; index < detections.length; index++) {
      const iou = this.#iou(index, object);
      if (best !== undefined && !(iou > best.iou)) continue;
      if (fits(detections[index] as Detection)) best = { index, iou };
    }
    return best;
  }
}

function ofDetection(
  outcome: JudgedObject['outcome'],
  { classId, score, box }: Detection,
  detection: number,
): JudgedObject {
  return { outcome, classId, size: sizeOf(box), detection, score, box };
}

/** COCO's sizes, in pixels of the original image. */
function sizeOf([left, top, right, bottom]: Xyxy): ObjectSize {
  const area = (right - left) * (bottom - top);
  if (area < 32 ** 2) return 'small';
  return area < 96 ** 2 ? 'medium' : 'large';
}

/** COCO measures by the detection's own area what a crowd covers of it. */
function lies({ box, classId }: Detection, crowd: LabeledObject): boolean {
  if (crowd.classId !== classId) return false;
  const [left, top, right, bottom] = box;
  const across = Math.min(right, crowd.box[2]) - Math.max(left, crowd.box[0]);
  const down = Math.min(bottom, crowd.box[3]) - Math.max(top, crowd.box[1]);
  const area = (right - left) * (bottom - top);
  return across > 0 && down > 0 && across * down >= inCrowd * area;
}
