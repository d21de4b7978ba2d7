import type { CoveringObject } from '../../maps/object-coverage.ts';
import { type PolygonPlan, polygonMask } from '../../maps/polygon-mask.ts';
import { visitRuns } from '../../shared/run/coco-rle.ts';
import type { CocoRle, InputMask } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/label.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ObjectShape } from '../../shared/run/task-traits.ts';

/** Labels as the model's own objects are measured: by masks for a segment model, by rotated boxes for an OBB model, else by boxes. */
export function labelRegions(
  objects: readonly LabeledObject[],
  geometry: LetterboxGeometry,
  shape: ObjectShape,
): CoveringObject[] {
  return objects.map(({ box, rotated, polygons, rle }): CoveringObject => {
    if (shape === 'rotated') return { box, ...(rotated && { rotated }) };
    if (shape !== 'mask') return { box };
    const mask = rle ? rleMask(rle, geometry) : polygons && outlineMask(polygons, geometry);
    return { box, ...(mask && { mask: { input: mask } }) };
  });
}

function outlineMask(
  polygons: readonly (readonly number[])[],
  geometry: LetterboxGeometry,
): InputMask {
  const { width, height, newWidth, newHeight, left, top } = geometry;
  const [scaleX, scaleY] = [newWidth / width, newHeight / height];
  const plan: PolygonPlan = {
    polygons: polygons.map((polygon) =>
      polygon.map((value, i) => (i % 2 === 0 ? value * scaleX + left : value * scaleY + top)),
    ),
    width: geometry.inputWidth,
    height: geometry.inputHeight,
  };
  return polygonMask(plan);
}

/** `undefined` for run lengths that do not fit their size. */
function rleMask(rle: CocoRle, geometry: LetterboxGeometry): InputMask | undefined {
  const [height, width] = rle.size;
  const stored = new Uint8Array(height * width);
  try {
    visitRuns(rle, (start, end) => stored.fill(1, start, end));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const { inputWidth, inputHeight, newWidth, newHeight, left, top } = geometry;
  const bits = new Uint8Array(inputWidth * inputHeight);
  for (let y = 0; y < inputHeight; y++) {
    const row = Math.floor(((y + 0.5 - top) / newHeight) * height);
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < inputWidth; x++) {
      const column = Math.floor(((x + 0.5 - left) / newWidth) * width);
      if (column < 0 || column >= width) continue;
      bits[y * inputWidth + x] = stored[column * height + row] ?? 0;
    }
  }
  return { left: 0, top: 0, width: inputWidth, height: inputHeight, bits };
}
