import type { EvaluatedShards, RowsByAddress } from '../../evaluate/objects/write-evaluation.ts';
import type { RgbImage } from '../../image/rgb-image.ts';
import { addressOf, type RowAddress, type RowPlace } from '../../shared/run/places/row-address.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { OutlierRule } from '../../shared/statistics/outlier-rule.ts';
import type { ShardStatistics } from '../../shared/statistics/shard-statistics.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { type MarkedRow, markedRow } from '../summary/outlier-marks.ts';
import { readCardBoxes, shownBoxes } from './card-boxes.ts';
import { readCardEvidence, switchedClasses } from './card-evidence.ts';
import { pictureMaps, withPng } from './card-maps.ts';
import { encodePhotos } from './encode-photos.ts';
import { chooseGallery, galleryPlan } from './gallery.ts';
import type { CardGroup, GalleryCard } from './gallery-card.ts';
import type { Photos } from './photos.ts';
import { readStoredMaps } from './stored-maps.ts';
import { readStoredRows } from './stored-rows.ts';
import type { ThumbnailSize } from './thumbnail.ts';

export interface GallerySource {
  readonly store: ObjectStore;
  readonly photos: Photos;
  readonly spec: RunSpec;
  readonly statistics: ShardStatistics;
  /** Median of `typicalColumn`. */
  readonly median: number;
  /** Of `statistics.evenSample`; rows that could not be read are absent. */
  readonly evenRows: ReadonlyMap<RowAddress, SampleRow>;
  /** Marks the rows, which come from the shards. */
  readonly outlierRule: OutlierRule;
  /** Shards whose file is not a table. */
  readonly withoutTable?: ReadonlySet<number>;
  /** Where other labels count than those of the rows: gives rows these. */
  readonly relabeled?: EvaluatedShards['relabeled'] | undefined;
}

/** Pictures of all cards together stay below this; base64 adds a third. */
const mostPictureBytes = 1_200_000;
/** The same where the report has crops of objects, too. */
const mostBesideCrops = 800_000;
/** Tried in order until the pictures fit, for all cards alike. */
const sizes: readonly ThumbnailSize[] = [
  { side: 320, quality: 70 },
  { side: 320, quality: 60 },
  { side: 240, quality: 60 },
  { side: 160, quality: 60 },
];

interface LoadedCard extends Omit<GalleryCard, 'photo'> {
  readonly pixels: RgbImage | undefined;
}

/** Chooses the images of the gallery and loads their rows, maps and photos. A missing photo leaves its card without one. */
export async function loadGallery(source: GallerySource): Promise<CardGroup[]> {
  const { spec, statistics, median, outlierRule } = source;
  const marked = (rows: ReadonlyMap<RowAddress, SampleRow>) =>
    new Map([...rows].map(([address, row]) => [address, markedRow(row, outlierRule)]));
  const evenRows = marked(source.evenRows);
  const plan = galleryPlan(statistics.images);
  const { form } = traitsOf(spec.model.task).words;
  const groups = chooseGallery({ statistics, evenRows, median, plan, form });
  const places = groups.flatMap((group) => group.exemplars);
  const rows = marked(await readableRows(source, places));
  const loaded: { group: (typeof groups)[number]; cards: LoadedCard[] }[] = [];
  for (const group of groups) {
    const cards: LoadedCard[] = [];
    for (const exemplar of group.exemplars) {
      const row = rows.get(addressOf(exemplar));
      const card = row && (await loadCard(source, exemplar.shard, row));
      if (card) cards.push(card);
    }
    loaded.push({ group, cards });
  }
  const all = loaded.flatMap(({ cards }) => cards);
  const photos = await encodePhotos(
    all.flatMap(({ pixels }) => pixels ?? []),
    sizes,
    source.photos.hasCrops ? mostBesideCrops : mostPictureBytes,
  );
  const classes = new Set(switchedClasses(all));
  const boxes = shownBoxes(all);
  return loaded.map(({ group: { id, title, rule }, cards }) => ({
    ...{ id, title, rule },
    cards: cards.map(({ pixels, ...card }) => ({
      ...withPhoto(card, pixels && photos.get(pixels)),
      evidence: card.evidence.filter(({ figures }) => classes.has(figures.classId)),
      boxes: card.boxes.slice(0, boxes),
    })),
  }));
}

/** Those of shards whose files are tables. */
export async function readableRows(
  source: Pick<GallerySource, 'store' | 'spec' | 'withoutTable' | 'relabeled'>,
  places: readonly RowPlace[],
): Promise<RowsByAddress> {
  const { store, spec, withoutTable, relabeled } = source;
  const readable = places.filter(({ shard }) => !withoutTable?.has(shard));
  const rows = await readStoredRows(store, spec.runId, readable);
  return relabeled === undefined ? rows : relabeled(rows);
}

function withPhoto(card: Omit<GalleryCard, 'photo'>, photo: Uint8Array | undefined): GalleryCard {
  return photo === undefined ? card : { ...card, photo };
}

async function loadCard(
  source: GallerySource,
  shard: number,
  row: MarkedRow,
): Promise<LoadedCard | undefined> {
  const { geometry } = row;
  if (geometry === undefined) return undefined;
  const { store, spec } = source;
  const { fusion, padding } = spec.options;
  const stored = await readStoredMaps(store, spec, shard, row);
  const maps = pictureMaps(stored, geometry, { fusion, padding }).map(withPng);
  const evidence = await readCardEvidence(store, spec, shard, row);
  const boxes = await readCardBoxes(store, spec, shard, row);
  const parts = await source.photos.read(row.key);
  const photo = typeof parts === 'string' ? parts : parts.thumbnail;
  const missing = typeof photo === 'string' ? { photoMissing: photo } : {};
  const pixels = typeof photo === 'string' ? undefined : photo;
  const { width, height } = geometry;
  return { shard, row, width, height, maps, evidence, boxes, pixels, ...missing };
}
