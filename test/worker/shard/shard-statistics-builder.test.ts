import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SampleRow } from '../../../src/shared/run/sample-row.ts';
import { storeStatistics } from '../../../src/shared/statistics/columns/store-statistics.ts';
import { meanMapOf } from '../../../src/shared/statistics/map-sum.ts';
import {
  type ShardStatistics,
  shardStatisticsSchema,
} from '../../../src/shared/statistics/shard-statistics.ts';
import { StatisticsAccumulator } from '../../../src/shared/statistics/statistics-accumulator.ts';
import { ShardStatisticsBuilder } from '../../../src/worker/shard/shard-statistics-builder.ts';
import { emptyStatistics, mergeStatistics } from '../../support/plain-statistics.ts';
import { type RandomSample, randomSamples } from '../../support/random-rows.ts';
import { seededRandom } from '../../support/seeded-random.ts';

function statisticsOf(samples: readonly RandomSample[], shard: number): ShardStatistics {
  const builder = new ShardStatisticsBuilder(shard);
  for (const { row, maps } of samples) builder.add(row, maps);
  return builder.build();
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = items.map((item) => ({ item, at: random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** Merges neighbors at random until one is left: any tree over the items. */
function mergeAtRandom(items: readonly ShardStatistics[], random: () => number): ShardStatistics {
  const left = [...items];
  while (left.length > 1) {
    const at = Math.floor(random() * (left.length - 1));
    const [a, b] = left.splice(at, 2) as [ShardStatistics, ShardStatistics];
    left.splice(at, 0, mergeStatistics(a, b));
  }
  return left[0] as ShardStatistics;
}

/** An exemplar names its shard, which is all that may differ between ways to cut a dataset. */
const withoutShards = (json: string) => json.replace(/"shard":\d+/g, '"shard":0');

describe('merging', () => {
  const plan = { count: 150, classes: 6, gridSize: 8 };

  for (const seed of [1, 2, 3, 4, 5]) {
    test(`any order, grouping and cutting of the rows gives the same bytes (seed ${seed})`, () => {
      const random = seededRandom(seed * 1000);
      const samples = randomSamples({ ...plan, seed });
      const whole = JSON.stringify(statisticsOf(samples, 0));
      for (let cut = 0; cut < 3; cut++) {
        const count = 1 + Math.floor(random() * 12);
        const parts = Array.from({ length: count }, (): RandomSample[] => []);
        for (const sample of shuffled(samples, random)) {
          parts[Math.floor(random() * count)]?.push(sample);
        }
        const shards = parts.map((part, shard) => statisticsOf(part, shard));
        const accumulator = new StatisticsAccumulator();
        for (const shard of shards) accumulator.merge(storeStatistics(shard));
        const merged = JSON.stringify(accumulator.build());
        for (let order = 0; order < 3; order++) {
          const again = mergeAtRandom(shuffled(shards, random), random);
          assert.equal(JSON.stringify(again), merged);
        }
        assert.equal(withoutShards(merged), withoutShards(whole));
      }
    });
  }

  test('with the statistics of nothing changes nothing', () => {
    const some = statisticsOf(randomSamples({ ...plan, seed: 9 }), 4);
    assert.deepEqual(mergeStatistics(some, emptyStatistics()), some);
    assert.deepEqual(mergeStatistics(emptyStatistics(), some), some);
  });

  test('gives what the contract describes', () => {
    const some = statisticsOf(randomSamples({ ...plan, seed: 10 }), 4);
    assert.deepEqual(shardStatisticsSchema.parse(some), some);
    assert.deepEqual(shardStatisticsSchema.parse(emptyStatistics()), emptyStatistics());
  });

  test('stays exact for ten million images', () => {
    const accumulator = new StatisticsAccumulator();
    let doubled = storeStatistics(statisticsOf(randomSamples({ ...plan, seed: 11 }), 0));
    // 150 rows, doubled 16 times: 9.8 million.
    for (let i = 0; i < 16; i++) {
      const twice = new StatisticsAccumulator();
      twice.merge(doubled);
      twice.merge(doubled);
      doubled = storeStatistics(twice.build());
    }
    accumulator.merge(doubled);
    const once = statisticsOf(randomSamples({ ...plan, seed: 11 }), 0);
    const many = accumulator.build();
    assert.equal(many.images, 150 * 2 ** 16);
    for (const [column, { sum, n }] of Object.entries(once.measures)) {
      assert.equal(many.measures[column]?.sum, sum * 2 ** 16);
      assert.equal(many.measures[column]?.n, n * 2 ** 16);
      assert.ok(Number.isSafeInteger(sum * 2 ** 16));
    }
    const fused = once.meanMaps.fused?.sum.map((cell) => cell * 2 ** 16);
    assert.deepEqual(many.meanMaps.fused?.sum, fused);
  });
});

const geometry = {
  ...{ width: 100, height: 50, newWidth: 32, newHeight: 16 },
  ...{ left: 0, top: 8, inputWidth: 32, inputHeight: 32 },
};

const row: SampleRow = {
  ...{ key: 'a/1.jpg', sizeBytes: 1, etag: 'e', row: 7, status: 'success', geometry },
  detections: [
    { box: [0, 0, 50, 50], score: 0.75, classId: 2 },
    { box: [50, 0, 100, 25], score: 0.5, classId: 2 },
  ],
  ...{ classScores: [], mapScale: {}, overlay: false },
  measures: { entropy_fused: 0.98, energy_in_boxes_fused: 0.4, box_area: 0.75, detections: 2 },
  flags: ['diffuse'],
};

/** Left half of the image hot; padding hot too, which nobody may see. */
const leftHot = {
  gridWidth: 4,
  gridHeight: 4,
  map: Float32Array.from({ length: 16 }, (_, i) => (i < 4 || i >= 12 || i % 4 < 2 ? 1 : 0)),
};
const maps = { fused: leftHot, layers: [{ ...leftHot, column: 'model_15' }] };

describe('the statistics of a shard', () => {
  test('count objects, images and classes', () => {
    const statistics = statisticsOf([{ row, maps }], 3);
    assert.equal(statistics.images, 1);
    assert.equal(statistics.objects, 2);
    assert.equal(statistics.imagesWithObjects, 1);
    const { objects, images, confidence, boxArea } = statistics.classes[2] ?? {};
    assert.deepEqual([objects, images], [2, 1]);
    assert.equal(confidence?.sum, 1.25 * 65_536);
    assert.deepEqual([boxArea?.min, boxArea?.max], [0.25, 0.5]);
    assert.deepEqual(statistics.energyByArea, [[15, 8, 1]]);
    assert.deepEqual(statistics.aspectRatios, [[16, 1]]);
  });

  test('keep flagged images with the measure behind the flag', () => {
    const { flags, flaggedImages, extremes } = statisticsOf([{ row }], 3);
    const exemplar = { value: 0.98, key: 'a/1.jpg', shard: 3, row: 7 };
    assert.deepEqual(flags, { diffuse: { count: 1, exemplars: [exemplar] } });
    assert.equal(flaggedImages, 1);
    assert.deepEqual(extremes.entropy_fused, { lowest: [exemplar], highest: [exemplar] });
  });

  test('have mean maps of the image without its padding', () => {
    const { meanMaps } = statisticsOf([{ row, maps }], 0);
    assert.deepEqual(Object.keys(meanMaps), ['fused', 'model_15']);
    const mean = meanMapOf(meanMaps.fused ?? assert.fail());
    assert.equal(mean.length, 32 * 32);
    for (let y = 0; y < 32; y++) {
      assert.equal(mean[y * 32], 1);
      assert.equal(mean[y * 32 + 31], 0);
    }
  });

  test('have box maps that leave out what lies outside of the image', () => {
    const one = { ...row, detections: row.detections.slice(1) };
    const { classes } = statisticsOf([{ row: one, maps }], 0);
    const boxMap = classes[2]?.boxMap ?? assert.fail();
    // [50, 100) x [0, 25) enlarged to [25, 125) x [-12.5, 37.5): the right quarter and the top quarter are outside.
    const mean = meanMapOf(boxMap);
    assert.equal(boxMap.n, 1);
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 16; x++) {
        assert.equal(Number.isNaN(mean[y * 16 + x]), x >= 12 || y < 4);
      }
    }
    assert.equal(mean[8 * 16], 1);
    assert.equal(mean[8 * 16 + 11], 0);
  });

  test('of a classifier count the top class and have no boxes', () => {
    const classScores = [
      { classId: 4, score: 0.5 },
      { classId: 1, score: 0.25 },
    ];
    const { classes, objects } = statisticsOf(
      [{ row: { ...row, detections: [], classScores }, maps }],
      0,
    );
    assert.equal(objects, 1);
    assert.deepEqual(Object.keys(classes), ['4']);
    assert.equal(classes[4]?.boxArea.n, 0);
    assert.deepEqual(classes[4]?.boxMap, { n: 0, height: 16, width: 16, sum: [] });
  });

  test('of failed rows are their reasons, without the names of the files', () => {
    const failed = (key: string): RandomSample => ({
      row: { ...row, key, status: 'failed_to_decode', reason: `${key} is empty.` },
    });
    const keys = ['f', 'b', 'e', 'd', 'c', 'a'].map((name) => `x/${name}.jpg`);
    const statistics = statisticsOf(keys.map(failed), 0);
    assert.deepEqual(statistics.reasons, {
      'the file is empty.': {
        ...{ status: 'failed_to_decode', count: 6 },
        keys: keys.toSorted().slice(0, 5),
      },
    });
    assert.deepEqual(statistics.statuses, { failed_to_decode: 6 });
    assert.deepEqual(statistics.measures, {});
    assert.deepEqual(statistics.evenSample, []);
  });

  test('refuse a measure that the catalog does not know', () => {
    const builder = new ShardStatisticsBuilder(0);
    assert.throws(() => builder.add({ ...row, measures: { cleverness: 1 } }), RangeError);
  });

  test('never hold a value that is not finite', () => {
    const measures = { entropy_fused: Number.NaN, box_area: Number.POSITIVE_INFINITY };
    const statistics = statisticsOf([{ row: { ...row, measures } }], 0);
    assert.deepEqual(statistics.measures, {});
    assert.deepEqual(statistics.extremes, {});
  });
});
