import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packedStatisticsSchema } from '../../../../src/shared/statistics/packed/packed-statistics.ts';
import { packIntegers } from '../../../../src/shared/statistics/packed-integers.ts';
import { repositoryText } from '../../../support/repository-files.ts';

test('packed statistics that cannot be are refused', () => {
  const good = packedStatisticsSchema.parse(
    JSON.parse(repositoryText('test/golden/markers/done-3.json')).statistics,
  );
  const [classId = '', one] = Object.entries(good.classes)[0] ?? [];
  const [flag = '', flagged] = Object.entries(good.flags)[0] ?? [];
  const [column = '', extremes] = Object.entries(good.extremes)[0] ?? [];
  const exemplar = { value: -0.5, key: 'a/b.jpg', shard: 7, row: 1 };
  const isTaken = (value: unknown): boolean => packedStatisticsSchema.safeParse(value).success;
  assert.ok(isTaken(good));
  const withClass = (changes: object) => ({
    ...good,
    classes: { [classId]: { ...one, ...changes } },
  });
  const withBins = (changes: object) =>
    withClass({ confidence: { ...one?.confidence, ...changes } });
  const withMap = (changes: object) => withClass({ boxMap: { ...one?.boxMap, ...changes } });
  const withFlag = (changes: object) => ({
    ...good,
    flags: { [flag]: { ...flagged, ...changes } },
  });
  const withExemplars = (changes: object) =>
    withFlag({ exemplars: { ...flagged?.exemplars, ...changes } });
  const withExtremes = (changes: object) => ({
    ...good,
    extremes: { [column]: { ...extremes, ...changes } },
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
  for (const value of bad) assert.ok(!isTaken(value), JSON.stringify(value).slice(0, 400));
});
