import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfig } from '../../../src/shared/settings/config-file.ts';

describe('a config file', () => {
  it('says the same as the flags, in YAML', () => {
    const yaml = `
      # what we always use
      model: best.onnx
      images: data.yaml
      layers: [15, model.18, -2]
      components: [1, 8]
      conf: 0.4
      max-det: 20
      maxPixels: 1e6
      overlays: flagged,sample:9
      include: "*.jpg"
      exclude: ["a/*", b]
      maps: off
      parity: true
      imgsz: [384, 640]
      names: {0: RBC, 1: WBC}
      limit:
    `;
    assert.deepEqual(parseConfig(yaml, 'run.yaml'), {
      model: 'best.onnx',
      images: 'data.yaml',
      layers: ['15', 'model.18', '-2'],
      components: [1, 8],
      conf: 0.4,
      maxDet: 20,
      maxPixels: 1_000_000,
      overlays: { all: false, flagged: true, sample: 9 },
      include: ['*.jpg'],
      exclude: ['a/*', 'b'],
      maps: false,
      parity: true,
      imgsz: [384, 640],
      names: ['RBC', 'WBC'],
    });
  });

  it('may be JSON, or empty', () => {
    const json = '{"conf": 0.4, "components": "1,2", "imgsz": 320}';
    assert.deepEqual(parseConfig(json, 'run.json'), {
      conf: 0.4,
      components: [1, 2],
      imgsz: [320, 320],
    });
    assert.deepEqual(parseConfig('', 'run.yaml'), {});
    assert.deepEqual(parseConfig('# nothing yet\n', 'run.yaml'), {});
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['confidnce: 1', /^run\.yaml: there is no setting "confidnce"\. /],
    ['shardsize: 1', /there is no setting "shardsize"\. Did you mean shardSize or shard-size\?/],
    ['conf: 2', /^run\.yaml: conf must be a number from 0 to 1, not 2\.$/],
    ['conf: true', /^run\.yaml: conf must be a number/],
    ['threads: 100000', /^run\.yaml: threads must be a whole number from 1 to 1024, not 100000/],
    ['max-det: many', /^run\.yaml: max-det must be a whole number from 1 to 100000, not "many"/],
    ['maxDet: 1\nmax-det: 2', /^run\.yaml sets maxDet twice/],
    ['conf: 1\nconf: 0', /^run\.yaml is neither YAML nor JSON \(Map keys must be unique/],
    ['maps: maybe', /^run\.yaml: maps must be true or false, not "maybe"/],
    ['components: [1, a]', /components must be component numbers/],
    ['components: [99999999999]', /components must be component numbers/],
    ['layers: {a: 1}', /layers must be layers separated by commas/],
    ['names: {1: a}', /names must be class names in the order of their ids/],
    ['config: other.yaml', /there is no setting "config"/],
    ['- conf', /^run\.yaml holds no settings/],
    ['conf', /^run\.yaml holds no settings/],
    ['conf: [', /^run\.yaml is neither YAML nor JSON/],
  ];
  for (const [content, expected] of refused) {
    it(`is refused with ${JSON.stringify(content)}`, () => {
      assert.throws(() => parseConfig(content, 'run.yaml'), { code: 'usage', message: expected });
    });
  }
});
