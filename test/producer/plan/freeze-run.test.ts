import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freezeRun, type RunPlan } from '../../../src/producer/plan/freeze-run.ts';
import { listDataset } from '../../../src/producer/plan/listed-dataset.ts';
import { runIdOf } from '../../../src/producer/plan/run-id.ts';
import { writePlan } from '../../../src/producer/plan/write-plan.ts';
import { parseManifest } from '../../../src/shared/run/manifest.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { findRun, openRun } from '../../../src/shared/run/open-run.ts';
import { listRuns } from '../../../src/shared/run/run-names.ts';
import type { ExplainOptions, ModelSpec, TargetLayer } from '../../../src/shared/run/run-spec.ts';
import type { Sample } from '../../../src/shared/run/sample.ts';
import {
  manifestFault,
  readAllSamples,
  readSamples,
} from '../../../src/shared/run/stored-manifest.ts';
import { resolveOptions } from '../../../src/shared/settings/resolve-options.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';
import { collect } from '../../support/collect.ts';
import { tempDir } from '../../support/temp-dir.ts';

const model: ModelSpec = {
  uri: 'file:///models/best.onnx',
  sha256: 'ab'.repeat(32),
  sizeBytes: 12_000_000,
  task: 'detect',
  classNames: ['RBC', 'WBC'],
  inputHeight: 320,
  inputWidth: 320,
  description: 'YOLOv8n',
};
const layer: TargetLayer = {
  name: 'model.15',
  column: 'model_15',
  tensor: 't',
  channels: 64,
  gridHeight: 40,
  gridWidth: 40,
};
const options: ExplainOptions = resolveOptions({
  settings: { shardSize: 2 },
  imageCount: 5,
  targetLayers: ['model.15'],
}).explain;
const samples: Sample[] = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
  key: `${name}.jpg`,
  sizeBytes: 10,
  etag: `e-${name}`,
}));

interface Changes {
  readonly samples?: readonly Sample[];
  readonly model?: Partial<ModelSpec>;
  readonly options?: Partial<ExplainOptions>;
  readonly rootUri?: string;
  readonly saidShardSize?: number | undefined;
  /** Shards end by the names of the images. */
  readonly newOnly?: boolean;
}

async function plan(changes: Changes = {}): Promise<RunPlan> {
  async function* stream() {
    yield changes.samples ?? samples;
  }
  return freezeRun({
    model: { ...model, ...changes.model },
    targetLayers: [layer],
    source: {
      source: 'images',
      rootUri: changes.rootUri ?? 'file:///images',
      datasetName: 'Blood Cells',
    },
    dataset: await listDataset(stream(), { mixes: changes.newOnly === true }),
    options: { ...options, ...changes.options },
    saidShardSize:
      'saidShardSize' in changes
        ? changes.saidShardSize
        : (changes.options?.shardSize ?? options.shardSize),
    versions: { eigenfleet: '0.1.0' },
    command: 'eigenfleet run',
    plannedAt: new Date('2027-01-01T00:00:00Z'),
  });
}

describe('a run id', () => {
  it('is readable, and good as a key and a job id', async () => {
    assert.match((await plan()).spec.runId, /^blood-cells-[0-9a-f]{12}$/);
    const names = ['Straße 5', '2024_photos', '図', '', 'x'.repeat(90), 'a:b/c', '--'];
    for (const datasetName of names) {
      const id = runIdOf({ datasetName, digest: 'd', model, options });
      assert.match(id, /^[a-z][a-z0-9-]*-[0-9a-f]{12}$/);
      assert.ok(id.length <= 60);
    }
  });

  const same: readonly (readonly [string, Changes])[] = [
    ['nothing', {}],
    ['the place of the images', { rootUri: 'file:///elsewhere' }],
    ['the place of the model', { model: { uri: 'file:///elsewhere.onnx' } }],
    [
      'the order in which options were written',
      { options: Object.fromEntries(Object.entries(options).reverse()) },
    ],
  ];
  for (const [what, changes] of same) {
    it(`stays the same when ${what} changes`, async () => {
      assert.equal((await plan(changes)).spec.runId, (await plan()).spec.runId);
    });
  }

  const first = samples[0] as Sample;
  const rest = samples.slice(1);
  const different: readonly (readonly [string, Changes])[] = [
    ['whose evidence is computed', { options: { classes: ['0'] } }],
    ['the number of box maps', { options: { boxMaps: 3 } }],
    ['the name of an image', { samples: [{ ...first, key: '0.jpg' }, ...rest] }],
    ['the size of an image', { samples: [{ ...first, sizeBytes: 11 }, ...rest] }],
    ['the etag of an image', { samples: [{ ...first, etag: 'x' }, ...rest] }],
    ['the number of images', { samples: rest }],
    ['the model', { model: { sha256: 'cd'.repeat(32) } }],
    ['the task', { model: { task: 'classify' } }],
    ['the input size', { model: { inputWidth: 640 } }],
    ['a class name', { model: { classNames: ['RBC', 'wbc'] } }],
    ['the layers', { options: { targetLayers: ['model.18'] } }],
    ['the order of components', { options: { components: [2, 1] } }],
    ['the fusion', { options: { fusion: 'max' } }],
    ['the sign', { options: { sign: 'none' } }],
    ['the padding', { options: { padding: 'include' } }],
    ['the confidence threshold', { options: { confThreshold: 0.3 } }],
    ['the overlap threshold', { options: { iouThreshold: 0.5 } }],
    ['the most detections', { options: { maxDetections: 100 } }],
    ['the resize', { options: { resize: 'fast' } }],
    ['the overlays', { options: { overlays: { all: false, flagged: true, sample: 3 } } }],
    ['the colors', { options: { colorMap: 'jet' } }],
    ['storing the maps', { options: { maps: false } }],
    ['the shard size', { options: { shardSize: 3 } }],
    ['the pixel limit', { options: { maxPixels: 5 } }],
    ['where shards end, by names or by counting', { newOnly: true }],
    ['a flag threshold', { options: { flags: { ...options.flags, borderLift: 3 } } }],
  ];
  it('stays what it was before small datasets had small shards', async () => {
    const chosen = await plan({ options: { shardSize: 16 }, saidShardSize: undefined });
    const before = await plan({ options: { shardSize: 256 } });
    assert.equal(chosen.spec.runId, before.spec.runId);
    assert.equal(chosen.spec.options.shardSize, 16);
  });

  it('tells every option apart', () => {
    const changed = new Set(different.flatMap(([, changes]) => Object.keys(changes.options ?? {})));
    assert.deepEqual([...changed].sort(), Object.keys(options).sort());
  });
  it('is another with a basis, and with another one', async () => {
    const ids = [undefined, 'a'.repeat(64), 'b'.repeat(64)].map(async (basis) => {
      return (await plan({ options: { basis } })).spec.runId;
    });
    assert.equal(new Set(await Promise.all(ids)).size, 3);
  });
  for (const [what, changes] of different) {
    it(`is another when ${what} changes`, async () => {
      assert.notEqual((await plan(changes)).spec.runId, (await plan()).spec.runId);
    });
  }
});

describe('a plan', () => {
  it('counts images, bytes and shards', async () => {
    const { dataset } = (await plan()).spec;
    assert.deepEqual([dataset.images, dataset.sizeBytes, dataset.shards], [5, 50, 3]);
  });

  it('refuses a component that a layer cannot have', async () => {
    assert.deepEqual((await plan({ options: { components: [64] } })).spec.options.components, [64]);
    await assert.rejects(plan({ options: { components: [1, 65] } }), {
      code: 'usage',
      message: /Component 65 does not exist in layer model\.15/,
    });
  });
});

describe('writing a plan', () => {
  it('stores manifests and a spec that can be opened', async () => {
    const store = new MemoryStore();
    const { spec, created } = await writePlan(store, await plan());
    assert.equal(created, true);
    assert.deepEqual(await openRun(store, spec.runId), spec);
    const stored: Sample[] = [];
    for await (const { key } of store.list(objectKeys.manifests(spec.runId))) {
      stored.push(...parseManifest((await store.get(key)) ?? new Uint8Array(), key));
    }
    assert.deepEqual(stored, samples);
  });

  it('puts run.json last', async () => {
    const puts: string[] = [];
    class Recording extends MemoryStore {
      override async put(key: string, bytes: Uint8Array) {
        puts.push(key);
        return super.put(key, bytes);
      }
    }
    const { spec } = await writePlan(new Recording(), await plan());
    assert.equal(puts.length, 4);
    assert.equal(puts.at(-1), objectKeys.run(spec.runId));
  });

  it('stores the parts of a large run in a folder', async () => {
    const large = Array.from({ length: 2048 }, (_, n) => ({
      ...{ key: String(n).padStart(6, '0'), sizeBytes: n, etag: '"' },
    }));
    const store = new FolderStore(tempDir());
    const { spec } = await writePlan(store, await plan({ samples: large }));
    const parts = await collect(store.list(objectKeys.manifests(spec.runId)));
    assert.equal(parts.length, 1024);
    assert.deepEqual(await collect(readAllSamples(store, spec)), large);
  });

  it('leaves no run when a manifest cannot be written', async () => {
    class Full extends MemoryStore {
      override async put(key: string, bytes: Uint8Array) {
        if (key === objectKeys.manifest((await plan()).spec.runId, 1)) throw new Error('disk full');
        return super.put(key, bytes);
      }
    }
    const store = new Full();
    const planned = await plan();
    await assert.rejects(writePlan(store, planned), /disk full/);
    assert.equal(await findRun(store, planned.spec.runId), undefined);
  });

  it('keeps a run that is there, and knows where its images are now', async () => {
    const store = new MemoryStore();
    const before = await writePlan(store, await plan());
    const bytes = await store.get(objectKeys.run(before.spec.runId));
    const after = await writePlan(store, await plan({ rootUri: 'file:///moved' }));
    assert.equal(after.created, false);
    assert.equal(after.spec.dataset.rootUri, 'file:///moved');
    assert.deepEqual(await store.get(objectKeys.run(before.spec.runId)), bytes);
  });
});

describe('opening a run', () => {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  it('says when there is none', async () => {
    await assert.rejects(openRun(new MemoryStore('out'), 'x-1'), {
      code: 'storage',
      message: /no run x-1 in memory:out/,
    });
  });

  it('refuses what is damaged, of another version, or another run', async () => {
    const store = new MemoryStore();
    const { spec } = await writePlan(store, await plan());
    await store.put('cut/run.json', encode(spec).slice(0, 50));
    await store.put('newer/run.json', encode({ ...spec, runId: 'newer', schema: 'run@3' }));
    await store.put('other/run.json', encode(spec));
    await assert.rejects(openRun(store, 'cut'), /cut\/run\.json .* is not JSON/);
    await assert.rejects(
      openRun(store, 'newer'),
      /a newer eigenfleet wrote it as run@3, and this one writes run@2/,
    );
    await assert.rejects(openRun(store, 'other'), /cannot be used \(it names another run\)/);
  });

  async function damagedPlan(change: (part: string) => string | undefined) {
    const store = new MemoryStore();
    const { spec } = await writePlan(store, await plan());
    const key = objectKeys.manifest(spec.runId, 0);
    const part = change(new TextDecoder().decode(await store.get(key)));
    if (part === undefined) await store.delete(key);
    else await store.put(key, new TextEncoder().encode(part));
    return { store, spec };
  }

  const damages: readonly (readonly [string, (part: string) => string | undefined])[] = [
    ['a line that was lost', (part) => part.slice(part.indexOf('\n') + 1)],
    ['a part that is gone', () => undefined],
    ['an image that was altered', (part) => part.replace('a.jpg', 'A.jpg')],
  ];
  for (const [what, change] of damages) {
    it(`notices ${what}, and writes the list of images anew`, async () => {
      const { store, spec } = await damagedPlan(change);
      assert.match((await manifestFault(store, spec)) ?? '', /manifest/);
      const { mended, created } = await writePlan(store, await plan());
      assert.equal(created, false);
      assert.match(mended ?? '', /^.*manifest.*\. It was rewritten, and shards/);
      assert.equal(await manifestFault(store, spec), undefined);
      assert.equal((await writePlan(store, await plan())).mended, undefined);
    });

    it(`says what to do about ${what} where the images are not listed`, async () => {
      const { store, spec } = await damagedPlan(change);
      async function* manifests() {}
      await assert.rejects(writePlan(store, { spec, manifests }), {
        code: 'storage',
        message: /The command that planned run .*, with its --images, repairs it/,
      });
    });
  }

  it('notices a short part when a shard is begun, and how short it is', async () => {
    const { store, spec } = await damagedPlan((part) => part.slice(part.indexOf('\n') + 1));
    await assert.rejects(readSamples(store, spec, 0), {
      code: 'storage',
      message:
        /manifest\/0000000\.jsonl in memory:.* lists 1 of the 2 images in run\.json\. The command/,
    });
    assert.equal((await readSamples(store, spec, 1)).length, 2);
    assert.equal((await readSamples(store, spec, 2)).length, 1);
  });

  it('mends an older run in shards of its own size', async () => {
    const { store, spec } = await damagedPlan(() => undefined);
    const newer = await plan({ options: { shardSize: 1 }, saidShardSize: 2 });
    assert.equal(newer.spec.runId, spec.runId);
    const after = await writePlan(store, newer);
    assert.deepEqual([after.spec.options.shardSize, after.spec.dataset.shards], [2, 3]);
    assert.equal(await manifestFault(store, spec), undefined);
  });

  it('names a run of the schema before, and says what to do, without touching it', async () => {
    const store = new FolderStore(join(repositoryRoot, 'test/fixtures/runs/older'));
    const { runs } = await listRuns(store);
    const [older] = runs;
    assert.deepEqual(older?.names, ['first', 'latest']);
    await assert.rejects(openRun(store, older?.runId ?? ''), {
      code: 'storage',
      message: /an older eigenfleet wrote it as run@1, and this one writes run@2/,
    });
  });
});
