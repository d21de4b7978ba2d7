import { messageOf } from '../../shared/errors.ts';
import type { ChannelImage, RgbImage } from '../rgb-image.ts';
import { overLimit } from './decode-bmp.ts';
import { type DecodeFailure, type DecodeLimits, decodeImage } from './decode-image.ts';
import { type ImageKind, imageKind, jpegFrame } from './image-kind.ts';
import { lumaAsRed } from './jpeg-luma.ts';
import { sharp } from './sharp.ts';
import { tiffReading } from './tiff-reading.ts';

type ChannelResult = { readonly status: 'success'; readonly image: ChannelImage } | DecodeFailure;

/**
 * Decodes an image for a model of other than three channels, as Ultralytics 8.4.190 does. One channel: OpenCV's gray. More: what the file holds, not
 * turned by EXIF: four are blue, green, red and alpha, as OpenCV orders them; gray pages of a TIFF become one channel each, and so do bands beyond
 * four. 16 bits keep their high byte. A file of other channels fails with a reason that says how many it has. Never rejects for a bad file.
 */
export async function decodeChannels(
  bytes: Uint8Array,
  { maxPixels, channels }: DecodeLimits & { readonly channels: number },
): Promise<ChannelResult> {
  const verdict = imageKind(bytes);
  if (verdict.status === 'refused') return failure(verdict.reason);
  if (channels === 1) return grayOf(bytes, verdict.kind, maxPixels);
  if (!['png', 'webp', 'tiff'].includes(verdict.kind)) {
    return failure(mismatch(verdict.kind === 'gif' ? 4 : 3, channels));
  }
  try {
    return await asStored(bytes, { kind: verdict.kind, maxPixels, channels });
  } catch (error) {
    return failure(`damaged or unusual image data (${messageOf(error)})`);
  }
}

/** Weights of red, green and blue, and the bits behind the point. All OpenCV's, but rounded differently from decoder to decoder. */
const grayRules: Readonly<Partial<Record<ImageKind, readonly number[]>>> = {
  png: [9798, 19235, 3735, 15, 0],
  bmp: [4899, 9617, 1868, 14, 8192],
  tiff: [4899, 9617, 1868, 14, 8192],
  jpeg: [19595, 38470, 7471, 16, 32768],
};
const onlyRed: readonly number[] = [1, 0, 0, 0, 0];
const usualGray: readonly number[] = [9798, 19235, 3735, 15, 16384];

function grayRule(bytes: Uint8Array, kind: ImageKind): readonly number[] {
  const isInk = kind === 'jpeg' && jpegFrame(bytes)?.components === 4;
  return grayRules[isInk ? 'bmp' : kind] ?? usualGray;
}

/** Equal to OpenCV's, bit for bit: of a JPEG the luma as it is stored, of others the weighted colors. */
async function grayOf(
  bytes: Uint8Array,
  kind: ImageKind,
  maxPixels: number,
): Promise<ChannelResult> {
  const luma = kind === 'jpeg' ? lumaAsRed(bytes) : undefined;
  const decoded = await decodeImage(luma ?? bytes, { maxPixels });
  if (decoded.status !== 'success') return decoded;
  const { width, height } = decoded.image;
  const rule = luma === undefined ? grayRule(bytes, kind) : onlyRed;
  const data = gray(decoded.image, rule);
  return { status: 'success', image: { data, width, height, channels: 1 } };
}

function gray({ data }: RgbImage, rule: readonly number[]): Uint8Array {
  const [red = 0, green = 0, blue = 0, shift = 0, half = 0] = rule;
  const values = new Uint8Array(data.length / 3);
  for (let i = 0, from = 0; i < values.length; i++) {
    const sum =
      red * (data[from++] ?? 0) + green * (data[from++] ?? 0) + blue * (data[from++] ?? 0);
    values[i] = (sum + half) >> shift;
  }
  return values;
}

interface StoredPlan {
  readonly kind: ImageKind;
  readonly maxPixels: number;
  readonly channels: number;
}

async function asStored(
  bytes: Uint8Array,
  { kind, maxPixels, channels }: StoredPlan,
): Promise<ChannelResult> {
  const meta = await sharp(bytes, { limitInputPixels: false }).metadata();
  const { width, height, pages = 1 } = meta;
  if (width * height > maxPixels) return failure(overLimit(width, height, maxPixels));
  const bands = meta.channels;
  // OpenCV makes color of gray with alpha.
  const found = pages > 1 && kind === 'tiff' ? pages * bands : bands === 2 ? 4 : bands;
  if (found !== channels || (pages > 1 && kind === 'tiff' && bands !== 1)) {
    return failure(mismatch(found, channels));
  }
  if (pages > 1 && kind === 'tiff') return stackPages(bytes, { width, height, pages });
  const { data, channels: read } = await (bands > 4 ? readManyBands(bytes) : readBands(bytes, 0));
  if (read !== channels) return failure(mismatch(read, channels));
  const isStraight = kind === 'tiff' && alphaIsMultiplied(bytes);
  const ordered = channels === 4 ? blueFirst(data, isStraight) : data;
  return { status: 'success', image: { data: ordered, width, height, channels } };
}

async function stackPages(
  bytes: Uint8Array,
  { width, height, pages }: { width: number; height: number; pages: number },
): Promise<ChannelResult> {
  const data = new Uint8Array(width * height * pages);
  for (let page = 0; page < pages; page++) {
    const one = await readBands(bytes, page);
    if (one.width !== width || one.height !== height) return failure('its pages differ in size');
    for (let i = 0; i < width * height; i++) {
      data[i * pages + page] = one.data[i * one.channels] ?? 0;
    }
  }
  return { status: 'success', image: { data, width, height, channels: pages } };
}

/** libvips takes the bands beyond the gray one for alpha, and keeps them only in 16 bits. */
async function readManyBands(bytes: Uint8Array): Promise<ChannelImage> {
  const limits = { failOn: 'error', limitInputPixels: false } as const;
  const { data, info } = await sharp(bytes, { ignoreIcc: true, ...limits })
    .toColorspace('grey16')
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const high = new Uint8Array(data.length / 2);
  for (let i = 0; i < high.length; i++) high[i] = data[2 * i + 1] ?? 0;
  const { width, height, channels } = info;
  return { data: high, width, height, channels };
}

/** One page as stored, 16 bits reduced to their high byte. Gray may come repeated. */
async function readBands(bytes: Uint8Array, page: number): Promise<ChannelImage> {
  const limits = { failOn: 'error', limitInputPixels: false } as const;
  const { data, info } = await sharp(bytes, { page, ignoreIcc: true, ...limits })
    .toColorspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return { data, width, height, channels };
}

function alphaIsMultiplied(bytes: Uint8Array): boolean {
  const reading = tiffReading(bytes);
  return reading.status === 'accepted' && reading.way === 'multiplied';
}

/** OpenCV's order. `multiply`: the colors times their alpha, as libtiff does. */
function blueFirst(data: Uint8Array, multiply: boolean): Uint8Array {
  const turned = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0;
    for (let band = 0; band < 3; band++) {
      const value = data[at + 2 - band] ?? 0;
      turned[at + band] = multiply ? (value * alpha + 127) / 255 : value;
    }
    turned[at + 3] = alpha;
  }
  return turned;
}

function mismatch(found: number, wanted: number): string {
  return `it has ${found} ${found === 1 ? 'channel' : 'channels'}, and the model takes ${wanted}`;
}

function failure(reason: string): DecodeFailure {
  return { status: 'failed_to_decode', reason };
}
