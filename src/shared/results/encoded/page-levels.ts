import type { ColumnLeaf } from './column-leaf.ts';
import type { DataPage } from './encoded-pages.ts';
import { readBits, readRuns } from './runs.ts';

/** The definition levels of a page whose leaf can be absent once: 1 where a value is. @param room where they are laid out if they fit */
export function presence(
  { bytes, headerBytes, repetitionBytes, definitionBytes, values }: DataPage,
  room?: Uint8Array,
): Uint8Array {
  const fits = room !== undefined && values <= room.length;
  const levels = fits ? room.subarray(0, values) : new Uint8Array(values);
  const start = headerBytes + repetitionBytes;
  if (definitionBytes === 0) return levels.fill(1);
  readBits(bytes.subarray(start, start + definitionBytes), levels);
  return levels;
}

/** The levels of a page by which values form lists: how deep each entry repeats what is before it, and how much of its path is there. */
export function listLevels(
  { bytes, headerBytes, repetitionBytes, definitionBytes, values }: DataPage,
  { maxRepetition, maxDefinition }: Pick<ColumnLeaf, 'maxRepetition' | 'maxDefinition'>,
): { readonly repetition: Uint8Array; readonly definition: Uint8Array } {
  const levels = (start: number, length: number, most: number) => {
    const read = new Uint8Array(values);
    readRuns(bytes.subarray(start, start + length), widthOf(most), read);
    return read;
  };
  return {
    repetition: levels(headerBytes, repetitionBytes, maxRepetition),
    definition: levels(headerBytes + repetitionBytes, definitionBytes, maxDefinition),
  };
}

/** Bits of a level. */
function widthOf(most: number): number {
  return 32 - Math.clz32(most);
}
