import { kernelCode } from './kernel-code.ts';

/** The part of the standard interface that is used here; the types of Node leave it to those of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }
}

/** Grows by pages of 64 KiB; earlier views of `buffer` are detached then. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * Inner loops in WebAssembly with 128-bit SIMD, three to eight times as fast as in JavaScript; documented with their sources in `kernels/`.
 * They compute in one memory, one for each thread: see `kernelMemory`. Addresses are in bytes. Results are the same on every machine.
 */
export interface Kernels {
  readonly memory: WasmMemory;
  splitPlanes(from: number, to: number, plane: number, pixels: number): void;
  halvePlane(from: number, to: number, width: number, height: number): void;
  pickRow(from: number, taps: number, to: number, plane: number, pixels: number): void;
  mixRow(
    above: number,
    below: number,
    top: number,
    bottom: number,
    taps: number,
    to: number,
    plane: number,
    pixels: number,
  ): void;
  normalize(map: number, mask: number, out: number, cells: number): void;
  combine(
    rows: number,
    stride: number,
    weights: number,
    count: number,
    out: number,
    cells: number,
  ): void;
  scale(map: number, sign: number, out: number, cells: number): number;
  addWeighted(map: number, weight: number, out: number, cells: number): void;
  symmetricEigen(matrix: number, vectors: number, size: number): void;
  sumUnder(values: number, mask: number, cells: number): number;
  sumWithNorm(
    map: number,
    energy: number,
    mask: number,
    cells: number,
    mapShift: number,
    normShift: number,
    out: number,
  ): void;
  dotRows(rows: number, others: number, count: number, size: number, out: number): void;
  sample(
    map: number,
    width: number,
    rows: number,
    height: number,
    columns: number,
    newWidth: number,
    line: number,
    out: number,
  ): void;
  sampleSigns(
    map: number,
    width: number,
    rows: number,
    height: number,
    columns: number,
    newWidth: number,
    scratch: number,
    out: number,
  ): void;
  signs(values: number, out: number, cells: number): void;
  edgesAcross(bits: number, width: number, height: number, counts: number, out: number): number;
  edgesDown(bits: number, width: number, height: number, counts: number, out: number): number;
  sumHeat(
    map: number,
    areas: number,
    ring: number,
    boxes: number,
    middlesX: number,
    middlesY: number,
    width: number,
    height: number,
    out: number,
  ): void;
  sumEntropy(map: number, areas: number, cells: number, table: number): number;
  sumProducts(
    mapA: number,
    shiftA: number,
    mapB: number,
    shiftB: number,
    areas: number,
    cells: number,
    out: number,
  ): void;
  frame(
    map: number,
    gridWidth: number,
    rows: number,
    height: number,
    rowSpan: number,
    columns: number,
    width: number,
    columnSpan: number,
    line: number,
    out: number,
  ): void;
  toBytes(map: number, base: number, gain: number, out: number, cells: number): void;
  alignment(products: number, squares: number, own: number, out: number, cells: number): number;
  peaks(
    map: number,
    stride: number,
    width: number,
    height: number,
    areas: number,
    out: number,
  ): void;
  areFinite(values: number, cells: number): number;
  sampleRow(
    row: number,
    width: number,
    samples: number,
    offset: number,
    step: number,
    isInner: boolean,
    out: number,
  ): void;
  studentize(
    residuals: number,
    weights: number,
    groups: number,
    draws: number,
    blocks: number,
    out: number,
  ): void;
  studentizePair(
    residuals: number,
    weights: number,
    otherResiduals: number,
    otherWeights: number,
    groups: number,
    draws: number,
    blocks: number,
    out: number,
  ): void;
  toFloat16(from: number, to: number, count: number): void;
  levels(map: number, unit: number, out: number, cells: number): void;
  sampleLines(texts: number, length: number, sizes: number, count: number, out: number): number;
}

const module = new WebAssembly.Module(Buffer.from(kernelCode, 'base64'));

export const kernels = new WebAssembly.Instance(module).exports as Kernels;
