import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  encodeManifest,
  encodeManifestLine,
  encodeManifestLines,
  parseManifest,
} from '../../../src/shared/run/manifest.ts';
import type { Sample } from '../../../src/shared/run/sample.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const line = (key: string) => `${JSON.stringify({ key, sizeBytes: 1, etag: 'e' })}\n`;

describe('a manifest', () => {
  it('gives back names of any kind', () => {
    const samples = [
      'a\nb\r.jpg',
      'c "d" \'e\'.jpg',
      'f\u2028g\\h.jpg',
      '\ue000.jpg',
      '\u{1f600}.jpg',
    ].map((key) => ({ key, sizeBytes: 0, etag: '' }));
    assert.deepEqual(parseManifest(encodeManifest(samples)), samples);
  });

  it('has the same lines for many samples as for each, whatever they are called', () => {
    const samples = ['},{"key":', '"},{', '},{', '},{\\"key":', '}\n{"key":', '\ud800', ''].map(
      (key, at) => ({ etag: `"${key}"`, key, sizeBytes: at * 1e14, modifiedAt: 1 }),
    );
    const textOf = (some: readonly Sample[]) => Buffer.from(encodeManifestLines(some)).toString();
    for (const some of [samples, samples.slice(0, 5), samples.slice(6), []]) {
      assert.equal(textOf(some), some.map(encodeManifestLine).join(''));
    }
  });

  it('has one fixed order of fields, whatever the order of the sample', () => {
    const text = new TextDecoder().decode(
      encodeManifest([{ etag: 'e', sizeBytes: 1, key: 'a.jpg' }]),
    );
    assert.equal(text, '{"key":"a.jpg","sizeBytes":1,"etag":"e"}\n');
  });

  const damaged: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['a cut line', bytesOf(line('a') + line('b').slice(0, 9)), /Line 2 of m\.jsonl has no newline/],
    ['an empty line', bytesOf(`${line('a')}\n`), /Line 2 of m\.jsonl is not JSON/],
    ['text', bytesOf('hello\n'), /Line 1 of m\.jsonl is not JSON/],
    [
      'an unknown field',
      bytesOf('{"key":"a","sizeBytes":1,"etag":"e","x":1}\n'),
      /is not a sample/,
    ],
    ['a missing field', bytesOf('{"key":"a","sizeBytes":1}\n'), /is not a sample/],
    ['a negative size', bytesOf('{"key":"a","sizeBytes":-1,"etag":"e"}\n'), /is not a sample/],
    ['a wrong order', bytesOf(line('b') + line('a')), /Line 2 of m\.jsonl is out of order/],
    ['a key twice', bytesOf(line('a') + line('a')), /Line 2 of m\.jsonl is out of order/],
    ['bytes that are not text', Uint8Array.of(0xff, 0xfe, 10), /m\.jsonl is not UTF-8/],
  ];
  for (const [name, bytes, expected] of damaged) {
    it(`is refused with ${name}`, () => {
      assert.throws(() => parseManifest(bytes, 'm.jsonl'), { code: 'storage', message: expected });
    });
  }
});
