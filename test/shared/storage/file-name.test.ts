import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe, it } from 'node:test';
import { hasEscapes, pathOfKey, textOfNames } from '../../../src/shared/host/file-name.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('the text of a file name', { skip: process.platform === 'win32' }, () => {
  it('is the name itself where that is UTF-8', () => {
    for (const name of ['a.jpg', 'Zelle Ä 細胞 🧬.jpg', 'a\\b.jpg', 'a\\xz.jpg', '\u{fffd}.jpg']) {
      assert.equal(textOfNames(Buffer.from(name)), name);
      assert.equal(pathOfKey('/r', name), `/r/${name}`);
    }
  });

  it('shows bytes that are not UTF-8, however they are cut', () => {
    for (const [bytes, text] of [
      [[0xe9], '\\xE9'],
      [[0x61, 0xc3, 0x62], 'a\\xC3b'],
      [[0xc3, 0xa9, 0xa9], 'é\\xA9'],
      [[0xed, 0xa0, 0x80], '\\xED\\xA0\\x80'],
      [[0xf0, 0x9f, 0xa7], '\\xF0\\x9F\\xA7'],
      [[0xc0, 0xaf], '\\xC0\\xAF'],
    ] as const) {
      assert.equal(textOfNames(Uint8Array.from(bytes)), text);
    }
  });

  it('leads back to the very name, and no two names share one', () => {
    const random = seededRandom(1);
    const alphabet = ['\\', 'x', 'E', '9', '5', 'C', 'a', 'é', '\xe9', '\xff', '\xf0\x9f'];
    const texts = new Map<string, string>();
    for (let n = 0; n < 5_000; n++) {
      const length = 1 + Math.floor(random() * 8);
      const parts = Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]);
      const bytes = Buffer.concat(
        parts.map((part = '') => Buffer.from(part, part === 'é' ? 'utf8' : 'latin1')),
      );
      const text = textOfNames(bytes);
      const path = pathOfKey('/r', text);
      assert.deepEqual(Buffer.from(path), Buffer.concat([Buffer.from('/r/'), bytes]));
      assert.ok(isUtf8(Buffer.from(text)));
      assert.equal(hasEscapes(text), text !== bytes.toString());
      assert.equal(texts.get(text) ?? bytes.toString('hex'), bytes.toString('hex'));
      texts.set(text, bytes.toString('hex'));
    }
  });
});
