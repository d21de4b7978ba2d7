import { nameDigest } from '../../shared/statistics/name-digest.ts';

/** Most blocks of an evaluation. Up to as many groups are a block each; where there are more, groups share blocks by the hash of their names. */
export const mostBlocks = 128;

/** The block of a group where groups share blocks: sha256 of its name modulo `mostBlocks`, so that two runs over the same images have the same blocks. */
export function hashedBlock(group: string, digest: string = nameDigest(group)): string {
  const last = Number.parseInt(digest.slice(-2), 16);
  return `#${String(last % mostBlocks).padStart(3, '0')}`;
}

/**
 * Sums of an evaluation by block, a block being a text: the name of a group, or what `hashedBlock` says. Counts and fixed point only, so that parts of a dataset
 * merge in any order to the same packed bytes. What holds one for each part of an evaluation (`merge/`) decides about the blocks.
 *
 * @typeParam Packed plain data, as JSON holds it; a schema of zod checks it where it is read
 */
export interface BlockSums<Packed> {
  /** Sorted, so that equal sums give equal bytes. */
  pack(): Packed;
  /** Adds what another one packed, of the same blocks' naming. Throws a RangeError for packed text that nobody packed. */
  merge(packed: Packed): void;
  /** Sums of blocks that get the same name add up. */
  renameBlocks(nameOf: (block: string) => string): void;
}
