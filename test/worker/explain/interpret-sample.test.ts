import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ImageOutputs } from '../../../src/model/session/image-outputs.ts';
import type { ExplainOptions } from '../../../src/shared/run/run-spec.ts';
import {
  type InterpretSettings,
  interpretSample,
} from '../../../src/worker/explain/interpret-sample.ts';
import { defaultFlagThresholds } from '../../support/default-thresholds.ts';

/** A square image that fills the input: grids of 2 x 2 and 4 x 4 cells. */
const geometry = {
  ...{ width: 32, height: 32, newWidth: 32, newHeight: 32, left: 0, top: 0 },
  ...{ inputWidth: 32, inputHeight: 32 },
};

const options: ExplainOptions = {
  ...{ targetLayers: ['model.1', 'model.2'], components: [1], fusion: 'mean', sign: 'l2' },
  ...{ padding: 'exclude', confThreshold: 0.25, iouThreshold: 0.7, maxDetections: 300 },
  ...{
    resize: 'exact',
    overlays: { all: false, flagged: false, sample: 0 },
    colorMap: 'heat',
    maps: true,
    shardSize: 16,
  },
  ...{ maxPixels: 1e6, flags: defaultFlagThresholds },
};

function settings(changes: Partial<ExplainOptions> = {}): InterpretSettings {
  const layer = (name: string, side: number) => ({
    ...{
      name,
      column: name.replace('.', '_'),
      tensor: name,
      channels: 1,
      gridHeight: side,
      gridWidth: side,
    },
  });
  return {
    task: 'detect',
    input: geometry,
    layers: [layer('model.1', 2), layer('model.2', 4)],
    options: { ...options, ...changes },
  };
}

/** What the graph gives for a layer whose one direction projects to `values`; `turn` is the sign that the iteration happened to end with. */
function layerOutput(values: readonly number[], share: number, turn: 1 | -1) {
  return {
    basis: Float32Array.of(turn),
    product: Float32Array.of(turn * share),
    projections: Float32Array.from(values, (value) => turn * value),
    energies: new Float32Array(0),
    trace: 1,
    // Strong activations where the values are high.
    energy: Float32Array.from(values, (value) => (value + 4) ** 2),
  };
}

const coarse = [-1, -1, -1, 3];
/** Low everywhere but in one cell, and lowest in another. */
const fine = Array.from({ length: 16 }, (_, cell) => (cell === 5 ? 2 : cell === 10 ? -0.5 : -0.1));

function outputs(turn: 1 | -1 = 1, shares: readonly [number, number] = [0.5, 0.5]): ImageOutputs {
  return {
    layers: [layerOutput(coarse, shares[0], turn), layerOutput(fine, shares[1], turn)],
    head: { kind: 'nms', columns: 6, arrays: { rows: new Float32Array(0) } },
  };
}

describe('an interpreted sample', () => {
  it('has the same maps whichever sign the iteration ended with', () => {
    const there = interpretSample(outputs(1), geometry, settings());
    const back = interpretSample(outputs(-1), geometry, settings());
    assert.deepEqual(back, there);
    assert.equal(there.layers[1]?.signed[5], 1);
    assert.ok(there.measures.center_x_fused !== undefined);
  });

  it('turns maps over under rule l2 so that strong activations are high', () => {
    const [first] = interpretSample(outputs(-1), geometry, settings()).layers;
    assert.deepEqual(
      [...(first?.signed ?? [])].map((value) => Math.sign(value)),
      [-1, -1, -1, 1],
    );
    const [asItCame] = interpretSample(outputs(-1), geometry, settings({ sign: 'none' })).layers;
    assert.deepEqual(
      [...(asItCame?.signed ?? [])],
      [...(first?.signed ?? [])].map((v) => -v),
    );
  });

  it('scales signed maps by their greatest magnitude, also where that is negative', () => {
    const upside = interpretSample(outputs(-1), geometry, settings({ sign: 'none' }));
    const [first, second] = upside.layers;
    assert.equal(Math.min(...(first?.signed ?? [])), -1);
    // One direction, so the map is the projections times the content cells.
    assert.deepEqual([first?.scale, second?.scale], [[3 * 4], [2 * 16]]);
  });

  it('keeps the signed maps of all layers in one buffer, each to its own layer', () => {
    const [first, second] = interpretSample(outputs(), geometry, settings()).layers;
    assert.equal(first?.signed.buffer, second?.signed.buffer);
    assert.deepEqual([first?.signed.length, second?.signed.length], [4, 16]);
  });

  it('fuses on the finest grid, wherever among the layers that is', () => {
    const { fused } = interpretSample(outputs(), geometry, settings());
    assert.deepEqual([fused.gridWidth, fused.gridHeight, fused.map.length], [4, 4, 16]);
  });

  it('weighs layers by their explained variance when asked to', () => {
    const fusedOf = (shares: readonly [number, number]) =>
      interpretSample(outputs(1, shares), geometry, settings({ fusion: 'variance' })).fused.map;
    const coarseWins = fusedOf([0.9, 0.1]);
    const fineWins = fusedOf([0.1, 0.9]);
    assert.equal(coarseWins.indexOf(Math.max(...coarseWins)), 15);
    assert.equal(fineWins.indexOf(Math.max(...fineWins)), 5);
    assert.ok(coarseWins[5]! < fineWins[5]!);
  });

  it('flags an image of which a late component cannot be told from rounding, and does not call it absent', () => {
    // 24 rows that all say the same: what is left of a basis too wide for float32.
    const { layers, head } = outputs();
    const wide = layers.map((layer) => ({
      ...layer,
      basis: new Float32Array(24).fill(layer.basis[0]!),
      product: new Float32Array(24).fill(layer.product[0]!),
      projections: Float32Array.from(
        { length: 24 * layer.energy.length },
        (_, i) => layer.projections[i % layer.energy.length]!,
      ),
    }));
    const late = interpretSample(
      { layers: wide, head },
      geometry,
      settings({ components: [1, 3] }),
    );
    assert.equal(late.measures.residual_model_2_pc3, 1);
    assert.equal(late.measures.explained_variance_model_2_pc3, undefined);
    assert.ok(late.flags.includes('not-converged'));
    const few = interpretSample(outputs(), geometry, settings({ components: [1, 3] }));
    assert.equal(few.measures.residual_model_2_pc3, undefined);
    const alone = interpretSample({ layers: wide, head }, geometry, settings({ components: [3] }));
    assert.match(
      alone.layers[1]?.degenerateReason ?? '',
      /is indistinguishable from rounding noise/,
    );
  });
});
