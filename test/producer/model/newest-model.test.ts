import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { locateModel } from '../../../src/producer/model/locate-model.ts';
import { newestModel } from '../../../src/producer/model/newest-model.ts';
import { AllowedPlaces } from '../../../src/shared/storage/allowed-places.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** Files of a new folder, with the time of their last write in seconds. */
function folderOf(times: Readonly<Record<string, number>>): string {
  const folder = tempDir();
  for (const [name, seconds] of Object.entries(times)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, name);
    utimesSync(file, seconds, seconds);
  }
  return folder;
}

const newest = (pattern: string) => newestModel(pattern, {}, '--model');

describe('a pattern of models', () => {
  it('means the one that was written last, whatever its name, and says so', async () => {
    const folder = folderOf({ 'best-1.onnx': 3000, 'best-2.onnx': 1000, 'last-9.onnx': 9000 });
    const pattern = join(folder, 'best-*.onnx');
    assert.deepEqual(await newest(pattern), {
      place: join(folder, 'best-1.onnx'),
      sentence: `${join(folder, 'best-1.onnx')} is the newest of 2 models that match ${pattern}, written 1970-01-01 00:50:00 UTC.`,
    });
  });

  it('means the last by name of those that were written at the same time', async () => {
    const folder = folderOf({ 'best-a.onnx': 1000, 'best-c.onnx': 1000, 'best-b.onnx': 1000 });
    assert.equal((await newest(join(folder, '*.onnx')))?.place, join(folder, 'best-c.onnx'));
  });

  it('may have wildcards in folders', async () => {
    const folder = folderOf({
      'train/weights/best.onnx': 1000,
      'train2/weights/best.onnx': 2000,
      'train2/weights/last.onnx': 3000,
    });
    const found = await newest(join(folder, 'train*/weights/best.onnx'));
    assert.equal(found?.place, join(folder, 'train2/weights/best.onnx'));
  });

  it('passes over what is not an ONNX file, hidden files, and links to nothing', async () => {
    const folder = folderOf({ 'best.pt': 9000, '.best-x.onnx': 9000, 'best-1.onnx': 1000 });
    symlinkSync('gone', join(folder, 'best-2.onnx'));
    assert.equal((await newest(join(folder, '*best*')))?.place, join(folder, 'best-1.onnx'));
  });

  it('is not a pattern where a file has that very name', async () => {
    const folder = folderOf({ 'best[1].onnx': 1000, 'best1.onnx': 2000 });
    assert.equal(await newest(join(folder, 'best[1].onnx')), undefined);
    assert.equal(await newest(join(folder, 'a (1).onnx')), undefined);
  });

  it('that fits nothing says what there is', async () => {
    const folder = folderOf({ 'last-1.onnx': 1000, 'best.pt': 1000 });
    await assert.rejects(newest(join(folder, 'best-*.onnx')), {
      code: 'model',
      message: `No model matches ${join(folder, 'best-*.onnx')}: there are ${join(folder, 'last-1.onnx')}. Check --model.`,
    });
    await assert.rejects(newest(join(folder, 'nowhere/*.onnx')), /there is no \.onnx file\./);
  });

  it('leads only to places that may be read, through links neither', async () => {
    const elsewhere = folderOf({ 'model.onnx': 1000 });
    const folder = folderOf({ 'best-1.onnx': 1000 });
    const pattern = join(folder, 'best-*.onnx');
    const ins = new AllowedPlaces([folder]);
    const { onnxPath, notes } = await locateModel(pattern, {}, { ins });
    assert.equal(onnxPath, join(folder, 'best-1.onnx'));
    assert.match(notes[0] ?? '', /is the only model that matches/);
    symlinkSync(join(elsewhere, 'model.onnx'), join(folder, 'best-2.onnx'));
    const refused = {
      code: 'model',
      message: /is not below the places that this process may read/,
    };
    await assert.rejects(locateModel(pattern, {}, { ins }), refused);
    await assert.rejects(locateModel(join(elsewhere, 'model.onnx'), {}, { ins }), refused);
  });
});
