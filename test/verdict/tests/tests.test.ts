import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { benjaminiHochberg } from '../../../src/verdict/tests/benjamini-hochberg.ts';
import { fisherExact, mcNemarExact } from '../../../src/verdict/tests/exact-tables.ts';
import {
  kolmogorovSmirnov,
  kolmogorovTail,
} from '../../../src/verdict/tests/kolmogorov-smirnov.ts';
import { permutationP } from '../../../src/verdict/tests/permutation.ts';
import { populationStability } from '../../../src/verdict/tests/population-stability.ts';
import { signedRank } from '../../../src/verdict/tests/signed-rank.ts';
import { spearman } from '../../../src/verdict/tests/spearman.ts';
import { twoPart, twoPartPaired } from '../../../src/verdict/tests/two-part.ts';
import { welch } from '../../../src/verdict/tests/welch.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { statisticsCases } from '../../support/statistics-cases.ts';

const cases = statisticsCases();

function near(actual: number | undefined, expected: number, within = 1e-9): void {
  const error = Math.abs((actual ?? Number.NaN) - expected) / Math.max(1e-12, Math.abs(expected));
  assert.ok(error <= within, `${actual} is not ${expected}`);
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

describe('the tests of two samples', () => {
  it("have scipy's distance and exact p of Kolmogorov and Smirnov, with ties too", () => {
    for (const { a, b, d, exact, limit } of cases.smirnov) {
      const test = kolmogorovSmirnov(sorted(a), sorted(b));
      near(test?.d, d);
      near(test?.p, exact, 1e-7);
      near(kolmogorovTail(Math.sqrt((a.length * b.length) / (a.length + b.length)) * d), limit);
    }
  });

  it('keep the digits of the smallest p, where no value of one sample lies among those of the other', () => {
    const first = Float64Array.from({ length: 30 }, (_, i) => i);
    const { p = 0 } =
      kolmogorovSmirnov(
        first,
        first.map((value) => value + 100),
      ) ?? {};
    // Two of the C(60, 30) orders: 1 minus the others would be 0.
    assert.ok(Math.abs(p / (2 / 1.1826458156486142e17) - 1) < 1e-12, `${p}`);
  });

  it("take Kolmogorov's limit where the exact p is too large a table", () => {
    const first = Float64Array.from({ length: 2000 }, (_, i) => i);
    const second = first.map((value) => value + 100);
    const { p = 0, d = 0, effect = 0 } = kolmogorovSmirnov(first, second) ?? {};
    near(d, 0.05);
    near(p, kolmogorovTail(Math.sqrt(1000) * 0.05));
    // 1,900 x 1,901 / 2 of 4 M pairs are smaller: Cliff's delta 1 - 2 x 0.9025 / 2 less the ties.
    near(effect, (4_000_000 - 2 * ((1900 * 1899) / 2) - 1900) / 4_000_000);
  });

  it("have scipy's p of Welch, Fisher and McNemar", () => {
    for (const { a, b, t, df, p } of cases.welch) {
      const test = welch(a, b);
      near(test?.t, -t);
      near(test?.degrees, df);
      near(test?.p, p);
    }
    for (const { table, p } of cases.fisher) {
      const [a = 0, b = 0, c = 0, d = 0] = table;
      near(fisherExact({ first: [a, b], second: [c, d] }), p, 1e-7);
    }
    for (const { b, c, p } of cases.mcnemar) near(mcNemarExact(b, c), p);
  });

  it("have the exact p of Wilcoxon, ties and Pratt's zeros included, and its limit beyond 50 pairs", () => {
    for (const { d, w, exact, normal } of cases.wilcoxon) {
      const test = signedRank(d);
      near(test.w, w);
      near(test.p, test.differing > 50 ? normal : exact);
    }
  });

  it('say 1 where no pair differs', () => {
    assert.deepEqual(signedRank([0, 0, 0]), { p: 1, w: 0, effect: 0, differing: 0 });
  });
});

describe('the two-part test', () => {
  const random = seededRandom(7);
  const sample = (n: number, zeros: number, scale: number) =>
    Float64Array.from({ length: n }, () =>
      random() < zeros ? 0 : scale * -Math.log(random()),
    ).sort();

  it('finds larger positives among zeros that hide them from Kolmogorov and Smirnov', () => {
    const [plain, parts] = [0, 0].map(() => ({ found: 0 }));
    for (let set = 0; set < 100; set++) {
      const [a, b] = [sample(200, 0.6, 1), sample(200, 0.6, 1.8)];
      if ((kolmogorovSmirnov(a, b)?.p ?? 1) < 0.05) plain!.found += 1;
      if ((twoPart(a, b)?.p ?? 1) < 0.05) parts!.found += 1;
    }
    assert.ok(parts!.found > plain!.found + 15, `${parts!.found} against ${plain!.found}`);
  });

  it('says which part changed', () => {
    assert.equal(twoPart(sample(200, 0.3, 1), sample(200, 0.7, 1))?.by, 'zeros');
    const more = twoPart(sample(200, 0.3, 1), sample(200, 0.3, 3));
    assert.equal(more?.by, 'positives');
    assert.ok((more?.effect ?? 0) > 0.3);
  });

  it('counts a part only where it is there', () => {
    const [a, b] = [sample(30, 0, 1), sample(40, 0, 1)];
    near(twoPart(a, b)?.p, kolmogorovSmirnov(a, b)?.p ?? 0);
    assert.equal(twoPart(new Float64Array(5), new Float64Array(9))?.p, 1);
  });

  it('of pairs sees which became zero', () => {
    const before = Array.from({ length: 40 }, (_, i) => 1 + i / 40);
    const after = before.map((value, i) => (i % 4 === 0 ? 0 : value));
    const test = twoPartPaired(before, after);
    assert.equal(test?.by, 'zeros');
    // Ten were lost and none gained: 2 / 2^10; no other pair differs.
    near(test?.p, 2 / 1024);
    assert.equal(test?.effect, -0.25);
  });
});

describe('correlation by ranks', () => {
  it("is scipy's with ties", () => {
    for (const { a, b, rho, p } of cases.spearman) {
      const test = spearman(a, b);
      near(test?.rho, rho);
      near(test?.p, p, 1e-6);
    }
  });

  it('is none of a constant', () => {
    assert.equal(spearman([1, 1, 1, 1], [1, 2, 3, 4]), undefined);
  });
});

describe('many tests at once', () => {
  it('are adjusted as Benjamini and Hochberg do', () => {
    for (const { p, adjusted } of cases.benjaminiHochberg)
      benjaminiHochberg(p).forEach((value, i) => {
        near(value, adjusted[i] as number);
      });
    assert.deepEqual(benjaminiHochberg([]), []);
  });
});

describe('the population stability index', () => {
  const uniform = (n: number, shift = 0) =>
    Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n + shift);

  it('is 0 for the same shares and exceeds its limit for a shift of a third', () => {
    near(populationStability(uniform(500), uniform(500))?.psi ?? 1, 0);
    const {
      psi = 0,
      limit = 1,
      bins,
    } = populationStability(uniform(500), uniform(500, 0.33)) ?? {};
    assert.ok(psi > 10 * limit);
    assert.equal(bins, 10);
    // chi2(0.95, 9) = 16.918978.
    near(limit, 16.918977604620448 * (2 / 500));
  });

  it('keeps zeros in a bin of their own', () => {
    const first = Float64Array.from({ length: 100 }, (_, i) => Math.max(0, i - 59));
    const second = Float64Array.from({ length: 100 }, (_, i) => Math.max(0, i - 59) && i - 58);
    const { bins } = populationStability(first, second) ?? {};
    assert.equal(bins, 5);
  });

  it('tells a sample below a constant as one above it', () => {
    const constant = new Float64Array(48).fill(3);
    const psiOf = (value: number) =>
      populationStability(constant, new Float64Array(12).fill(value))?.psi;
    // By numpy: shares (0.5, 48.5, 0.5) / 49.5 and (12.5, 0.5, 0.5) / 13.5; (48.5, 0.5) / 49 and (0.5, 12.5) / 13, as nothing lies below.
    near(psiOf(1), 7.26078551631346);
    near(psiOf(5), 7.414307068827597);
  });

  it('is none where the baseline is a constant and nothing else is there', () => {
    const constant = new Float64Array(10).fill(3);
    near(populationStability(constant, constant)?.psi ?? 1, 0);
  });
});

describe('a permutation test', () => {
  it('is the same at every call, small for what differs and not for what does not', () => {
    const first = Float64Array.from({ length: 30 }, (_, i) => i % 7);
    const second = first.map((value) => value + 6);
    const distance = (a: Float64Array, b: Float64Array) =>
      kolmogorovSmirnov(a.slice().sort(), b.slice().sort())?.d ?? 0;
    assert.equal(permutationP([first, second], distance), 1 / 1000);
    assert.equal(permutationP([first, second], distance), 1 / 1000);
    assert.equal(permutationP([first, first], distance), 1);
  });
});
