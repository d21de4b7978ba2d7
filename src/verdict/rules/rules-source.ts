import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { EigenfleetError } from '../../shared/errors.ts';
import { nearNames } from '../../shared/settings/near-names.ts';

/** A YAML text whose faults are told by line and column. */
export class RulesSource {
  readonly value: unknown;
  readonly #fileName: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  constructor(text: string, fileName: string) {
    this.#fileName = fileName;
    this.#document = parseDocument(text, { lineCounter: this.#lines, logLevel: 'error' });
    const [error] = this.#document.errors;
    if (error !== undefined) {
      const [first = ''] = error.message.split('\n');
      const says = first.replace(/ at line \d+, column \d+:?$/, '');
      throw this.#error(
        error.pos[0],
        `is not YAML: ${says}. A rule with ": ", "{" or "#" in it needs quotes.`,
      );
    }
    const value: unknown = this.#document.toJS();
    this.value = value;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw this.#error(
        0,
        'holds no rules: write "rules:" and below it one rule a line, such as "- recall >= 0.7".',
      );
    }
  }

  /** `rules.yaml:4:5`. */
  placeOf(path: readonly PropertyKey[], offset = 0): string {
    const { line, col } = this.#lines.linePos(this.#offsetOf(path) + offset);
    return `${this.#fileName}:${line}:${col}`;
  }

  fault(path: readonly PropertyKey[], words: string, offset = 0): EigenfleetError {
    return new EigenfleetError('usage', `${this.placeOf(path, offset)}: ${words}`);
  }

  /** The first thing that a schema found; `path`: where it was applied; `known`: the keys that there are. */
  wrong(
    { issues }: z.ZodError,
    path: readonly PropertyKey[],
    known: readonly string[],
  ): EigenfleetError {
    const [issue] = issues;
    if (issue === undefined) return this.fault(path, 'is not as expected.');
    const at = [...path, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      const [key = ''] = issue.keys;
      const { line, col } = this.#lines.linePos(this.#offsetOf([...at, key], true));
      const words = `there is no "${key}" here. ${hintOf(key, known)}`;
      return new EigenfleetError('usage', `${this.#fileName}:${line}:${col}: ${words}`);
    }
    const key = String(issue.path.at(-1) ?? '');
    return this.fault(at, `${/^\d*$/.test(key) ? 'this' : key} ${issue.message}.`);
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

function startOf(node: Node): number {
  const [start = 0] = node.range ?? [];
  // Inside its quotes.
  return isScalar(node) && /QUOTE/.test(node.type ?? '') ? start + 1 : start;
}

function hintOf(key: string, known: readonly string[]): string {
  const near = nearNames(key, known);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are ${known.join(', ')}.`;
}
