import { classColor } from '../../shared/catalog/class-color.ts';
import type { Detection } from '../../shared/run/detection.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';
import { type Canvas, type Color, type Rectangle, strokeRectangle } from '../canvas.ts';
import { simplifyPolygon } from '../simplify-polygon.ts';
import { fillDisc, fillPolygons, type Points, strokeLine } from './draw-shape.ts';
import { visibleSkeleton } from './skeleton.ts';

/** Below every line: readable on any color. */
const dark: Color = [18, 21, 26];
const white: Color = [255, 255, 255];

/** Opacity of what fills masks over a photo. Over a map nothing does: it would change the colors that mean heat. */
const maskOpacity = 0.35;

/** Where the picture of an image lies on a canvas, and how many canvas pixels one image pixel is. */
export interface PictureFrame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
  /** What is below the objects. */
  readonly ground: 'photo' | 'heat';
  /** Objects have no labels. */
  readonly unlabeled?: boolean;
  /** Where no label may lie. */
  readonly reserved?: Rectangle;
}

/** An object with its place on a canvas. */
export interface PlacedObject {
  readonly detection: Detection;
  /** The upright box. */
  readonly box: Rectangle;
  /** Outlines of the mask, or the rotated box; none for an object that only has its upright box, and for an empty mask. */
  readonly outlines: readonly Points[];
}

export function placeObject(detection: Detection, frame: PictureFrame): PlacedObject {
  const [left, top, right, bottom] = detection.box;
  const box = {
    x: frame.x + left * frame.scaleX,
    y: frame.y + top * frame.scaleY,
    width: (right - left) * frame.scaleX,
    height: (bottom - top) * frame.scaleY,
  };
  return { detection, box, outlines: outlinesOf(detection, frame) };
}

function outlinesOf({ mask, rotated }: Detection, frame: PictureFrame): readonly Points[] {
  if (mask !== undefined) {
    // Half a pixel is below what is seen, and most points of an outline.
    return mask.polygons.map((polygon) => simplifyPolygon(onCanvas(polygon, frame), 0.5));
  }
  return rotated === undefined ? [] : [onCanvas(rotatedCorners(rotated).flat(), frame)];
}

/** x, y, x, y ... of an image's pixels, as pixels of the canvas. */
export function onCanvas(points: Points, { x, y, scaleX, scaleY }: PictureFrame): Points {
  return points.map((value, i) => (i % 2 === 0 ? x + value * scaleX : y + value * scaleY));
}

/** Fills the masks, each pixel once, in the color of the best object there: fills that add up would hide what is below. */
export function fillMasks(
  canvas: Canvas,
  bestFirst: readonly PlacedObject[],
  frame: PictureFrame,
): void {
  const masked = bestFirst.filter(({ detection }) => detection.mask !== undefined);
  if (masked.length === 0 || frame.ground === 'heat') return;
  const filled = new Uint8Array(canvas.width * canvas.height);
  for (const { detection, outlines } of masked) {
    const color = classColor(detection.classId);
    fillPolygons(canvas, outlines, { color, opacity: maskOpacity, filled });
  }
}

/** The outline of the object, a line in the color of its class, half as wide as the dark one below it of `width` pixels. */
export function outlineObject(
  canvas: Canvas,
  { detection, box, outlines }: PlacedObject,
  width: number,
): void {
  const color = classColor(detection.classId);
  for (const [shade, thickness] of [
    [dark, width],
    [color, width / 2],
  ] as const) {
    if (outlines.length === 0) strokeRectangle(canvas, box, shade, thickness);
    for (const outline of outlines) {
      strokeLine(canvas, outline, { color: shade, thickness, closed: true });
    }
  }
}

/** Limbs in the color of the class, keypoints as white dots. */
export function drawSkeleton(
  canvas: Canvas,
  { detection, box }: PlacedObject,
  frame: PictureFrame,
): void {
  const { keypoints, classId } = detection;
  if (keypoints === undefined) return;
  const size = { width: frame.width / frame.scaleX, height: frame.height / frame.scaleY };
  const { points, limbs } = visibleSkeleton(keypoints, size);
  const place = ({ x, y }: { readonly x: number; readonly y: number }) => ({
    x: frame.x + x * frame.scaleX,
    y: frame.y + y * frame.scaleY,
  });
  const lines = limbs.map((limb) => limb.map(place).flatMap(({ x, y }) => [x, y]));
  for (const [color, thickness] of [
    [dark, 4],
    [classColor(classId), 2],
  ] as const) {
    for (const line of lines) strokeLine(canvas, line, { color, thickness, closed: false });
  }
  // Small on small objects, where dots would hide them.
  const radius = Math.min(3, Math.max(1.5, Math.max(box.width, box.height) / 40));
  for (const at of points.map(place)) {
    fillDisc(canvas, at, radius + 1, dark);
    fillDisc(canvas, at, radius, white);
  }
}
