import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExplainOptions, RunSpec } from '../../../src/shared/run/run-spec.ts';
import { explainOptionsSchema } from '../../../src/shared/run/run-spec.ts';
import { resolveOptions } from '../../../src/shared/settings/resolve-options.ts';
import { contradictionsOf } from '../../../src/shared/settings/run-contradiction.ts';
import {
  decisions,
  type RunSettings,
  runSettings,
} from '../../../src/shared/settings/run-settings.ts';
import { asTyped, optionAt } from '../../../src/shared/settings/setting.ts';

function explain(settings: RunSettings, imageCount = 10): ExplainOptions {
  return resolveOptions({ settings, imageCount, targetLayers: ['model.15'] }).explain;
}

describe('resolved options', () => {
  it('draw all overlays up to 1,000 images, beyond that the flagged and 200', () => {
    assert.deepEqual(explain({}, 1000).overlays, { all: true, flagged: false, sample: 0 });
    assert.deepEqual(explain({}, 1001).overlays, { all: false, flagged: true, sample: 200 });
    const overlays = { all: false, flagged: false, sample: 3 };
    assert.deepEqual(explain({ overlays }, 5000).overlays, overlays);
  });

  it("are the peers' with --parity, in any colors", () => {
    const { padding, fusion, sign, resize, colorMap } = explain({ parity: true });
    assert.deepEqual(
      [padding, fusion, sign, resize, colorMap],
      ['include', 'mean', 'l2', 'exact', 'jet'],
    );
    assert.equal(explain({ parity: true, colors: 'viridis' }).colorMap, 'viridis');
    assert.deepEqual(explain({ parity: false }), explain({}));
  });

  it('name every layer and component once, in the order given', () => {
    const { explain: options } = resolveOptions({
      settings: { components: [8, 1, 8] },
      imageCount: 1,
      targetLayers: ['model.15', 'model.18', 'model.15'],
    });
    assert.deepEqual(
      [options.components, options.targetLayers],
      [
        [8, 1],
        ['model.15', 'model.18'],
      ],
    );
  });

  it('keep what changes no result apart', () => {
    const request = { imageCount: 1, targetLayers: ['model.15'] };
    const busy = resolveOptions({
      ...request,
      settings: { device: 'cpu', threads: 4, batch: 8, quiet: true },
    });
    assert.deepEqual(busy.explain, resolveOptions({ ...request, settings: {} }).explain);
    assert.deepEqual(busy.execution, { device: 'cpu', threads: 4, batch: 8 });
    assert.deepEqual(resolveOptions({ ...request, settings: {} }).execution, { device: 'auto' });
  });

  it('are by default what the help promises', () => {
    const promised = {
      conf: '0.25',
      iou: '0.7',
      maxDet: '300',
      maxPixels: '100000000',
      components: '1',
      fusion: 'mean',
      sign: 'l2',
      padding: 'exclude',
      resize: 'exact',
      colors: 'heat',
      maps: 'on',
      flagDiffuse: '0.97',
      flagOffObject: '1',
      flagBorder: '2',
      flagSign: '0.1',
    };
    const defaults = explain({});
    for (const [name, { option }] of decisions) {
      if (!(name in promised)) continue;
      assert.equal(asTyped(optionAt(defaults, option)), promised[name as keyof typeof promised]);
      assert.equal(runSettings[name].standard, promised[name as keyof typeof promised], name);
    }
  });

  it('are each decided by one setting, and by no other', () => {
    const { flags, ...options } = explainOptionsSchema.shape;
    const paths = [
      ...Object.keys(options),
      ...Object.keys(flags.shape).map((threshold) => `flags.${threshold}`),
    ];
    assert.deepEqual(decisions.map(([, { option }]) => option).sort(), paths.sort());
  });
});

describe('continuing a run by --run', () => {
  const spec = {
    runId: 'r-1',
    model: { sha256: 'a', uri: 'file:///m.onnx' },
    dataset: { digest: 'd', source: 'images' },
    options: explain({ conf: 0.4, flagSign: 0.2 }),
  } as RunSpec;
  const contradictions = (
    settings: RunSettings,
    other: { modelSha256?: string; digest?: string } = {},
  ) =>
    contradictionsOf({
      spec,
      settings,
      explain: explain(settings),
      modelSha256: 'a',
      digest: 'd',
      ...other,
    });

  it('goes on when nothing else was said, or the same', () => {
    assert.deepEqual(contradictions({}), []);
    const same: RunSettings = { conf: 0.4, flagSign: 0.2, padding: 'exclude', threads: 4 };
    assert.deepEqual(contradictions(same), []);
  });

  it('names what differs', () => {
    assert.deepEqual(contradictions({ conf: 0.5, flagSign: 0.1 }), [
      '--conf is 0.5, the run has 0.4',
      '--flag-sign is 0.1, the run has 0.2',
    ]);
    assert.deepEqual(contradictions({ parity: true }), [
      '--parity sets padding to include, the run has exclude',
      '--parity sets colors to jet, the run has heat',
    ]);
    const overlays = { all: false, flagged: true, sample: 9 };
    const [clause] = contradictions({ overlays });
    assert.match(clause ?? '', /^--overlays is flagged,sample:9, the run has [a-z:,0-9]+$/);
    assert.deepEqual(contradictions({}, { modelSha256: 'b' }), [
      'the run has another model (file:///m.onnx)',
    ]);
    assert.deepEqual(contradictions({}, { digest: 'e' }), [
      'the images are not those of the run (images), or have changed',
    ]);
  });
});
