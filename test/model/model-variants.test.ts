import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { contentMask } from '../../src/maps/content-mask.ts';
import { assertComponents } from '../../src/model/eigen-cam/component-limit.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import {
  correlation,
  type Explained,
  type Explainer,
  fixtureModel,
  openExplainer,
} from '../support/explainer.ts';
import { prepareImage } from '../support/prepare-image.ts';

const images = [
  'BloodImage_00007.jpg',
  'BloodImage_00011.jpg',
  'BloodImage_00015.jpg',
  'BloodImage_00016.jpg',
];
const size = { inputWidth: 320, inputHeight: 320 };
const components = [1, 2];

interface Batch {
  readonly pixels: Uint8Array;
  readonly masks: readonly Float32Array[];
}

/** The first `count` images as one batch; */
async function batchOf(explainer: Explainer, count: number, first = 0): Promise<Batch> {
  const prepared = await Promise.all(
    images.slice(first, first + count).map((image) => {
      return prepareImage(join(repositoryRoot, 'examples/blood-cells/images/test', image), size);
    }),
  );
  const masks = explainer.layers.map(({ gridWidth, gridHeight }) =>
    Float32Array.from(
      prepared.flatMap(({ geometry }) => [...contentMask(geometry, gridWidth, gridHeight)]),
    ),
  );
  return { pixels: Buffer.concat(prepared.map(({ pixels }) => pixels)), masks };
}

function signedLike(map: Float32Array, other: Float32Array): Float32Array {
  return correlation(map, other) < 0 ? map.map((value) => -value) : map;
}

/** Greatest difference of two answers' maps, as a share of the map's greatest magnitude, and of their scores. */
function difference(a: Explained, b: Explained): { maps: number; scores: number } {
  let maps = 0;
  a.maps.forEach((layer, index) => {
    const other = b.maps[index];
    assert.ok(layer.status === 'explained' && other?.status === 'explained');
    layer.components.forEach((one, rank) => {
      const two = other.components[rank];
      assert.ok(one.status === 'found' && two?.status === 'found');
      const turned = signedLike(two.map, one.map);
      const scale = one.map.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      one.map.forEach((value, cell) => {
        maps = Math.max(maps, Math.abs(value - turned[cell]!) / scale);
      });
    });
  });
  assert.ok(a.head.kind === 'detect' && b.head.kind === 'detect');
  const { scores } = b.head.arrays;
  const apart = a.head.arrays.scores.map((score, anchor) => Math.abs(score - scores[anchor]!));
  return { maps, scores: Math.max(...apart) };
}

async function singles(explainer: Explainer, count: number): Promise<Explained[]> {
  const answers: Explained[] = [];
  for (let at = 0; at < count; at++) {
    const { pixels, masks } = await batchOf(explainer, 1, at);
    answers.push(...(await explainer.explain(pixels, masks)));
  }
  return answers;
}

describe('variants of one model', () => {
  it('a fixed batch of four gives what four single images give', async () => {
    const one = await openExplainer(fixtureModel('tiny-det'), { components });
    const four = await openExplainer(fixtureModel('tiny-det-batch4'), { components });
    const { pixels, masks } = await batchOf(four, 4);
    const together = await four.explain(pixels, masks);
    const alone = await singles(one, 4);
    together.forEach((answer, at) => {
      const { maps, scores } = difference(alone[at]!, answer);
      assert.ok(maps < 1e-4 && scores < 1e-5, `image ${at}: ${maps}, ${scores}`);
    });
    await assert.rejects(four.explain(pixels.subarray(0, 3 * 320 * 320)), RangeError);
    await one.session.release();
    await four.session.release();
  });

  it('a dynamic model takes any batch and gives the same', async () => {
    const imgsz = [320, 320] as const;
    const explainer = await openExplainer(fixtureModel('tiny-det-dynamic'), { components, imgsz });
    const alone = await singles(explainer, 3);
    const { pixels, masks } = await batchOf(explainer, 3);
    const together = await explainer.explain(pixels, masks);
    together.forEach((answer, at) => {
      const { maps, scores } = difference(alone[at]!, answer);
      assert.ok(maps < 1e-4 && scores < 1e-5, `image ${at}: ${maps}, ${scores}`);
    });
    await explainer.session.release();
  });

  it('operator set 12, not simplified, gives what operator set 18 gives', async () => {
    const now = await openExplainer(fixtureModel('tiny-det'), { components });
    const old = await openExplainer(fixtureModel('tiny-det-opset12-raw'), { components });
    assert.equal(old.model.opset, 12);
    const [expected] = await singles(now, 1);
    const [answer] = await singles(old, 1);
    const { maps, scores } = difference(expected!, answer!);
    assert.ok(maps < 1e-4 && scores < 1e-5, `${maps}, ${scores}`);
    await now.session.release();
    await old.session.release();
  });

  it('float16 layers are decomposed in float32 and give nearly the same', async () => {
    const full = await openExplainer(fixtureModel('tiny-det'), { components });
    const half = await openExplainer(fixtureModel('tiny-det-fp16'), { components });
    assert.ok(half.layers.every(({ elemType }) => elemType === 'float16'));
    const [expected] = await singles(full, 1);
    const [answer] = await singles(half, 1);
    const { maps, scores } = difference(expected!, answer!);
    assert.ok(maps < 2e-2 && scores < 5e-3, `${maps}, ${scores}`);
    await full.session.release();
    await half.session.release();
  });

  it('the same image gives the same bytes again, in another session too', async () => {
    const runs: Uint8Array[][] = [];
    for (let session = 0; session < 2; session++) {
      const explainer = await openExplainer(fixtureModel('tiny-det'), { components });
      for (let run = 0; run < 2; run++) {
        const { pixels, masks } = await batchOf(explainer, 1);
        const outputs = await explainer.session.run({ pixels, masks });
        const arrays = outputs.layers.flatMap(({ basis, product, projections, trace, energy }) => [
          ...[basis, product, projections, trace, energy],
        ]);
        runs.push(arrays.map(({ buffer }) => new Uint8Array(buffer as ArrayBuffer)));
      }
      await explainer.session.release();
    }
    for (const run of runs) assert.deepEqual(run, runs[0]);
  });

  it('a classifier with a 2x2 grid has three components and refuses a fourth', async () => {
    const explainer = await openExplainer(fixtureModel('tiny-cls'), { components: [1, 2, 3] });
    assert.ok(explainer.layers.every(({ gridHeight, gridWidth }) => gridHeight * gridWidth === 4));
    const path = 'examples/blood-cells-classify/test/WBC/BloodImage_00007_0.jpg';
    const { pixels } = await prepareImage(join(repositoryRoot, path), explainer.model, 'classify');
    const [answer] = await explainer.explain(pixels);
    for (const maps of answer?.maps ?? []) {
      assert.equal(maps.status, 'explained');
      const found = maps.components.filter(({ status }) => status === 'found');
      const shares = found.map((each) => (each.status === 'found' ? each.explainedVariance : 0));
      const total = shares.reduce((sum, share) => sum + share, 0);
      assert.ok(Math.abs(total - 1) < 1e-4, `three components hold all variance, not ${total}`);
    }
    assertComponents([1, 2, 3], explainer.layers);
    assert.throws(() => assertComponents([4], explainer.layers), {
      code: 'usage',
      message: /Component 4 does not exist in layer model\.\d, .*2x2 grid.* up to 3 /,
    });
    await explainer.session.release();
  });

  it('more steps bring a late component nearer', async () => {
    const residuals: number[] = [];
    for (const steps of [4, 12]) {
      const explainer = await openExplainer(fixtureModel('tiny-det'), { components: [8], steps });
      const [answer] = await singles(explainer, 1);
      const [maps] = answer?.maps ?? [];
      assert.equal(maps?.status, 'explained');
      const [component] = maps.components;
      assert.equal(component?.status, 'found');
      residuals.push(component.residual);
      await explainer.session.release();
    }
    const [few = 0, many = 1] = residuals;
    assert.ok(many < few / 2, `residual ${few} after 4 steps, ${many} after 12`);
  });
});
