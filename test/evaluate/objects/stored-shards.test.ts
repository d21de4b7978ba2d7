import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluationSetup } from '../../../src/evaluate/merge/evaluation-setup.ts';
import { EvaluationSums } from '../../../src/evaluate/merge/evaluation-sums.ts';
import { evaluateShard } from '../../../src/evaluate/objects/evaluate-shard.ts';
import { precisionFormsOf } from '../../../src/evaluate/objects/precision-image.ts';
import { readShardRows, storedShards } from '../../../src/evaluate/objects/stored-shards.ts';
import { measureColumnsOf } from '../../../src/shared/results/measure-columns.ts';
import { encodeRows } from '../../../src/shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { FolderStore } from '../../../src/shared/storage/folder-store.ts';
import { withLabels } from '../../support/made-evaluation.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';
import { tempDir } from '../../support/temp-dir.ts';

const store = new FolderStore(tempDir());
const [images, shardSize, shards] = [40, 10, 4];
const classNames = ['RBC', 'WBC', 'Platelets'];
const spec = {
  ...madeSpec({ images, shardSize, classNames, maps: false }),
  labels: { kind: 'yolo' as const, rootUri: 'file:///labels', images, digest: '0'.repeat(64) },
};
const { runId } = spec;
const setup = evaluationSetup(spec);
const rows = withLabels(madeRows({ images, shardSize }), classNames.length);
const columns = {
  ...{ classNames, labels: true, measureColumns: measureColumnsOf(spec) },
  layers: spec.targetLayers.map(({ column }) => column),
};
for (let shard = 0; shard < shards; shard++) {
  const written = rows.slice(shard * shardSize, (shard + 1) * shardSize);
  await store.put(objectKeys.shard(runId, shard), encodeRows(written, { ...columns, shard }));
  const own = (await readShardRows(store, runId, shard)) ?? [];
  const { part, objects } = await evaluateShard({ spec, setup, shard, rows: own, stored: store });
  await store.put(objectKeys.evaluated(runId, shard), Buffer.from(JSON.stringify(part)));
  await store.put(objectKeys.evaluatedObjects(runId, shard), objects);
}

async function mergedBy(threads: { readonly storeOptions?: object }) {
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  const request = { store, spec, shards: numbers, evaluated: new Set(numbers), threadsFrom: 2 };
  const sums = new EvaluationSums(precisionFormsOf(spec));
  const tables: string[] = [];
  for await (const { part, objects } of storedShards({ ...request, ...threads }).shards()) {
    sums.merge(part.sums);
    tables.push(Buffer.from(objects).toString('base64'));
  }
  return { sums: JSON.stringify(sums.pack()), tables };
}

test('a thread reads what workers evaluated to the same bytes as the thread that merges it', async () => {
  const one = await mergedBy({});
  assert.equal(one.tables.length, shards);
  assert.deepEqual(await mergedBy({ storeOptions: {} }), one);
});

test('a shard whose evaluation is damaged is evaluated from its rows, whoever reads it', async () => {
  const whole = await mergedBy({});
  const key = objectKeys.evaluated(runId, 2);
  await store.put(key, ((await store.get(key)) as Uint8Array).subarray(0, 500));
  await store.delete(objectKeys.evaluatedObjects(runId, 1));
  assert.deepEqual(await mergedBy({}), whole);
  assert.deepEqual(await mergedBy({ storeOptions: {} }), whole);
});
