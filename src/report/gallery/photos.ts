import { decodeImageNear } from '../../image/decode/decode-image.ts';
import { sharp } from '../../image/decode/sharp.ts';
import type { RgbImage } from '../../image/rgb-image.ts';
import { messageOf } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** Part of an image in pixels of the original. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What a report needs of one image. */
export interface PhotoParts {
  /** Not larger than `thumbnailSide` on its longer side. */
  readonly thumbnail: RgbImage;
  /** The parts that were asked for, in their order, not larger than `cropSide`. */
  readonly crops: readonly RgbImage[];
}

const thumbnailSide = 320;
export const cropSide = 144;

export interface PhotosOptions {
  /** Where the images are; `undefined` when they are unavailable. */
  readonly imageStore: ObjectStore | undefined;
  readonly maxPixels: number;
  /** By key, what else to cut out of an image when it is read. */
  readonly regions?: ReadonlyMap<string, readonly Region[]>;
}

/** The images of a report. Each is fetched and decoded once, however many pictures are made of it; only small pictures stay in memory. */
export class Photos {
  readonly #options: PhotosOptions;
  readonly #read = new Map<string, Promise<PhotoParts | string>>();

  constructor(options: PhotosOptions) {
    this.#options = options;
  }

  /** Whether anything is cut out of any image. */
  get hasCrops(): boolean {
    return (this.#options.regions?.size ?? 0) > 0;
  }

  /** A sentence, where the image cannot be had. */
  read(key: string): Promise<PhotoParts | string> {
    const known = this.#read.get(key) ?? this.#load(key);
    this.#read.set(key, known);
    return known;
  }

  async #load(key: string): Promise<PhotoParts | string> {
    const { imageStore, maxPixels, regions } = this.#options;
    if (imageStore === undefined) return 'The photo was unavailable when this report was made.';
    try {
      const bytes = await imageStore.get(key);
      if (bytes === undefined) return 'The photo is no longer at its place.';
      const parts = await partsOf(bytes, regions?.get(key) ?? [], maxPixels);
      return typeof parts === 'string' ? `The photo can no longer be read. ${parts}` : parts;
    } catch (error) {
      return `The photo could not be read. ${messageOf(error)}`;
    }
  }
}

async function partsOf(
  bytes: Uint8Array,
  regions: readonly Region[],
  maxPixels: number,
): Promise<PhotoParts | string> {
  const scaleOf = (width: number, height: number) =>
    Math.min(1, Math.max(thumbnailSide / Math.max(width, height), ...regions.map(cropScale)));
  const planSize = (width: number, height: number) => {
    const scale = scaleOf(width, height);
    const side = (length: number) => Math.max(1, Math.round(length * scale));
    return { width: side(width), height: side(height) };
  };
  const result = await decodeImageNear(bytes, { maxPixels, planSize });
  if (result.status !== 'success') return result.reason;
  const { image, width, height } = result;
  const crops: RgbImage[] = [];
  for (const region of regions) crops.push(await cut(image, region, { width, height }));
  return { thumbnail: await fit(image, thumbnailSide), crops };
}

/** Enough pixels of the original for a crop at its largest. */
function cropScale({ width, height }: Region): number {
  return cropSide / Math.max(width, height);
}

/** `width` and `height` are those of the original, whose pixels the region is in. */
async function cut(
  image: RgbImage,
  region: Region,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<RgbImage> {
  const [across, down] = [image.width / width, image.height / height];
  const left = Math.min(image.width - 1, Math.max(0, Math.round(region.left * across)));
  const top = Math.min(image.height - 1, Math.max(0, Math.round(region.top * down)));
  const part = {
    ...{ left, top },
    width: Math.min(image.width - left, Math.max(1, Math.round(region.width * across))),
    height: Math.min(image.height - top, Math.max(1, Math.round(region.height * down))),
  };
  const { data } = image;
  const raw = { width: image.width, height: image.height, channels: 3 } as const;
  const cropped = await sharp(data, { raw }).extract(part).raw().toBuffer();
  return fit({ data: cropped, width: part.width, height: part.height }, cropSide);
}

async function fit({ data, width, height }: RgbImage, side: number): Promise<RgbImage> {
  if (Math.max(width, height) <= side) return { data, width, height };
  const scaled = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: side, height: side, fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: scaled.data, width: scaled.info.width, height: scaled.info.height };
}
