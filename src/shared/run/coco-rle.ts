import type { CocoRle } from './detection.ts';

/**
 * Collects a mask column by column and writes it as COCO's compressed run lengths: the counts of zeros and ones in turn, column-major, zeros first;
 * from the fourth on each as its difference from the one two before; in digits of 5 bits, the lowest first, with a sixth bit that says that more
 * follow, from the character "0" on. The string is that of pycocotools.
 */
export class RunLengths {
  readonly #height: number;
  readonly #width: number;
  /** Where runs begin and end, in turn, as positions in the column-major mask; the first `#count` are used. */
  #edges = new Int32Array(256);
  #count = 0;

  constructor(size: { readonly height: number; readonly width: number }) {
    this.#height = size.height;
    this.#width = size.width;
  }

  /** Adds ones in [top, bottom) of a column. Columns ascend, and so do the runs of one. */
  add(column: number, top: number, bottom: number): void {
    if (bottom <= top) return;
    const start = column * this.#height + top;
    if (this.#count > 0 && this.#edges[this.#count - 1] === start) this.#count--;
    else this.#push(start);
    this.#push(column * this.#height + bottom);
  }

  encode(): CocoRle {
    const all = this.#height * this.#width;
    if (this.#count === 0 || this.#edges[this.#count - 1] !== all) this.#push(all);
    const digits = new Uint8Array(this.#count * mostDigits);
    let length = 0;
    let before = 0;
    let twoBefore = 0;
    let position = 0;
    for (let at = 0; at < this.#count; at++) {
      const edge = this.#edges[at] ?? 0;
      const count = edge - position;
      length = writeDigits(at > 2 ? count - twoBefore : count, digits, length);
      twoBefore = before;
      before = count;
      position = edge;
    }
    const counts = new TextDecoder('latin1').decode(digits.subarray(0, length));
    return { size: [this.#height, this.#width], counts };
  }

  #push(edge: number): void {
    if (this.#count === this.#edges.length) {
      const more = new Int32Array(2 * this.#count);
      more.set(this.#edges);
      this.#edges = more;
    }
    this.#edges[this.#count++] = edge;
  }
}

/** Of a difference of two counts. */
const mostDigits = 7;

/** Returns the end of what is written. */
function writeDigits(value: number, out: Uint8Array, start: number): number {
  let end = start;
  for (let rest = value, more = true; more; ) {
    const digit = rest & 31;
    rest >>= 5;
    more = digit & 16 ? rest !== -1 : rest !== 0;
    out[end++] = (more ? digit | 32 : digit) + 48;
  }
  return end;
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
