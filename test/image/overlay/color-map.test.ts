import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { colorTable } from '../../../src/image/overlay/color-map.ts';
import { colorMaps } from '../../../src/shared/run/run-spec.ts';

/** sha256 of the 256 x 3 RGB bytes of cv2.applyColorMap(0..255), OpenCV 5.0.0. */
const openCvTables = {
  inferno: 'e24e8bd38b972989f64c42856b2b274df5ada3a62bc01bf8e83500a2ea938ad4',
  viridis: '18545f7c72a02f02a54f2e3f6ff9dcf357e0190ab9117a1f8fae44c6eaf179e0',
  turbo: 'c4ae9ddb8a7f13561562fe15fd276fb55ab04e194786c39edfb2ef2cc0929b2b',
  jet: '661fa696672fecb0ffa3e76bff80e0119d8308227c361c0043f705d8c867faad',
} as const;

for (const name of ['inferno', 'viridis', 'turbo', 'jet'] as const) {
  test(`${name} is OpenCV's table`, () => {
    const digest = createHash('sha256').update(colorTable(name).rgb).digest('hex');
    assert.equal(digest, openCvTables[name]);
  });
}

test('every table has 256 colors, and opacities in [0, 1]', () => {
  for (const name of colorMaps) {
    const { rgb, alpha } = colorTable(name);
    assert.deepEqual([rgb.length, alpha.length], [768, 256]);
    assert.ok(alpha.every((opacity) => opacity >= 0 && opacity <= 1));
  }
});

test('heat goes from invisible yellow to strong red, its opacity never falling', () => {
  const { rgb, alpha, grayPhoto } = colorTable('heat');
  const [red = 0, green = 0, blue = 0] = rgb;
  assert.ok(red > 240 && green > 220 && blue < 150, 'yellow at 0');
  const [hotRed = 0, hotGreen = 0, hotBlue = 0] = rgb.subarray(765);
  assert.ok(hotRed > 150 && hotGreen < 30 && hotBlue < 30, 'red at 1');
  assert.equal(alpha[0], 0);
  assert.ok(alpha[255]! > 0.7);
  assert.ok(alpha.every((opacity, i) => i === 0 || opacity >= alpha[i - 1]!));
  assert.equal(grayPhoto, true);
});
