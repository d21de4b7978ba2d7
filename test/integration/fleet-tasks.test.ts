import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeRows, type StoredRow } from '../../src/shared/results/sample-row-parquet.ts';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { bloodCells, onlyRun, startFleet } from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';

const plain = ['--overlays', 'none', '--no-labels', '--classes', 'none', '--limit', '1'];

/** What only this task's rows have, of one image. */
const own: Readonly<Record<string, (row: StoredRow) => boolean>> = {
  'tiny-seg': ({ detections }) => detections.some(({ mask }) => (mask?.polygons.length ?? 0) > 0),
  'tiny-pose': ({ detections }) => detections.every(({ keypoints }) => keypoints?.length === 5),
  'tiny-obb': ({ detections }) => detections.every(({ rotated }) => rotated !== undefined),
  'tiny-cls': ({ classScores }) => classScores.length === 3,
};

test('a worker answers with masks, keypoints, rotated boxes and classes as the models of its jobs do', async () => {
  const fleet = await startFleet();
  const outs = new Map(Object.keys(own).map((name) => [name, tempDir()]));
  for (const [name, out] of outs) {
    const model = join(repositoryRoot, `test/fixtures/models/${name}.onnx`);
    await fleet.enqueue(['-m', model, '-i', bloodCells, '-o', out, '--conf', '0.05', ...plain]);
  }
  const worker = await fleet.worker(['--concurrency', '1']);
  for (const [name, out] of outs) {
    const { store, runId } = await onlyRun(out);
    await worker.line(new RegExp(`"run":"${runId}".*shard settled`));
    const [row] = await decodeRows(
      (await store.get(objectKeys.shard(runId, 0))) ?? new Uint8Array(),
    );
    assert.equal(row?.status, 'success', name);
    assert.ok(name === 'tiny-cls' || row.detections.length > 0, `${name} finds nothing`);
    assert.ok(own[name]?.(row), name);
  }
});
