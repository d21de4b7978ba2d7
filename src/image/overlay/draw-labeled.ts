import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import { rotatedCorners } from '../../shared/run/rotated-corners.ts';
import type { Canvas, Color } from '../canvas.ts';
import { simplifyPolygon } from '../simplify-polygon.ts';
import { onCanvas, type PictureFrame } from './draw-object.ts';
import { type Points, strokeLine } from './draw-shape.ts';

const dark: Color = [18, 21, 26];
const white: Color = [255, 255, 255];
/** Canvas pixels of a dash, and of the gap behind it. */
const dash = 5;
const gap = 6;

/** What people labeled, in white dashes on dark ones, over what the model found: both stay visible where they agree. */
export function drawLabeled(
  canvas: Canvas,
  objects: readonly LabeledObject[],
  frame: PictureFrame,
): void {
  const outlines = objects.flatMap((object) => outlinesOf(object, frame));
  for (const outline of outlines) {
    for (const piece of dashesOf(outline)) {
      strokeLine(canvas, piece, { color: dark, thickness: 3, closed: false });
      strokeLine(canvas, piece, { color: white, thickness: 1.5, closed: false });
    }
  }
}

function outlinesOf({ box, polygons, rotated }: LabeledObject, frame: PictureFrame): Points[] {
  if (rotated !== undefined) return [onCanvas(rotatedCorners(rotated).flat(), frame)];
  const [left, top, right, bottom] = box;
  const corners = [left, top, right, top, right, bottom, left, bottom];
  return (
    polygons?.map((one) => simplifyPolygon(onCanvas(one, frame), 0.5)) ?? [onCanvas(corners, frame)]
  );
}

/** The dashes of a closed outline, each a line of two or more points. */
function dashesOf(outline: Points): Points[] {
  const dashes: number[][] = [];
  let current: number[] | undefined;
  let left = dash;
  let [x, y] = [outline[0] ?? 0, outline[1] ?? 0];
  current = [x, y];
  for (let i = 2; i <= outline.length; i += 2) {
    const at = i % outline.length;
    const [toX, toY] = [outline[at] ?? 0, outline[at + 1] ?? 0];
    for (let rest = Math.hypot(toX - x, toY - y); rest > 0; ) {
      const step = Math.min(rest, left);
      x += ((toX - x) * step) / rest;
      y += ((toY - y) * step) / rest;
      rest -= step;
      left -= step;
      current?.push(x, y);
      if (left > 0) continue;
      if (current !== undefined) dashes.push(current);
      left = current === undefined ? dash : gap;
      current = current === undefined ? [x, y] : undefined;
    }
    [x, y] = [toX, toY];
  }
  if (current !== undefined && current.length > 2) dashes.push(current);
  return dashes;
}
