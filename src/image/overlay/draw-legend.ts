import { type Canvas, type Color, fillRectangle } from '../canvas.ts';
import { drawText, type TextStyle, textWidth } from '../text/draw-text.ts';
import type { ColorTable } from './color-map.ts';

export interface LegendStyle {
  readonly text: TextStyle;
  /** Of the bar, in pixels. */
  readonly width: number;
  readonly height: number;
  /** What transparent colors are mixed with: a mid gray stands for the photo. */
  readonly ground: Color;
}

const gap = 8;

/** Width in pixels of "low [bar] high". */
export function legendWidth({ text, width }: LegendStyle): number {
  return Math.ceil(textWidth('low', text) + textWidth('high', text)) + width + 2 * gap;
}

/** Draws "low [bar] high" from `x` on, the bar's top at `y`. */
export function drawLegend(
  canvas: Canvas,
  table: ColorTable,
  at: { readonly x: number; readonly y: number },
  style: LegendStyle,
): void {
  const { text, width, height, ground } = style;
  const baseline = at.y + Math.round(height / 2 + text.size * 0.36);
  const bar = Math.round(at.x + textWidth('low', text) + gap);
  drawText(canvas, 'low', { x: at.x, y: baseline }, text);
  drawText(canvas, 'high', { x: bar + width + gap, y: baseline }, text);
  fillRectangle(canvas, { x: bar, y: at.y, width, height }, ground);
  for (let i = 0; i < width; i++) {
    const index = Math.round((255 * i) / Math.max(width - 1, 1));
    const [red = 0, green = 0, blue = 0] = table.rgb.subarray(index * 3, index * 3 + 3);
    const column = { x: bar + i, y: at.y, width: 1, height };
    fillRectangle(canvas, column, [red, green, blue], table.alpha[index] ?? 1);
  }
}
