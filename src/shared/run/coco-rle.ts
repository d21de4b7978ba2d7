import type { CocoRle } from './detection.ts';

/**
 * Collects a mask column by column and writes it as COCO's compressed run lengths: the counts of zeros and ones in turn, column-major, zeros first;
 * from the fourth on each as its difference from the one two before; in digits of 5 bits, the lowest first, with a sixth bit that says that more
 * follow, from the character "0" on. The string is that of pycocotools.
 */
export class RunLengths {
  readonly #height: number;
  readonly #width: number;
  /** Where runs begin and end, in turn, as positions in the column-major mask. */
  readonly #edges: number[] = [];

  constructor(size: { readonly height: number; readonly width: number }) {
    this.#height = size.height;
    this.#width = size.width;
  }

  /** Adds ones in [top, bottom) of a column. Columns ascend, and so do the runs of one. */
  add(column: number, top: number, bottom: number): void {
    if (bottom <= top) return;
    const start = column * this.#height + top;
    if (this.#edges.at(-1) === start) this.#edges.pop();
    else this.#edges.push(start);
    this.#edges.push(column * this.#height + bottom);
  }

  encode(): CocoRle {
    const all = this.#height * this.#width;
    const edges = this.#edges.at(-1) === all ? this.#edges : [...this.#edges, all];
    let text = '';
    edges.forEach((edge, at) => {
      const count = edge - (edges[at - 1] ?? 0);
      const twoBefore = (edges[at - 2] ?? 0) - (edges[at - 3] ?? 0);
      text += digitsOf(at > 2 ? count - twoBefore : count);
    });
    return { size: [this.#height, this.#width], counts: text };
  }
}

function digitsOf(value: number): string {
  let text = '';
  for (let rest = value, more = true; more; ) {
    const digit = rest & 31;
    rest >>= 5;
    more = digit & 16 ? rest !== -1 : rest !== 0;
    text += String.fromCharCode((more ? digit | 32 : digit) + 48);
  }
  return text;
}

/** Calls `visit` with each run of ones, as positions [start, end) in the column-major mask, ascending. Throws `RangeError` for counts that do not fit the size. */
export function visitRuns(
  { size, counts }: CocoRle,
  visit: (start: number, end: number) => void,
): void {
  const lengths: number[] = [];
  let position = 0;
  for (let at = 0; at < counts.length; ) {
    let value = 0;
    for (let shift = 0, more = true; more; shift += 5, at++) {
      const digit = counts.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit < 64) || shift > 30) throw damaged();
      more = (digit & 32) !== 0;
      value |= (digit & 31) << shift;
      if (!more && digit & 16) value |= shift < 27 ? -1 << (shift + 5) : 0;
    }
    const index = lengths.length;
    const length = index > 2 ? value + (lengths[index - 2] ?? 0) : value;
    if (length < 0) throw damaged();
    lengths.push(length);
    if (index % 2 === 1 && length > 0) visit(position, position + length);
    position += length;
  }
  if (position !== size[0] * size[1]) throw damaged();
}

function damaged(): RangeError {
  return new RangeError('the run lengths of a mask do not fit its size');
}
