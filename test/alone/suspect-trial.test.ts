import assert from 'node:assert/strict';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Sample } from '../../src/shared/run/sample.ts';
import { suspectTrial } from '../../src/worker/queue/suspect-trial.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { bloodCells, tinyModel } from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';
import { tinySpec } from '../support/tiny-spec.ts';

const preload = pathToFileURL(join(repositoryRoot, 'dist/test/support/poison.js')).href;
const before = process.env.NODE_OPTIONS;
process.env.NODE_OPTIONS = `--import ${preload}`;
after(() => {
  if (before === undefined) delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = before;
});

const folder = join(tempDir(), 'images');
await mkdir(folder);
const [source = ''] = (await readdir(bloodCells)).sort();
for (const name of ['a.jpg', 'b-poison.jpg', 'c.jpg']) {
  await copyFile(join(bloodCells, source), join(folder, name));
}
const samples: Sample[] = ['a.jpg', 'b-poison.jpg', 'c.jpg', 'gone.jpg'].map((key) => ({
  ...{ key, sizeBytes: 20_000, etag: '' },
}));
const inference = { device: 'cpu', batch: 1, streams: 1 } as never;

test('only an image that crashes a process of its own is convicted, and the others are tried all the same', async () => {
  const spec = await tinySpec(pathToFileURL(folder).href);
  const trial = suspectTrial(spec, { modelPath: tinyModel, inference }, {});
  const crashed = await trial?.(samples, new AbortController().signal);
  assert.deepEqual(
    [...(crashed ?? [])].map(({ key }) => key),
    ['b-poison.jpg'],
  );
});

test('nobody is convicted by a process that cannot load the model, nor by one that is told to stop', async () => {
  const spec = await tinySpec(pathToFileURL(folder).href);
  const lost = suspectTrial(spec, { modelPath: join(folder, 'no.onnx'), inference }, {});
  assert.equal((await lost?.(samples, new AbortController().signal))?.size, 0);
  const trial = suspectTrial(spec, { modelPath: tinyModel, inference }, {});
  assert.equal((await trial?.(samples, AbortSignal.abort()))?.size, 0);
});
