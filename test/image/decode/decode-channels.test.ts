import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodeChannels } from '../../../src/image/decode/decode-channels.ts';
import { fillChannels } from '../../../src/image/input/channel-planes.ts';
import { letterboxGeometry } from '../../../src/image/input/letterbox.ts';
import { preparations } from '../../../src/image/input/preparations.ts';
import { repositoryRoot } from '../../support/cache-folder.ts';

const folder = join(repositoryRoot, 'test/golden/channels');
const maxPixels = 1000;

function read(name: string): Uint8Array {
  return readFileSync(join(folder, name));
}

async function reasonFor(name: string, channels: number): Promise<string> {
  const decoded = await decodeChannels(read(name), { maxPixels, channels });
  return decoded.status === 'success' ? 'success' : decoded.reason;
}

describe('pictures for models of other than three channels', () => {
  const references = readdirSync(folder).filter((name) => name.endsWith('.raw'));
  for (const reference of references) {
    const [, name = '', channels = ''] = /^(.+)\.(\d)\.raw$/.exec(reference) ?? [];
    it(`${name} is what Ultralytics means for ${channels} channels`, async () => {
      const plan = { maxPixels, channels: Number(channels) };
      const decoded = await decodeChannels(read(name), plan);
      assert.ok(decoded.status === 'success', JSON.stringify(decoded));
      const { width, height, data } = decoded.image;
      assert.deepEqual([height, width], [10, 13]);
      assert.deepEqual(Buffer.from(data), Buffer.from(read(reference)));
    });
  }

  it('of other channels are rows that say so', async () => {
    assert.equal(references.length, 18);
    assert.match(await reasonFor('rgb.png', 4), /it has 3 channels, and the model takes 4/);
    assert.match(await reasonFor('rgb.bmp', 4), /it has 3 channels, and the model takes 4/);
    assert.match(await reasonFor('pages.tiff', 4), /it has 5 channels, and the model takes 4/);
    assert.match(await reasonFor('rgba.png', 5), /it has 4 channels, and the model takes 5/);
    assert.match(await reasonFor('gray16.png', 2), /it has 1 channel, and the model takes 2/);
    assert.match(await reasonFor('rgba.png.4.raw', 4), /not an image/);
  });

  it('fill one plane for each channel', async () => {
    const decoded = await decodeChannels(read('pages.tiff'), { maxPixels, channels: 5 });
    assert.ok(decoded.status === 'success');
    const { image } = decoded;
    const input = { inputWidth: 13, inputHeight: 12 };
    const geometry = letterboxGeometry(image.width, image.height, input);
    const out = new Uint8Array(5 * 12 * 13);
    fillChannels(preparations.letterbox, image, geometry, out);
    for (let channel = 0; channel < 5; channel++) {
      const plane = out.subarray(channel * 156, (channel + 1) * 156);
      assert.ok(plane.subarray(0, 13).every((value) => value === 114));
      const content = plane.subarray(13, 143);
      const expected = content.map((_, i) => image.data[i * 5 + channel]!);
      assert.deepEqual(content, expected);
    }
  });
});
