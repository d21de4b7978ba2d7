import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from '../../../src/shared/host/text-file.ts';

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('the text of a file', () => {
  it('is read from UTF-8 and UTF-16, with and without a byte order mark', () => {
    const text = 'images/Ä 1.jpg\r\n';
    for (const bytes of [
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(text, 'utf16le'),
      utf16be(`\ufeff${text}`),
      utf16be(text),
    ]) {
      assert.equal(textOf(bytes), text);
    }
    assert.equal(textOf(new Uint8Array()), '');
  });

  it('is refused where the bytes are none', () => {
    for (const [bytes, message] of [
      [Buffer.from('caf\xe9', 'latin1'), /not UTF-8; save it as UTF-8/],
      [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]), /is not text/],
      [Buffer.from([0x1f, 0x8b, 8, 0]), /is not text/],
      [Buffer.from([0xff, 0xfe, 0x61]), /is not text/],
      [Buffer.from([0xff, 0xfe, 0, 0]), /is not text/],
    ] as const) {
      assert.throws(() => textOf(bytes), { name: 'UnreadableFileError', message });
    }
  });
});
