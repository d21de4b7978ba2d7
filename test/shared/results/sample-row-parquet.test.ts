import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { decodeRows, encodeRows } from '../../../src/shared/results/sample-row-parquet.ts';
import type { Detection } from '../../../src/shared/run/detection.ts';
import { exampleColumns, exampleRows } from '../../support/example-rows.ts';

describe('encodeRows', () => {
  it('has the columns of its task alone', async () => {
    const columns = { ...exampleColumns, task: 'obb' } as const;
    const rotated = { centerX: 5, centerY: 6, width: 4, height: 2, angle: 0.5 };
    const detection = { box: [3, 4, 7, 8], score: 0.5, classId: 1, rotated } as const;
    const row = { ...exampleRows[0]!, classScores: [], detections: [detection] };
    const bytes = encodeRows([row], columns);
    const [stored] = await decodeRows(bytes);
    assert.deepEqual(stored, { shard: 7, ...row });
    const { schema } = parquetMetadata(Uint8Array.from(bytes).buffer);
    const names = schema.map(({ name }) => name);
    assert.deepEqual(
      ['rotated', 'polygons', 'rle', 'keypoints', 'class_scores'].map((name) =>
        names.includes(name),
      ),
      [true, false, false, false, false],
    );
  });

  it('keeps every row exactly: absent values, lists, unicode, zero detections', async () => {
    const stored = await decodeRows(encodeRows(exampleRows, exampleColumns));
    assert.deepEqual(
      stored,
      exampleRows.map((row) => ({ shard: 7, ...row })),
    );
  });

  it('keeps masks, keypoints and rotated boxes, each where a box has it', async () => {
    const common = { box: [1, 2, 30, 40], score: 0.5, classId: 0 } as const;
    const rle = { size: [40, 30] as const, counts: 'PPYo1' };
    const detections: Detection[] = [
      {
        ...common,
        mask: {
          polygons: [
            [1, 2, 3, 2.5, 3, 4],
            [9, 9],
          ],
          rle,
        },
      },
      { ...common, mask: { polygons: [], rle } },
      common,
      { ...common, keypoints: [{ x: 1, y: 2, visibility: 0.25 }] },
      { ...common, rotated: { centerX: 9, centerY: 8, width: 7, height: 6, angle: -0.5 } },
    ];
    const rows = [exampleRows[1]!, { ...exampleRows[0]!, detections }, exampleRows[0]!];
    const stored = await decodeRows(encodeRows(rows, exampleColumns));
    assert.deepEqual(
      stored,
      rows.map((row) => ({ shard: 7, ...row })),
    );
  });

  it('keeps rows whose first values are all absent', async () => {
    const failed = exampleRows[1]!;
    const rows = [
      ...Array.from({ length: 1500 }, (_, row) => ({ ...failed, row })),
      exampleRows[0]!,
    ];
    const stored = await decodeRows(encodeRows(rows, exampleColumns));
    assert.equal(stored.length, 1501);
    assert.deepEqual(stored[1500], { shard: 7, ...exampleRows[0] });
  });

  it('writes no rows as a readable file with the same columns', async () => {
    const bytes = encodeRows([], exampleColumns);
    assert.deepEqual(await decodeRows(bytes), []);
    const full = encodeRows(exampleRows, exampleColumns);
    const schemaOf = (file: Uint8Array) => parquetMetadata(Uint8Array.from(file).buffer).schema;
    assert.deepEqual(schemaOf(bytes), schemaOf(full));
  });

  it('writes the same bytes for the same rows', () => {
    const once = encodeRows(exampleRows, exampleColumns);
    assert.deepEqual(encodeRows(structuredClone(exampleRows), exampleColumns), once);
  });

  it('has one column for each measure under its own name, and nested columns for lists', () => {
    const { schema } = parquetMetadata(
      Uint8Array.from(encodeRows(exampleRows, exampleColumns)).buffer,
    );
    const typeOf = (name: string) => schema.find((element) => element.name === name)?.type;
    for (const name of exampleColumns.measureColumns) assert.equal(typeOf(name), 'DOUBLE');
    assert.equal(typeOf('size_bytes'), 'INT64');
    assert.equal(typeOf('width'), 'INT32');
    assert.equal(schema.find(({ name }) => name === 'boxes')?.logical_type?.type, 'LIST');
  });
});

describe('decodeRows', () => {
  it('decodes the rows that are wanted, by their place in the shard', async () => {
    const bytes = encodeRows(exampleRows, exampleColumns);
    const { row } = exampleRows[1]!;
    const all = await decodeRows(bytes);
    const expected = all.filter((one) => one.row === row);
    assert.deepEqual(await decodeRows(bytes, undefined, new Set([row, 999])), expected);
  });

  it('refuses bytes that are not a Parquet file', async () => {
    await assert.rejects(decodeRows(new Uint8Array(100)), /parquet/i);
  });

  it('refuses a file that was cut short', async () => {
    const bytes = encodeRows(exampleRows, exampleColumns);
    await assert.rejects(decodeRows(bytes.subarray(0, bytes.length - 100)), Error);
  });

  it('says in one sentence which row holds a number that is not finite', async () => {
    const box = [Number.NaN, Number.NaN, Number.NaN, 1] as const;
    const spoilt = { ...exampleRows[0]!, detections: [{ box, score: 1, classId: 0 }] };
    const bytes = encodeRows([exampleRows[1]!, spoilt], exampleColumns);
    await assert.rejects(decodeRows(bytes), {
      code: 'storage',
      message:
        "Row 1 of a shard's file cannot be read: boxes.0.x1: Invalid input: expected number, received NaN.",
    });
    const told: number[] = [];
    const rows = await decodeRows(bytes, ({ row }) => void told.push(row));
    assert.deepEqual([rows.length, told], [1, [1]]);
  });
});
