import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { exactComponents } from '../../src/model/eigen-cam/exact-components.ts';
import type { PrincipalComponents } from '../../src/model/eigen-cam/principal-components.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import { componentsOf } from '../support/graph-components.ts';
import { readNpz } from '../support/npz.ts';
import { seededRandom } from '../support/seeded-random.ts';

const arrays = readNpz(join(repositoryRoot, 'test/golden/numeric/cases.npz'));
const cases = [...arrays.keys()].flatMap((key) => key.match(/^(.*)\/activations$/)?.[1] ?? []);

interface Reference {
  readonly activations: Float32Array;
  readonly shape: readonly [number, number, number];
  /** Of each component, [N]. */
  readonly maps: readonly Float32Array[];
  readonly variance: Float32Array;
}

function reference(name: string): Reference {
  const array = (part: string) => arrays.get(`${name}/${part}`) ?? assert.fail(`no ${part}`);
  const { data, shape } = array('activations');
  const [channels = 0, gridHeight = 0, gridWidth = 0] = shape;
  const cells = gridHeight * gridWidth;
  const maps = array('maps').data as Float32Array;
  return {
    activations: data as Float32Array,
    shape: [channels, gridHeight, gridWidth],
    maps: Array.from({ length: maps.length / cells }, (_, k) =>
      maps.subarray(k * cells, (k + 1) * cells),
    ),
    variance: array('variance').data as Float32Array,
  };
}

/** Share of the map's length that lies outside of the space of the reference maps whose eigenvalues are equal to its own. */
function distance(map: Float32Array, component: number, { maps, variance }: Reference): number {
  const own = variance[component - 1]!;
  const group = maps.filter((_, k) => Math.abs(variance[k]! / own - 1) < 1e-5);
  const unit = (values: Float32Array) => {
    const length = Math.hypot(...values);
    return Float64Array.from(values, (value) => value / length);
  };
  const direction = unit(map);
  let inside = 0;
  for (const one of group.map(unit)) {
    inside += direction.reduce((sum, value, cell) => sum + value * one[cell]!, 0) ** 2;
  }
  return 1 - Math.sqrt(inside);
}

/** Beyond the grid from which on a single component is found in another way. */
const greatSide = 260;

/** Noise, and two waves across channels and cells whose variances are 1 and `second`, on a mean. */
function greatActivations(second: number) {
  const [channels, cells] = [6, greatSide ** 2];
  const random = seededRandom(7);
  const activations = new Float32Array(channels * cells);
  for (let channel = 0; channel < channels; channel++) {
    for (let cell = 0; cell < cells; cell++) {
      const [x, y] = [cell % greatSide, Math.floor(cell / greatSide)];
      const first = Math.sin(x / 9) * Math.cos(channel);
      const other = Math.sin(y / 9) * Math.sqrt(second) * Math.sin(channel);
      activations[channel * cells + cell] = 2 + first + other + 0.01 * random();
    }
  }
  return { activations, shape: [channels, greatSide, greatSide] as const };
}

function firstOf(found: PrincipalComponents) {
  assert.equal(found.status, 'explained');
  const [first] = found.components;
  assert.equal(first?.status, 'found');
  return first;
}

const length = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

const cosine = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / (length(a) * length(b));

describe('components of awkward activations, against float64 SVD by numpy', () => {
  for (const name of cases) {
    const expected = reference(name);
    const present = expected.maps.length;
    it(`${name}: ${present === 0 ? 'shows nothing, and says why' : `has ${present} components`}`, async () => {
      const components = [1, 2, 3, 5, 8, 10, 12].filter((one) => one <= present + 2);
      const isHalf = name === 'large-halves';
      const { found } = await componentsOf({ ...expected, components, isHalf });
      if (present === 0) {
        assert.equal(found.status, 'degenerate');
        return;
      }
      assert.equal(found.status, 'explained');
      for (const each of found.components) {
        const label = `component ${each.component}`;
        if (each.component > present) {
          assert.equal(each.status, 'beyond-rank', label);
          continue;
        }
        assert.equal(each.status, 'found', label);
        const share = expected.variance[each.component - 1]!;
        assert.ok(Math.abs(each.explainedVariance / share - 1) < 1e-3, `${label}: variance`);
        const away = distance(each.map, each.component, expected);
        assert.ok(away < 1e-3, `${label}: 1 - |r| is ${away}`);
        const ratio = Math.hypot(...each.map) / Math.hypot(...expected.maps[each.component - 1]!);
        assert.ok(Math.abs(ratio - 1) < 1e-3, `${label}: length ${ratio}`);
      }
    });
  }

  it('finds the first component where it is the only one asked for', async () => {
    for (const name of cases) {
      const expected = reference(name);
      if (expected.maps.length === 0) continue;
      const { found } = await componentsOf({ ...expected, components: [1] });
      assert.equal(found.status, 'explained', name);
      const [first] = found.components;
      assert.equal(first?.status, 'found', name);
      const share = expected.variance[0]!;
      assert.ok(Math.abs(first.explainedVariance / share - 1) < 1e-5, `${name}: variance`);
      assert.ok(distance(first.map, 1, expected) < 1e-6, name);
    }
  });

  it('finds it on a great grid, where the second is nearly as strong', async () => {
    for (const second of [0.5, 0.98, 0.995]) {
      const activations = greatActivations(second);
      const { found, isComputedAgain } = await componentsOf({ ...activations, components: [1] });
      assert.equal(isComputedAgain, false, `second ${second}`);
      const mask = new Float32Array(greatSide ** 2).fill(1);
      const exact = exactComponents({ ...activations, mask, components: [1] });
      const [one, other] = [firstOf(found), firstOf(exact.found)];
      const away = 1 - Math.abs(cosine(one.map, other.map));
      assert.ok(away < 1e-6, `second ${second}: 1 - |r| is ${away}`);
      assert.ok(Math.abs(one.explainedVariance / other.explainedVariance - 1) < 1e-5);
      assert.ok(Math.abs(length(one.map) / length(other.map) - 1) < 1e-5);
    }
  });

  it('computes again only what float32 cannot settle', async () => {
    const again = [];
    for (const name of cases) {
      const expected = reference(name);
      const components = [1, 2, 3].slice(0, Math.max(1, expected.maps.length));
      const { isComputedAgain } = await componentsOf({ ...expected, components });
      if (isComputedAgain) again.push(name);
    }
    assert.deepEqual(again, [
      'times-1e-30',
      'times-1e-20',
      'times-1e12',
      'times-1e20',
      'times-1e30',
      'nearly-equal',
      'small-ones',
      'far-from-zero',
      'constant',
      'zero',
    ]);
  });
});
