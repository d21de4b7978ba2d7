import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareBases } from '../../../src/model/basis/compare-bases.ts';
import { fittedCase } from '../../support/basis-cases.ts';

const fitted = fittedCase();
const [layer] = fitted.description.layers;
const [basis] = fitted.layers;
assert.ok(layer && basis);

/** The two components turned into each other by so many degrees. */
function turned(degrees: number) {
  const { channels, vectors } = basis!;
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const other = vectors.map((value, i) => {
    const pair = vectors[(i + channels) % vectors.length]!;
    return i < channels ? cos * value + sin * pair : cos * value - sin * pair;
  });
  return { ...fitted, layers: [{ ...basis!, vectors: other }] };
}

function grouped(groups: number[][]) {
  const layers = [{ ...layer!, groups, splitAngles: groups.map(() => 5) }];
  return { ...fitted, description: { ...fitted.description, layers } };
}

describe('two bases of one model', () => {
  it('differ by the angle of each component, or of the span of those that nearly tie', () => {
    const apart = compareBases(grouped([[1], [2]]), turned(30));
    assert.deepEqual(
      apart.map(({ components, degrees }) => [components, Math.round(degrees)]),
      [
        [[1], 30],
        [[2], 30],
      ],
    );
    const [span, ...others] = compareBases(grouped([[1, 2]]), turned(30));
    assert.ok(span!.degrees < 1e-5, String(span!.degrees));
    assert.equal(span!.splitDegrees, 5);
    assert.deepEqual(others, []);
  });

  it('leave out groups that one of them does not hold', () => {
    assert.deepEqual(compareBases(grouped([[1], [2, 3]]), fitted).length, 1);
  });

  it('are not compared where the weights differ', () => {
    const model = { ...fitted.description.model, weightsSha256: 'c'.repeat(64) };
    const other = { ...fitted, description: { ...fitted.description, model } };
    assert.throws(() => compareBases(fitted, other), /different weights .* compare maps/);
  });
});
