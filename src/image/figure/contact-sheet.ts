import type { GridMap } from '../../maps/content-cells.ts';
import { mapToImage } from '../../maps/map-to-image.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { type Canvas, type Color, createCanvas, drawImage, fillRectangle } from '../canvas.ts';
import { sharp } from '../decode/sharp.ts';
import { blendMap } from '../overlay/blend-map.ts';
import { colorTable } from '../overlay/color-map.ts';
import { drawDegenerate } from '../overlay/draw-degenerate.ts';
import { drawLabeled } from '../overlay/draw-labeled.ts';
import { drawLegend, legendWidth } from '../overlay/draw-legend.ts';
import { resizedImage } from '../resized-image.ts';
import type { RgbImage } from '../rgb-image.ts';
import { drawText, fitText, type TextStyle } from '../text/draw-text.ts';

export interface SheetRow {
  /** The image's name. */
  readonly title: string;
  /** Decoded, at any size. */
  readonly photo: RgbImage;
  readonly geometry: LetterboxGeometry;
  /** In [0, 1], one for each column. */
  readonly maps: readonly GridMap[];
  readonly detections: readonly Detection[];
  readonly labeled: readonly LabeledObject[];
}

export interface ContactSheet {
  readonly title: string;
  readonly subtitle: string;
  /** Lines above each column: the first stands out. */
  readonly columns: readonly { readonly lines: readonly string[] }[];
  readonly rows: readonly SheetRow[];
  /** Below all, a line each. */
  readonly notes: readonly string[];
}

const ink: Color = [26, 29, 35];
const quiet: Color = [79, 88, 102];
const paper: Color = [255, 255, 255];
const hairline: Color = [213, 218, 226];
const pale: Color = [247, 248, 250];
const titleStyle: TextStyle = { size: 24, weight: 'medium', color: ink };
const headStyle: TextStyle = { size: 14, weight: 'medium', color: ink };
const lineStyle: TextStyle = { size: 13, weight: 'regular', color: quiet };

const margin = 32;
const cellWidth = 144;
const gap = 8;
const lineHeight = 18;
const titleHeight = 72;
/** A row is as tall as its picture, at most so many times its width. */
const tallest = 1.5;

/** Draws one row an image and one column a map, each map over the photo and scaled to its own range, as a PNG. */
export async function renderContactSheet(sheet: ContactSheet): Promise<Buffer> {
  const { rows, columns, notes } = sheet;
  const photos = await Promise.all(rows.map(({ photo }) => resized(photo)));
  const headLines = Math.max(1, ...columns.map(({ lines }) => lines.length));
  const heights = photos.map(({ height }) => height + lineHeight + gap);
  const width = 2 * margin + (columns.length + 1) * (cellWidth + gap) - gap;
  const top = margin + titleHeight + headLines * lineHeight + gap;
  const bottom = top + heights.reduce((sum, height) => sum + height, 0);
  const height = bottom + (notes.length + 2) * lineHeight + margin;
  const canvas = createCanvas(Math.max(width, 900), height, paper);
  drawTitle(canvas, sheet);
  drawHeads(canvas, sheet);
  let y = top;
  for (const [r, row] of rows.entries()) {
    const photo = photos[r];
    if (photo !== undefined) drawRow(canvas, row, photo, y);
    y += heights[r] ?? 0;
  }
  drawNotes(canvas, sheet, bottom + gap);
  const raw = { width: canvas.width, height: canvas.height, channels: 3 } as const;
  return sharp(canvas.data, { raw }).png({ compressionLevel: 8 }).toBuffer();
}

function resized(photo: RgbImage): Promise<RgbImage> {
  const { width, height } = photo;
  const scale = Math.min(cellWidth / width, (tallest * cellWidth) / height);
  return resizedImage(photo, {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  });
}

function columnX(column: number): number {
  return margin + column * (cellWidth + gap);
}

function drawTitle(canvas: Canvas, { title, subtitle }: ContactSheet): void {
  const width = canvas.width - 2 * margin;
  const at = { x: margin, y: margin + 20 };
  drawText(canvas, fitText(title, titleStyle, width), at, titleStyle);
  const below = { x: margin, y: margin + 46 };
  drawText(canvas, fitText(subtitle, lineStyle, width), below, lineStyle);
}

function drawHeads(canvas: Canvas, { columns }: ContactSheet): void {
  columns.forEach(({ lines }, c) => {
    lines.forEach((line, l) => {
      const style = l === 0 ? headStyle : lineStyle;
      const at = { x: columnX(c + 1), y: margin + titleHeight + (l + 1) * lineHeight - 4 };
      drawText(canvas, fitText(line, style, cellWidth), at, style);
    });
  });
}

function drawRow(canvas: Canvas, row: SheetRow, photo: RgbImage, y: number): void {
  const { width, height } = photo;
  const put = (picture: Canvas, column: number): void => {
    drawObjects(picture, row);
    const x = columnX(column);
    fillRectangle(canvas, { x, y, width: cellWidth, height }, pale);
    drawImage(canvas, picture, x + Math.floor((cellWidth - width) / 2), y);
  };
  put({ ...photo, data: Uint8Array.from(photo.data) }, 0);
  const { geometry, maps, title } = row;
  maps.forEach((map, m) => {
    const values = mapToImage({ ...map, geometry, width, height });
    const hot = map.map.some((value) => value > 0);
    const picture = hot
      ? blendMap(photo, values, colorTable('heat'))
      : drawDegenerate(photo, 'no heat');
    put(picture, m + 1);
  });
  const name = { x: margin, y: y + height + lineHeight - 4 };
  drawText(canvas, fitText(title, lineStyle, 3 * cellWidth), name, lineStyle);
}

/** All in dashes: at this size colors and names of classes would hide the heat. */
function drawObjects(canvas: Canvas, { geometry, detections, labeled }: SheetRow): void {
  const { width, height } = canvas;
  const scale = { scaleX: width / geometry.width, scaleY: height / geometry.height };
  const own = detections.map(({ mask, ...one }) => ({
    ...one,
    ...(mask && { polygons: mask.polygons }),
  }));
  const frame = { x: 0, y: 0, width, height, ...scale, ground: 'heat' as const };
  drawLabeled(canvas, [...own, ...labeled], frame);
}

function drawNotes(canvas: Canvas, { notes }: ContactSheet, y: number): void {
  const width = canvas.width - 2 * margin;
  fillRectangle(canvas, { x: margin, y, width, height: 1 }, hairline);
  const legend = { text: lineStyle, width: 100, height: 10, ground: pale };
  drawLegend(canvas, colorTable('heat'), { x: margin, y: y + 10 }, legend);
  const scaled = { x: margin + legendWidth(legend) + 16, y: y + 20 };
  drawText(canvas, 'each map on its own scale', scaled, lineStyle);
  notes.forEach((note, n) => {
    const at = { x: margin, y: y + 20 + (n + 1) * lineHeight };
    drawText(canvas, fitText(note, lineStyle, width), at, lineStyle);
  });
}
