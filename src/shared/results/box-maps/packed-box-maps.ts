import { writeBytes } from '../../../kernels/evidence-values.ts';
import type { BoxMap, StoredBoxMap } from '../../run/evidence/box-map.ts';
import { type PackedMap, packMap } from '../map-archive.ts';

/** The box maps of one image as they are stored. Plain data: another thread can make it. */
export interface PackedBoxMaps {
  /** In the order of the boxes, without their places. */
  readonly maps: readonly StoredBoxMap[];
  /** One a layer: [members, gridHeight, gridWidth], and whose they are, as indices of `maps`. */
  readonly groups: readonly { readonly packed: PackedMap; readonly members: readonly number[] }[];
}

/** Steps from 0 to 1, and about how many bytes a cell above 0 takes then: measured on blood cells at 640 px. */
const bytesOfCell: readonly (readonly [number, number])[] = [
  [255, 0.78],
  [63, 0.57],
  [31, 0.48],
  [15, 0.39],
  [7, 0.29],
  [5, 0.24],
  [4, 0.2],
  [3, 0.17],
  [2, 0.13],
];
const coarsest = 2;

/**
 * Packs box maps with as many steps as fit into `mostBytes`. A few tell where a map is hot: correlation with the exact one 0.997 with 15, 0.987 with 7, 0.95 with 3. Where even
 * the fewest take too much, the weakest boxes are left without a map.
 */
export function packBoxMaps(all: readonly BoxMap[], mostBytes: number): PackedBoxMaps {
  const cells = all.reduce((sum, { map }) => sum + cellsAboveZero(map), 0);
  const first = bytesOfCell.findIndex(([, bytes]) => bytes * cells <= mostBytes);
  for (const [steps] of first < 0 ? [] : bytesOfCell.slice(first)) {
    const packed = packedWith(all, { steps, count: all.length });
    if (bytesOf(packed) <= mostBytes) return packed;
  }
  for (let count = all.length; count > 0; count--) {
    const packed = packedWith(all, { steps: coarsest, count });
    if (bytesOf(packed) <= mostBytes) return packed;
  }
  return packedWith(all, { steps: coarsest, count: 0 });
}

/** Of the first `count`; the others are figures. */
function packedWith(
  all: readonly BoxMap[],
  { steps, count }: { readonly steps: number; readonly count: number },
): PackedBoxMaps {
  const maps = all.map(({ map, ...figures }): StoredBoxMap => ({ ...figures, steps }));
  const layers = [...new Set(all.slice(0, count).map(({ layer }) => layer))];
  const groups = layers.map((layer) => {
    const members = all.flatMap((one, index) =>
      index < count && one.layer === layer ? [index] : [],
    );
    const { gridHeight = 0, gridWidth = 0 } = all[members[0] ?? 0] ?? {};
    const cells = gridHeight * gridWidth;
    const values = new Uint8Array(members.length * cells);
    members.forEach((member, place) => {
      const map = all[member]?.map;
      // Values are not negative: cutting off the fraction of value + 0.5 rounds.
      if (map) writeBytes(map, { base: 0, gain: steps }, values, place * cells);
    });
    return { packed: packMap([members.length, gridHeight, gridWidth], values), members };
  });
  return { maps, groups };
}

function bytesOf({ groups }: PackedBoxMaps): number {
  return groups.reduce((sum, { packed }) => sum + packed.deflated.length, 0);
}

function cellsAboveZero(map: Float32Array): number {
  let cells = 0;
  // Reading by index: an iterator takes as long as all else here.
  for (let cell = 0; cell < map.length; cell++) if (map[cell]! > 0) cells++;
  return cells;
}
