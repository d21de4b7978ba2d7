import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openRun } from '../../src/index.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { collect } from '../support/collect.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const settings = {
  model: join(repositoryRoot, 'test/fixtures/models/tiny-det-dynamic.onnx'),
  images: join(repositoryRoot, 'examples/blood-cells/images/test'),
  ...{ imgsz: 128, device: 'cpu', threads: 1, conf: 0.01, maxDet: 8, limit: 3, components: [1, 2] },
  overlays: 'none',
  labels: false,
} as const;

/** Bytes of the files of component maps. */
function mapBytes(folder: string): number {
  return readdirSync(join(folder, 'maps'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\d+x\d+\.np[yz]$/.test(file))
    .reduce((sum, file) => sum + statSync(join(folder, 'maps', file)).size, 0);
}

it('stores maps with 8 bits on request, of which every figure of an image is as with 16', async () => {
  const out = tempDir();
  const done = await runHere({ ...settings, out, name: 'usual' });
  const small = await runHere({ ...settings, out, name: 'small', mapBits: 8 });
  assert.notEqual(small.runId, done.runId);
  const same = await runHere({ ...settings, out, name: 'usual', mapBits: 16 });
  assert.equal(same.runId, done.runId);
  const runs = [
    await openRun(out, { run: 'usual' }),
    await openRun(out, { run: 'small' }),
  ] as const;
  const [rows, smallRows] = [await collect(runs[0].rows()), await collect(runs[1].rows())];
  const withoutPlaces = (row: object) => JSON.stringify(row);
  assert.deepEqual(smallRows.map(withoutPlaces), rows.map(withoutPlaces));
  for (const [index, row] of rows.entries()) {
    const layers = [await runs[0].maps(row), await runs[1].maps(smallRows[index]!)] as const;
    assert.equal(layers[1]?.length, 3);
    for (const [at, { components }] of (layers[1] ?? []).entries()) {
      for (const [k, { values }] of components.entries()) {
        const exact = layers[0]?.[at]?.components[k]?.values ?? new Float32Array();
        assert.equal(values.length, exact.length);
        // Of the range half a level, and what float16 itself is off.
        const most = (Math.max(...exact) - Math.min(...exact)) / 510 + 2 ** -11;
        assert.ok(values.every((value, i) => Math.abs(value - exact[i]!) <= most));
      }
    }
  }
  const [usual, few] = [done.runId, small.runId].map((id) => mapBytes(join(out, id)));
  // Of grids as small as these headers are most of the bytes.
  assert.ok(few! < usual!, `${few} of ${usual}`);
});
