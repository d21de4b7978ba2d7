import { stat } from 'node:fs/promises';
import path from 'node:path';
import { classFolders } from '../../evaluate/labels/class-folders.ts';
import { cocoSource } from '../../evaluate/labels/coco-source.ts';
import { namedPlaces, usualPlaces } from '../../evaluate/labels/label-places.ts';
import type { LabelSource } from '../../evaluate/labels/label-source.ts';
import { yoloSource } from '../../evaluate/labels/yolo-source.ts';
import type { ModelSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import { isS3Uri } from '../../shared/storage/s3/s3-uri.ts';
import type { ImagePlace } from './image-source.ts';
import { pathOfSource } from './open-listing.ts';

/** What a person says of labels: where they are, or `false` for none; absent: they are looked for. */
export type LabelSaid = string | false | undefined;

export interface LabelSearch {
  readonly said: LabelSaid;
  readonly source: ImagePlace;
  readonly dataset: { readonly images: number };
  readonly model: Pick<ModelSpec, 'task' | 'classNames'>;
  readonly storage: StoreOptions;
}

/** As many label files are asked for by name; of more, the folders are listed. */
const mostNamed = 256;

/** Where the labels of a dataset may be, in the order in which they are looked for. */
export function labelSources(search: LabelSearch): LabelSource[] {
  const { said, source, dataset, model, storage } = search;
  const { rootPath, rootUri, kind } = source;
  if (said === false) return [];
  if (said !== undefined && /\.json$/i.test(said)) return [cocoSource(placeOf(said), storage)];
  if (traitsOf(model.task).classifies && said === undefined) {
    return [classFolders({ rootPath, rootUri, modelNames: model.classNames })];
  }
  const byName = (kind === 'list' || kind === 'image') && dataset.images <= mostNamed;
  const places = said === undefined ? usualPlaces(rootPath) : namedPlaces(placeOf(said), rootPath);
  // Listing a bucket of images once more takes minutes: only where a text file was seen among them.
  const listed = kind === 'folder' || kind === 'data-yaml';
  const worthwhile = places.filter(
    (place) => !(listed && said === undefined && place.isBeside && !source.hasSeen('txt')),
  );
  return worthwhile.map((place) => yoloSource(place, { storage, byName }));
}

function placeOf(said: string): string {
  return isS3Uri(said) ? said.replace(/\/+$/, '') : path.resolve(pathOfSource(said, '--labels'));
}

/** Whether there is something at a place on this machine; places elsewhere are taken to exist. */
export async function isThere(said: string): Promise<boolean> {
  if (isS3Uri(said)) return true;
  return stat(placeOf(said)).then(
    () => true,
    () => false,
  );
}
