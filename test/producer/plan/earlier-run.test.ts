import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findEarlier } from '../../../src/producer/plan/earlier-run.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { nameRun } from '../../../src/shared/run/run-names.ts';
import type { RunSpec } from '../../../src/shared/run/run-spec.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeSpec } from '../../support/made-run.ts';

const plan: RunSpec = { ...madeSpec({ images: 1 }), runId: 'now' };

function other(change: (spec: RunSpec) => Partial<RunSpec>): RunSpec {
  return { ...plan, ...change(plan) };
}

/** Runs called nightly, the first one first; `done` of them have their marker. */
async function nights(specs: readonly RunSpec[], done = specs.length): Promise<MemoryStore> {
  const store = new MemoryStore('out');
  for (const [night, spec] of specs.entries()) {
    const runId = `night-${night}`;
    const json = JSON.stringify({ ...spec, runId });
    await store.put(objectKeys.run(runId), new TextEncoder().encode(json));
    for (let shard = 0; shard < spec.dataset.shards; shard++) {
      await store.put(objectKeys.manifest(runId, shard), new Uint8Array());
      if (night < done) await store.put(objectKeys.done(runId, shard), new Uint8Array());
    }
    await nameRun(store, 'nightly', runId);
  }
  return store;
}

async function foundIn(store: MemoryStore, name = 'nightly'): Promise<string> {
  const found = await findEarlier(store, plan, name);
  return found.status === 'found' ? found.run.spec.runId : found.why;
}

describe('the run whose results are taken over', () => {
  it('is the last one of its name that is whole', async () => {
    assert.equal(await foundIn(await nights([plan, plan, plan])), 'night-2');
    assert.equal(await foundIn(await nights([plan, plan, plan], 2)), 'night-1');
    assert.match(
      await foundIn(await nights([plan], 0)),
      /^there is no earlier run called "nightly"/,
    );
    assert.match(await foundIn(await nights([plan]), 'weekly'), /called "weekly" with results$/);
  });

  it('is one of another audit over the same images, where an audit has none', async () => {
    const store = await nights([plan]);
    const found = await findEarlier(store, plan, 'weekly', 'weekly');
    assert.equal(found.status === 'found' && found.run.spec.runId, 'night-0');
    const elsewhere = other(({ dataset }) => ({ dataset: { ...dataset, rootUri: 'file:///b' } }));
    const none = await findEarlier(await nights([elsewhere]), plan, 'weekly', 'weekly');
    assert.equal(none.status, 'none');
  });

  it('is none where the name is damaged, which is said', async () => {
    const store = await nights([plan]);
    await store.put(objectKeys.name('nightly'), new TextEncoder().encode('{"schema":'));
    assert.match(await foundIn(store), /^names\/nightly\.json in memory:out is damaged/);
  });

  it('is an older one where the model was rolled back, and skips one that cannot be read', async () => {
    const worse = other(({ model }) => ({ model: { ...model, sha256: 'f'.repeat(64) } }));
    const store = await nights([plan, worse, worse]);
    assert.equal(await foundIn(store), 'night-0');
    await store.put(objectKeys.run('night-0'), new TextEncoder().encode('{'));
    assert.equal(await foundIn(store), 'the model has changed since run night-2');
  });

  it('is none, and why is said, where all results are others', async () => {
    const cases: [RunSpec, RegExp][] = [
      [
        other(({ model }) => ({ model: { ...model, inputHeight: 64 } })),
        /the model is read otherwise/,
      ],
      [
        other(({ options }) => ({ options: { ...options, confThreshold: 0.9 } })),
        /^--conf went from 0\.9 to \S+ since run night-0$/,
      ],
      [
        other(({ versions }) => ({ versions: { ...versions, eigenfleet: '0.0.1' } })),
        /^eigenfleet \S+ took the place of 0\.0\.1/,
      ],
      [other(({ options }) => ({ options: { ...options, candidates: true } })), /candidates/],
    ];
    for (const [spec, why] of cases) assert.match(await foundIn(await nights([spec])), why);
  });

  it('may have other shards and other pictures', async () => {
    const overlays = { all: false, flagged: true, sample: 3 };
    const spec = other(({ options }) => ({ options: { ...options, overlays, shardSize: 999 } }));
    assert.equal(await foundIn(await nights([spec])), 'night-0');
  });
});
