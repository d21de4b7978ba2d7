import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObjectRow } from '../../../src/evaluate/result/object-row.ts';
import { encodeObjects } from '../../../src/evaluate/result/object-table.ts';
import { chooseObjects } from '../../../src/report/objects/choose-objects.ts';
import type { ObjectGroup } from '../../../src/report/objects/object-groups.ts';
import { readTable } from '../../../src/shared/results/parquet-table.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const random = seededRandom(3);
const names = ['RBC', 'WBC'];

function object(i: number, fields: Partial<ObjectRow>): ObjectRow {
  return {
    ...{ shard: Math.floor(i / 8), row: i % 8, key: `${i}.jpg`, group: `${i}.jpg` },
    ...{ outcome: 'fp', classId: 0, size: 'small', box: [0, 0, 10, 10], detection: i },
    ...fields,
  };
}

const objects = Array.from({ length: 300 }, (_, i) => {
  const score = Math.floor(random() * 50) / 50;
  if (i % 3 === 0) return object(i, { outcome: 'tp', score });
  if (i % 3 === 1) return object(i, { outcome: 'fn', label: i, trust: { lift: 3 * random() } });
  return object(i, { score, ...(i % 2 === 0 && { cause: 'class', otherClassId: 1 }) });
});

const groups: ObjectGroup[] = [
  { id: 'objects-fp-0', kind: 'false-positives', classId: 0, count: 100, shown: 7 },
  { id: 'objects-fn-0', kind: 'misses', classId: 0, count: 100, shown: 5 },
  {
    ...{ id: 'objects-confused-0-1', kind: 'confusions', classId: 0, labeledClassId: 1 },
    ...{ count: 50, shown: 4 },
  },
];

/** In pieces of so many rows. */
async function tables(all: readonly ObjectRow[], rows: number) {
  const pieces = [];
  for (let i = 0; i < all.length; i += rows) {
    pieces.push(await readTable(encodeObjects(all.slice(i, i + rows), names)));
  }
  return pieces;
}

describe('the objects of a report', () => {
  it('are of boxes the most confident, and of misses those that hold the most evidence', async () => {
    const chosen = await chooseObjects(await tables(objects, 50), groups);
    const best = (outcome: string, worth: (one: ObjectRow) => number, most: number) =>
      objects
        .filter((one) => one.outcome === outcome)
        .map(worth)
        .sort((a, b) => b - a)
        .slice(0, most);
    assert.deepEqual(
      chosen[0]?.objects.map(({ score }) => score),
      best('fp', ({ score = 0 }) => score, 7),
    );
    assert.deepEqual(
      chosen[1]?.objects.map(({ trust }) => trust?.lift),
      best('fn', ({ trust }) => trust?.lift ?? 0, 5),
    );
    assert.equal(chosen[2]?.objects.length, 4);
    assert.ok(chosen[2]?.objects.every(({ otherClassId }) => otherClassId === 1));
  });

  it('are the same in whatever order and pieces they come, equal scores included', async () => {
    const turned = await chooseObjects(await tables([...objects].reverse(), 7), groups);
    assert.deepEqual(turned, await chooseObjects(await tables(objects, 1000), groups));
  });

  it('leave out a gallery that has none', async () => {
    const none = objects.filter(({ outcome }) => outcome === 'tp');
    assert.deepEqual(await chooseObjects(await tables(none, 50), groups), []);
  });
});
