import {
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { z } from 'zod';
import { EigenfleetError, messageOf } from '../errors.ts';
import { nearNames } from './near-names.ts';

/** What a text of its kind looks like. */
export interface YamlKind {
  /** What needs quotes, for a text that is not YAML: a sentence. */
  readonly quotes: string;
  /** Completes the name of the place, for a text that is not a mapping. */
  readonly empty: string;
}

/** A YAML text of a person, a mapping, whose faults are told by line and column. */
export class YamlSource {
  readonly value: object;
  readonly #fileName: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  /** @throws EigenfleetError `usage` for a text that is not YAML, or not a mapping. */
  constructor(text: string, fileName: string, { quotes, empty }: YamlKind) {
    this.#fileName = fileName;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, logLevel: 'error' });
    const [error] = this.#document.errors;
    if (error !== undefined) {
      throw this.#error(error.pos[0], faultOf(error, quotes));
    }
    const value = this.#valueOf(quotes);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw this.#error(0, empty);
    }
    this.value = value;
  }

  /** `rules.yaml:4:5`. */
  placeOf(path: readonly PropertyKey[], offset = 0): string {
    const { line, col } = this.#lines.linePos(this.#offsetOf(path) + offset);
    return `${this.#fileName}:${line}:${col}`;
  }

  /** The place of a key, where `placeOf` has that of its value. */
  placeOfKey(path: readonly PropertyKey[]): string {
    const { line, col } = this.#lines.linePos(this.#offsetOf(path, true));
    return `${this.#fileName}:${line}:${col}`;
  }

  /**
   * The text of one key of the mapping with its value, at its own line and column: everything else is blank. So what is read from it later has the places of this file.
   *
   * @returns `undefined` where there is no such key.
   */
  textOfKey(key: string): string | undefined {
    const root = this.#document.contents;
    const pair = isMap(root) ? root.items.find((one) => String(one.key) === key) : undefined;
    if (!isNode(pair?.key) || !isNode(pair.value)) return undefined;
    const [start = 0] = pair.key.range ?? [];
    const [, end = start] = pair.value.range ?? [];
    const before = this.#text.slice(0, start).replaceAll(/[^\r\n]/g, ' ');
    return `${before}${this.#text.slice(start, end).trimEnd()}\n`;
  }

  fault(path: readonly PropertyKey[], words: string, offset = 0): EigenfleetError {
    return new EigenfleetError('usage', `${this.placeOf(path, offset)}: ${words}`);
  }

  /**
   * What a schema found, of several faults a key that there is not: it may be the one that is missing.
   *
   * @param path Where the schema was applied.
   * @param known The keys that there are.
   */
  wrong(
    { issues }: z.ZodError,
    path: readonly PropertyKey[],
    known: readonly string[],
  ): EigenfleetError {
    const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
    if (issue === undefined) return this.fault(path, 'is not as expected.');
    const at = [...path, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const [key = ''] = issue.keys;
      const words = `there is no "${key}" here. ${hintOf(key, known)}`;
      return new EigenfleetError('usage', `${this.placeOfKey([...at, key])}: ${words}`);
    }
    const key = String(at.at(-1) ?? '');
    return this.fault(at, `${/^\d*$/.test(key) ? 'this' : key} ${issue.message}.`);
  }

  /** An alias that leads nowhere, or to too much, is only found here. */
  #valueOf(quotes: string): unknown {
    try {
      return this.#document.toJS();
    } catch (cause) {
      let at = 0;
      visit(this.#document, {
        Alias: (_, alias) => {
          if (alias.resolve(this.#document) !== undefined) return undefined;
          at = startOf(alias);
          return visit.BREAK;
        },
      });
      const [says = ''] = messageOf(cause).split('\n');
      throw this.#error(at, `cannot be read: ${says}. ${quotes}`);
    }
  }

  #error(position: number, words: string): EigenfleetError {
    const { line, col } = this.#lines.linePos(position);
    return new EigenfleetError('usage', `${this.#fileName}:${line}:${col} ${words}`);
  }

  /** Of the value at a path, of a key that should not be there the key; where there is neither, what lacks it. */
  #offsetOf(path: readonly PropertyKey[], keyed = false): number {
    const holder = this.#document.getIn(path.slice(0, -1), true);
    if (keyed && isMap(holder)) {
      const key = holder.items.find((pair) => String(pair.key) === path.at(-1))?.key;
      if (isNode(key)) return startOf(key);
    }
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node)) return startOf(node);
    }
    return this.#document.contents === null ? 0 : startOf(this.#document.contents);
  }
}

/** Quotes mend neither a tab, nor a key that stands there twice, nor a second document. */
function faultOf({ code, message }: YAMLError, quotes: string): string {
  if (code === 'MULTIPLE_DOCS') return 'begins another document with "---": write one in a file.';
  const [first = ''] = message.split('\n');
  const says = `is not YAML: ${first.replace(/ at line \d+, column \d+:?$/, '')}.`;
  const isPlain = code === 'TAB_AS_INDENT' || code === 'DUPLICATE_KEY';
  return isPlain ? says : `${says} ${quotes}`;
}

function startOf(node: Node): number {
  const [start = 0] = node.range ?? [];
  // Inside its quotes.
  return isScalar(node) && /QUOTE/.test(node.type ?? '') ? start + 1 : start;
}

function hintOf(key: string, known: readonly string[]): string {
  const near = nearNames(key, known);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known.join(', ')}.`;
}
