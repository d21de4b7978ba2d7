import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type NamedFile, sampleLines } from '../../src/kernels/sample-lines.ts';
import { seededRandom } from '../support/seeded-random.ts';

const jsonOf = (files: readonly NamedFile[]) =>
  files.map((file) => `${JSON.stringify(file)}\n`).join('');

function assertJson(files: readonly NamedFile[]): void {
  const lines = sampleLines(files);
  assert.ok(lines, 'it was left to JSON.stringify');
  assert.equal(Buffer.from(lines).toString(), jsonOf(files));
}

const named = (key: string, sizeBytes = 1, etag = '"e"'): NamedFile => ({ key, sizeBytes, etag });

describe('lines of named files', () => {
  it('are the JSON of each, wherever in 16 bytes a text ends or needs a backslash', () => {
    for (let length = 0; length < 40; length++) {
      const plain = 'x'.repeat(length);
      assertJson(['"', '\\', '\\"\\', ''].map((odd) => named(plain + odd + plain, 1, odd + plain)));
    }
  });

  it('have every size that a file can have', () => {
    const sizes = [0, 9, 10, 99_999, 2 ** 32 - 1, 2 ** 32, 1e10, 1e15, Number.MAX_SAFE_INTEGER];
    assertJson(sizes.map((size) => named('a.jpg', size)));
  });

  it('keep the characters of all languages, and DEL', () => {
    assertJson(
      ['\u007f', 'é', '図（一）.jpg', '\uf000', '\uffff', '\ufffe', '\u{1f600}', '\u2028'].map(
        (key) => named(key),
      ),
    );
  });

  it('are the same for names of any characters, or are left to JSON.stringify', () => {
    const random = seededRandom(7);
    const alphabet = ['a', '"', '\\', 'é', '中', '￼', '\u{10ffff}', '}', '{', ',', ' '];
    const text = () =>
      Array.from(
        { length: random() * 50 },
        () => alphabet[Math.floor(random() * alphabet.length)],
      ).join('');
    for (let page = 0; page < 50; page++) {
      const size = () => Math.floor(2 ** (random() * 53));
      assertJson(Array.from({ length: 1 + page }, () => named(text(), size(), text())));
    }
  });

  for (const odd of ['\n', '\0', '\u001f', '\ud800', '\udc00.jpg', '\ufffd']) {
    it(`are left to JSON.stringify with ${JSON.stringify(odd)} in a name or an etag`, () => {
      assert.equal(sampleLines([named('a'), named(odd), named('b')]), undefined);
      assert.equal(sampleLines([named('a'), named('b', 1, odd)]), undefined);
    });
  }
});
