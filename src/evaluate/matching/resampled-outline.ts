import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';

/** Points that Ultralytics resamples an outline to; one that has as many keeps its own. */
const points = 1000;

/**
 * An outline as `val` rasterizes it: its corners and points between them in equal steps from corner to corner, 1,000 in all, laid into the input and cut to whole
 * pixels toward zero.
 *
 * @param outline x, y, x, y, ... in original-image pixels
 * @returns x, y, x, y, ... in pixels of the input, inside it
 */
export function resampledOutline(
  outline: readonly number[],
  { width, height, newWidth, newHeight, left, top, inputWidth, inputHeight }: LetterboxGeometry,
): Int32Array {
  const corners = Math.floor(outline.length / 2);
  const steps = stepsOf(corners);
  const pixels = new Int32Array(2 * steps.length);
  for (const [i, step] of steps.entries()) {
    const from = Math.min(Math.floor(step), corners);
    const part = step - from;
    const x = between(outline, 2 * (from % corners), 2 * ((from + 1) % corners), part);
    const y = between(outline, 2 * (from % corners) + 1, 2 * ((from + 1) % corners) + 1, part);
    pixels[2 * i] = within(Math.fround((x * newWidth) / width + left), inputWidth);
    pixels[2 * i + 1] = within(Math.fround((y * newHeight) / height + top), inputHeight);
  }
  return pixels;
}

/** Places along the closed outline, a corner each whole number: even ones, with all corners among them. */
function stepsOf(corners: number): number[] {
  if (corners >= points - 1) return Array.from({ length: corners }, (_, i) => i);
  // The first corner is there again at the end.
  const even = points - (corners + 1);
  const between = Array.from({ length: even }, (_, i) => (i * corners) / Math.max(even - 1, 1));
  return [...between, ...Array.from({ length: corners + 1 }, (_, i) => i)].sort((a, b) => a - b);
}

function between(outline: readonly number[], from: number, to: number, part: number): number {
  const [start, end] = [outline[from] ?? 0, outline[to] ?? 0];
  return start + (end - start) * part;
}

function within(value: number, size: number): number {
  return Math.min(Math.max(Math.trunc(value), 0), size - 1);
}
