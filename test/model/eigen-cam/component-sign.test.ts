import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { signOfComponent } from '../../../src/model/eigen-cam/component-sign.ts';

const mask = Float32Array.of(1, 1, 1, 1);
const rising = Float32Array.of(0, 1, 4, 9);

describe('the sign of a component', () => {
  it('follows the norm of the activations under rule l2', () => {
    const map = Float32Array.of(3, 1, -1, -3);
    const signed = signOfComponent({ map, energy: rising, mask, rule: 'l2' });
    assert.equal(signed.sign, -1);
    // The norms are 0, 1, 2, 3: a straight line, so the correlation is -1.
    assert.ok(Math.abs(signed.margin - 1) < 1e-12);
  });

  it('makes the greatest magnitude positive under rule max-abs', () => {
    const map = Float32Array.of(2, 1, 0, -5);
    const signed = signOfComponent({ map, energy: rising, mask, rule: 'max-abs' });
    assert.equal(signed.sign, -1);
  });

  it('stays as it came under rule none, with its margin', () => {
    const map = Float32Array.of(3, 1, -1, -3);
    const signed = signOfComponent({ map, energy: rising, mask, rule: 'none' });
    assert.equal(signed.sign, 1);
    assert.ok(signed.margin > 0.99);
  });

  it('turns over with the map, also without any correlation', () => {
    const flat = Float32Array.of(2, 2, 2, 2);
    for (const rule of ['l2', 'max-abs'] as const) {
      for (const energy of [flat, rising]) {
        const map = Float32Array.of(1, -3, 1, 1);
        const there = signOfComponent({ map, energy, mask, rule });
        const back = signOfComponent({ map: map.map((x) => -x), energy, mask, rule });
        assert.equal(there.sign, -back.sign, rule);
      }
    }
    const undecided = signOfComponent({ map: rising, energy: flat, mask, rule: 'l2' });
    assert.equal(undecided.margin, 0);
  });

  it('looks at content cells only', () => {
    const map = Float32Array.of(-1, 0, 1, 100);
    const energy = Float32Array.of(9, 4, 1, 1e6);
    const content = Float32Array.of(1, 1, 1, 0);
    const signed = signOfComponent({ map, energy, mask: content, rule: 'l2' });
    assert.equal(signed.sign, -1);
    assert.ok(Math.abs(signed.margin - 1) < 1e-12);
  });
});
