import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeMarker, encodeMarker } from '../../src/shared/results/marker/marker-codec.ts';
import { storeStatistics } from '../../src/shared/statistics/columns/store-statistics.ts';
import { StatisticsAccumulator } from '../../src/shared/statistics/statistics-accumulator.ts';
import { measureSample } from '../../src/worker/measures/measures.ts';
import { ShardStatisticsBuilder } from '../../src/worker/shard/shard-statistics-builder.ts';
import { randomSamples } from '../support/random-rows.ts';

const repeats = 100;

test('the time and size of 256-image shards with 80 classes and 3 layers are printed', (context) => {
  const samples = randomSamples({ count: 256, seed: 1, classes: 80, gridSize: 16 });
  const builder = new ShardStatisticsBuilder(0);
  for (const { row, maps } of samples) builder.add(row, maps);
  const facts = { runId: 'speed-0123456789ab', shard: 0, files: [], timingsMs: {}, wallMs: 1 };
  const about = { device: 'cpu', host: 'here', versions: {}, finishedAt: '' };
  const statistics = storeStatistics(builder.build());
  const bytes = encodeMarker({ ...facts, ...about, statistics });
  const accumulator = new StatisticsAccumulator();
  const merge = () => {
    const decoded = decodeMarker(bytes);
    if (decoded.status === 'read') accumulator.merge(decoded.marker.statistics);
  };
  for (let i = 0; i < repeats; i++) merge();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) merge();
  const each = (performance.now() - start) / repeats;
  context.diagnostic(
    `${(bytes.length / 1e3).toFixed(0)} kB a marker, ${each.toFixed(2)} ms to parse and merge, ` +
      `39,000 markers ${((39_000 * each) / 1e3).toFixed(0)} s`,
  );
  assert.equal(accumulator.build().images, 2 * repeats * 256);
});

test('the time of one image on an 80 x 80 grid is printed', (context) => {
  const samples = randomSamples({ count: 40, seed: 2, classes: 80, gridSize: 80 });
  const explained = samples.filter(({ row }) => row.status === 'success');
  const builder = new ShardStatisticsBuilder(0);
  let columns = 0;
  let measuring = 0;
  let counting = 0;
  for (const { row, maps } of [...explained, ...explained]) {
    const { geometry, detections } = row;
    if (geometry === undefined || maps === undefined) continue;
    const layers = maps.layers.map((layer) => ({
      ...layer,
      ...{ explainedVariance: [0.5], residual: [0.001], signMargin: [0.5] },
    }));
    const framed = layers.map(() => maps.fused.map);
    const evidence = {
      ...{ ...maps, layers, framed, components: [1], detections, classScores: [], geometry },
      findsObjects: true,
    };
    const start = performance.now();
    columns += Object.keys(measureSample(evidence)).length;
    const measured = performance.now();
    builder.add(row, maps);
    measuring += measured - start;
    counting += performance.now() - measured;
  }
  const images = 2 * explained.length;
  context.diagnostic(`${(measuring / images).toFixed(2)} ms an image to measure`);
  context.diagnostic(`${(counting / images).toFixed(2)} ms an image to add to the statistics`);
  assert.ok(columns > images);
  assert.equal(builder.build().images, images);
});
