import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalFrom } from '../../../bench/support/random.ts';
import {
  eigenvalueGroups,
  splitHalfNoise,
  wholeGroups,
} from '../../../src/model/basis/eigenvalue-groups.ts';
import { fitLayer } from '../../../src/model/basis/fit-layer.ts';
import { spanAngle } from '../../../src/model/basis/principal-angles.ts';
import { type ActivationSums, emptySums } from '../../../src/shared/basis/activation-sums.ts';
import type { LayerBasis } from '../../../src/shared/basis/dataset-basis.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('groups of components', () => {
  it('end where the gap is more than twice the noise of both neighbors', () => {
    const noise = [0.02, 0.02, 0.02, 0.3, 0.02];
    assert.deepEqual(eigenvalueGroups([10, 5, 4.9, 3, 1], noise), [[1], [2, 3, 4], [5]]);
  });

  it('are judged by at least what is usual nearby, since halves agree by chance', () => {
    const noise = splitHalfNoise({
      halves: [
        [10, 8, 6],
        [10, 10, 7],
      ],
    });
    const usual = 1.4826 * (2 / 13);
    assert.deepEqual(
      noise,
      [usual, usual, usual].map((one, i) => Math.max(one, [0, 2 / 9, 0][i]!)),
    );
  });

  it('are kept whole, unless where they end is not known', () => {
    const groups = [[1], [2, 3], [4, 5, 6], [7, 8]];
    assert.equal(wholeGroups(groups, 3, 20), 3);
    assert.equal(wholeGroups(groups, 4, 20), 6);
    assert.equal(wholeGroups(groups, 7, 20), 7);
    assert.equal(wholeGroups(groups, 7, 8), 8);
    assert.equal(wholeGroups([[1, 2, 3, 4]], 2, 20), 2);
    assert.equal(wholeGroups([[1], [2]], 5, 20), 2);
  });
});

const seeds = 16;
const cellsOfHalf = 6000;

interface Simulated {
  /** How often components 2 and 3 were told apart. */
  readonly apart: number;
  /** Degrees, the most of all samples. */
  readonly spanTurn: number;
  readonly componentTurn: number;
}

/** Samples of independent observations whose second and third eigenvalues are `gap` apart. */
function simulated(gap: number): Simulated {
  let apart = 0;
  const turns = { span: 0, component: 0 };
  const spread = [4, 1, 1 - gap, 0.4, 0.2, 0.1].map(Math.sqrt);
  for (let seed = 0; seed < seeds; seed++) {
    const halves = [sample(spread, 2 * seed), sample(spread, 2 * seed + 1)] as const;
    const { layer } = fitLayer('model.15', halves, 5);
    const group = layer.groups.find((one) => one.includes(2)) ?? [];
    if (!group.includes(3)) apart += 1;
    const [a, b] = halves.map((half) => rowsOf(fitLayer('model.15', [half, half], 5).basis));
    const turn = (from: number, to: number) => spanAngle(a!.slice(from, to), b!.slice(from, to));
    turns.span = Math.max(turns.span, turn(1, 3));
    turns.component = Math.max(turns.component, turn(1, 2));
  }
  return { apart: apart / seeds, spanTurn: turns.span, componentTurn: turns.component };
}

function rowsOf({ channels, vectors }: LayerBasis): Float64Array[] {
  return Array.from({ length: vectors.length / channels }, (_, row) =>
    vectors.slice(row * channels, (row + 1) * channels),
  );
}

function sample(spread: readonly number[], seed: number): ActivationSums {
  const random = seededRandom(seed);
  const normal = () => normalFrom(random);
  const width = spread.length + 1;
  const { sum, products } = emptySums(width);
  for (let cell = 0; cell < cellsOfHalf; cell++) {
    const x = spread.map((one) => one * normal());
    x.push(Math.hypot(...x));
    for (let i = 0; i < width; i++) {
      sum[i]! += x[i]!;
      for (let j = 0; j < width; j++) products[i * width + j]! += x[i]! * x[j]!;
    }
  }
  return { width, images: 1, cells: cellsOfHalf, sum, products };
}

describe('components that nearly tie', () => {
  it('are one group at a gap of 0 and of 1 %, whose span holds still where the components turn', () => {
    for (const gap of [0, 0.01]) {
      const { apart, spanTurn, componentTurn } = simulated(gap);
      assert.ok(apart <= 0.13, `${gap}: told apart in ${apart}`);
      assert.ok(spanTurn < 10, `${gap}: the span turns by ${spanTurn} degrees`);
      assert.ok(componentTurn > 30, `${gap}: component 2 turns by ${componentTurn} degrees`);
    }
  });

  it('are told apart at a gap of 20 %, where each holds still by itself', () => {
    const { apart, componentTurn } = simulated(0.2);
    assert.ok(apart >= 0.8, `told apart in ${apart}`);
    assert.ok(componentTurn < 15, `component 2 turns by ${componentTurn} degrees`);
  });
});
