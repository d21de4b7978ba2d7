import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fitDataset } from '../../src/local/fit-dataset.ts';
import { openModel, openRun } from '../../src/local/library/library.ts';
import { gridMask } from '../../src/maps/grid-mask.ts';
import { basisPlace, writeBasis } from '../../src/shared/basis/basis-place.ts';
import type { FittedBasis } from '../../src/shared/basis/dataset-basis.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { collect } from '../support/collect.ts';
import { tinyModel } from '../support/fleet.ts';
import { rawActivations } from '../support/raw-activations.ts';
import { runHere } from '../support/run-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const photos = join(repositoryRoot, 'examples/blood-cells/images/test');
const names = readdirSync(photos).sort().slice(0, 5);
const folder = tempDir();
const out = join(folder, 'results');
const basis = join(folder, 'blood.safetensors');
const common = { device: 'cpu', threads: 1, basis, components: [2, 1] } as const;
let fitted: FittedBasis;

before(async () => {
  const settings = { model: tinyModel, images: photos, limit: 4, device: 'cpu', threads: 1 };
  fitted = await fitDataset({
    ...{ settings, keep: 4, note() {}, warn() {}, onProgress() {} },
    ...{ signal: new AbortController().signal, ownsThread: true },
  });
  await writeBasis(basisPlace(basis, {}), fitted);
});

/** Component `component` of the basis at every content cell of an image, in float64. */
function projection(
  activations: Float32Array,
  mask: Float32Array,
  layer: number,
  component: number,
) {
  const { mean, vectors, channels } = fitted.layers[layer]!;
  return mask.map((one, cell) => {
    if (one === 0) return 0;
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const centered = activations[c * mask.length + cell]! - mean[c]!;
      sum += vectors[(component - 1) * channels + c]! * centered;
    }
    return sum;
  });
}

describe('an image with a basis', () => {
  it('shows the same components as every other, with the sign of the basis', async () => {
    const model = await openModel(tinyModel, common);
    const path = join(photos, names[4]!);
    const explained = await model.explain(path);
    await model.close();
    assert.ok(explained.status === 'success', JSON.stringify(explained));
    const raw = await rawActivations(tinyModel, [path]);
    raw.forEach(({ layer, images }, index) => {
      const { activations, geometry } = images[0]!;
      const mask = gridMask(layer, geometry, 'exclude');
      explained.layers[index]!.components.forEach((map) => {
        const expected = projection(activations, mask, index, map.component);
        const greatest = Math.max(...expected.map(Math.abs));
        map.values.forEach((value, cell) => {
          assert.ok(Math.abs(value * map.scale - expected[cell]!) < 1e-5 * greatest);
        });
      });
    });
    const { measures, flags } = explained;
    assert.ok(measures.novelty! > 0);
    assert.ok(measures[`off_basis_${columns()[0]}`]! > 0);
    assert.equal(measures[`sign_margin_${columns()[0]}`], undefined);
    assert.ok(!flags.includes('uncertain-sign'));
  });

  it('is refused where basis and options contradict each other, before anything is computed', async () => {
    const cases = [
      [{ padding: 'include' }, /contradicts --padding include/],
      [{ components: [30] }, /Component 30 is not in the basis/],
      [{ basis: join(folder, 'absent.safetensors') }, /There is no basis at/],
      [{ basis: join(photos, names[0]!) }, /There is no basis at/],
    ] as const;
    for (const [change, message] of cases) {
      await assert.rejects(
        openModel(tinyModel, {
          ...common,
          ...change,
          components: [...('components' in change ? change.components : [1])],
        }),
        { code: 'usage', message },
      );
    }
    const other = join(repositoryRoot, 'examples/blood-cells/bccd-yolov8n.onnx');
    await assert.rejects(openModel(other, { device: 'cpu', basis }), {
      code: 'usage',
      message: /fitted with other weights \(tiny-det\.onnx\) than those of bccd-yolov8n\.onnx/,
    });
  });
});

function columns(): string[] {
  return fitted.description.layers.map(({ name }) => name.replace('.', '_'));
}

describe('a run with a basis', () => {
  it('keeps the basis beside it, continues with it, and shows its curve in the report', async () => {
    const settings = {
      model: tinyModel,
      images: photos,
      limit: 3,
      out,
      ...common,
      overlays: 'none',
    };
    const first = await runHere({ ...settings, components: [2, 1] });
    assert.ok(first.status === 'done');
    assert.match(readFileSync(first.report, 'utf8'), /<section id="basis"/);
    const rows = await collect((await openRun(out)).rows());
    assert.ok(rows.every(({ measures }) => measures.novelty !== undefined));
    const { basis: _, ...without } = settings;
    const plain = await runHere({ ...without, components: [2, 1] });
    assert.notEqual(plain.runId, first.runId);
    rmSync(join(out, first.runId, 'done'), { recursive: true });
    const again = await runHere({ run: first.runId, out, device: 'cpu', threads: 1 });
    assert.ok(again.status === 'done');
    assert.equal(again.runId, first.runId);
    const [kept] = readdirSync(join(out, 'bases'));
    assert.deepEqual(readFileSync(join(out, 'bases', kept!)), readFileSync(basis));
  });
});
