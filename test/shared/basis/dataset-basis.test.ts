import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeBasis, encodeBasis } from '../../../src/shared/basis/dataset-basis.ts';
import { decodeSafetensors, encodeSafetensors } from '../../../src/shared/basis/safetensors.ts';
import { fittedCase } from '../../support/basis-cases.ts';

const fitted = fittedCase();

describe('a basis file', () => {
  it('comes back as it was written, with its sums as they are rounded', () => {
    const sums = fitted.sums.map((halves) => halves.map(({ rest: _, ...rounded }) => rounded));
    assert.deepEqual(decodeBasis(encodeBasis(fitted)), { ...fitted, sums });
  });

  it('is a safetensors file, whose arrays start at multiples of 8 bytes', () => {
    const bytes = encodeBasis(fitted);
    const { arrays } = decodeSafetensors(bytes);
    assert.deepEqual(arrays.get('model.15/components')?.shape, [2, 6]);
    assert.equal(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8, 0);
  });

  it('is refused with a phrase when it is cut short, another file, of another version, or damaged', () => {
    const bytes = encodeBasis(fitted);
    const { arrays, metadata } = decodeSafetensors(bytes);
    const withText = (text: string) =>
      encodeSafetensors({ arrays, metadata: { ...metadata, eigenfleet: text } });
    const description = JSON.parse(metadata.eigenfleet ?? '');
    const told = (change: object) => withText(JSON.stringify({ ...description, ...change }));
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [bytes.subarray(0, 5), /cut short/],
      [bytes.subarray(0, 300), /cut short/],
      [bytes.subarray(0, bytes.length - 8), /cut short/],
      [Buffer.from('PK\u0003\u0004 this is another kind of file'), /not in the safetensors format/],
      [encodeSafetensors({ arrays, metadata: {} }), /no basis of eigenfleet/],
      [withText('{'), /description is damaged/],
      [told({ schema: 'basis@2' }), /another version/],
      [told({ layers: [] }), /description is damaged \(layers/],
    ];
    for (const [damaged, reason] of cases) assert.throws(() => decodeBasis(damaged), reason);
  });

  it('is refused when an array is missing, of another shape, or not finite', () => {
    const { arrays, metadata } = decodeSafetensors(encodeBasis(fitted));
    const changed = (name: string, values: Float64Array | undefined) => {
      const other = new Map(arrays);
      if (values === undefined) other.delete(name);
      else other.set(name, { shape: [values.length], values });
      return encodeSafetensors({ arrays: other, metadata });
    };
    const mean = fitted.layers[0]!.mean;
    const wrong = [undefined, mean.subarray(1)] as const;
    for (const values of wrong) {
      assert.throws(
        () => decodeBasis(changed('model.15/mean', values)),
        /missing or of another shape/,
      );
    }
    const spoilt = Float64Array.from(mean, (value, i) => (i === 2 ? Number.NaN : value));
    assert.throws(() => decodeBasis(changed('model.15/mean', spoilt)), /not finite/);
  });
});
