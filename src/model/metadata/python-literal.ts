/**
 * A value written as a Python literal. Lists, tuples and sets become arrays, dicts become maps (their keys keep their type: `0` and
 * `'0'` differ), `None` becomes null. Integers beyond 2^53 lose precision.
 */
export type PythonKey = string | number | boolean | null;
export type PythonValue = PythonKey | readonly PythonValue[] | ReadonlyMap<PythonKey, PythonValue>;

/** The text is not a Python literal. `position` counts UTF-16 units from 0. */
export class PythonLiteralError extends Error {
  readonly position: number;

  constructor(expected: string, position: number) {
    super(`expected ${expected} at position ${position}`);
    this.name = 'PythonLiteralError';
    this.position = position;
  }
}

interface Cursor {
  readonly text: string;
  position: number;
  depth: number;
}

const maxDepth = 100;
const numberToken =
  /[+-]?(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y;
const nameToken = /[+-]?[A-Za-z_]\w*/y;
const spaces = /\s*/y;

const namedValues: ReadonlyMap<string, PythonKey> = new Map<string, PythonKey>([
  ['True', true],
  ['False', false],
  ['None', null],
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
]);

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\n', ''],
]);

const hexEscapeDigits: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/**
 * Reads what Python's `str()` and `repr()` write for dicts, lists, tuples, sets, strings, numbers, booleans and None (and `nan`, `inf`,
 * which are printed like that), as found in the metadata of Ultralytics exports. Grammar: Python 3 language reference, section 2.4.
 * Throws `PythonLiteralError` with the position of the first character that does not fit.
 */
export function parsePythonLiteral(text: string): PythonValue {
  const cursor: Cursor = { text, position: 0, depth: 0 };
  skipSpaces(cursor);
  const value = readValue(cursor);
  skipSpaces(cursor);
  if (cursor.position < text.length) throw new PythonLiteralError('the end', cursor.position);
  return value;
}

function readValue(cursor: Cursor): PythonValue {
  const character = cursor.text[cursor.position];
  if (character === '{') return nested(cursor, readBraces);
  if (character === '[') return nested(cursor, () => readItems(cursor, ']').items);
  if (character === '(') return nested(cursor, readParentheses);
  if (character === "'" || character === '"') return readString(cursor);
  return readNumber(cursor) ?? readName(cursor);
}

function nested(cursor: Cursor, read: (cursor: Cursor) => PythonValue): PythonValue {
  if (cursor.depth >= maxDepth) {
    throw new PythonLiteralError(`at most ${maxDepth} nested values`, cursor.position);
  }
  cursor.depth++;
  cursor.position++;
  const value = read(cursor);
  cursor.depth--;
  return value;
}

/** `(a)` is just a; `(a,)`, `(a, b)` and `()` are tuples. */
function readParentheses(cursor: Cursor): PythonValue {
  const { items, endsWithComma } = readItems(cursor, ')');
  const [only] = items;
  return items.length === 1 && only !== undefined && !endsWithComma ? only : items;
}

function readItems(
  cursor: Cursor,
  close: string,
): { items: PythonValue[]; endsWithComma: boolean } {
  const items: PythonValue[] = [];
  let endsWithComma = false;
  while (!takeClose(cursor, close)) {
    if (items.length > 0 && !endsWithComma) throw expectedSeparator(cursor, close);
    items.push(readValue(cursor));
    endsWithComma = takeComma(cursor);
  }
  return { items, endsWithComma };
}

/** A dict or a set; `{}` is a dict. */
function readBraces(cursor: Cursor): PythonValue {
  const entries = new Map<PythonKey, PythonValue>();
  skipSpaces(cursor);
  if (takeClose(cursor, '}')) return entries;
  const start = cursor.position;
  const first = readValue(cursor);
  skipSpaces(cursor);
  if (cursor.text[cursor.position] !== ':') return readRestOfSet(cursor, first);
  entries.set(asKey(first, start), readAfterColon(cursor));
  while (takeComma(cursor)) {
    skipSpaces(cursor);
    if (cursor.text[cursor.position] === '}') break;
    const keyStart = cursor.position;
    const key = asKey(readValue(cursor), keyStart);
    entries.set(key, readAfterColon(cursor));
  }
  if (!takeClose(cursor, '}')) throw expectedSeparator(cursor, '}');
  return entries;
}

function readRestOfSet(cursor: Cursor, first: PythonValue): PythonValue {
  if (!takeComma(cursor)) {
    if (!takeClose(cursor, '}')) throw expectedSeparator(cursor, '}');
    return [first];
  }
  return [first, ...readItems(cursor, '}').items];
}

function readAfterColon(cursor: Cursor): PythonValue {
  skipSpaces(cursor);
  if (cursor.text[cursor.position] !== ':') throw new PythonLiteralError('":"', cursor.position);
  cursor.position++;
  skipSpaces(cursor);
  return readValue(cursor);
}

function asKey(value: PythonValue, position: number): PythonKey {
  if (value !== null && typeof value === 'object') {
    throw new PythonLiteralError('a string, number, boolean or None as key', position);
  }
  return value;
}

function readString(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.position;
  const quote = text[start];
  let value = '';
  cursor.position++;
  for (;;) {
    const character = text[cursor.position];
    if (character === undefined || character === '\n') {
      throw new PythonLiteralError(
        `the closing quote of the string begun at ${start}`,
        cursor.position,
      );
    }
    cursor.position++;
    if (character === quote) return value;
    value += character === '\\' ? readEscape(cursor) : character;
  }
}

/** After the backslash. Unknown escapes keep their backslash, as in Python. */
function readEscape(cursor: Cursor): string {
  const character = cursor.text[cursor.position];
  if (character === undefined)
    throw new PythonLiteralError('an escaped character', cursor.position);
  const octal = takeMatch(cursor, /[0-7]{1,3}/y);
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  cursor.position++;
  const digits = hexEscapeDigits.get(character);
  if (digits === undefined) return simpleEscapes.get(character) ?? `\\${character}`;
  const hex = takeMatch(cursor, new RegExp(`[\\da-fA-F]{${digits}}`, 'y'));
  const code = Number.parseInt(hex ?? '', 16);
  if (!(code <= 0x10ffff)) throw new PythonLiteralError(`${digits} hex digits`, cursor.position);
  return String.fromCodePoint(code);
}

function readNumber(cursor: Cursor): number | undefined {
  const token = takeMatch(cursor, numberToken);
  if (token === undefined) return undefined;
  const unsigned = token.replaceAll('_', '').replace(/^[+-]/, '');
  return token.startsWith('-') ? -Number(unsigned) : Number(unsigned);
}

function readName(cursor: Cursor): PythonKey {
  const start = cursor.position;
  const token = takeMatch(cursor, nameToken);
  const value = token === undefined ? undefined : namedValues.get(token);
  if (value === undefined) throw new PythonLiteralError('a value', start);
  return value;
}

function takeMatch(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.position;
  const token = sticky.exec(cursor.text)?.[0];
  cursor.position += token?.length ?? 0;
  return token;
}

function takeClose(cursor: Cursor, close: string): boolean {
  skipSpaces(cursor);
  if (cursor.text[cursor.position] !== close) return false;
  cursor.position++;
  return true;
}

function takeComma(cursor: Cursor): boolean {
  return takeClose(cursor, ',');
}

function expectedSeparator(cursor: Cursor, close: string): PythonLiteralError {
  return new PythonLiteralError(`"," or "${close}"`, cursor.position);
}

function skipSpaces(cursor: Cursor): void {
  takeMatch(cursor, spaces);
}
