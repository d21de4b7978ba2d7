import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ascendingFloats, countUpTo } from '../../../src/verdict/tests/ascending-floats.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('float32 values in order', () => {
  const random = seededRandom(3);
  const kinds: Readonly<Record<string, (i: number) => number>> = {
    'of both signs': () => random() - 0.5,
    'of all magnitudes': (i) => (random() - 0.5) * 2 ** ((i % 250) - 125),
    'of whole numbers with ties': () => Math.floor(9 * random()) - 4,
    'with zeros of both signs and infinities': (i) =>
      [0, -0, Number.POSITIVE_INFINITY, -1, Number.NEGATIVE_INFINITY, 1e-45][i % 6] as number,
    'that are one constant': () => 0.25,
  };
  for (const [kind, draw] of Object.entries(kinds)) {
    it(`${kind} are those that the engine sorts, few or many`, () => {
      for (const length of [0, 1, 7, 5000]) {
        const values = Float32Array.from({ length }, (_, i) => draw(i));
        const before = values.slice();
        assert.deepEqual(ascendingFloats(values), values.slice().sort());
        assert.deepEqual(values, before);
      }
    });
  }

  it('are counted up to a limit, which counts too', () => {
    const counts = [-1, 0, 2, 9].map((limit) => countUpTo(Float32Array.of(0, 0, 2, 3), limit));
    assert.deepEqual(counts, [0, 2, 3, 4]);
  });
});
