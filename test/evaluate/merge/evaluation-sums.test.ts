import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DistinctCount } from '../../../src/evaluate/merge/distinct-count.ts';
import { EvaluationSums, packedSumsSchema } from '../../../src/evaluate/merge/evaluation-sums.ts';
import { mostBlocks } from '../../../src/evaluate/result/block-sums.ts';

function partOf(keys: readonly string[]) {
  const sums = new EvaluationSums(['box']);
  sums.addGroups(keys);
  for (const [index, key] of keys.entries()) {
    const box = [0, 0, index, 1] as const;
    sums.addImage({
      ...{ key, group: key, changed: false, confusions: [[0, 0]] },
      labels: { status: 'labeled', objects: [{ classId: 0, box }], remarks: [] },
      objects: [
        {
          outcome: 'tp',
          classId: 0,
          size: 'small',
          trust: { lift: key.charCodeAt(0) / 7, pointed: true },
        },
      ],
      evidence: [{ classId: 0, high: key.charCodeAt(0) / 8 }],
    });
  }
  return sums.pack();
}

function merged(parts: readonly ReturnType<typeof partOf>[]): string {
  const sums = new EvaluationSums(['box']);
  for (const part of parts) sums.merge(packedSumsSchema.parse(JSON.parse(JSON.stringify(part))));
  return JSON.stringify(sums.pack());
}

const keys = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => `${from + i}.jpg`);

describe('the sums of an evaluation', () => {
  it('are the same bytes whatever the order, below and above as many groups as there are blocks', () => {
    for (const size of [10, 60, 200]) {
      const parts = [partOf(keys(size)), partOf(keys(size, 1000)), partOf(keys(size, 2000))];
      const inOrder = merged(parts);
      assert.equal(merged(parts.toReversed()), inOrder);
      assert.equal(merged([JSON.parse(merged(parts.slice(1))), ...parts.slice(0, 1)]), inOrder);
      const { blocks, tallies } = JSON.parse(inOrder);
      assert.equal(blocks.hashed, 3 * size > mostBlocks);
      const [, ...counts] = tallies.sums['tp/0/small'].filter(
        (_: number, i: number) => i % 2 === 1,
      );
      assert.ok(counts.length < mostBlocks);
      assert.equal(blocks.groups.length, 3 * size);
    }
  });

  it('are the same as of one part with all images', () => {
    assert.equal(merged([partOf(keys(90)), partOf(keys(90, 90))]).length > 0, true);
    const [whole, parts] = [partOf(keys(180)), [partOf(keys(90)), partOf(keys(90, 90))]];
    const sums = JSON.parse(merged(parts));
    assert.deepEqual({ ...sums, labels: '' }, { ...whole, labels: '' });
  });

  it('tell other labels by their digest', () => {
    assert.notEqual(partOf(['a', 'b']).labels, partOf(['b', 'a']).labels);
    assert.equal(partOf(['a', 'b']).labels, partOf(['a', 'b']).labels);
  });

  it('are refused where somebody altered them', () => {
    const part = partOf(['a', 'b']);
    const altered = [
      { ...part, counts: { ...part.counts, labeled: -1 } },
      { ...part, labels: 'x' },
      { ...part, tallies: { ...part.tallies, sums: { 'tp/0/small': [7, 1] } } },
      { ...part, tallies: { ...part.tallies, sums: { 'tp/0/small': [0] } } },
      { ...part, tallies: { ...part.tallies, sums: { 'tp/0/small': [0, -1] } } },
      { ...part, confusions: { __proto__x: 1 } },
      { ...part, confusions: { '0>0': 0.5 } },
      { ...part, peaks: { ...part.peaks, usual: [[0, 1]] } },
      { ...part, blocks: { ...part.blocks, groups: [2 ** 49] } },
    ];
    for (const one of altered) assert.equal(packedSumsSchema.safeParse(one).success, false);
    const { precision } = part;
    const numbers = [
      { ...precision, sums: { ...precision.sums, labels: [[7, 1]] as [number, number][] } },
      {
        ...precision,
        sums: { ...precision.sums, blocks: { shift: 0, entries: 3, scores: 'AQID' } },
      },
    ];
    for (const one of numbers) {
      assert.throws(
        () => new EvaluationSums(['box']).check({ ...part, precision: one }),
        RangeError,
      );
    }
    new EvaluationSums(['box']).check(part);
  });
});

describe('the count of groups', () => {
  it('is exact up to 4,096, and within 5 % beyond', () => {
    const few = new DistinctCount();
    for (let i = 0; i < 4000; i++) few.add(`group ${i % 2000}`);
    assert.equal(few.count, 2000);
    const many = new DistinctCount();
    for (let i = 0; i < 30_000; i++) many.add(`group ${i}`);
    assert.ok(Math.abs(many.count - 30_000) < 1500, String(many.count));
  });
});
