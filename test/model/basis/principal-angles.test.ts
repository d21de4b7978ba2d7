import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linearCka } from '../../../src/model/basis/linear-cka.ts';
import { principalAngles, spanAngle } from '../../../src/model/basis/principal-angles.ts';
import { basisCases } from '../../support/basis-cases.ts';

const { spans, cka } = basisCases();
const rowsOf = (rows: readonly number[][]) => rows.map((row) => Float64Array.from(row));

describe('the angles between two spans', () => {
  it("are scipy's, also of spans that are nearly the same, however their rows are turned", () => {
    for (const { a, b, degrees } of spans) {
      const found = principalAngles(rowsOf(a), rowsOf(b));
      assert.equal(found.length, degrees.length);
      degrees.forEach((angle, i) => {
        assert.ok(Math.abs(found[i]! - angle) < 1e-9 + 1e-6 * angle, `${found[i]} for ${angle}`);
      });
    }
  });

  it('are 0 for one span with two bases, and 90 where a direction is missing', () => {
    const half = Math.SQRT1_2;
    const plane = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    const turned = [
      [half, half, 0],
      [half, -half, 0],
    ];
    assert.ok(spanAngle(rowsOf(plane), rowsOf(turned)) < 1e-9);
    assert.equal(
      spanAngle(
        rowsOf(plane),
        rowsOf([
          [1, 0, 0],
          [0, 0, 1],
        ]),
      ),
      90,
    );
  });
});

describe('linear CKA', () => {
  const observations = (rows: readonly number[][]) => ({
    features: rows[0]!.length,
    values: rows.flat(),
  });

  it("is numpy's", () => {
    const found = linearCka(observations(cka.x), observations(cka.y));
    assert.ok(Math.abs(found - cka.value) < 1e-12, String(found));
  });

  it('is 1 for features that are turned, scaled and shifted', () => {
    const found = linearCka(observations(cka.x), observations(cka.turned));
    assert.ok(Math.abs(found - 1) < 1e-12, String(found));
  });

  it('is not a number where nothing varies, and refuses other observations', () => {
    const flat = { features: 1, values: new Array(40).fill(2) };
    assert.ok(Number.isNaN(linearCka(flat, observations(cka.x))));
    assert.throws(() => linearCka({ features: 1, values: [1, 2] }, flat), RangeError);
  });
});
