import { movedRows } from './block-rows.ts';
import { packScores, unpackScores } from './packed-scores.ts';
import type { PackedPrecision } from './precision-accumulator.ts';
import { mostPrecisionBlocks } from './precision-blocks.ts';

/**
 * The same candidates with other numbers for their blocks, several of which may become one: what a shard counted under its own numbers, for a run that knows all
 * groups. Renumber before merging: a table that gave up bits of scores for many blocks does not get them back.
 */
export function renumberedBlocks(
  packed: PackedPrecision,
  numberFor: (block: number) => number,
): PackedPrecision {
  const rowFor = (row: number) => {
    const block = row % mostPrecisionBlocks;
    return row - block + numberFor(block);
  };
  const table = unpackScores(packed.blocks);
  const { shift } = table;
  return {
    ...packed,
    blocks: packScores({ run: movedRows(table.toRun(), rowFor), shift }),
    labels: summed(packed.labels.map(([row, labels]) => [rowFor(row), labels])),
    images: summed(packed.images.map(([block, images]) => [numberFor(block), images])),
  };
}

function summed(counts: readonly (readonly [number, number])[]): [number, number][] {
  const sums = new Map<number, number>();
  for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
  return [...sums].sort(([a], [b]) => a - b);
}
