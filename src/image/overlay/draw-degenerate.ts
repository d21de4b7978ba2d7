import { type Canvas, type Color, fillRectangle, mixPixel } from '../canvas.ts';
import type { RgbImage } from '../rgb-image.ts';
import { drawText, fitText, type TextStyle, textWidth } from '../text/draw-text.ts';

const light: Color = [255, 255, 255];
const dark: Color = [18, 21, 26];
const label: TextStyle = { size: 13, weight: 'medium', color: light };
/** Pixels from stripe to stripe, and of a stripe. */
const period = 16;
const stripe = 3;

/**
 * What is shown in place of a map that has no heat: the photo in gray under stripes, and why. Never the lowest color everywhere, which would pass for a
 * finding. Returns a new image.
 */
export function drawDegenerate(photo: RgbImage, reason: string, title = 'degenerate map'): Canvas {
  const { width, height } = photo;
  const canvas = { data: new Uint8Array(photo.data.length), width, height };
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red = 0, green = 0, blue = 0] = photo.data.subarray(3 * pixel, 3 * pixel + 3);
    // Rec. 601 luma in 8 bits.
    canvas.data.fill((77 * red + 150 * green + 29 * blue) >> 8, 3 * pixel, 3 * pixel + 3);
    const place = ((pixel % width) + Math.floor(pixel / width)) % period;
    if (place < stripe) mixPixel(canvas, pixel, light, 0.45);
    else if (place < 2 * stripe) mixPixel(canvas, pixel, dark, 0.45);
  }
  drawReason(canvas, [title, reason]);
  return canvas;
}

/** In the middle, on pictures with enough room. */
function drawReason(canvas: Canvas, words: readonly string[]): void {
  const { width, height } = canvas;
  const most = width - 24;
  const lines = words.map((line) => fitText(line, label, most - 16));
  const lineHeight = 18;
  const chipHeight = lines.length * lineHeight + 10;
  if (most < 80 || height < chipHeight) return;
  const chipWidth = Math.ceil(Math.max(...lines.map((line) => textWidth(line, label)))) + 16;
  const x = Math.round((width - chipWidth) / 2);
  const y = Math.round((height - chipHeight) / 2);
  fillRectangle(canvas, { x, y, width: chipWidth, height: chipHeight }, dark, 0.85);
  lines.forEach((line, i) => {
    const left = Math.round((width - textWidth(line, label)) / 2);
    drawText(canvas, line, { x: left, y: y + 18 + i * lineHeight }, label);
  });
}
