import type { LabelEntry } from '../../shared/run/labels/label.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { ObjectInfo } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { headBatch, headLabels, LabelJoin } from './label-join.ts';
import type { LabelPlace } from './label-places.ts';
import type { LabelSource } from './label-source.ts';

export interface YoloPlaceOptions {
  readonly storage?: StoreOptions | undefined;
  /** The images are a few, named one by one: their label files are asked for by name instead of listed. */
  readonly byName: boolean;
}

/** Label files in one place. */
export function yoloSource(place: LabelPlace, { storage, byName }: YoloPlaceOptions): LabelSource {
  const store = openStore(place.rootPath, storage);
  return {
    kind: 'yolo',
    rootUri: store.uri,
    description: place.description,
    classNames: () => undefined,
    entries: async function* (samples) {
      if (byName) {
        for await (const batch of inBatches(samples)) {
          const keys = batch.map(({ key }) => key);
          yield* (await headLabels(store, place, keys)).map(entryOf);
        }
        return;
      }
      const join = new LabelJoin(store, place);
      try {
        for await (const { key } of samples) yield entryOf(await join.find(key));
      } finally {
        await join.close();
      }
    },
  };
}

function entryOf(file: ObjectInfo | undefined): LabelEntry {
  return file === undefined ? {} : { file };
}

async function* inBatches(samples: AsyncIterable<Sample>): AsyncGenerator<Sample[]> {
  let batch: Sample[] = [];
  for await (const sample of samples) {
    batch.push(sample);
    if (batch.length < headBatch) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
