import assert from 'node:assert/strict';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { openModel } from '../../../src/index.ts';
import { loadModel } from '../../../src/model/yolo/load-model.ts';
import { madeModel } from '../../support/made-model.ts';
import { editModel } from '../../support/onnx-fixture.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** A model whose convolution's weights are in a file beside it; `location` as the model says. */
async function writeSplit(folder: string, location = 'made.onnx.data'): Promise<string> {
  let weights = new Uint8Array(0);
  const bytes = editModel(madeModel({ metadata: { imgsz: '[64, 64]' } }), ({ graph }) => {
    const kernel = graph?.initializer.find(({ name }) => name.endsWith('kernel'));
    assert.ok(kernel);
    weights = Uint8Array.from(kernel.rawData);
    kernel.rawData = new Uint8Array(0);
    kernel.dataLocation = 1;
    const entry = (key: string, value: string) => ({
      $typeName: 'onnx.StringStringEntryProto' as const,
      ...{ key, value },
    });
    kernel.externalData = [
      entry('location', location),
      entry('offset', '0'),
      entry('length', `${weights.length}`),
    ];
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'made.onnx'), bytes);
  await writeFile(join(folder, 'made.onnx.data'), weights);
  return join(folder, 'made.onnx');
}

async function boxesOf(path: string) {
  const noise = { width: 64, height: 64, channels: 3, background: '#888' } as const;
  const picture = sharp({
    create: { ...noise, noise: { type: 'gaussian', mean: 120, sigma: 60 } },
  });
  const model = await openModel(path, { device: 'cpu', threads: 1, conf: 0.01 });
  const explained = await model.explain(await picture.png().toBuffer());
  await model.close();
  assert.ok(explained.status === 'success');
  return explained.detections.length;
}

describe('weights in files of their own', () => {
  const root = tempDir();

  it('are read from a cache of links, where the model is a link too', async () => {
    await writeSplit(join(root, 'blobs'));
    await rename(join(root, 'blobs/made.onnx'), join(root, 'blobs/3f2a'));
    await rename(join(root, 'blobs/made.onnx.data'), join(root, 'blobs/77c0'));
    await mkdir(join(root, 'snapshot'));
    await symlink('../blobs/3f2a', join(root, 'snapshot/made.onnx'));
    await symlink('../blobs/77c0', join(root, 'snapshot/made.onnx.data'));
    assert.ok((await boxesOf(join(root, 'snapshot/made.onnx'))) > 0);
  });

  it('are refused where they lie, or a link leads, outside of the folder', async () => {
    const linked = await writeSplit(join(root, 'linked'));
    await rename(join(root, 'linked/made.onnx.data'), join(root, 'elsewhere'));
    await symlink('../elsewhere', join(root, 'linked/made.onnx.data'));
    const message = /made\.onnx keeps weights in "made\.onnx\.data", a link out of its folder/;
    await assert.rejects(loadModel(linked), { code: 'model', message });
    const above = await writeSplit(join(root, 'above'), '../elsewhere');
    const outside = /keeps weights in "\.\.\/elsewhere", outside its own folder/;
    await assert.rejects(loadModel(above), { code: 'model', message: outside });
  });
});
