import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ComparisonStep } from '../../../src/verdict/compare/comparison.ts';
import { type CaveatRun, stepCaveats } from '../../../src/verdict/compare/step-caveats.ts';
import { imagesLine } from '../../../src/verdict/compare/words/images-line.ts';
import type { Drift } from '../../../src/verdict/drift/drift.ts';

const none = { both: 0, unchanged: 0, changed: 0, onlyFrom: 0, onlyTo: 0, compared: 0 };

describe('the line on the images of two runs', () => {
  it('knows the same pictures under other names', () => {
    assert.equal(
      said({ onlyFrom: 48, onlyTo: 48 }, 48),
      'No image is the same by name in both runs; 48 are in the former only; 48 are in the latter only; 48 pictures are in both under other names.',
    );
    assert.equal(
      said({ both: 27, unchanged: 27, onlyTo: 1 }, 28),
      '27 images are the same in both runs; 1 is in the latter only; 1 picture is in both under other names.',
    );
  });

  it('speaks of one image as of one', () => {
    assert.equal(
      said({ both: 2, unchanged: 1, changed: 1 }, 1),
      '1 image is the same in both runs; 1 has other pixels under the same name.',
    );
  });
});

describe('a caveat', () => {
  it('says that the tasks differ', () => {
    assert.deepEqual(caveats({ task: 'detect' }, { task: 'classify' }), [
      'The models have different tasks (detect, then classify), so figures of the same name do not measure the same.',
    ]);
  });

  it('names the classes that one of the models lacks, five of them', () => {
    const many = ['cat', ...Array.from({ length: 7 }, (_, i) => `kind ${i}`)];
    assert.deepEqual(caveats({ classNames: ['cat', 'dog'] }, { classNames: many }), [
      'The models have different classes (only the former has dog; only the latter has kind 0, kind 1, kind 2, kind 3, kind 4 and 2 more), so figures of all classes together are of other classes.',
    ]);
    assert.deepEqual(caveats({ classNames: ['a', 'b'] }, { classNames: ['b', 'a'] }), []);
  });
});

function said(images: Partial<ComparisonStep['images']>, shared: number): string {
  const drift = { shared } as Drift;
  return imagesLine({
    kind: 'same-pictures',
    images: { ...none, ...images },
    drift,
  } as ComparisonStep).text;
}

type Model = Partial<CaveatRun['spec']['model']>;

function caveats(...models: readonly [Model, Model]): string[] {
  const [from, to] = models.map((model) => {
    const spec = { model: { task: 'detect', classNames: [], ...model }, options: {} };
    return { spec } as unknown as CaveatRun;
  });
  return stepCaveats([from as CaveatRun, to as CaveatRun], 'same-pictures');
}
