import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chiSquaredQuantile, chiSquaredTail } from '../../../src/shared/intervals/chi-squared.ts';
import { normalQuantile, normalTail } from '../../../src/shared/intervals/normal.ts';
import { logGamma } from '../../../src/shared/intervals/special-functions.ts';
import { studentQuantile, studentTwoSided } from '../../../src/shared/intervals/student-t.ts';
import { type DistributionName, statisticsCases } from '../../support/statistics-cases.ts';

const functions: Readonly<Record<DistributionName, (a: number, b: number) => number>> = {
  studentQuantile,
  studentTwoSided,
  normalQuantile,
  normalTail,
  chiSquaredQuantile,
  chiSquaredTail,
  logGamma,
};

describe('distributions', () => {
  const { distributions } = statisticsCases();
  for (const [name, rows] of Object.entries(distributions)) {
    it(`have scipy's values of ${name}`, () => {
      const own = functions[name as DistributionName];
      for (const [a = 0, ...rest] of rows) {
        const expected = rest.at(-1) as number;
        const value = own(a, rest[0] as number);
        const error = Math.abs(value - expected) / Math.max(1e-14, Math.abs(expected));
        const message = `${name}(${a}, ${rest[0]}) is ${value}, not ${expected}`;
        assert.ok(error < 1e-9 || Math.abs(value - expected) < 1e-14, message);
      }
    });
  }
});
