import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarizeRun } from '../../src/report/summarize-run.ts';
import { summarySchema } from '../../src/report/summary/summary-schema.ts';
import { decodeRows, encodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import { putShardFile } from '../../src/shared/results/shard-files.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';
import { collect } from '../support/collect.ts';
import { contentsOf } from '../support/contents-of.ts';
import { forgedMarker } from '../support/forged-marker.ts';
import { madeRows, madeSpec } from '../support/made-run.ts';
import { storeMadePhotos, storeMadeRun } from '../support/stored-run.ts';

const failure = { status: 'failed_to_decode', reason: 'The image is empty.' } as const;

async function storedRun({ images = 30, shardSize = 8, maps = true } = {}) {
  const store = new MemoryStore('results');
  const imageStore = new MemoryStore('images');
  const spec = madeSpec({ images, shardSize, maps });
  const rows = madeRows({ images, shardSize, failed: (i) => (i === 9 ? failure : undefined) });
  await storeMadeRun(store, spec, rows);
  await storeMadePhotos(imageStore, rows.slice(0, 20));
  return { store, imageStore, spec, rows, runId: spec.runId };
}

async function textOf(store: MemoryStore, key: string): Promise<string> {
  const bytes = await store.get(key);
  assert.ok(bytes, `${key} was not written`);
  return new TextDecoder().decode(bytes);
}

async function putText(store: MemoryStore, key: string, text: string): Promise<void> {
  await store.put(key, new TextEncoder().encode(text));
}

/** Puts other bytes where the marker's file is, and makes the marker tell of them. */
async function replaceFile(
  store: MemoryStore,
  runId: string,
  shard: number,
  key: string,
  bytes: Uint8Array,
): Promise<void> {
  const done = objectKeys.done(runId, shard);
  const marker = JSON.parse(await textOf(store, done));
  const file = await putShardFile(store, key, bytes);
  const others = marker.files.filter((one: { key: string }) => one.key !== key);
  await putText(store, done, JSON.stringify({ ...marker, files: [...others, file] }));
}

describe('summarizing a run', () => {
  it('ends with the signal, and leaves the rest to the next call', async () => {
    const { store, imageStore, runId } = await storedRun();
    const stop = new AbortController();
    const put = store.put.bind(store);
    store.put = async (key, bytes) => {
      if (key === objectKeys.summaryJson(runId)) stop.abort(new Error('stopped'));
      return put(key, bytes);
    };
    const request = { store, runId, imageStore };
    await assert.rejects(summarizeRun({ ...request, signal: stop.signal }), { message: 'stopped' });
    assert.equal(await store.get(objectKeys.report(runId)), undefined);
    assert.equal((await summarizeRun(request)).status, 'summarized');
    assert.ok(await store.get(objectKeys.report(runId)));
  });

  it('writes rows, failures, summaries and the page', async () => {
    const { store, imageStore, rows, runId } = await storedRun();
    const outcome = await summarizeRun({ store, runId, imageStore });
    assert.equal(outcome.status, 'summarized');
    const stored = summarySchema.parse(
      JSON.parse(await textOf(store, objectKeys.summaryJson(runId))),
    );
    assert.deepEqual(stored, outcome.status === 'summarized' && outcome.summary);
    assert.ok(!('shardFailures' in stored));
    assert.deepEqual(stored.timings.devices, { cpu: 30 });
    assert.deepEqual(stored.timings.stagesMs, { decode: 400, inference: 1600 });
    const part = await decodeRows((await store.get(objectKeys.images(runId, 0)))!);
    assert.deepEqual(
      part.map(({ key }) => key),
      rows.map(({ key }) => key),
    );
    assert.equal(
      await textOf(store, objectKeys.failures(runId)),
      `${JSON.stringify({ key: 'image-00009.jpg', ...failure })}\n`,
    );
    assert.match(await textOf(store, objectKeys.summaryMarkdown(runId)), /^# /);
    assert.match(await textOf(store, objectKeys.report(runId)), /^<!doctype html>/);
  });

  it('finds the images that differ from the others, however they lie in shards', async () => {
    const odd = 'image-00017.jpg';
    const found: unknown[] = [];
    for (const shardSize of [7, 64]) {
      const store = new MemoryStore('results');
      const spec = madeSpec({ images: 40, shardSize });
      const rows = madeRows({
        ...{ images: 40, shardSize, objects: () => 3 },
        measures: (i) => ({
          layer_agreement: i === 17 ? -0.02 : 0.2 + 0.002 * i,
          box_area: 0.3 + 0.001 * i,
        }),
      });
      await storeMadeRun(store, spec, rows);
      const { runId } = spec;
      const outcome = await summarizeRun({ store, runId, imageStore: undefined });
      assert.ok(outcome.status === 'summarized');
      const { counts, flags, outliers } = outcome.summary;
      const flag = flags.find((one) => one.flag === 'outlier');
      assert.deepEqual([counts.flagged, flag?.count], [1, 1]);
      assert.deepEqual(
        flag?.exemplars.map(({ key }) => key),
        [odd],
      );
      const [image] = outliers?.images ?? [];
      assert.equal(image?.unusual[0]?.measure, 'layer_agreement');
      assert.equal(image?.unusual[0]?.value, -0.02);
      assert.deepEqual(
        outliers?.measures.filter(({ images }) => images > 0).map(({ measure }) => measure),
        ['layer_agreement'],
      );
      const stored = await decodeRows((await store.get(objectKeys.images(runId, 0)))!);
      const flagged = stored.filter((row) => row.flags.includes('outlier'));
      assert.deepEqual(
        flagged.map(({ key, unusual }) => [key, unusual?.map(({ measure }) => measure)]),
        [[odd, ['layer_agreement']]],
      );
      const shard = Math.floor(17 / shardSize);
      const [ofWorker] = await decodeRows((await store.get(objectKeys.shard(runId, shard)))!);
      assert.ok(ofWorker && !('unusual' in ofWorker));
      assert.match(
        await textOf(store, objectKeys.report(runId)),
        /Unusual here: agreement of the layers -0\.02 where 0\.24 is usual\./,
      );
      found.push(outliers?.measures, image?.unusual);
    }
    assert.deepEqual(found.slice(0, 2), found.slice(2));
  });

  it('shows photos where it can and says why where it cannot', async () => {
    const { store, imageStore, runId } = await storedRun();
    await summarizeRun({ store, runId, imageStore });
    const page = await textOf(store, objectKeys.report(runId));
    assert.match(page, /src="data:image\/webp;base64,/);
    assert.match(page, /The photo is no longer at its place\./);
    await summarizeRun({ store, runId, imageStore: undefined });
    const without = await textOf(store, objectKeys.report(runId));
    assert.doesNotMatch(without, /data:image\/webp/);
    assert.match(without, /class="map m0"/);
  });

  it('draws boxes alone when the run stored no maps', async () => {
    const { store, imageStore, runId } = await storedRun({ maps: false });
    await summarizeRun({ store, runId, imageStore });
    const page = await textOf(store, objectKeys.report(runId));
    assert.doesNotMatch(page, /class="map m0"/);
    assert.match(page, /This run stored no maps/);
  });

  it('writes the same files when it is asked again', async () => {
    const { store, imageStore, runId } = await storedRun();
    await summarizeRun({ store, runId, imageStore });
    const before = await contentsOf(store);
    await summarizeRun({ store, runId, imageStore });
    assert.deepEqual(await contentsOf(store), before);
  });

  it('names the shards that are not done and writes nothing', async () => {
    const { store, imageStore, runId } = await storedRun();
    await store.delete(objectKeys.done(runId, 1));
    await store.put(objectKeys.done(runId, 3), new TextEncoder().encode('{"schema":"done@3"'));
    const before = await collect(store.list(''));
    const outcome = await summarizeRun({ store, runId, imageStore });
    assert.deepEqual(outcome, { status: 'incomplete', missing: [1, 3] });
    assert.deepEqual(await collect(store.list('')), before);
  });

  it('closes without shards that failed, and keeps the reason of those that did not come after all', async () => {
    const { store, imageStore, runId } = await storedRun();
    await store.delete(objectKeys.done(runId, 1));
    const failedShards = new Map([
      [0, 'came after all'],
      [1, 'The disk is full.'],
    ]);
    const outcome = await summarizeRun({ store, runId, imageStore, failedShards });
    const summary = outcome.status === 'summarized' ? outcome.summary : undefined;
    assert.deepEqual(summary?.failedShards, [1]);
    assert.deepEqual(summary.shardFailures, [{ shard: 1, reason: 'The disk is full.' }]);
    for (const key of [objectKeys.summaryMarkdown(runId), objectKeys.report(runId)]) {
      assert.match(await textOf(store, key), /The disk is full\./);
    }
  });

  it('takes a shard whose files are not those of its marker for not done', async () => {
    const { store, imageStore, runId } = await storedRun();
    const key = objectKeys.shard(runId, 2);
    const bytes = (await store.get(key))!;
    bytes[20]! ^= 1;
    await store.put(key, bytes);
    const map = objectKeys.maps(runId, 'model.15', 0, 20, 20);
    await store.delete(map);
    const outcome = await summarizeRun({ store, runId, imageStore });
    assert.deepEqual(outcome, { status: 'incomplete', missing: [0, 2] });
  });

  it('ends whatever the rows and the maps hold, and names what cannot be read', async () => {
    const { store, imageStore, spec, rows, runId } = await storedRun();
    const box = [Number.NaN, 0, 1, 1] as const;
    const second = rows.slice(8, 16).map((row, index) => ({
      ...{ ...row, mapRow: index },
      ...(index === 2 && { detections: [{ box, score: 0.9, classId: 0 }] }),
    }));
    const columns = {
      measureColumns: [...new Set(second.flatMap((row) => Object.keys(row.measures)))].sort(),
      ...{ shard: 1, layers: spec.options.targetLayers, classNames: spec.model.classNames },
    };
    const key = objectKeys.shard(runId, 1);
    await replaceFile(store, runId, 1, key, encodeRows(second, columns));
    await replaceFile(store, runId, 0, objectKeys.shard(runId, 0), new Uint8Array(40));
    for (const [shard, header] of ["'shape': (1e9, 1, 20, 20)", "'descr': '<i8'"].entries()) {
      const key = objectKeys.maps(runId, 'model.15', shard + 1, 20, 20);
      const bytes = Uint8Array.from((await store.get(key))!);
      bytes.set(new TextEncoder().encode(header), 12);
      await replaceFile(store, runId, shard + 1, key, bytes);
    }
    const outcome = await summarizeRun({ store, runId, imageStore });
    const summary = outcome.status === 'summarized' ? outcome.summary : assert.fail('not closed');
    const { rows: count, shards, first } = summary.unreadable ?? assert.fail('nothing was said');
    assert.deepEqual([count, shards], [1, 1]);
    assert.deepEqual(
      first.map(({ shard, row, key }) => [shard, row, key]),
      [
        [0, undefined, undefined],
        [1, 2, 'image-00010.jpg'],
      ],
    );
    for (const key of [objectKeys.summaryMarkdown(runId), objectKeys.report(runId)]) {
      const text = await textOf(store, key);
      assert.match(text, /1 stored row and the rows of 1 shard cannot be read/);
      assert.match(text, /shard 1, row 2 .*image.*00010.*: its boxes/);
    }
    summarySchema.parse(JSON.parse(await textOf(store, objectKeys.summaryJson(runId))));
  });

  it('closes without the shards whose markers cannot be used', async () => {
    const { store, imageStore, runId } = await storedRun();
    const first = objectKeys.done(runId, 0);
    await store.put(first, forgedMarker((await store.get(first)) ?? new Uint8Array()));
    await putText(store, objectKeys.done(runId, 2), JSON.stringify({ schema: 'done@7' }));
    const outcome = await summarizeRun({ store, runId, imageStore });
    const summary = outcome.status === 'summarized' ? outcome.summary : assert.fail('not closed');
    assert.deepEqual(summary.failedShards, [0, 2]);
    assert.equal(summary.counts.images, 30 - 16);
    assert.match(summary.shardFailures?.[0]?.reason ?? '', /0000000\.json is damaged .* delete it/);
    assert.match(summary.shardFailures?.[1]?.reason ?? '', /another version/);
  });

  it('says that there is no such run', async () => {
    await assert.rejects(
      summarizeRun({ store: new MemoryStore(), runId: 'none', imageStore: undefined }),
      { code: 'storage', message: /There is no run none/ },
    );
  });
});
