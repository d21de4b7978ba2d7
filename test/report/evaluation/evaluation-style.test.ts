import assert from 'node:assert/strict';
import { it } from 'node:test';
import { evaluationStyle } from '../../../src/report/evaluation/evaluation-style.ts';
import { pageStyle } from '../../../src/report/html/report-style.ts';

type Rgb = readonly number[];

/** A color of the page, in light and in dark. */
function colorsOf(name: string): readonly Rgb[] {
  const [, ...both] =
    new RegExp(`--${name}:light-dark\\(#(\\w+),#(\\w+)\\)`).exec(pageStyle) ?? assert.fail(name);
  return both.map((hex) => {
    const whole = hex.length === 3 ? [...hex].map((digit) => digit + digit).join('') : hex;
    return [0, 2, 4].map((at) => Number.parseInt(whole.slice(at, at + 2), 16));
  });
}

/** Relative luminance as WCAG 2.2 has it. */
function luminance(color: Rgb): number {
  const [r = 0, g = 0, b = 0] = color.map((byte) =>
    byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

it('numbers in cells of confusions, whatever their shade, have a contrast of 4.5 in light and dark', () => {
  const [inks, cards] = [colorsOf('ink'), colorsOf('card')];
  const shades = [
    ...evaluationStyle.matchAll(
      /\.s\d+\{background:color-mix\(in srgb,var\(--(\w+)\) (\d+)%,var\(--card\)\)\}/g,
    ),
  ];
  assert.equal(shades.length, 20);
  for (const [rule, name = '', percent] of shades) {
    colorsOf(name).forEach((color, scheme) => {
      const share = Number(percent) / 100;
      const ground = color.map((c, i) => c * share + cards[scheme]![i]! * (1 - share));
      const [low = 0, high = 0] = [luminance(ground), luminance(inks[scheme]!)].sort(
        (a, b) => a - b,
      );
      const contrast = (high + 0.05) / (low + 0.05);
      assert.ok(contrast >= 4.5, `${rule} has ${contrast.toFixed(2)}`);
    });
  }
});
