import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  PythonLiteralError,
  parsePythonLiteral,
} from '../../../src/model/metadata/python-literal.ts';

const cases: [text: string, value: unknown][] = [
  [
    "{0: 'RBC', 1: 'WBC'}",
    new Map([
      [0, 'RBC'],
      [1, 'WBC'],
    ]),
  ],
  ['{}', new Map()],
  ["{'a': {'b': (1, 2,)}, }", new Map([['a', new Map([['b', [1, 2]]])]])],
  ['[320, 640]', [320, 640]],
  ['[]', []],
  ['()', []],
  ['(640,)', [640]],
  ['(640)', 640],
  ['{1, 2}', [1, 2]],
  ["{'only'}", ['only']],
  [' [ 1 ,\n 2 , ] ', [1, 2]],
  ['None', null],
  ['[True, False]', [true, false]],
  ['-1.5e-3', -0.0015],
  ['.5', 0.5],
  ['5.', 5],
  ['1_000', 1000],
  ['-0x1F', -31],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['"it\'s"', "it's"],
  ['\'say "hi"\'', 'say "hi"'],
  ["'it\\'s \\\\ \\x41\\u00e9\\U0001F600\\101\\n'", "it's \\ Aé😀A\n"],
  ["'a\\qb'", 'a\\qb'],
  ["'{not: [a, dict]}'", '{not: [a, dict]}'],
  ["''", ''],
];

for (const [text, value] of cases) {
  test(`reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parsePythonLiteral(text), value);
  });
}

test('keeps a number and a string apart as keys', () => {
  const parsed = parsePythonLiteral("{0: 'number', '0': 'string'}");
  assert.ok(parsed instanceof Map);
  assert.deepEqual(
    [...parsed],
    [
      [0, 'number'],
      ['0', 'string'],
    ],
  );
});

const failures: [text: string, position: number][] = [
  ['', 0],
  ['{0: ', 4],
  ["{0 'a'}", 3],
  ["{'a': 1 'b': 2}", 8],
  ['[1 2]', 3],
  ['[1, 2', 5],
  ['[,]', 1],
  ["'open", 5],
  ["'two\nlines'", 4],
  ["'\\xZZ'", 3],
  ['[1] tail', 4],
  ['true', 0],
  ['{[1]: 2}', 1],
  ["__import__('os')", 0],
];

for (const [text, position] of failures) {
  test(`refuses ${JSON.stringify(text)} at position ${position}`, () => {
    assert.throws(
      () => parsePythonLiteral(text),
      (error) => error instanceof PythonLiteralError && error.position === position,
    );
  });
}

test('refuses values nested beyond reason with a literal error, not a stack overflow', () => {
  assert.throws(() => parsePythonLiteral('['.repeat(100_000)), PythonLiteralError);
});
