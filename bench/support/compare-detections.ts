import type { Detection } from '../../src/shared/run/detection.ts';
import type { ReferenceImage } from './export-reference.ts';
import { outlinesOverlap } from './polygon-overlap.ts';

/** How an export's detections compare with Ultralytics', over images. */
export interface DetectionComparison {
  /** Of Ultralytics. */
  objects: number;
  /** Missing or extra, whichever are more in an image: one that lies elsewhere is both. */
  differing: number;
  /** Of the objects that both have, the worst of each. */
  overlap: number;
  score: number;
  keypointPixels: number;
  angle: number;
  maskOverlap: number;
}

export function noDetections(): DetectionComparison {
  return {
    ...{ objects: 0, differing: 0, overlap: 1, score: 0 },
    ...{ keypointPixels: 0, angle: 0, maskOverlap: 1 },
  };
}

type Corners = readonly (readonly number[])[];

interface Comparable {
  readonly outline: Corners;
  readonly score: number;
  readonly classId: number;
  readonly angle?: number | undefined;
  readonly keypoints?: Corners | undefined;
  readonly mask?: readonly Corners[] | undefined;
}

interface ComparisonLimits {
  /** The threshold of both. */
  readonly confidence: number;
  readonly scoreTolerance: number;
  /** A pair is of one object when it overlaps by this much and has the same class. */
  readonly sameObject: number;
  /** Or when each corner lies this near: of a small box, one step of a coarse number is much of its area. Pixels of the image. */
  readonly sameCorner: number;
}

/**
 * Pairs what both found in one image, best score first, and adds to `total`. What lies within `scoreTolerance` of the threshold may be on one side of it
 * here and on the other there, and does not count.
 */
export function compareDetections(
  total: DetectionComparison,
  ours: readonly Detection[],
  reference: ReferenceImage,
  { confidence, scoreTolerance, sameObject, sameCorner }: ComparisonLimits,
): void {
  const theirs = comparableReference(reference).filter(hasArea);
  const left = ours.map(comparableDetection).filter(hasArea);
  const counts = (one: Comparable) => one.score > confidence + scoreTolerance;
  total.objects += theirs.length;
  let missing = 0;
  for (const their of theirs) {
    const overlaps = left.map((our) => (our.classId === their.classId ? overlapOf(our, their) : 0));
    const places = [...left.keys()].filter(
      (at) => overlaps[at]! >= sameObject || cornersAway(left[at]!, their) <= sameCorner,
    );
    // Heads that suppress nothing find the same box several times.
    const away = (at: number) => Math.abs(left[at]!.score - their.score);
    const [nearest] = places.sort((a, b) => away(a) - away(b) || overlaps[b]! - overlaps[a]!);
    if (nearest === undefined) {
      if (counts(their)) missing += 1;
      continue;
    }
    const [our] = left.splice(nearest, 1);
    addPair(total, our!, their, overlaps[nearest]!);
  }
  total.differing += Math.max(missing, left.filter(counts).length);
}

function addPair(
  total: DetectionComparison,
  our: Comparable,
  their: Comparable,
  overlap: number,
): void {
  total.overlap = Math.min(total.overlap, overlap);
  total.score = Math.max(total.score, Math.abs(our.score - their.score));
  if (their.angle !== undefined) {
    total.angle = Math.max(total.angle, angleBetween(our, their));
  }
  if (their.keypoints) {
    const away = their.keypoints.map((point, index) => distance(our.keypoints?.[index], point));
    total.keypointPixels = Math.max(total.keypointPixels, ...away);
  }
  if (their.mask) {
    total.maskOverlap = Math.min(total.maskOverlap, outlinesOverlap(our.mask ?? [], their.mask));
  }
}

/** A box outside the image has none, nor has one with its right edge on the left. */
function hasArea({ outline, angle }: Comparable): boolean {
  const [[left, top], , [right, bottom]] = outline as [number[], number[], number[]];
  return angle !== undefined || (right! > left! && bottom! > top!);
}

/** A rotated box of negative width or height covers nothing; Ultralytics keeps it. */
function hasSides([, , width, height]: readonly number[]): boolean {
  return width! > 0 && height! > 0;
}

/** Radians; turning a box by half a turn changes nothing. */
function angleBetween(our: Comparable, their: Comparable): number {
  const away = Math.abs((our.angle ?? Number.NaN) - their.angle!) % Math.PI;
  return Math.min(away, Math.PI - away);
}

function distance(our: readonly number[] | undefined, their: readonly number[]): number {
  if (our === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(Math.abs(our[0]! - their[0]!), Math.abs(our[1]! - their[1]!));
}

/** Pixels, of the corner that is the farthest away. */
function cornersAway(our: Comparable, { outline, classId }: Comparable): number {
  if (our.classId !== classId) return Number.POSITIVE_INFINITY;
  return Math.max(...outline.map((corner, at) => distance(our.outline[at], corner)));
}

function overlapOf(our: Comparable, their: Comparable): number {
  const upright = uprightOverlap(our, their);
  // Counting cells is slow: only for boxes that may be the same.
  if (their.angle === undefined || upright < 0.4) return upright;
  return outlinesOverlap([our.outline], [their.outline]);
}

/** Of the upright boxes around both. */
function uprightOverlap(our: Comparable, their: Comparable): number {
  const [a, b] = [edgesOf(our.outline), edgesOf(their.outline)];
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  const both = Math.max(0, width) * Math.max(0, height);
  const either = areaOf(a) + areaOf(b) - both;
  return either === 0 ? 1 : both / either;
}

interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function edgesOf(outline: Corners): Edges {
  const [x, y] = [outline.map((point) => point[0]!), outline.map((point) => point[1]!)];
  const [left, right] = [Math.min(...x), Math.max(...x)];
  return { left, right, top: Math.min(...y), bottom: Math.max(...y) };
}

function areaOf({ left, top, right, bottom }: Edges): number {
  return (right - left) * (bottom - top);
}

function comparableDetection(found: Detection): Comparable {
  const { score, classId, rotated } = found;
  const [x1, y1, x2, y2] = found.box;
  return {
    ...{ score, classId, angle: rotated?.angle },
    outline: rotated
      ? turned([rotated.centerX, rotated.centerY, rotated.width, rotated.height, rotated.angle])
      : upright(x1, y1, x2, y2),
    keypoints: found.keypoints?.map(({ x, y }) => [x, y]),
    mask: found.mask?.polygons.map(pairsOf),
  };
}

function comparableReference(reference: ReferenceImage): Comparable[] {
  if (reference.obb) {
    return reference.obb.filter(hasSides).map((row) => ({
      ...{ outline: turned(row), angle: row[4]!, score: row[5]!, classId: row[6]! },
    }));
  }
  return (reference.boxes ?? []).map((row, index) => ({
    ...{ outline: inside(row, reference), score: row[4]!, classId: row[5]! },
    keypoints: reference.keypoints?.[index],
    mask: maskOf(reference, index),
  }));
}

function maskOf({ maskPolygons }: ReferenceImage, index: number): readonly Corners[] | undefined {
  const outline = maskPolygons?.[index];
  return outline && [outline];
}

/** Ultralytics leaves RT-DETR's boxes as they are; here all are clipped to the image. */
function inside([x1, y1, x2, y2]: readonly number[], { width, height }: ReferenceImage): Corners {
  const [x, y] = [(at: number) => clamped(at, width), (at: number) => clamped(at, height)];
  return upright(x(x1!), y(y1!), x(x2!), y(y2!));
}

function clamped(at: number, size: number): number {
  return Math.min(Math.max(at, 0), size);
}

function upright(x1: number, y1: number, x2: number, y2: number): Corners {
  return [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
}

/** Corners of a row that starts with center x, center y, width, height, angle. */
function turned([x, y, width, height, angle]: readonly number[]): Corners {
  const [cos, sin] = [Math.cos(angle!), Math.sin(angle!)];
  return [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([right, down]) => {
    const [dx, dy] = [(right! * width!) / 2, (down! * height!) / 2];
    return [x! + dx * cos - dy * sin, y! + dx * sin + dy * cos];
  });
}

function pairsOf(flat: readonly number[]): Corners {
  return Array.from({ length: flat.length / 2 }, (_, index) =>
    flat.slice(2 * index, 2 * index + 2),
  );
}
