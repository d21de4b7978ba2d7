import type { Sharp } from 'sharp';
import { messageOf } from '../shared/errors.ts';
import { decodeBmp, overLimit } from './decode-bmp.ts';
import { endIsMissing } from './file-end.ts';
import { type ImageKind, imageKind, jpegFrame } from './image-kind.ts';
import type { RgbImage } from './rgb-image.ts';
import { sharp } from './sharp.ts';

export interface DecodeLimits {
  /** An image with more pixels than this (width x height) is refused by its header, before decoding. */
  readonly maxPixels: number;
}

export type DecodeFailure = { readonly status: 'failed_to_decode'; readonly reason: string };
export type DecodeResult = { readonly status: 'success'; readonly image: RgbImage } | DecodeFailure;

export type Size = { readonly width: number; readonly height: number };

/** `image` has the planned size; `width` and `height` are those of the whole image, EXIF orientation applied. */
export type NearResult =
  | ({ readonly status: 'success'; readonly image: RgbImage } & Size)
  | DecodeFailure;

/**
 * Decodes an image file as `cv2.imdecode(bytes, IMREAD_COLOR)` does, which is how Ultralytics reads images: EXIF orientation applied,
 * ICC profile ignored, alpha dropped (not blended), 16 bits reduced to their high byte, first page or frame, grey and palette expanded to RGB,
 * CMYK by cv2's own formula. JPEG, PNG, WebP, GIF, TIFF, AVIF and BMP. Never rejects for a bad file: the reason is in the result.
 *
 * Where cv2 is laxer: it returns the readable part of a truncated JPEG; here a truncated file is a failure.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { maxPixels }: DecodeLimits,
): Promise<DecodeResult> {
  const verdict = imageKind(bytes);
  if (verdict.status === 'refused') return failure(verdict.reason);
  if (verdict.kind === 'bmp') return bmpResult(bytes, maxPixels);
  try {
    const frame = verdict.kind === 'jpeg' ? jpegFrame(bytes) : undefined;
    if (frame?.components === 4) {
      return { status: 'success', image: await decodeCmyk(bytes, maxPixels, frame.adobe) };
    }
    return { status: 'success', image: await rgbOf(open(bytes, maxPixels).removeAlpha()) };
  } catch (error) {
    return failure(await reasonOf(error, verdict.kind, bytes, maxPixels));
  }
}

/**
 * Decodes straight to the size that `planSize` gives for the whole image's size, with libvips' shrink-on-load and antialiased linear
 * kernel (`--resize fast`): several times quicker on large JPEGs. What differs from the exact path: downscaled pixels are averaged over their
 * footprint where cv2 looks at two neighbours, 1 to 8 grey levels on average (up to about 70 at sharp edges); CMYK goes through libvips' own
 * conversion. Where the planned size is itself over the limit (a thin strip for a classifier), the image comes unresized. A model trained with Ultralytics saw the other pixels.
 */
export async function decodeImageNear(
  bytes: Uint8Array,
  { maxPixels, planSize }: DecodeLimits & { planSize(width: number, height: number): Size },
): Promise<NearResult> {
  const verdict = imageKind(bytes);
  if (verdict.status === 'refused') return failure(verdict.reason);
  try {
    const source = verdict.kind === 'bmp' ? bmpResult(bytes, maxPixels) : undefined;
    if (source?.status === 'failed_to_decode') return source;
    const { width, height } = source?.image ?? (await sizeOf(bytes));
    if (width * height > maxPixels) return failure(overLimit(width, height, maxPixels));
    const planned = planSize(width, height);
    const plan = planned.width * planned.height > maxPixels ? { width, height } : planned;
    const pipeline = source ? fromPixels(source.image) : open(bytes, maxPixels).removeAlpha();
    const resize = { fit: 'fill', kernel: 'linear' } as const;
    const image = await rgbOf(pipeline.resize(plan.width, plan.height, resize));
    return { status: 'success', image, width, height };
  } catch (error) {
    return failure(await reasonOf(error, verdict.kind, bytes, maxPixels));
  }
}

/** failOn `error`: harmless warnings pass as with cv2, but cut or unreadable data is a failure and never a half-grey image. */
function open(bytes: Uint8Array, maxPixels: number): Sharp {
  const options = { ignoreIcc: true, failOn: 'error', limitInputPixels: maxPixels } as const;
  return sharp(bytes, options).autoOrient();
}

function fromPixels({ data, width, height }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function sizeOf(bytes: Uint8Array): Promise<Size> {
  const { autoOrient } = await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata();
  return autoOrient;
}

async function rgbOf(pipeline: Sharp): Promise<RgbImage> {
  const { data, info } = await pipeline
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  // Not a Buffer: its `slice` would share memory with the image.
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { data: channels === 1 ? repeatGrey(pixels) : pixels, width, height };
}

function repeatGrey(grey: Uint8Array): Uint8Array {
  const data = new Uint8Array(grey.length * 3);
  for (let i = 0; i < grey.length; i++) data.fill(grey[i] ?? 0, i * 3, i * 3 + 3);
  return data;
}

/**
 * Raw ink values, then cv2's conversion (`icvCvt_CMYK2BGR_8u_C4C3R` in OpenCV's imgcodecs/src/utils.cpp):
 * c = k - ((255 - c) * k >> 8) on the bytes as stored. Stored bytes are inverted in Adobe files; libvips has undone that, so it is redone.
 */
async function decodeCmyk(bytes: Uint8Array, maxPixels: number, adobe: boolean): Promise<RgbImage> {
  const pipeline = open(bytes, maxPixels).pipelineColourspace('cmyk').toColourspace('cmyk').raw();
  const { data: ink, info } = await pipeline.toBuffer({ resolveWithObject: true });
  const data = new Uint8Array(info.width * info.height * 3);
  const invert = adobe ? 255 : 0;
  for (let from = 0, to = 0; from < ink.length; from += 4, to += 3) {
    const k = (ink[from + 3] ?? 0) ^ invert;
    data[to] = k - (((255 - ((ink[from] ?? 0) ^ invert)) * k) >> 8);
    data[to + 1] = k - (((255 - ((ink[from + 1] ?? 0) ^ invert)) * k) >> 8);
    data[to + 2] = k - (((255 - ((ink[from + 2] ?? 0) ^ invert)) * k) >> 8);
  }
  return { data, width: info.width, height: info.height };
}

function bmpResult(bytes: Uint8Array, maxPixels: number): DecodeResult {
  const image = decodeBmp(bytes, maxPixels);
  return typeof image === 'string' ? failure(image) : { status: 'success', image };
}

function failure(reason: string): DecodeFailure {
  return { status: 'failed_to_decode', reason };
}

/** From sharp's own words, the size and the structure of the file: the words of libvips may be another image's (see `endIsMissing`). */
async function reasonOf(
  error: unknown,
  kind: ImageKind,
  bytes: Uint8Array,
  maxPixels: number,
): Promise<string> {
  const message = messageOf(error);
  if (message.includes('exceeds pixel limit')) {
    const { width, height } = await sizeOf(bytes);
    return overLimit(width, height, maxPixels);
  }
  if (kind !== 'bmp' && endIsMissing(kind, bytes)) return 'the file is truncated';
  if (message.includes('corrupt header')) return 'its header is damaged';
  return message.includes('unsupported image format')
    ? 'its header is damaged, or it is a variant that is not supported'
    : 'damaged image data';
}
