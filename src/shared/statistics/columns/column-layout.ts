/** Of the bytes that follow; a reader refuses every other one. */
export const columnsVersion = 1;
/** Version, number of lists, then how many elements the pools of 8, 4, 2 and 1 bytes have, how many bytes of text, and 0: eight integers of 32 bits. */
export const headerBytes = 32;

/** Bytes of an element, widest first: so each pool is aligned to its own width, and is read in place. */
export const poolWidths = [8, 4, 2, 1] as const;
export type PoolWidth = (typeof poolWidths)[number];

export type Pool = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Part of a pool: elements [start, end). */
export interface PoolList {
  readonly values: Pool;
  readonly start: number;
  readonly end: number;
}
