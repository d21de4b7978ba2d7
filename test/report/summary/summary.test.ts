import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarize } from '../../../src/report/summary/summary.ts';
import { summarySchema } from '../../../src/report/summary/summary-schema.ts';
import {
  madeRows,
  madeShardStatistics,
  madeSpec,
  madeStatistics,
  mergedStatistics,
} from '../../support/made-run.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const timings = { stagesMs: { decode: 5, inference: 20 }, wallMs: 1000 };
const devices = { cpu: 40 };

describe('a summary', () => {
  const spec = madeSpec({ images: 40 });
  const rows = madeRows({
    images: 40,
    failed: (i) =>
      i === 7 ? { status: 'failed_to_decode', reason: 'The image is empty.' } : undefined,
  });
  const summary = summarize({ spec, statistics: madeStatistics(rows), timings, devices });

  it('is what its schema says', () => {
    assert.deepEqual(summarySchema.parse(JSON.parse(JSON.stringify(summary))), summary);
  });

  it('counts images by status and failures by reason', () => {
    assert.deepEqual(summary.counts.statuses, { failed_to_decode: 1, success: 39 });
    assert.deepEqual(summary.failures, [
      {
        reason: 'The image is empty.',
        status: 'failed_to_decode',
        count: 1,
        keys: ['image-00007.jpg'],
      },
    ]);
  });

  it('gives mean, quantiles and a histogram that adds up for every measure', () => {
    const values = rows.flatMap((row) => row.measures.entropy_fused ?? []).sort((a, b) => a - b);
    const entropy = summary.measures.entropy_fused;
    assert.ok(entropy);
    assert.equal(entropy.n, 39);
    assert.ok(Math.abs(entropy.quantiles.p50 - values[19]!) <= 0.001);
    assert.ok(Math.abs(entropy.mean - values.reduce((a, b) => a + b) / 39) < 1e-4);
    for (const [column, { n, histogram }] of Object.entries(summary.measures)) {
      const total = histogram.counts.reduce((sum, count) => sum + count, 0);
      assert.equal(total, n, column);
      assert.equal(histogram.edges.length, histogram.counts.length + 1, column);
    }
  });

  it('ranks classes by objects and keeps those with none', () => {
    const four = madeSpec({ images: 40, classNames: ['a', 'b', 'c', 'never'] });
    const { classes } = summarize({
      ...{ spec: four, statistics: madeStatistics(rows), timings, devices },
    });
    const counts = classes.map(({ objects }) => objects);
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => b - a),
    );
    assert.deepEqual(classes.at(-1), { classId: 3, name: 'never', objects: 0, images: 0 });
    const objects = rows.reduce((sum, row) => sum + row.detections.length, 0);
    assert.equal(
      counts.reduce((a, b) => a + b),
      objects,
    );
  });

  it('names the images with the lowest and the highest value', () => {
    const values = rows.flatMap((row) => row.measures.layer_agreement ?? []).sort((a, b) => a - b);
    assert.equal(summary.extremes.layer_agreement?.lowest[0]?.value, values[0]);
    assert.equal(summary.extremes.layer_agreement?.highest[0]?.value, values.at(-1));
  });

  it('says every flag with its rule, also those never raised', () => {
    assert.equal(summary.flags.length, 8);
    const diffuse = summary.flags.find(({ flag }) => flag === 'diffuse');
    assert.match(diffuse?.rule ?? '', /above 0\.97/);
  });

  it('gives the speed of the run', () => {
    assert.equal(summary.timings.imagesPerSecond, 39);
  });

  it('is the same bytes whatever the order in which shards were merged', () => {
    const shards = madeShardStatistics(madeRows({ images: 300, seed: 5 }), 7);
    const random = seededRandom(3);
    const texts = [1, 2, 3].map(() => {
      const statistics = mergedStatistics([...shards].sort(() => random() - 0.5));
      return JSON.stringify(summarize({ spec, statistics, timings, devices }));
    });
    assert.equal(new Set(texts).size, 1);
  });
});
