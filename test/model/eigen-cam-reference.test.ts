import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fuseMaps } from '../../src/maps/fusion.ts';
import { signOfComponent } from '../../src/model/eigen-cam/component-sign.ts';
import type {
  Component,
  PrincipalComponents,
} from '../../src/model/eigen-cam/principal-components.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { cellsOf, correlation, openExplainer, planar, trainedModel } from '../support/explainer.ts';
import { type NpyArray, readNpz } from '../support/npz.ts';

/** Components that the references hold, counted from 1, in their order. */
const stored = [1, 2, 3, 8, 9, 10];
const images = ['BloodImage_00007', 'BloodImage_00011', 'BloodImage_00015'];
const layers = ['9', '15', '18', '21'];
/** |correlation| that each component must reach. */
const required = new Map([
  [1, 1 - 1e-6],
  [2, 0.9999],
  [3, 0.9999],
  [8, 0.999],
  [9, 0.999],
  [10, 0.999],
]);

type Found = Extract<Component, { status: 'found' }>;

function found(maps: PrincipalComponents | undefined): Found[] {
  assert.equal(maps?.status, 'explained');
  return maps.components.map((component) => {
    assert.equal(component.status, 'found');
    return component as Found;
  });
}

function reference(image: string): (name: string) => NpyArray {
  const arrays = readNpz(join(repositoryRoot, 'test/golden/cam', `${image}.npz`));
  return (name) => arrays.get(name) ?? assert.fail(`no ${name} in ${image}`);
}

describe('Eigen-CAM in the graph against float64 SVD', () => {
  for (const components of [[1], [1, 2, 3], stored]) {
    it(`finds components ${components.join(', ')} of every reference image and layer`, async () => {
      const explainer = await openExplainer(trainedModel, { components, layers });
      for (const image of images) {
        const golden = reference(image);
        const [answer] = await explainer.explain(planar(golden('pixels_hwc').data as Uint8Array));
        explainer.layers.forEach((layer, index) => {
          const module = layer.name.replace('model.', '');
          const cells = cellsOf(layer);
          const projections = golden(`projections_${module}`).data;
          for (const each of found(answer?.maps[index])) {
            const label = `${image}, ${layer.name}, component ${each.component}`;
            const at = stored.indexOf(each.component) * cells;
            const r = Math.abs(correlation(each.map, projections.subarray(at, at + cells)));
            assert.ok(r >= (required.get(each.component) ?? 1), `${label}: correlation ${r}`);
            const variance = golden(`variance_${module}`).data[each.component - 1] ?? 0;
            assert.ok(Math.abs(each.explainedVariance - variance) < 1e-3, `${label}: variance`);
            assert.ok(each.residual < 1e-2, `${label}: residual ${each.residual}`);
          }
        });
      }
      await explainer.session.release();
    });
  }

  it('gives the projections in their own size, and the norm of the activations', async () => {
    const explainer = await openExplainer(trainedModel, { components: [1], layers });
    const golden = reference(images[0] ?? '');
    const [answer] = await explainer.explain(planar(golden('pixels_hwc').data as Uint8Array));
    explainer.layers.forEach((layer, index) => {
      const module = layer.name.replace('model.', '');
      const [first] = found(answer?.maps[index]);
      const projection = golden(`projections_${module}`).data.subarray(0, cellsOf(layer));
      const ratio = Math.hypot(...(first?.map ?? [])) / Math.hypot(...projection);
      assert.ok(Math.abs(ratio - 1) < 1e-5, `${layer.name}: ratio of lengths ${ratio}`);
      golden(`norm_${module}`).data.forEach((norm, cell) => {
        const ours = Math.sqrt(answer?.layers[index]?.energy[cell] ?? Number.NaN);
        assert.ok(Math.abs(ours / norm - 1) < 1e-4, `${layer.name}: norm ${ours}, not ${norm}`);
      });
    });
    await explainer.session.release();
  });

  it("fuses to the peers' map within 5e-3 in parity mode", async () => {
    const explainer = await openExplainer(trainedModel, {
      components: [1],
      layers: ['15', '18', '21'],
    });
    for (const image of images) {
      const golden = reference(image);
      const [answer] = await explainer.explain(planar(golden('pixels_hwc').data as Uint8Array));
      const maps = explainer.layers.map(({ gridHeight, gridWidth }, index) => {
        const [first] = found(answer?.maps[index]);
        const mask = new Float32Array(gridHeight * gridWidth).fill(1);
        const energy = answer?.layers[index]?.energy ?? new Float32Array(0);
        const component = first?.map ?? new Float32Array(0);
        const { sign } = signOfComponent({ map: component, energy, mask, rule: 'l2' });
        const map = component.map((value) => sign * value);
        return { map, mask, gridHeight, gridWidth, explainedVariance: 1 };
      });
      const frameMask = new Float32Array(320 * 320).fill(1);
      const fused = fuseMaps({ maps, fusion: 'mean', width: 320, height: 320, frameMask });
      let worst = 0;
      golden('peer_aggregate').data.forEach((value, pixel) => {
        worst = Math.max(worst, Math.abs((fused[pixel] ?? Number.NaN) - value / 65535));
      });
      assert.ok(worst < 5e-3, `${image}: ${worst} away`);
    }
    await explainer.session.release();
  });
});
