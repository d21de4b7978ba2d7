import { readSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageError } from '../../host/storage-error.ts';

/** Where a line begins: so many line feeds behind a place where another one begins. */
export interface LinePlace {
  /** In bytes. */
  readonly offset: number;
  readonly lines: number;
}

/** Bytes that are read at once, at most. */
const blockBytes = 262_144;

/** Reads a file of lines from its beginning on, in the thread that asks: one stretch is in memory, and what lies before it is forgotten. */
export class LineWindow {
  readonly #descriptor: number;
  #bytes = Buffer.allocUnsafeSlow(blockBytes);
  /** Where the window begins in the file, and the bytes of it that are read. */
  #base: number;
  #length = 0;

  constructor(descriptor: number, base: number) {
    this.#descriptor = descriptor;
    this.#base = base;
  }

  /**
   * Returns where the line begins, and has all that lies between. Throws `storage` where it cannot be read, or has no such line.
   *
   * @param keep what lies from there on stays in the window: not before it
   */
  find({ offset, lines }: LinePlace, keep: number): number {
    let at = offset;
    while (at > this.#base + this.#length) this.#readOn(keep);
    for (let left = lines; left > 0; ) {
      const found = this.#bytes.indexOf(10, at - this.#base);
      if (found >= 0 && found < this.#length) {
        at = this.#base + found + 1;
        left -= 1;
      } else {
        at = this.#base + this.#length;
        this.#readOn(keep);
      }
    }
    return at;
  }

  /** A view that the next search changes. */
  bytes(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(start - this.#base, end - this.#base);
  }

  #readOn(keep: number): void {
    const forgotten = keep - this.#base;
    const kept = this.#length - forgotten;
    const room = kept === this.#bytes.length ? 2 * kept : this.#bytes.length;
    const into = room === this.#bytes.length ? this.#bytes : Buffer.allocUnsafeSlow(room);
    this.#bytes.copy(into, 0, forgotten, this.#length);
    this.#bytes = into;
    this.#base = keep;
    this.#length = kept;
    const position = this.#base + this.#length;
    this.#length += readNow(this.#descriptor, into.subarray(kept), position);
  }
}

/** Throws `storage`. */
function readNow(descriptor: number, into: Uint8Array, position: number): number {
  try {
    const read = readSync(descriptor, into, 0, into.length, position);
    if (read > 0) return read;
    throw new Error(`it ends at byte ${position}`);
  } catch (error) {
    throw storageError(error, 'read', join(tmpdir(), 'eigenfleet-manifest'));
  }
}
