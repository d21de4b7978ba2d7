import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classColor, classColorHex } from '../../../src/shared/catalog/class-color.ts';

/** WCAG's relative luminance. */
function luminance(color: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = color.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('60 classes have 60 colors, and the next ones begin anew', () => {
  const colors = Array.from({ length: 60 }, (_, classId) => classColorHex(classId));
  assert.equal(new Set(colors).size, 60);
  assert.equal(classColorHex(0), '#1ec3ff');
  assert.equal(classColorHex(60), classColorHex(0));
  assert.deepEqual(classColor(0), [0x1e, 0xc3, 0xff]);
});

test('every color stands out from the dark line below it: 5 to 1 in the first 20, 3 to 1 in all', () => {
  const dark = luminance([11, 13, 17]) + 0.05;
  for (let classId = 0; classId < 60; classId++) {
    const contrast = (luminance(classColor(classId)) + 0.05) / dark;
    assert.ok(contrast >= (classId < 20 ? 5 : 3), `class ${classId}: ${contrast}`);
  }
});

test('after 20 classes come the same colors lighter, then darker', () => {
  for (let classId = 0; classId < 20; classId++) {
    const [own, lighter, darker] = [0, 20, 40].map((by) => luminance(classColor(classId + by)));
    assert.ok(lighter! > own! && darker! < own!, `class ${classId}`);
  }
});
