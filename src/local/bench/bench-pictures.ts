import sharp from 'sharp';
import { openImageSource } from '../../producer/dataset/image-source.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { mulberry32 } from '../../shared/statistics/mulberry32.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { fetchSample } from '../../worker/shard/fetch-sample.ts';

/** Files that are explained over and over. */
export interface BenchPictures {
  /** Contents of image files; one at least. They are held in memory: how fast a disk or a bucket is, is another question. */
  readonly files: readonly Uint8Array[];
  /** What they are. */
  readonly words: string;
}

export interface PictureRequest {
  readonly settings: RunSettings;
  /** Ultralytics' `datasets_dir`. */
  readonly datasetsFolder?: string | undefined;
  readonly signal: AbortSignal;
}

const mostPictures = 24;

/**
 * The first images of a dataset, or a made one where none is said.
 *
 * @throws EigenfleetError `dataset` where there is no image that can be read.
 */
export async function openBenchPictures(request: PictureRequest): Promise<BenchPictures> {
  const { settings, datasetsFolder, signal } = request;
  const { images, split, include, exclude } = settings;
  if (images === undefined) {
    return { files: [await madePicture()], words: 'a made JPEG of 1280 x 960 pixels' };
  }
  const choice = { split, include, exclude, limit: mostPictures, datasetsDir: datasetsFolder };
  const source = await openImageSource({ source: images, ...choice, storage: settings });
  const store = openStore(source.rootUri, settings);
  const files: Uint8Array[] = [];
  for await (const sample of source.samples()) {
    const fetched = await fetchSample(sample, store, signal);
    if (fetched.status === 'success') files.push(fetched.bytes);
  }
  if (files.length === 0) {
    throw new EigenfleetError('dataset', `No image of ${source.description} can be read.`);
  }
  return { files, words: `${files.length} images of ${source.description}` };
}

/** Soft noise, which costs a decoder about what a photograph does. */
async function madePicture(): Promise<Uint8Array> {
  const [width, height] = [160, 120];
  const random = mulberry32(7);
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => random() * 256);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize(8 * width, 8 * height)
    .jpeg({ quality: 90 })
    .toBuffer();
}
