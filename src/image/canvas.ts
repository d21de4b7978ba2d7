import type { RgbImage } from './rgb-image.ts';

export type Color = readonly [red: number, green: number, blue: number];

/** In pixels; fractions are rounded to whole pixels when drawn, and parts outside the canvas are left out. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** RGB pixels to draw on: every function here changes `data`. */
export type Canvas = RgbImage;

export function createCanvas(width: number, height: number, color: Color): Canvas {
  const canvas = { data: new Uint8Array(width * height * 3), width, height };
  fillRectangle(canvas, { x: 0, y: 0, width, height }, color);
  return canvas;
}

/** @param opacity in [0, 1] */
export function fillRectangle(
  canvas: Canvas,
  rectangle: Rectangle,
  color: Color,
  opacity = 1,
): void {
  const left = Math.max(Math.round(rectangle.x), 0);
  const top = Math.max(Math.round(rectangle.y), 0);
  const right = Math.min(Math.round(rectangle.x + rectangle.width), canvas.width);
  const bottom = Math.min(Math.round(rectangle.y + rectangle.height), canvas.height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) mixPixel(canvas, y * canvas.width + x, color, opacity);
  }
}

/** An outline `thickness` pixels wide, centered on the rectangle's edges. */
export function strokeRectangle(
  canvas: Canvas,
  { x, y, width, height }: Rectangle,
  color: Color,
  thickness: number,
): void {
  const half = thickness / 2;
  const [left, top] = [Math.round(x) - half, Math.round(y) - half];
  const [right, bottom] = [Math.round(x + width) - half, Math.round(y + height) - half];
  const across = right - left + thickness;
  fillRectangle(canvas, { x: left, y: top, width: across, height: thickness }, color);
  fillRectangle(canvas, { x: left, y: bottom, width: across, height: thickness }, color);
  const down = bottom - top - thickness;
  const inner = { y: top + thickness, width: thickness, height: down };
  fillRectangle(canvas, { x: left, ...inner }, color);
  fillRectangle(canvas, { x: right, ...inner }, color);
}

/** Copies an image to (x, y), whole numbers, inside the canvas. */
export function drawImage(canvas: Canvas, image: RgbImage, x: number, y: number): void {
  const rowBytes = image.width * 3;
  for (let row = 0; row < image.height; row++) {
    const from = row * rowBytes;
    const to = ((y + row) * canvas.width + x) * 3;
    canvas.data.set(image.data.subarray(from, from + rowBytes), to);
  }
}

/** Blends a color over one pixel, by its index. */
export function mixPixel(canvas: Canvas, index: number, color: Color, opacity: number): void {
  const { data } = canvas;
  const at = index * 3;
  for (let c = 0; c < 3; c++) {
    const below = data[at + c] ?? 0;
    data[at + c] = Math.round(below + ((color[c] ?? 0) - below) * opacity);
  }
}
