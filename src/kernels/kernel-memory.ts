import { kernels } from './kernels.ts';

type Numbers = Uint8Array | Int32Array | Float32Array | Float64Array;

const pageBytes = 65_536;
/** Every array begins at a whole number of vectors, and its last vector is its own. */
const vectorBytes = 16;

/**
 * The memory that the kernels of this thread compute in: a call claims it with `start`, places its inputs, and fetches the result
 * before it returns. So a function that uses it must not call another one that does.
 */
class KernelMemory {
  #bytes = new Uint8Array(kernels.memory.buffer);
  #shorts = new Int16Array(kernels.memory.buffer);
  #ints = new Int32Array(kernels.memory.buffer);
  #floats = new Float32Array(kernels.memory.buffer);
  #doubles = new Float64Array(kernels.memory.buffer);
  /** Permanent data lies below. */
  #floor = vectorBytes;
  #end = vectorBytes;

  /** Discards earlier placements. */
  start(): void {
    this.#end = this.#floor;
  }

  /** Returns the address of `byteLength` bytes; the rest of the last vector is 0, the others keep their old content. */
  room(byteLength: number): number {
    const address = this.#end;
    const end = address + byteLength;
    this.#end = (end + vectorBytes - 1) & -vectorBytes;
    if (this.#end > this.#bytes.length) this.#grow(this.#end);
    for (let rest = end; rest < this.#end; rest++) this.#bytes[rest] = 0;
    return address;
  }

  /** Address of a copy. */
  put(array: Numbers): number {
    const address = this.room(array.byteLength);
    this.replace(address, array);
    return address;
  }

  /** Returns the address of a copy that no `start` discards. Call it when modules load. */
  keep(array: Numbers): number {
    this.start();
    const address = this.put(array);
    this.#floor = this.#end;
    return address;
  }

  replace(address: number, array: Numbers): void {
    if (array instanceof Float32Array) this.#floats.set(array, address / 4);
    else if (array instanceof Float64Array) this.#doubles.set(array, address / 8);
    else if (array instanceof Int32Array) this.#ints.set(array, address / 4);
    else this.#bytes.set(array, address);
  }

  /** Returns a view at `address`: copy it before placing anything else. */
  bytes(address: number, length: number): Uint8Array {
    return this.#bytes.subarray(address, address + length);
  }

  shorts(address: number, length: number): Int16Array {
    return this.#shorts.subarray(address / 2, address / 2 + length);
  }

  ints(address: number, length: number): Int32Array {
    return this.#ints.subarray(address / 4, address / 4 + length);
  }

  floats(address: number, length: number): Float32Array {
    return this.#floats.subarray(address / 4, address / 4 + length);
  }

  /** A copy of what is at `address`. */
  takeFloats(address: number, length: number): Float32Array<ArrayBuffer> {
    return this.#floats.slice(address / 4, address / 4 + length);
  }

  doubles(address: number, length: number): Float64Array {
    return this.#doubles.subarray(address / 8, address / 8 + length);
  }

  #grow(byteLength: number): void {
    const { memory } = kernels;
    memory.grow(Math.ceil((byteLength - memory.buffer.byteLength) / pageBytes));
    this.#bytes = new Uint8Array(memory.buffer);
    this.#shorts = new Int16Array(memory.buffer);
    this.#ints = new Int32Array(memory.buffer);
    this.#floats = new Float32Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
  }
}

export const kernelMemory = new KernelMemory();
