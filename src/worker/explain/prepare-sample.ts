import { decodeChannels } from '../../image/decode/decode-channels.ts';
import { decodeImage, decodeImageNear } from '../../image/decode/decode-image.ts';
import { fillChannels } from '../../image/input/channel-planes.ts';
import { type InputMeasures, measureInput } from '../../image/input/input-measures.ts';
import { type Preparation, preparations } from '../../image/input/preparations.ts';
import type { ChannelImage, RgbImage } from '../../image/rgb-image.ts';
import { releaseBytes } from '../../shared/host/threads/release-bytes.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions, ModelSpec, Resize } from '../../shared/run/run-spec.ts';
import { type InputPreparation, traitsOf } from '../../shared/run/task-traits.ts';

/** What preparation needs from a run. */
export interface PrepareSettings {
  readonly preparation: InputPreparation;
  /** Channels of the input; 3 are RGB. */
  readonly inputChannels: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  /** Letterbox: padded only to a multiple of this, and not to the whole input. */
  readonly rectStride?: number | undefined;
  readonly resize: Resize;
  readonly maxPixels: number;
}

/** What a run's model takes. */
export type InputSpec = Pick<
  ModelSpec,
  'task' | 'inputHeight' | 'inputWidth' | 'inputChannels' | 'preparation' | 'rectStride'
>;

export function inputBytesOf({ inputHeight, inputWidth, inputChannels = 3 }: InputSpec): number {
  return inputChannels * inputHeight * inputWidth;
}

export function prepareSettingsOf(
  model: InputSpec,
  { resize, maxPixels }: Pick<ExplainOptions, 'resize' | 'maxPixels'>,
): PrepareSettings {
  const { task, inputHeight, inputWidth, inputChannels = 3, rectStride } = model;
  const { preparation = traitsOf(task).preparation } = model;
  const size = { inputChannels, inputHeight, inputWidth, rectStride };
  return { preparation, ...size, resize, maxPixels };
}

/** The result of preparing an image; its pixels are in the caller's buffer. */
export type PreparedSample =
  | {
      readonly status: 'success';
      readonly geometry: LetterboxGeometry;
      readonly input: InputMeasures;
      readonly decodeMs: number;
      readonly letterboxMs: number;
    }
  | { readonly status: 'failed_to_decode'; readonly reason: string };

type Decoded =
  | {
      readonly status: 'success';
      readonly image: RgbImage | ChannelImage;
      readonly geometry: LetterboxGeometry;
    }
  | { readonly status: 'failed_to_decode'; readonly reason: string };

/**
 * Turns the bytes of an image file into the model's input, as Ultralytics does: planar [inputChannels, inputHeight, inputWidth], which fills `pixels`.
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
  const preparation = preparationOf(settings);
  if ('channels' in image) fillChannels(preparation, image, geometry, pixels);
  else preparation.fill(image, geometry, pixels, 0);
  const input = measureInput(image);
  releaseBytes(image.data);
  return {
    status: 'success',
    ...{ geometry, input },
    decodeMs: decodedMs - startedMs,
    letterboxMs: performance.now() - decodedMs,
  };
}

function preparationOf({ preparation }: PrepareSettings): Preparation {
  return preparations[preparation];
}

async function decodeFor(bytes: Uint8Array, settings: PrepareSettings): Promise<Decoded> {
  const { maxPixels, resize, inputChannels: channels } = settings;
  const { geometryOf } = preparationOf(settings);
  if (resize === 'exact' || channels !== 3) {
    const decoded =
      channels === 3
        ? await decodeImage(bytes, { maxPixels })
        : await decodeChannels(bytes, { maxPixels, channels });
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
