import { type PictureMap, pictureMaps } from '../../report/gallery/card-maps.ts';
import { readStoredMaps } from '../../report/gallery/stored-maps.ts';
import { readStoredRows } from '../../report/gallery/stored-rows.ts';
import { decodeThumbnail, encodeThumbnail } from '../../report/gallery/thumbnail.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import { addressOf, type RowPlace } from '../../shared/run/places/row-address.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import type { ComparedRun } from '../compare/compared-run.ts';
import type { ChangedGroup, ChangedImage } from '../compare/comparison.ts';

/** One image in one run, as a card shows it. */
export interface ComparedPanel {
  /** Index of the run. */
  readonly run: number;
  readonly width: number;
  readonly height: number;
  /** Index into the photos; absent where the photo cannot be had. */
  readonly photo?: number;
  readonly detections: readonly Detection[];
  readonly labels: readonly LabeledObject[];
  /** Fused first, then the layers. */
  readonly maps: readonly PictureMap[];
  /** Why there are no objects and no maps, a sentence. */
  readonly reason?: string;
}

export interface ComparedCard extends Pick<ChangedImage, 'key' | 'words'> {
  /** By run; `undefined` where a run does not have the image. */
  readonly panels: readonly (ComparedPanel | undefined)[];
}

export interface ComparedImages {
  readonly groups: readonly (Omit<ChangedGroup, 'images'> & {
    readonly cards: readonly ComparedCard[];
  })[];
  /** WebP. The same picture in several runs is there once. */
  readonly photos: readonly Uint8Array[];
}

const photoSide = 320;

/** Loads the rows, maps and photos of the images that a comparison shows. A photo that cannot be had is left out. */
export async function loadComparedImages(
  runs: readonly ComparedRun[],
  groups: readonly ChangedGroup[],
  storage: StoreOptions,
): Promise<ComparedImages> {
  const images = groups.flatMap((group) => group.images);
  const rows = await Promise.all(
    runs.map(({ store, runId }, i) =>
      readStoredRows(
        store,
        runId,
        images.flatMap(({ places }) => places[i] ?? []),
      ),
    ),
  );
  const photos = new PhotoTable(runs, storage);
  const loaded: ComparedImages['groups'][number][] = [];
  for (const { images, ...group } of groups) {
    const cards: ComparedCard[] = [];
    for (const { key, words, places } of images) {
      const panels: (ComparedPanel | undefined)[] = [];
      for (const [run, place] of places.entries()) {
        const row = place && rows[run]?.get(addressOf(place));
        panels.push(row && (await panelOf(runs, run, place, row, photos)));
      }
      cards.push({ key, words, panels });
    }
    loaded.push({ ...group, cards });
  }
  return { groups: loaded, photos: photos.bytes };
}

async function panelOf(
  runs: readonly ComparedRun[],
  run: number,
  { shard }: RowPlace,
  row: SampleRow,
  photos: PhotoTable,
): Promise<ComparedPanel | undefined> {
  const { geometry, detections, reason } = row;
  const { store, spec } = runs[run] as ComparedRun;
  if (geometry === undefined) return undefined;
  const stored = await readStoredMaps(store, spec, shard, row);
  const photo = await photos.indexOf(run, row);
  const { width, height } = geometry;
  return {
    ...{ run, width, height, detections },
    labels: row.labels?.objects ?? [],
    maps: pictureMaps(stored, geometry, spec.options),
    ...(photo !== undefined && { photo }),
    ...(row.status !== 'success' && reason !== undefined && { reason }),
  };
}

/** Photos by what they show: a picture that several runs hold is fetched once. */
class PhotoTable {
  readonly #runs: readonly ComparedRun[];
  readonly #storage: StoreOptions;
  readonly #known = new Map<string, number | undefined>();
  readonly bytes: Uint8Array[] = [];

  constructor(runs: readonly ComparedRun[], storage: StoreOptions) {
    this.#runs = runs;
    this.#storage = storage;
  }

  async indexOf(run: number, { key, etag, sizeBytes }: SampleRow): Promise<number | undefined> {
    const { spec } = this.#runs[run] as ComparedRun;
    const name = JSON.stringify([spec.dataset.rootUri, key, etag, sizeBytes]);
    if (this.#known.has(name)) return this.#known.get(name);
    const photo = await this.#load(run, key);
    const index = photo === undefined ? undefined : this.bytes.push(photo) - 1;
    this.#known.set(name, index);
    return index;
  }

  async #load(run: number, key: string): Promise<Uint8Array | undefined> {
    const { dataset, options } = (this.#runs[run] as ComparedRun).spec;
    try {
      const bytes = await openStore(dataset.rootUri, this.#storage).get(key);
      if (bytes === undefined) return undefined;
      const { maxPixels } = options;
      const pixels = await decodeThumbnail(bytes, { side: photoSide, maxPixels });
      if (typeof pixels === 'string') return undefined;
      return await encodeThumbnail(pixels, { side: photoSide, quality: 68 });
    } catch {
      // The images may have moved since: the page is complete without its photos.
      return undefined;
    }
  }
}
