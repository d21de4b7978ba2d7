import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readClassMeans } from '../../../src/report/gallery/class-means.ts';
import { MapArchiveWriter } from '../../../src/shared/results/map-archive.ts';
import { packEvidence } from '../../../src/shared/results/stored-evidence.ts';
import { objectKeys } from '../../../src/shared/run/object-keys.ts';
import { addressOf } from '../../../src/shared/run/places/row-address.ts';
import type { SampleRow } from '../../../src/shared/run/sample-row.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { madeRows, madeSpec } from '../../support/made-run.ts';

const spec = madeSpec({ images: 4 });
/** Cells of the frame's first row. */
const size = 32;

/** Four images with two boxes each, of the first classes; every one has evidence of three classes at 3 logits, at the top of the first image and at the bottom of the others. */
async function stored() {
  const store = new MemoryStore('results');
  const writer = new MapArchiveWriter();
  const made = madeRows({ images: 4, objects: () => 2 });
  const rows = made.map((row, index): SampleRow => {
    const evidence = [0, 1, 2].map((classId) => {
      const figures = {
        classId,
        layer: 'model.15',
        gridHeight: 20,
        gridWidth: 20,
        low: 0,
        high: 3,
      };
      // Content is rows 2.5 to 17.5.
      const lit = (cell: number) => Math.floor(cell / 20) < 10 === (index === 0);
      const map = Float32Array.from({ length: 400 }, (_, cell) => (lit(cell) ? 3 : 0));
      const { offset, bytes } = writer.add(
        `row_${index}_class_${classId}`,
        packEvidence({ ...figures, map }),
      );
      return { ...figures, mapOffset: offset, mapBytes: bytes };
    });
    // The third image has no object of class 1.
    const classes = index === 2 ? [0, 0] : [0, 1];
    const detections = row.detections.map((one, i) => ({ ...one, classId: classes[i] ?? 0 }));
    return { ...row, row: index, detections, evidence };
  });
  await store.put(objectKeys.mapArchive(spec.runId, 'evidence', 0), writer.finish());
  const exemplars = rows.map(({ key, row }) => ({ value: 0, key, shard: 0, row }));
  const byAddress = new Map(rows.map((row) => [addressOf({ shard: 0, row: row.row }), row]));
  return { store, spec, exemplars, rows: byAddress };
}

describe('the mean evidence of classes', () => {
  it('is over the images that have the class, the class of most images first', async () => {
    const means = await readClassMeans(await stored());
    assert.deepEqual(
      means.map(({ classId, drawn, map }) => [classId, drawn, map.n]),
      [
        [0, 4, 4],
        [1, 4, 3],
      ],
    );
    const [every, three] = means.map(({ map }) => map.thousandths);
    assert.deepEqual([every?.[0], every?.[size * size - 1]], [250, 750]);
    assert.deepEqual([three?.[0], three?.[size * size - 1]], [333, 667]);
  });

  it('is none where maps are gone, and where nothing was drawn', async () => {
    const images = await stored();
    assert.deepEqual(await readClassMeans({ ...images, store: new MemoryStore('empty') }), []);
    assert.deepEqual(await readClassMeans({ ...images, rows: new Map() }), []);
  });
});
