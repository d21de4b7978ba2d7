import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmallestHashes } from '../../../src/verdict/drift/smallest-hashes.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('the images of a run that are compared', () => {
  const random = seededRandom(11);
  const distinct = Array.from({ length: 3000 }, () => Math.floor(random() * 2 ** 53));
  const hashes = Array.from(
    { length: 9000 },
    () => distinct[Math.floor(random() * 3000)] as number,
  );
  const offered = [...new Set(hashes)].sort((a, b) => a - b);

  it('are those of the smallest hashes and all that are wanted otherwise, each at its first row', () => {
    const wanted = new Set(offered.filter((_, i) => i % 40 === 0));
    const smallest = new SmallestHashes(100, (hash) => wanted.has(hash));
    for (const [row, hash] of hashes.entries()) smallest.add(hash, row);
    const chosen = smallest.finish();
    const expected = offered.filter((hash, i) => i < 100 || wanted.has(hash));
    assert.deepEqual([...chosen.hashes], expected);
    assert.deepEqual(
      [...chosen.rows],
      expected.map((hash) => hashes.indexOf(hash)),
    );
    assert.equal(chosen.within, 100);
    assert.ok(Math.abs(chosen.distinct - offered.length) < 0.3 * offered.length);
  });

  it('are all that there are up to the cap', () => {
    const smallest = new SmallestHashes(10_000);
    for (const [row, hash] of hashes.entries()) smallest.add(hash, row);
    const { hashes: chosen, within, distinct: counted } = smallest.finish();
    assert.deepEqual([...chosen], offered);
    assert.deepEqual([within, counted], [offered.length, offered.length]);
  });
});
