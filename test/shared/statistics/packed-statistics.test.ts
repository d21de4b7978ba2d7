import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packIntegers } from '../../../src/shared/statistics/packed-integers.ts';
import {
  packedStatisticsSchema,
  packStatistics,
} from '../../../src/shared/statistics/packed-statistics.ts';
import type { ShardStatistics } from '../../../src/shared/statistics/shard-statistics.ts';
import {
  emptyStatistics,
  unpackIntegers,
  unpackStatistics,
} from '../../support/plain-statistics.ts';

const exemplar = { value: -0.5, key: 'a/b.jpg', shard: 7, row: 1 };

test('integers of every size survive packing', () => {
  const integers = [0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  assert.deepEqual(unpackIntegers(packIntegers(integers)), integers);
  assert.deepEqual(unpackIntegers(packIntegers([])), []);
});

test('what is not a count is refused', () => {
  for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => packIntegers([value]), RangeError);
  }
});

test('text that is not packed integers is refused', () => {
  for (const bytes of [
    [2, 1],
    [0, 1],
    [9, ...new Array<number>(9).fill(1)],
  ]) {
    assert.throws(() => unpackIntegers(Buffer.from(bytes).toString('base64')), RangeError);
  }
});

test('text with a character that is not base64 is refused', () => {
  const text = packIntegers(Array.from({ length: 300 }, (_, n) => n));
  assert.throws(() => unpackIntegers(`${text.slice(0, 40)}*${text.slice(41)}`), RangeError);
});

test('statistics come back as they were packed', () => {
  const distribution = {
    ...{ n: 4, sum: -65_536, min: -1, max: 1 },
    bins: [
      [-1000, 2],
      [-999, 1],
      [1000, 1],
    ] satisfies [number, number][],
  };
  const boxMap = { n: 2, height: 1, width: 2, sum: [4095, 8000], cells: [1, 2] };
  const statistics: ShardStatistics = {
    ...emptyStatistics(),
    classes: {
      7: { objects: 2, images: 1, confidence: distribution, boxArea: distribution, boxMap },
    },
    measures: { layer_agreement: distribution },
    flags: { diffuse: { count: 3, exemplars: [exemplar, { ...exemplar, row: 2 }] } },
    extremes: { layer_agreement: { lowest: [exemplar], highest: [] } },
    evenSample: [exemplar],
    meanMaps: { fused: { n: 2, height: 1, width: 2, sum: [4095, 8000] } },
  };
  assert.deepEqual(unpackStatistics(packStatistics(statistics)), statistics);
});

test('packed statistics that cannot be are refused', () => {
  const distribution = { n: 1, sum: 5, min: 0, max: 1, bins: [[3, 1]] as [number, number][] };
  const boxMap = { n: 1, height: 1, width: 2, sum: [1, 2], cells: [1, 1] };
  const { classes, ...rest } = packStatistics({
    ...emptyStatistics(),
    classes: {
      7: { objects: 1, images: 1, confidence: distribution, boxArea: distribution, boxMap },
    },
    measures: { layer_agreement: distribution },
    flags: { diffuse: { count: 1, exemplars: [exemplar] } },
    extremes: { layer_agreement: { lowest: [exemplar], highest: [exemplar] } },
    evenSample: [exemplar],
    meanMaps: { fused: boxMap },
  });
  const good = { ...rest, classes };
  const seven = classes[7]!;
  const isTaken = (value: unknown): boolean => packedStatisticsSchema.safeParse(value).success;
  assert.ok(isTaken(JSON.parse(JSON.stringify(good))));
  const withClass = (changes: object) => ({ ...good, classes: { 7: { ...seven, ...changes } } });
  const withBins = (changes: object) =>
    withClass({ confidence: { ...seven.confidence, ...changes } });
  const withMap = (changes: object) => withClass({ boxMap: { ...seven.boxMap, ...changes } });
  const { diffuse } = good.flags;
  const withFlag = (changes: object) => ({
    ...good,
    flags: { diffuse: { ...diffuse, ...changes } },
  });
  const withExemplars = (changes: object) =>
    withFlag({ exemplars: { ...diffuse?.exemplars, ...changes } });
  const withExtremes = (changes: object) => ({
    ...good,
    extremes: { layer_agreement: { ...good.extremes.layer_agreement, ...changes } },
  });
  const bad = [
    { ...good, images: -1 },
    { ...good, classes: [] },
    { ...good, classes: { 7: null } },
    { ...good, measures: { layer_agreement: 1 } },
    { ...good, meanMaps: { fused: {} } },
    withClass({ objects: 0.5 }),
    withClass({ confidence: undefined }),
    withBins({ n: -1 }),
    withBins({ min: null }),
    withBins({ first: 'a' }),
    withBins({ bins: [1] }),
    withBins({ bins: 'A' }),
    withBins({ bins: packIntegers([1]) }),
    withMap({ sum: packIntegers([1, 2, 3]) }),
    withMap({ cells: packIntegers([1]) }),
    withMap({ height: 0 }),
    { ...good, evenSample: [exemplar] },
    { ...good, evenSample: null },
    { ...good, evenSample: 1 },
    withExtremes({ lowest: undefined }),
    withExtremes({ lowest: [exemplar] }),
    withExtremes({ highest: { ...good.evenSample, row: 1 } }),
    withFlag({ count: -1 }),
    withFlag({ exemplars: [exemplar] }),
    withFlag({ exemplars: null }),
    withExemplars({ value: undefined }),
    withExemplars({ value: 'a' }),
    withExemplars({ value: [null] }),
    withExemplars({ key: 'a' }),
    withExemplars({ key: [] }),
    withExemplars({ key: [1] }),
    withExemplars({ shard: [0.5] }),
    withExemplars({ row: [-1] }),
  ];
  for (const value of bad) assert.ok(!isTaken(value), JSON.stringify(value));
});
