import type { ContentCells } from '../../maps/content-cells.ts';
import { insideOf, outsideOf, type SparseCoverage } from './sparse-coverage.ts';

/** Where one region lies: on the grid of a map, among the objects of its class. */
export interface PlacedRegion {
  readonly own: SparseCoverage;
  /** [own cells]: the share of each that the objects of the class and the region cover together. */
  readonly together: Float32Array;
}

/** What a map has outside of all objects of a class; `union`: the share of each cell that these cover. */
export interface Surroundings {
  readonly cells: Pick<ContentCells, 'areas'>;
  readonly union: Float32Array;
  /** Energy outside of the objects, and the area there, in cells. */
  readonly outside: { readonly amount: number; readonly area: number };
}

export interface EnergyInRegion {
  readonly share: number;
  readonly area: number;
  readonly lift: number;
  readonly attainable?: number;
}

/** Beyond this share, what could be attained is rounding noise. */
const wholeImage = 1 - 1e-6;

export function surroundingsOf(
  union: Float32Array,
  energy: Float64Array,
  cells: Pick<ContentCells, 'areas'>,
): Surroundings {
  return { cells, union, outside: outsideOf(union, energy, cells) };
}

/**
 * How much of a map's energy a region holds, of what lies in it or outside of all other objects of its class: the part of the image that is neither its own nor another
 * one's. Let c be the share of a cell that the region covers, u what the objects and the region cover together, d = c + 1 - u. Then share = sum e c / sum e d,
 * area = sum q c / sum q d over energy e and content area q, lift = share / area, attainable = (share - area) / (1 - area), not below -1. `undefined` where the
 * region covers nothing of the content; a lift of 0 where all energy lies in other objects.
 */
export function energyInRegion(
  energy: Float64Array,
  { own, together }: PlacedRegion,
  { cells, union, outside }: Surroundings,
): EnergyInRegion | undefined {
  const { areas } = cells;
  const [energyInside, areaInside] = [insideOf(own, energy), insideOf(own, areas)];
  if (!(areaInside > 0)) return undefined;
  let [energyAround, areaAround] = [outside.amount, outside.area];
  for (let i = 0; i < own.cells.length; i++) {
    const cell = own.cells[i] ?? 0;
    const taken = (together[i] ?? 0) - (union[cell] ?? 0);
    energyAround -= (energy[cell] ?? 0) * taken;
    areaAround -= (areas[cell] ?? 0) * taken;
  }
  const area = areaInside / (areaInside + Math.max(0, areaAround));
  const ofEnergy = energyInside + Math.max(0, energyAround);
  const share = ofEnergy > 0 ? energyInside / ofEnergy : 0;
  return {
    ...{ share, area, lift: share / area },
    ...(area <= wholeImage && { attainable: Math.max(-1, (share - area) / (1 - area)) }),
  };
}
