import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromBytes, toBytes } from '../../../src/shared/results/byte-maps/byte-map.ts';
import {
  byteMapHeadBytes,
  decodeByteMaps,
  encodeByteMaps,
} from '../../../src/shared/results/byte-maps/byte-map-archive.ts';
import { archivedFiles, unpackedFile } from '../../../src/shared/results/map-archive.ts';
import { readStoredMap, type StoredMapRun } from '../../../src/shared/results/stored-map.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { mulberry32 } from '../../../src/shared/statistics/mulberry32.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

const random = mulberry32(7);
const noise = (cells: number) => Float32Array.from({ length: cells }, () => 2 * random() - 1);
const [gridHeight, gridWidth, cells] = [5, 4, 20];
const names = { name: 'model.15', column: 'model_15', tensor: 'x', channels: 8 };
const layer = { ...names, gridHeight, gridWidth };
const run = {
  ...{ runId: 'run-1', options: { mapBits: 8 } },
  model: { inputHeight: 160, inputWidth: 128 },
} as StoredMapRun;
const geometry = {
  ...{ width: 128, height: 160, newWidth: 128, newHeight: 160, left: 0, top: 0 },
  ...{ inputWidth: 128, inputHeight: 160 },
};

async function stored(images: number, components: number) {
  const signed = Array.from({ length: images }, () => noise(components * cells));
  const maps = signed.map((one) => ({ signed: one, gridHeight, gridWidth }));
  const archive = encodeByteMaps(maps, layer, components);
  const store = new MemoryStore('memory://maps');
  await store.put(objectKeys.byteMaps('run-1', 'model.15', 0, gridHeight, gridWidth), archive);
  const read = (mapRow: number, count = components) =>
    readStoredMap(store, run, { layer, geometry, shard: 0, mapRow, components: count });
  return { signed, archive, store, read };
}

describe('a map of bytes', () => {
  it('is nowhere further off than half a level, and its ends are exact', () => {
    for (const values of [noise(900), Float32Array.of(0, 1e-30, 3e-30), Float32Array.of(-1, 1)]) {
      const packed = toBytes(values);
      const back = fromBytes(packed);
      const most = (0.5 / 255) * (packed.high - packed.low) * (1 + 1e-5);
      values.forEach((value, i) => {
        assert.ok(Math.abs(value - back[i]!) <= most, `${value} became ${back[i]}`);
      });
      assert.equal(Math.min(...back), packed.low);
      assert.equal(Math.max(...back), packed.high);
    }
  });

  it('of one value is that value', () => {
    assert.deepEqual(fromBytes(toBytes(Float32Array.of(0.25, 0.25))), Float32Array.of(0.25, 0.25));
  });

  it('comes back the same from what was read back', () => {
    const first = toBytes(noise(900));
    assert.deepEqual(toBytes(fromBytes(first)), first);
  });
});

describe('an archive of them', () => {
  it('gives the maps of one image without the others', async () => {
    const { signed, read } = await stored(3, 2);
    for (const [row, values] of signed.entries()) {
      const parts = [values.subarray(0, cells), values.subarray(cells)];
      const expected = parts.flatMap((part) => [...fromBytes(toBytes(part))]);
      assert.deepEqual([...((await read(row))?.values ?? [])], expected);
      assert.deepEqual([...((await read(row, 1))?.values ?? [])], expected.slice(0, cells));
    }
    assert.equal(await read(3), undefined);
    assert.equal(await read(0, 3), undefined);
  });

  it('is read where its index is longer than the usual first request', async () => {
    const { signed, read, archive } = await stored(300, 2);
    assert.ok(300 * 2 * 8 > byteMapHeadBytes && archive.length > byteMapHeadBytes);
    const expected = fromBytes(toBytes(signed[299]!.subarray(0, cells)));
    assert.deepEqual((await read(299, 1))?.values, expected);
  });

  it('is read as a whole', async () => {
    const { signed, archive } = await stored(3, 1);
    const expected = signed.flatMap((values) => [...fromBytes(toBytes(values))]);
    assert.deepEqual([...decodeByteMaps(archive, cells)], expected);
    assert.throws(() => decodeByteMaps(archive, cells + 1), RangeError);
    assert.throws(() => decodeByteMaps(archive.subarray(0, archive.length / 2), cells), RangeError);
  });

  it('is NumPy arrays of the bytes, deflated as one', async () => {
    const { signed, archive } = await stored(2, 1);
    const files = archivedFiles(archive);
    assert.deepEqual(
      files.map(({ name }) => name),
      ['ranges.npy', 'ends.npy', 'maps.npy'],
    );
    const plain = unpackedFile(files[2]!, 1000);
    assert.match(Buffer.from(plain.subarray(0, 128)).toString('latin1'), /'\|u1'.*\(2, 1, 5, 4\)/);
    assert.deepEqual(Uint8Array.from(plain.subarray(128, 128 + cells)), toBytes(signed[0]!).bytes);
  });

  it('places a smaller grid in the upper left corner', async () => {
    const signed = Float32Array.of(-1, 0, 0.5, 1);
    const archive = encodeByteMaps([{ signed, gridHeight: 2, gridWidth: 2 }], layer, 1);
    const values = decodeByteMaps(archive, cells);
    assert.deepEqual([values[0], values[gridWidth + 1]], [-1, 1]);
    assert.ok(Math.abs(values[gridWidth]! - 0.5) <= 1 / 255);
  });

  it('that is altered or cut short is no map, and no error', async () => {
    const { store, archive, read } = await stored(2, 1);
    const key = objectKeys.byteMaps('run-1', 'model.15', 0, gridHeight, gridWidth);
    for (const at of [0, 20, 60, 100, 180, 330, 380, 560]) {
      const altered = Uint8Array.from(archive);
      altered.fill(0xff, at, at + 12);
      await store.put(key, altered);
      const values = (await read(1))?.values;
      assert.ok(values === undefined || values.length === cells, `altered at ${at}`);
    }
    for (const length of [0, 10, 200, 400]) {
      await store.put(key, archive.subarray(0, length));
      assert.equal(await read(1), undefined, `cut to ${length}`);
    }
  });
});
