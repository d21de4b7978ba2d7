import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../bench/support/random.ts';
import { packBoxMaps } from '../../../src/shared/results/box-maps/packed-box-maps.ts';
import { readStoredBoxMaps } from '../../../src/shared/results/box-maps/stored-box-maps.ts';
import { MapArchiveWriter } from '../../../src/shared/results/map-archive.ts';
import type { BoxMap, StoredBoxMap } from '../../../src/shared/run/evidence/box-map.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';

const random = seededRandom(1);

function boxMap(detection: number, layer: string, side: number): BoxMap {
  const map = Float32Array.from({ length: side * side }, () => random() ** 4);
  map[detection] = 1;
  return { detection, layer, gridHeight: side, gridWidth: side, cell: detection, map };
}

/** Stores them as a shard does, and reads them again. */
async function stored(all: readonly BoxMap[], mostBytes: number) {
  const { maps, groups } = packBoxMaps(all, mostBytes);
  const archive = new MapArchiveWriter();
  const boxMaps: StoredBoxMap[] = [...maps];
  for (const [group, { packed, members }] of groups.entries()) {
    const { offset, bytes } = archive.add(`row_0_boxes_${group}`, packed);
    members.forEach((member, mapIndex) => {
      const place = { mapOffset: offset, mapBytes: bytes, mapCount: members.length, mapIndex };
      boxMaps[member] = { ...boxMaps[member]!, ...place };
    });
  }
  const store = new MemoryStore();
  await store.put(objectKeys.mapArchive('run', 'boxes', 0), archive.finish());
  const bytes = groups.reduce((sum, { packed }) => sum + packed.deflated.length, 0);
  const read = (rows = boxMaps) =>
    readStoredBoxMaps(store, { runId: 'run' }, { shard: 0, boxMaps: rows });
  return { bytes, boxMaps, read };
}

describe('stored box maps', () => {
  const all = [boxMap(0, 'model.15', 20), boxMap(1, 'model.18', 10), boxMap(2, 'model.15', 20)];

  it('come back to half a step, each from those of its layer', async () => {
    const { boxMaps, read } = await stored(all, 10_000);
    const found = (await read()) ?? [];
    assert.deepEqual(
      boxMaps.map(({ steps, mapIndex }) => [steps, mapIndex]),
      [
        [255, 0],
        [255, 0],
        [255, 1],
      ],
    );
    for (const [index, { map, ...figures }] of all.entries()) {
      const { map: values = new Float32Array(), ...rest } = found[index] ?? {};
      assert.deepEqual(rest, figures);
      assert.ok(map.every((value, cell) => Math.abs(value - (values[cell] ?? 9)) <= 0.5001 / 255));
      assert.equal(values[figures.cell], 1);
    }
  });

  for (const mostBytes of [800, 500, 300, 150, 0]) {
    it(`take at most ${mostBytes} bytes, by fewer steps and then by fewer boxes, the strongest first`, async () => {
      const { bytes, boxMaps, read } = await stored(all, mostBytes);
      assert.ok(bytes <= mostBytes);
      const found = (await read()) ?? [];
      assert.deepEqual(
        found.map(({ detection }) => detection),
        all.slice(0, found.length).map(({ detection }) => detection),
      );
      assert.equal(boxMaps.length, 3);
      assert.ok(mostBytes < 500 || found.length === 3);
    });
  }

  it('of an altered row are left out', async () => {
    const { boxMaps, read } = await stored(all, 10_000);
    const [first] = boxMaps;
    for (const other of [
      { mapOffset: 7 },
      { mapIndex: 5 },
      { gridHeight: 90_000 },
      { mapBytes: 0 },
    ]) {
      assert.deepEqual(await read([{ ...first!, ...other }]), []);
    }
  });
});
