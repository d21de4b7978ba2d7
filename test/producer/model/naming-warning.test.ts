import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { namingWarning } from '../../../src/producer/model/naming-warning.ts';

const warningFor = (dataset: readonly string[], model: readonly string[]): string | undefined =>
  namingWarning({ dataset, model, source: 'data.yaml' });

describe('the warning about class names', () => {
  it('is silent where data and model agree', () => {
    assert.equal(warningFor(['RBC', ' WBC'], ['RBC', 'WBC']), undefined);
  });

  it('shows the first two names that differ, and tells another order from other classes', () => {
    assert.match(
      warningFor(['a', 'WBC', 'RBC'], ['a', 'RBC', 'WBC']) ?? '',
      /^Class 1 is "WBC" in data\.yaml and "RBC" in the model, with the same classes in another order/,
    );
    assert.match(
      warningFor(['cat'], ['dog', 'cat']) ?? '',
      /^Class 0 is "cat" in data\.yaml and "dog" in the model: results use the model's names/,
    );
  });

  it('counts classes where only their number differs', () => {
    assert.equal(
      warningFor(['a', 'b', 'c'], ['a', 'b']),
      "data.yaml names 3 classes and the model 2: results use the model's.",
    );
  });
});
