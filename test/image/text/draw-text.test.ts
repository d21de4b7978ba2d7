import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Canvas, createCanvas } from '../../../src/image/canvas.ts';
import { labelText } from '../../../src/image/overlay/draw-detections.ts';
import {
  canDraw,
  drawable,
  drawText,
  fitText,
  textWidth,
} from '../../../src/image/text/draw-text.ts';

const style = { size: 20, weight: 'regular', color: [0, 0, 0] } as const;

function inkOf(text: string): number {
  const canvas: Canvas = createCanvas(200, 40, [255, 255, 255]);
  drawText(canvas, text, { x: 10, y: 28 }, style);
  return canvas.data.reduce((sum, value) => sum + (255 - value), 0) / 765;
}

test('every printable ASCII character leaves ink, without any font on the machine', () => {
  for (let code = 0x21; code < 0x7f; code++) {
    assert.ok(inkOf(String.fromCharCode(code)) > 2, String.fromCharCode(code));
  }
  assert.equal(inkOf(' '), 0);
});

test('a full stroke is solid and its area is that of the outline', () => {
  // A dash of the font is a rectangle: ink is width x thickness.
  const canvas = createCanvas(60, 40, [255, 255, 255]);
  drawText(canvas, '—', { x: 5, y: 28 }, { ...style, size: 40 });
  const dark = canvas.data.filter((value) => value === 0).length;
  assert.ok(dark > 40 * 3, `${dark / 3} solid pixels`);
  assert.ok(Math.abs(inkOf('——') - 2 * inkOf('—')) < 0.5);
});

test('text runs off the canvas without harm', () => {
  const canvas = createCanvas(8, 8, [255, 255, 255]);
  drawText(canvas, 'WWW', { x: -10, y: 6 }, style);
  drawText(canvas, 'WWW', { x: 4, y: 60 }, style);
  assert.ok(canvas.data.some((value) => value < 255));
});

test('characters that the font lacks become an ellipsis, accents beyond Latin-1 are taken off', () => {
  assert.equal(drawable('Žluťoučký'), 'Zlutoucký');
  assert.equal(drawable('图像_001.jpg'), '…_001.jpg');
  assert.equal(drawable('two\nlines'), 'two lines');
  assert.equal(canDraw('Ångström'), true);
  assert.equal(canDraw('赤血球'), false);
});

test('markup in a name is drawn as it is', () => {
  assert.equal(drawable('<b>&"x"</b>'), '<b>&"x"</b>');
  assert.equal(labelText(0, 0.5, ['<script>alert(1)</script>']), '<script>alert(1)</script> 0.50');
});

test('a label is a name or a class number, never empty', () => {
  assert.equal(labelText(0, 0.777, ['RBC']), 'RBC 0.78');
  assert.equal(labelText(1, 1, ['RBC', '赤血球']), '#1 1.00');
  assert.equal(labelText(7, 0.25, ['RBC']), '#7 0.25');
  assert.equal(labelText(0, 0.25, [' ']), '#0 0.25');
});

test('long text is cut to the width, with an ellipsis', () => {
  const cut = fitText('a very long class name', style, 80);
  assert.match(cut, /^a very.*…$/);
  assert.ok(textWidth(cut, style) <= 80);
  assert.equal(fitText('short', style, 80), 'short');
});

test('a name of a million characters is cut in one pass, and measured by its beginning', () => {
  const endless = 'm'.repeat(1_000_000);
  assert.equal(fitText(endless, style, 80), fitText('m'.repeat(100), style, 80));
  assert.equal(labelText(0, 0.5, [endless]), `${'m'.repeat(512)} 0.50`);
});
