import type { Evaluation } from '../evaluate/result/evaluation.ts';
import type { Table } from '../shared/results/parquet-table.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import { type ClassMean, readClassMeans } from './gallery/class-means.ts';
import { typicalColumn } from './gallery/gallery.ts';
import type { CardGroup } from './gallery/gallery-card.ts';
import { type GallerySource, loadGallery, readableRows } from './gallery/load-gallery.ts';
import { Photos } from './gallery/photos.ts';
import { loadObjects } from './objects/load-objects.ts';
import type { ObjectGallery } from './objects/object-card.ts';
import { regionsOf, wantedObjects } from './objects/wanted-objects.ts';
import type { Summary } from './summary/summary-schema.ts';

/** What the labels say of a run. */
export interface EvaluatedRun {
  readonly evaluation: Evaluation;
  /** Tables of `objects/`, gone over once. */
  readonly objects: AsyncIterable<Table> | Iterable<Table>;
}

export interface PictureSource extends Omit<GallerySource, 'median' | 'photos' | 'evenRows'> {
  /** Where the images are; `undefined` when they are unavailable, which the cards then say. */
  readonly imageStore: ObjectStore | undefined;
  readonly evaluated?: EvaluatedRun | undefined;
}

export interface ReportPictures {
  readonly groups: readonly CardGroup[];
  /** Mean evidence of classes over images drawn evenly; empty where none is stored. */
  readonly classMeans: readonly ClassMean[];
  /** Where there is an evaluation. */
  readonly objects?: ObjectGallery;
}

/** Loads all pictures of a report: its gallery, and the objects that were judged. Each image is fetched once. */
export async function loadPictures(
  { imageStore, evaluated, ...source }: PictureSource,
  { measures }: Pick<Summary, 'measures'>,
): Promise<ReportPictures> {
  const median = measures[typicalColumn(source.statistics)]?.quantiles.p50 ?? 0;
  const { maxPixels } = source.spec.options;
  const wanted =
    evaluated && (await wantedObjects(source, evaluated.evaluation, evaluated.objects));
  const regions = wanted && regionsOf(wanted);
  const photos = new Photos({ imageStore, maxPixels, ...(regions && { regions }) });
  const exemplars = source.statistics.evenSample;
  const evenRows = await readableRows(source, exemplars);
  const classMeans = await readClassMeans({ ...source, exemplars, rows: evenRows });
  const groups = await loadGallery({ ...source, photos, median, evenRows });
  if (wanted === undefined) return { groups, classMeans };
  return {
    groups,
    classMeans,
    objects: await loadObjects(wanted, { ...source, photos, shown: groups }),
  };
}
