import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadModel } from '../../src/model/yolo/load-model.ts';
import { StorageUnavailableError } from '../../src/shared/host/storage-unavailable.ts';
import { readDoneShard } from '../../src/shared/results/done-shards.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import type { ObjectInfo, ObjectStore } from '../../src/shared/storage/object-store.ts';
import { Explainer } from '../../src/worker/explain/explainer.ts';
import type { Inference } from '../../src/worker/inference/inference.ts';
import { startRuntimeInference } from '../../src/worker/inference/runtime-inference.ts';
import { ByteBudget } from '../../src/worker/shard/byte-budget.ts';
import { openInFlightNote } from '../../src/worker/shard/in-flight-note.ts';
import { processShard, type ShardOutcome } from '../../src/worker/shard/process-shard.ts';
import { bloodCells, tinyModel } from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';
import { tinySpec } from '../support/tiny-spec.ts';

const loaded = await loadModel(tinyModel);
const names = (await readdir(bloodCells)).sort().slice(0, 4);
const images = new MemoryStore('images');
for (const name of names) await images.put(name, await readFile(join(bloodCells, name)));
const spec = await tinySpec(images.uri, names.length);
const { options } = spec;
const device = await startRuntimeInference({
  loaded,
  options,
  device: 'cpu',
  threads: 1,
  images: 1,
});
after(() => device.close());

/** A device whose answers differ from the CPU's in the last digits, as another make of GPU's do. */
const otherDevice: Inference = {
  ...{ device: 'other', batch: 1, streams: 1, close: async () => {} },
  activations: (input, layers) => device.activations(input, layers),
  infer: async (inputs) => {
    const answer = await device.infer(inputs);
    const bend = (value: number, cell: number): number => value * (1 + 1e-3 * Math.sin(cell));
    return {
      ...answer,
      images: answer.images.map((image) => ({
        ...image,
        layers: image.layers.map((layer) => ({
          ...layer,
          projections: layer.projections.map(bend),
        })),
      })),
    };
  },
};

interface Attempt {
  readonly inference: Inference;
  readonly store: ObjectStore;
  readonly images?: ObjectStore;
  readonly signal?: AbortSignal;
  /** Of what is under way. */
  readonly noteFolder?: string;
}

async function attempt(inference: Inference, store: ObjectStore): Promise<void> {
  await outcomeOf({ inference, store });
}

async function outcomeOf({
  inference,
  store,
  images: source = images,
  signal = new AbortController().signal,
  noteFolder = tempDir(),
}: Attempt): Promise<ShardOutcome> {
  const explainer = new Explainer({ ...inference, close: async () => {} }, spec, 1);
  const samples = names.map((key) => ({ key, sizeBytes: 20_000, etag: '' }));
  const ports = { store, images: source, explainer, budget: new ByteBudget(1e9), versions: {} };
  const note = await openInFlightNote(noteFolder, 0);
  try {
    return await processShard(
      { spec, shard: 0, samples },
      { ...ports, note, signal, onSample: () => {} },
    );
  } finally {
    await explainer.close();
  }
}

/** Dies where a process might: with all files written and the marker not. */
class DiesBeforeMarker extends MemoryStore {
  readonly #behind: MemoryStore;

  constructor(behind: MemoryStore) {
    super();
    this.#behind = behind;
  }

  override async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    if (key.includes('/done/')) throw new Error('died');
    return this.#behind.put(key, bytes);
  }
}

test('files of an attempt that differs and died do not pass for those of the marker', async () => {
  const store = new MemoryStore();
  await attempt(device, store);
  assert.notEqual(await readDoneShard(store, spec, 0), undefined);
  await assert.rejects(attempt(otherDevice, new DiesBeforeMarker(store)), /died/);
  assert.equal(await readDoneShard(store, spec, 0), undefined);
  await attempt(otherDevice, store);
  assert.equal((await readDoneShard(store, spec, 0))?.device, 'other');
});

test('two attempts at once that differ leave a whole shard or one that is to be redone', async () => {
  const store = new MemoryStore();
  await Promise.all([attempt(device, store), attempt(otherDevice, store)]);
  const marker = await readDoneShard(store, spec, 0);
  const alone = new MemoryStore();
  await attempt(marker?.device === 'other' ? otherDevice : device, alone);
  const expected = (await readDoneShard(alone, spec, 0))?.files.map(({ sha256 }) => sha256);
  if (marker !== undefined)
    assert.deepEqual(
      marker.files.map(({ sha256 }) => sha256),
      expected,
    );
  await attempt(device, store);
  assert.equal((await readDoneShard(store, spec, 0))?.device, 'cpu');
});

test('a shard that is given up while its files are read is abandoned, not failed', async () => {
  const store = new MemoryStore();
  const stop = new AbortController();
  /** Reads until the reader gives up. */
  class SlowImages extends MemoryStore {
    override async get(_key: string, signal?: AbortSignal): Promise<Uint8Array | undefined> {
      return new Promise((_, reject) => {
        const cut = () => reject(signal?.reason);
        if (signal?.aborted) return cut();
        signal?.addEventListener('abort', cut);
        stop.abort();
      });
    }
  }
  const { signal } = stop;
  const given = { inference: device, store, images: new SlowImages(), signal };
  assert.deepEqual(await outcomeOf(given), { status: 'abandoned' });
  assert.equal(await readDoneShard(store, spec, 0), undefined);
});

/** Is full once a shard begins to write, for as long as it is told. */
class FullDisk extends MemoryStore {
  readonly #refused: string;
  failures: number;

  constructor(refused: string, failures: number) {
    super();
    this.#refused = refused;
    this.failures = failures;
  }

  override async put(key: string, bytes: Uint8Array): Promise<ObjectInfo> {
    if (key.includes(this.#refused) && this.failures-- > 0) {
      throw new StorageUnavailableError('The disk is full');
    }
    return super.put(key, bytes);
  }
}

for (const refused of ['/maps/', '/shards/', '/done/']) {
  test(`no image is blamed for a disk that is full again and again at ${refused}`, async () => {
    const store = new FullDisk(refused, 3);
    const noteFolder = tempDir();
    for (const _ of [1, 2, 3]) {
      const given = { inference: device, store, noteFolder };
      await assert.rejects(outcomeOf(given), /The disk is full/);
      const note = await openInFlightNote(noteFolder, 0);
      assert.deepEqual([note.suspects, [...note.quarantined]], [[], []]);
      await note.close('abandoned');
    }
    await outcomeOf({ inference: device, store, noteFolder });
    const marker = await readDoneShard(store, spec, 0);
    assert.deepEqual(marker?.statistics.statuses, { success: names.length });
    assert.deepEqual(await readdir(noteFolder), []);
  });
}
