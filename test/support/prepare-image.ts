import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeImage } from '../../src/image/decode/decode-image.ts';
import { classifyCropInto, classifyGeometry } from '../../src/image/input/classify-crop.ts';
import { letterboxGeometry, letterboxInto } from '../../src/image/input/letterbox.ts';
import { stretchGeometry } from '../../src/image/input/stretch.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';

export interface PreparedImage {
  /** Planar RGB, as the model takes it. */
  readonly pixels: Uint8Array;
  readonly geometry: LetterboxGeometry;
}

/** An image file as Ultralytics would feed it to a detector, to a classifier or to a transformer. */
export async function prepareImage(
  path: string,
  input: { readonly inputWidth: number; readonly inputHeight: number },
  task: 'detect' | 'classify' | 'stretch' = 'detect',
): Promise<PreparedImage> {
  const decoded = await decodeImage(readFileSync(path), { maxPixels: 1e8 });
  assert.equal(decoded.status, 'success');
  const { image } = decoded;
  const pixels = new Uint8Array(3 * input.inputWidth * input.inputHeight);
  if (task === 'classify') {
    const geometry = classifyGeometry(image.width, image.height, input);
    classifyCropInto(image, geometry, pixels, 0);
    return { pixels, geometry };
  }
  const geometryOf = task === 'stretch' ? stretchGeometry : letterboxGeometry;
  const geometry = geometryOf(image.width, image.height, input);
  letterboxInto(image, geometry, pixels, 0);
  return { pixels, geometry };
}
