import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeadAnswer } from '../../../src/model/head/heads.ts';
import { unusableAnswer } from '../../../src/model/session/unusable-answer.ts';

const rules = { confThreshold: 0.25 };
const { NaN: notANumber, POSITIVE_INFINITY: infinity } = Number;

function layer(energy: readonly number[], trace = 1) {
  const nothing = new Float32Array(0);
  const arrays = { basis: nothing, product: nothing, projections: nothing };
  return { ...arrays, trace, energy: Float32Array.from(energy) };
}

function classes(...probabilities: readonly number[]): HeadAnswer {
  return { kind: 'classify', arrays: { probabilities: Float32Array.from(probabilities) } };
}

const classify = classes(0.25, 0.75);

/** Two anchors, the second below the threshold. */
function anchors(boxes: readonly number[], scores: readonly number[]): HeadAnswer {
  const arrays = { boxes: Float32Array.from(boxes), scores: Float32Array.from(scores) };
  return { kind: 'detect', arrays: { ...arrays, classIds: Int32Array.of(0, 0) } };
}

function rows(...values: readonly number[]): HeadAnswer {
  return { kind: 'nms', columns: 6, arrays: { rows: Float32Array.from(values) } };
}

function reasonOf(head: HeadAnswer, layers = [layer([1, 2])]): string | undefined {
  return unusableAnswer({ layers, head }, rules);
}

describe('an answer of the graph', () => {
  it('is used when all that is read of it is finite', () => {
    assert.equal(reasonOf(classify), undefined);
    assert.equal(reasonOf(anchors([5, 5, 5, 5, 2, 2, 2, 2], [0.9, 0.1])), undefined);
    assert.equal(reasonOf(rows(1, 2, 3, 4, 0.9, 1, 0, 0, 0, 0, 0, 0)), undefined);
  });

  it('is used when only a box that is not kept is NaN', () => {
    assert.equal(reasonOf(anchors([5, notANumber, 5, 5, 2, 2, 2, 2], [0.9, 0.1])), undefined);
    assert.equal(reasonOf(rows(notANumber, 0, 0, 0, 0.1, notANumber)), undefined);
  });

  it('is not used with a kept box that is NaN or infinite', () => {
    const reason = "the model's boxes are not finite numbers";
    for (const bad of [notANumber, infinity, -infinity]) {
      for (const at of [0, 2, 4, 6]) {
        const boxes = [5, 5, 5, 5, 2, 2, 2, 2];
        boxes[at] = bad;
        assert.equal(reasonOf(anchors(boxes, [0.9, 0.1])), reason);
      }
      assert.equal(reasonOf(rows(1, 2, bad, 4, 0.9, 0)), reason);
    }
  });

  it('is not used with scores or probabilities that are not numbers, kept or not', () => {
    for (const bad of [notANumber, infinity, -infinity]) {
      assert.match(
        reasonOf(anchors([5, 5, 5, 5, 2, 2, 2, 2], [0.9, bad]))!,
        /scores are not finite/,
      );
      assert.match(reasonOf(rows(1, 2, 3, 4, bad, 0))!, /scores are not finite/);
      assert.match(reasonOf(classes(0.5, bad))!, /probabilities are not finite/);
    }
  });

  it('is not used with a class that no row can hold', () => {
    for (const bad of [notANumber, infinity, -1, 2 ** 31]) {
      assert.match(reasonOf(rows(1, 2, 3, 4, 0.9, bad))!, /an impossible class/);
    }
  });

  it('is not used when no layer is finite, and is used when one is', () => {
    const [fine, bad] = [layer([1, 2]), layer([1, notANumber])];
    assert.equal(reasonOf(classify, [bad, bad]), 'the activations are not finite numbers');
    assert.equal(reasonOf(classify, [fine, bad]), undefined);
    const tooLarge = 'the activations are infinite, or too large for float32';
    assert.equal(reasonOf(classify, [layer([infinity, 1])]), tooLarge);
    assert.equal(reasonOf(classify, [layer([1, 1], infinity)]), tooLarge);
  });
});
