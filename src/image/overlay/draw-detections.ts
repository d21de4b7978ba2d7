import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import {
  type Canvas,
  type Color,
  fillRectangle,
  type Rectangle,
  strokeRectangle,
} from '../canvas.ts';
import { canDraw, drawText, fitText, type TextStyle, textWidth } from '../text/draw-text.ts';

const dark: Color = [18, 21, 26];
const white: Color = [255, 255, 255];

/** Where the picture of an image lies on a canvas, and how many canvas pixels one image pixel is. */
export interface PictureFrame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scaleX: number;
  readonly scaleY: number;
}

/** Wider than any picture; avoids measuring a name of megabytes for each box. */
const mostLabelUnits = 512;

/** A class's name, or "#3" where it has none or the built-in font cannot draw it; a very long one is cut. */
export function classLabel(classId: number, classNames: readonly string[]): string {
  const name = classNames[classId]?.slice(0, mostLabelUnits);
  return name !== undefined && name.trim() !== '' && canDraw(name) ? name : `#${classId}`;
}

/** "RBC 0.78" */
export function labelText(classId: number, score: number, classNames: readonly string[]): string {
  return `${classLabel(classId, classNames)} ${score.toFixed(2)}`;
}

/**
 * Boxes as white lines of 2 pixels on dark ones of 4, readable on any color; each with a label where one still fits without
 * covering a better detection's label.
 */
export function drawDetections(
  canvas: Canvas,
  detections: readonly Detection[],
  classNames: readonly string[],
  frame: PictureFrame,
): void {
  const ranked = [...detections].sort((a, b) => b.score - a.score);
  const boxes = ranked.map((detection) => ({ detection, box: onCanvas(detection, frame) }));
  for (const { box } of boxes.toReversed()) {
    strokeRectangle(canvas, box, dark, 4);
    strokeRectangle(canvas, box, white, 2);
  }
  const taken: Rectangle[] = [];
  for (const { detection, box } of boxes) {
    const text = labelText(detection.classId, detection.score, classNames);
    const chip = placeChip(text, box, frame, taken);
    if (!chip) continue;
    taken.push(chip);
    drawChip(canvas, text, chip);
  }
}

/** A classifier's best answers as chips in the upper left corner, best first. */
export function drawClassScores(
  canvas: Canvas,
  classScores: readonly ClassScore[],
  classNames: readonly string[],
  frame: PictureFrame,
): void {
  classScores.slice(0, 3).forEach(({ classId, score }, row) => {
    const text = labelText(classId, score, classNames);
    const size = chipSize(text, frame);
    const chip = { x: frame.x + 8, y: frame.y + 8 + row * (size.height + 4), ...size };
    if (chip.y + chip.height <= frame.y + frame.height) drawChip(canvas, text, chip);
  });
}

function onCanvas({ box }: Detection, frame: PictureFrame): Rectangle {
  const [left, top, right, bottom] = box;
  return {
    x: frame.x + left * frame.scaleX,
    y: frame.y + top * frame.scaleY,
    width: (right - left) * frame.scaleX,
    height: (bottom - top) * frame.scaleY,
  };
}

/** 13 pixels on usual pictures, down to 10 on small ones. */
function chipStyle(frame: PictureFrame): TextStyle {
  const size = Math.min(13, Math.max(10, Math.round(frame.width / 40)));
  return { size, weight: 'medium', color: white };
}

function chipSize(text: string, frame: PictureFrame): { width: number; height: number } {
  const style = chipStyle(frame);
  const width = Math.ceil(textWidth(text, style)) + 8;
  return { width: Math.min(width, Math.max(frame.width - 8, 24)), height: style.size + 6 };
}

function placeChip(
  text: string,
  box: Rectangle,
  frame: PictureFrame,
  taken: readonly Rectangle[],
): Rectangle | undefined {
  const { width, height } = chipSize(text, frame);
  const left = box.x - 2;
  const right = box.x + box.width + 2 - width;
  const [above, inside] = [box.y - 2 - height, box.y + 2];
  const [below, insideBelow] = [box.y + box.height + 2, box.y + box.height - 2 - height];
  const places = [above, inside, below, insideBelow].flatMap((y) => [
    { x: left, y, width, height },
    { x: right, y, width, height },
  ]);
  return places
    .map((place) => ({ ...place, x: clamp(place.x, frame.x, frame.x + frame.width - width) }))
    .find(
      (place) =>
        place.y >= frame.y &&
        place.y + height <= frame.y + frame.height &&
        !taken.some((other) => overlaps(place, other)),
    );
}

function drawChip(canvas: Canvas, text: string, chip: Rectangle): void {
  const style: TextStyle = { size: chip.height - 6, weight: 'medium', color: white };
  fillRectangle(canvas, chip, dark, 0.85);
  const baseline = Math.round(chip.y) + chip.height - 3 - Math.round(style.size * 0.13);
  const position = { x: Math.round(chip.x) + 4, y: baseline };
  drawText(canvas, fitText(text, style, chip.width - 7), position, style);
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  const apartX = a.x >= b.x + b.width || b.x >= a.x + a.width;
  const apartY = a.y >= b.y + b.height || b.y >= a.y + a.height;
  return !(apartX || apartY);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(Math.min(value, high), low);
}
