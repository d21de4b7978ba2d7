import { decodeImage, decodeImageNear } from '../../image/decode/decode-image.ts';
import { type Preparation, preparations } from '../../image/input/preparations.ts';
import type { RgbImage } from '../../image/rgb-image.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions, ModelSpec, Resize } from '../../shared/run/run-spec.ts';
import { type InputPreparation, traitsOf } from '../../shared/run/task-traits.ts';

/** What preparation needs from a run. */
export interface PrepareSettings {
  readonly preparation: InputPreparation;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly resize: Resize;
  readonly maxPixels: number;
}

/** What a run's model takes. */
export type InputSpec = Pick<ModelSpec, 'task' | 'inputHeight' | 'inputWidth' | 'preparation'>;

export function prepareSettingsOf(
  { task, inputHeight, inputWidth, preparation = traitsOf(task).preparation }: InputSpec,
  { resize, maxPixels }: Pick<ExplainOptions, 'resize' | 'maxPixels'>,
): PrepareSettings {
  return { preparation, inputHeight, inputWidth, resize, maxPixels };
}

/** The result of preparing an image; its pixels are in the caller's buffer. */
export type PreparedSample =
  | {
      readonly status: 'success';
      readonly geometry: LetterboxGeometry;
      readonly decodeMs: number;
      readonly letterboxMs: number;
    }
  | { readonly status: 'failed_to_decode'; readonly reason: string };

type Decoded =
  | { readonly status: 'success'; readonly image: RgbImage; readonly geometry: LetterboxGeometry }
  | { readonly status: 'failed_to_decode'; readonly reason: string };

/**
 * Turns the bytes of an image file into the model's input, as Ultralytics does: planar RGB [3, inputHeight, inputWidth], which fills `pixels`.
 * Never rejects for a bad file.
 */
export async function prepareSample(
  bytes: Uint8Array,
  settings: PrepareSettings,
  pixels: Uint8Array,
): Promise<PreparedSample> {
  const startedMs = performance.now();
  const decoded = await decodeFor(bytes, settings);
  if (decoded.status !== 'success') return decoded;
  const decodedMs = performance.now();
  const { image, geometry } = decoded;
  preparationOf(settings).fill(image, geometry, pixels, 0);
  return {
    status: 'success',
    geometry,
    decodeMs: decodedMs - startedMs,
    letterboxMs: performance.now() - decodedMs,
  };
}

function preparationOf({ preparation }: PrepareSettings): Preparation {
  return preparations[preparation];
}

async function decodeFor(bytes: Uint8Array, settings: PrepareSettings): Promise<Decoded> {
  const { maxPixels, resize } = settings;
  const { geometryOf } = preparationOf(settings);
  if (resize === 'exact') {
    const decoded = await decodeImage(bytes, { maxPixels });
    if (decoded.status !== 'success') return decoded;
    const { image } = decoded;
    return { status: 'success', image, geometry: geometryOf(image.width, image.height, settings) };
  }
  const planSize = (width: number, height: number) => {
    const { newWidth, newHeight } = geometryOf(width, height, settings);
    return { width: newWidth, height: newHeight };
  };
  const near = await decodeImageNear(bytes, { maxPixels, planSize });
  if (near.status !== 'success') return near;
  const { image, width, height } = near;
  return { status: 'success', image, geometry: geometryOf(width, height, settings) };
}
