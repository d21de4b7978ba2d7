import { type Canvas, type Color, mixPixel } from '../canvas.ts';
import { Coverage } from './glyph-coverage.ts';
import { type Glyph, glyphOf, type Weight } from './glyphs.ts';

export interface TextStyle {
  /** Em size in pixels. */
  readonly size: number;
  readonly weight: Weight;
  readonly color: Color;
}

/** Returns whether every character can be drawn, once accents outside Latin-1 are removed. */
export function canDraw(text: string): boolean {
  return [...plain(text)].every((character) => glyphOf(character, 'regular') !== undefined);
}

/** The text as it will be drawn: each run of characters that the font lacks becomes an ellipsis. */
export function drawable(text: string): string {
  const marked = [...plain(text)].map((character) =>
    glyphOf(character, 'regular') ? character : '\0',
  );
  return marked.join('').replace(/\0+/g, '…');
}

/** The text cut to at most `width` pixels, with an ellipsis when it is cut. */
export function fitText(text: string, style: TextStyle, width: number): string {
  const characters = [...drawable(text)];
  const advances = characters.map((character) => glyphOf(character, style.weight)?.advance ?? 0);
  const ellipsis = glyphOf('…', style.weight)?.advance ?? 0;
  let used = 0;
  let fitting = 0;
  for (const [index, advance] of advances.entries()) {
    if (style.size * (used + ellipsis) <= width) fitting = index;
    used += advance;
  }
  if (style.size * used <= width) return characters.join('');
  return `${characters.slice(0, fitting).join('').trimEnd()}…`;
}

/** Width in pixels of the text as it will be drawn. */
export function textWidth(text: string, { size, weight }: TextStyle): number {
  return size * glyphsOf(text, weight).reduce((sum, { advance }) => sum + advance, 0);
}

/** Draws one line of text with its baseline at `y`, from `x` on. */
export function drawText(
  canvas: Canvas,
  text: string,
  at: { readonly x: number; readonly y: number },
  style: TextStyle,
): void {
  const { size, weight, color } = style;
  const margin = Math.ceil(size / 2);
  const left = Math.floor(at.x) - margin;
  const top = Math.floor(at.y - size * 1.1);
  const width = Math.ceil(textWidth(text, style)) + 2 * margin + 1;
  const coverage = new Coverage(width, Math.ceil(size * 1.5) + 1);
  let x = at.x - left;
  for (const glyph of glyphsOf(text, weight)) {
    addGlyph(coverage, glyph, { x, y: at.y - top, size });
    x += glyph.advance * size;
  }
  coverage.values().forEach((opacity, i) => {
    const column = left + (i % width);
    const row = top + Math.floor(i / width);
    if (opacity === 0 || column < 0 || column >= canvas.width || row < 0) return;
    if (row < canvas.height) mixPixel(canvas, row * canvas.width + column, color, opacity);
  });
}

function addGlyph(
  coverage: Coverage,
  { polygons }: Glyph,
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
): void {
  for (const polygon of polygons) {
    let [fromX, fromY] = [polygon.at(-2) ?? 0, polygon.at(-1) ?? 0];
    for (let i = 0; i < polygon.length; i += 2) {
      const [toX, toY] = [polygon[i] ?? 0, polygon[i + 1] ?? 0];
      coverage.addEdge(x + fromX * size, y + fromY * size, x + toX * size, y + toY * size);
      [fromX, fromY] = [toX, toY];
    }
  }
}

function glyphsOf(text: string, weight: Weight): Glyph[] {
  return [...drawable(text)].flatMap((character) => glyphOf(character, weight) ?? []);
}

/** Characters that the font has stay; others lose their accents; control characters become spaces. */
function plain(text: string): string {
  const characters = [...text.normalize('NFC')].map((character) => {
    if (/\s|\p{Cc}/u.test(character)) return ' ';
    if (glyphOf(character, 'regular')) return character;
    return character.normalize('NFKD').replace(/\p{M}/gu, '') || character;
  });
  return characters.join('');
}
