import type { Sharp } from 'sharp';
import { messageOf } from '../../shared/errors.ts';
import type { RgbImage } from '../rgb-image.ts';
import { decodeBmp, overLimit } from './decode-bmp.ts';
import { decodeHeic } from './decode-heic.ts';
import { decodeInkJpeg } from './decode-ink.ts';
import { decodeJpeg2000 } from './decode-jpeg2000.ts';
import { decodeTiff } from './decode-tiff.ts';
import { endIsMissing } from './file-end.ts';
import { type ImageKind, imageKind, jpegFrame, jpegOddity } from './image-kind.ts';
import { openImage, readRgb } from './open-image.ts';
import { sharp } from './sharp.ts';
import { tiffReading } from './tiff-reading.ts';
import { MissingLibrary } from './wasm-library.ts';

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

/** A decoded picture, or a file that libvips reads as Ultralytics does. */
type Source =
  | { readonly status: 'success'; readonly image: RgbImage }
  | { readonly status: 'encoded'; readonly bytes: Uint8Array }
  | DecodeFailure;

/**
 * Decodes an image file to what Ultralytics feeds a model: `cv2.imdecode(bytes, IMREAD_COLOR)`, for TIFF `IMREAD_UNCHANGED`, and for AVIF and HEIC
 * Pillow: orientation applied, ICC profile ignored, alpha dropped (in TIFF it is multiplied in as libtiff does), 16 bits reduced to their high byte, first page
 * or frame, gray and palette expanded to RGB, CMYK by the plain formula. JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC, JPEG 2000 and BMP. What Ultralytics refuses or
 * misreads, such as most floating-point TIFF, fails with a reason that names the kind of file, and so does a truncated file. Never rejects for a bad file.
 *
 * Pixels are those of OpenCV 5.0, bit for bit, but for AVIF and HEIC, whose decoders differ: AVIF by at most 1 level where color has full resolution,
 * up to 16 on photographs where it has half (mean 0.3) and more at hard color edges.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { maxPixels }: DecodeLimits,
): Promise<DecodeResult> {
  const verdict = imageKind(bytes);
  if (verdict.status === 'refused') return failure(verdict.reason);
  try {
    const source = await sourceOf(bytes, verdict.kind, maxPixels);
    if (source.status !== 'encoded') return source;
    return { status: 'success', image: await readRgb(openImage(source.bytes, maxPixels)) };
  } catch (error) {
    return failure(await reasonOf(error, verdict.kind, bytes, maxPixels));
  }
}

/**
 * Decodes straight to the size that `planSize` returns for the whole image's size, with libvips' shrink-on-load and antialiased linear
 * kernel (`--resize fast`): several times faster on large JPEGs. Differences from the exact path: downscaled pixels are averaged over their
 * footprint where cv2 looks at two neighbors, 1 to 8 gray levels on average (up to about 70 at sharp edges). Where the planned size is itself over the limit
 * (a thin strip for a classifier), the image comes unresized. A model trained with Ultralytics saw the exact path's pixels.
 */
export async function decodeImageNear(
  bytes: Uint8Array,
  { maxPixels, planSize }: DecodeLimits & { planSize(width: number, height: number): Size },
): Promise<NearResult> {
  const verdict = imageKind(bytes);
  if (verdict.status === 'refused') return failure(verdict.reason);
  try {
    const source = await sourceOf(bytes, verdict.kind, maxPixels);
    if (source.status === 'failed_to_decode') return source;
    const { width, height } =
      source.status === 'success' ? source.image : await sizeOf(source.bytes);
    if (width * height > maxPixels) return failure(overLimit(width, height, maxPixels));
    const planned = planSize(width, height);
    const plan = planned.width * planned.height > maxPixels ? { width, height } : planned;
    const pipeline =
      source.status === 'success' ? fromPixels(source.image) : openImage(source.bytes, maxPixels);
    const resize = { fit: 'fill', kernel: 'linear' } as const;
    const image = await readRgb(pipeline.removeAlpha().resize(plan.width, plan.height, resize));
    return { status: 'success', image, width, height };
  } catch (error) {
    return failure(await reasonOf(error, verdict.kind, bytes, maxPixels));
  }
}

/** Decodes what libvips cannot read or reads with other pixels, and leaves the rest to it. */
async function sourceOf(bytes: Uint8Array, kind: ImageKind, maxPixels: number): Promise<Source> {
  if (kind === 'bmp') return decoded(decodeBmp(bytes, maxPixels));
  if (kind === 'heic') return orTruncated(await decodeHeic(bytes, maxPixels), kind, bytes);
  if (kind === 'jpeg2000') return orTruncated(await decodeJpeg2000(bytes, maxPixels), kind, bytes);
  if (kind === 'jpeg') return jpegSource(bytes, maxPixels);
  if (kind === 'tiff') return tiffSource(bytes, maxPixels);
  return { status: 'encoded', bytes: kind === 'avif' ? asStill(bytes) : bytes };
}

async function jpegSource(bytes: Uint8Array, maxPixels: number): Promise<Source> {
  const frame = jpegFrame(bytes);
  const what = frame && jpegOddity(frame);
  if (what) return failure(`${what} is not accepted: convert it to an 8-bit JPEG or PNG`);
  if (frame?.components !== 4) return { status: 'encoded', bytes };
  return decoded(await decodeInkJpeg(bytes, maxPixels, frame.adobe));
}

async function tiffSource(bytes: Uint8Array, maxPixels: number): Promise<Source> {
  const reading = tiffReading(bytes);
  if (reading.status === 'refused') return failure(reading.reason);
  if (reading.way === 'plain') return { status: 'encoded', bytes: reading.bytes };
  return decoded(await decodeTiff(reading.bytes, reading.way, maxPixels));
}

/** An animated AVIF under the brand of a still one: libvips then returns its main picture, the first frame, and refuses it otherwise. */
function asStill(bytes: Uint8Array): Uint8Array {
  if (bytes[11] !== 's'.charCodeAt(0)) return bytes;
  const copy = Uint8Array.from(bytes);
  copy[11] = 'f'.charCodeAt(0);
  return copy;
}

function fromPixels({ data, width, height }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function sizeOf(bytes: Uint8Array): Promise<Size> {
  const { autoOrient } = await sharp(bytes, { limitInputPixels: false, failOn: 'none' }).metadata();
  return autoOrient;
}

function decoded(image: RgbImage | string): DecodeResult {
  return typeof image === 'string' ? failure(image) : { status: 'success', image };
}

/** Our other decoders distinguish truncation from damage no better than libvips. */
function orTruncated(
  image: RgbImage | string,
  kind: 'heic' | 'jpeg2000',
  bytes: Uint8Array,
): DecodeResult {
  const isCut = typeof image === 'string' && /damaged/.test(image) && endIsMissing(kind, bytes);
  return decoded(isCut ? 'the file is truncated' : image);
}

function failure(reason: string): DecodeFailure {
  return { status: 'failed_to_decode', reason };
}

/** From sharp's own messages, the size and the structure of the file: a message of libvips may belong to another image (see `endIsMissing`). */
async function reasonOf(
  error: unknown,
  kind: ImageKind,
  bytes: Uint8Array,
  maxPixels: number,
): Promise<string> {
  if (error instanceof MissingLibrary) return error.message;
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
