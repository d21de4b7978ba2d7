import type { LinePlace } from '../../shared/storage/folder/line-window.ts';

/** Lines between two marks, at least. */
const linesApart = 64;

/** Where a line begins. */
export interface LineMark {
  /** Lines before it. */
  readonly line: number;
  /** In bytes. */
  readonly offset: number;
}

/** Where some of very many lines begin, so that where one ends is looked for among few bytes: 16 bytes for 64 lines or more. */
export class LineMarks {
  readonly #lines = [0];
  readonly #offsets = [0];

  /** Says where a line begins: each behind the last one, as they come. */
  note({ line, offset }: LineMark): void {
    if (line - (this.#lines.at(-1) ?? 0) < linesApart) return;
    this.#lines.push(line);
    this.#offsets.push(offset);
  }

  /** The last mark up to a line; lines are asked for in ascending order. */
  finder(): (line: number) => LineMark {
    let at = 0;
    return (line) => {
      while ((this.#lines[at + 1] ?? Number.POSITIVE_INFINITY) <= line) at += 1;
      return { line: this.#lines[at] ?? 0, offset: this.#offsets[at] ?? 0 };
    };
  }

  /** Where each of some lines begins, in ascending order. */
  *places(lines: Iterable<number>): Generator<LinePlace> {
    const find = this.finder();
    for (const line of lines) {
      const mark = find(line);
      yield { offset: mark.offset, lines: line - mark.line };
    }
  }
}
