import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import sharp from 'sharp';
import { decodeImage } from '../../../src/image/decode/decode-image.ts';
import { type FailureClass, failureClass } from '../../../src/shared/run/failure-class.ts';

const picture = await sharp({
  create: { width: 64, height: 48, channels: 3, background: '#367' },
})
  .jpeg()
  .toBuffer();

/** Reasons as the decoder really says them, so that a change of its wording is noticed. */
const undecodable: readonly (readonly [string, Uint8Array, number, FailureClass])[] = [
  ['a file of zero bytes', new Uint8Array(0), 1e8, 'empty'],
  ['a JPEG that was cut', picture.subarray(0, picture.length - 200), 1e8, 'truncated'],
  ['an image over the pixel limit', picture, 100, 'too_large'],
  ['text with the name of an image', new TextEncoder().encode('hello'), 1e8, 'unsupported'],
  [
    'a drawing',
    new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    1e8,
    'unsupported',
  ],
];

describe('the class of a failure', () => {
  for (const [name, bytes, maxPixels, expected] of undecodable) {
    it(`is ${expected} for ${name}`, async () => {
      const result = await decodeImage(bytes, { maxPixels });
      assert.equal(result.status, 'failed_to_decode');
      if (result.status === 'failed_to_decode') {
        assert.equal(failureClass(result.status, result.reason), expected, result.reason);
      }
    });
  }

  it('tells images that are not there from those that may not be read', () => {
    assert.equal(failureClass('failed_to_fetch', 'the file does not exist'), 'not_found');
    assert.equal(
      failureClass('failed_to_fetch', 'it cannot be read (permission denied)'),
      'denied',
    );
    assert.equal(failureClass('failed_to_fetch', 'it cannot be read (I/O error)'), 'unreadable');
  });

  it('tells a crash from a model that fails', () => {
    const crash = 'it crashed the process twice and was set aside';
    assert.equal(failureClass('failed_to_infer', crash), 'crashed_process');
    assert.equal(failureClass('failed_to_infer', 'the model failed on it (NaN)'), 'model');
  });

  it('is the broad one of the stage for words nobody foresaw', () => {
    assert.equal(failureClass('failed_to_decode', 'cat-403.jpg: odd'), 'damaged');
    assert.equal(failureClass('failed_to_infer', ''), 'model');
  });
});
