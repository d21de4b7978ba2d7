import { type Extent, KeptBoxes } from './kept-boxes.ts';

export interface CandidateBoxes {
  /** [n, 4] flat: left, top, right, bottom; finite numbers. */
  readonly boxes: Float32Array;
  /** [n]; the boxes are the best first. */
  readonly classIds: Int32Array;
}

/**
 * Greedy suppression within each class: a box falls to a better one that was kept and overlaps it by more than `iouThreshold`, above 0. In float32 as torchvision's
 * nms, and without the offset by which Ultralytics keeps classes apart: it rounds coordinates, and makes boxes of two classes meet that lie 7,680 px apart.
 *
 * @returns positions of all that are kept, best first
 */
export function suppressBoxes(
  { boxes, classIds }: CandidateBoxes,
  iouThreshold: number,
): Int32Array {
  const isKept = new Uint8Array(classIds.length);
  const kept = new KeptBoxes(classIds.length, extentOf(boxes), iouThreshold);
  for (const members of byClass(classIds)) {
    kept.clear();
    for (const index of members) if (kept.offer(boxes, 4 * index)) isKept[index] = 1;
  }
  return classIds.map((_, index) => index).filter((index) => isKept[index] === 1);
}

function extentOf(boxes: Float32Array): Extent {
  let [left, top] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [right, bottom] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < boxes.length; at += 4) {
    const x = (boxes[at]! + boxes[at + 2]!) / 2;
    const y = (boxes[at + 1]! + boxes[at + 3]!) / 2;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, top, right, bottom };
}

/** Positions of each class, in their order. */
export function byClass(classIds: Int32Array): Iterable<number[]> {
  const members = new Map<number, number[]>();
  for (let index = 0; index < classIds.length; index++) {
    const classId = classIds[index]!;
    const known = members.get(classId);
    if (known === undefined) members.set(classId, [index]);
    else known.push(index);
  }
  return members.values();
}
