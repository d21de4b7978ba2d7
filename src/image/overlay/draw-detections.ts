import { classColor } from '../../shared/catalog/class-color.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import { type Canvas, type Color, fillRectangle, type Rectangle } from '../canvas.ts';
import { canDraw, drawText, fitText, type TextStyle, textWidth } from '../text/draw-text.ts';
import { areCrowded } from './are-crowded.ts';
import {
  drawSkeleton,
  fillMasks,
  outlineObject,
  type PictureFrame,
  type PlacedObject,
  placeObject,
} from './draw-object.ts';

const dark: Color = [18, 21, 26];
const white: Color = [255, 255, 255];

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

/** Share of the picture that labels may cover: the best objects have theirs first. */
const mostLabeled = 0.15;

/**
 * Objects as the model tells them: boxes, rotated boxes or masks as lines in the color of the class on dark ones, readable on any color, and
 * skeletons; each with a label where one still fits without covering its object or a better detection's label. Where objects crowd, lines are thinner and
 * only the best are labeled, or nothing of the picture would be left.
 */
export function drawDetections(
  canvas: Canvas,
  detections: readonly Detection[],
  classNames: readonly string[],
  frame: PictureFrame,
): void {
  const ranked = [...detections].sort((a, b) => b.score - a.score);
  const objects = ranked.map((detection) => placeObject(detection, frame));
  const worstFirst = objects.toReversed();
  fillMasks(canvas, objects, frame);
  const size = { width: frame.width / frame.scaleX, height: frame.height / frame.scaleY };
  const lineWidth = areCrowded(detections, size) ? 2 : 4;
  for (const object of worstFirst) outlineObject(canvas, object, lineWidth);
  for (const object of worstFirst) drawSkeleton(canvas, object, frame);
  const taken: Rectangle[] = frame.reserved === undefined ? [] : [frame.reserved];
  let room = frame.unlabeled ? -1 : mostLabeled * frame.width * frame.height;
  for (const object of objects) {
    if (room < 0) break;
    const { classId, score } = object.detection;
    const text = labelText(classId, score, classNames);
    const chip = placeChip(text, object, frame, taken);
    if (!chip) continue;
    taken.push(chip);
    room -= chip.width * chip.height;
    drawChip(canvas, text, classId, chip);
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
    if (chip.y + chip.height <= frame.y + frame.height) drawChip(canvas, text, classId, chip);
  });
}

/** Width of the bar in a label that has the color of the class. */
const swatch = 4;

/** 13 pixels on usual pictures, down to 10 on small ones. */
function chipStyle(frame: PictureFrame): TextStyle {
  const size = Math.min(13, Math.max(10, Math.round(frame.width / 40)));
  return { size, weight: 'medium', color: white };
}

function chipSize(text: string, frame: PictureFrame): { width: number; height: number } {
  const style = chipStyle(frame);
  const width = Math.ceil(textWidth(text, style)) + 8 + swatch;
  return { width: Math.min(width, Math.max(frame.width - 8, 24)), height: style.size + 6 };
}

/** A label lies inside an object only where this many of it would fit. */
const mostCovered = 3;

/** What a label stands at: the upright box, or of a rotated one its highest corner, down to its lowest. */
function labeledBox({ detection, box, outlines }: PlacedObject): Rectangle {
  const [corners = []] = outlines;
  if (detection.rotated === undefined || corners.length === 0) return box;
  const heights = corners.filter((_, i) => i % 2 === 1);
  const y = Math.min(...heights);
  const x = corners[2 * heights.indexOf(y)] ?? box.x;
  return { x, y, width: 0, height: Math.max(...heights) - y };
}

function placeChip(
  text: string,
  object: PlacedObject,
  frame: PictureFrame,
  taken: readonly Rectangle[],
): Rectangle | undefined {
  const { width, height } = chipSize(text, frame);
  const box = labeledBox(object);
  const left = box.x - 2;
  const right = box.x + box.width + 2 - width;
  const [above, inside] = [box.y - 2 - height, box.y + 2];
  const [below, insideBelow] = [box.y + box.height + 2, box.y + box.height - 2 - height];
  const isRoomy = object.box.width * object.box.height >= mostCovered * width * height;
  const rows = isRoomy ? [above, inside, below, insideBelow] : [above, below];
  const places = rows.flatMap((y) => [
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

function drawChip(canvas: Canvas, text: string, classId: number, chip: Rectangle): void {
  const style: TextStyle = { size: chip.height - 6, weight: 'medium', color: white };
  fillRectangle(canvas, chip, dark, 0.85);
  fillRectangle(canvas, { ...chip, width: swatch }, classColor(classId));
  const baseline = Math.round(chip.y) + chip.height - 3 - Math.round(style.size * 0.13);
  const position = { x: Math.round(chip.x) + 4 + swatch, y: baseline };
  drawText(canvas, fitText(text, style, chip.width - 7 - swatch), position, style);
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  const apartX = a.x >= b.x + b.width || b.x >= a.x + a.width;
  const apartY = a.y >= b.y + b.height || b.y >= a.y + a.height;
  return !(apartX || apartY);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(Math.min(value, high), low);
}
