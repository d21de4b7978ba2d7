import { contentCells, type GridMap } from '../../maps/content-cells.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { sumOf } from '../../shared/statistics/sum-of.ts';
import type { ObjectTrust } from '../result/object-row.ts';
import { classOnGrid } from './class-in-image.ts';
import { type FramedClass, framedClass, OtherMaps } from './other-maps.ts';
import { energyInRegion, type PlacedRegion, surroundingsOf } from './region-energy.ts';
import { freeCells, ranksInRegion } from './region-ranks.ts';
import { insideOf, sparseCoverage } from './sparse-coverage.ts';
import type { ClassMap, TrustImage, TrustRegion } from './trust-image.ts';

/** Of one region, before the other images of the shard are known. */
interface OpenTrust {
  readonly trust: ObjectTrust;
  /** Absent where the image has no evidence of its class. */
  readonly framed?: FramedClass;
  readonly onFrame?: PlacedRegion;
}

/**
 * Whether the model looked at the objects of a shard's images, by the stored evidence of their classes. Images are added one after the other; the maps of the others are
 * known when all are. It keeps a frame of 32 x 32 cells for each image and class, and no map.
 *
 * The energy of a cell is the square of its evidence, times its content area: of the four definitions that were tried, the one that tells objects that were found from
 * those that were missed, and both from background, best overall (`docs/concepts.md`).
 */
export class ShardTrust {
  readonly #others = new OtherMaps();
  readonly #images: OpenTrust[][] = [];

  /**
   * Adds an image; one without regions too, since `build` returns the images in the order in which they were added.
   *
   * @param image `undefined`: it was not explained
   */
  add(image: TrustImage | undefined): void {
    this.#images.push(image === undefined ? [] : this.#opened(image));
  }

  #opened({ geometry, evidence, fused, regions }: TrustImage): OpenTrust[] {
    const open: OpenTrust[] = new Array(regions.length).fill({ trust: {} });
    for (const [classId, indices] of byClass(regions)) {
      const ofClass = indices.map((index) => regions[index] as TrustRegion);
      const map = evidence.find((one) => one.classId === classId);
      if (map === undefined) continue;
      const found = trustOfClass(map, ofClass, geometry);
      if (found === undefined) continue;
      this.#others.add(found.framed);
      for (const [i, index] of indices.entries()) {
        const onFrame = found.onFrame[i];
        open[index] = {
          trust: found.trust[i] ?? {},
          framed: found.framed,
          ...(onFrame && { onFrame }),
        };
      }
    }
    const coverage = fused && coverageOf(fused, geometry);
    return open.map((one, index) => {
      const value = coverage?.(regions[index] as TrustRegion);
      return value === undefined ? one : { ...one, trust: { ...one.trust, coverage: value } };
    });
  }

  /** For each image, in the order in which they were added, what is known of its regions, in their order; numbers that could not be taken are absent. */
  build(): ObjectTrust[][] {
    const lifts = new Map<FramedClass, (region: PlacedRegion) => number | undefined>();
    return this.#images.map((image) => {
      lifts.clear();
      return image.map(({ trust, framed, onFrame }) => {
        if (framed === undefined || onFrame === undefined) return trust;
        const liftOf = lifts.get(framed) ?? this.#others.liftOf(framed);
        lifts.set(framed, liftOf);
        const otherImagesLift = liftOf(onFrame);
        return otherImagesLift === undefined ? trust : { ...trust, otherImagesLift };
      });
    });
  }
}

function byClass(regions: readonly TrustRegion[]): Map<number, number[]> {
  const indices = new Map<number, number[]>();
  for (const [index, { classId }] of regions.entries()) {
    const ofClass = indices.get(classId);
    if (ofClass === undefined) indices.set(classId, [index]);
    else ofClass.push(index);
  }
  return indices;
}

/** `undefined` for a map without any evidence. */
function trustOfClass(map: ClassMap, regions: readonly TrustRegion[], geometry: LetterboxGeometry) {
  const onGrid = classOnGrid(regions, geometry, map);
  const { cells, union } = onGrid;
  const energy = energyOf(map.map, cells.areas);
  if (!(sumOf(energy) > 0)) return undefined;
  const surroundings = surroundingsOf(union, energy, cells);
  const free = freeCells(map.map, union, cells.areas);
  const trust = regions.map((region): ObjectTrust => {
    const placed = onGrid.placed(region);
    const inRegion = energyInRegion(energy, placed, surroundings);
    return { ...inRegion, ...(inRegion && ranksInRegion(placed, free)) };
  });
  const { framed, placed: onFrame } = framedClass(regions, geometry, { energy, cells });
  return { trust, framed, onFrame };
}

function energyOf(map: Float32Array, areas: Float64Array): Float64Array {
  const energy = new Float64Array(map.length);
  for (let cell = 0; cell < energy.length; cell++) {
    const value = Math.max(0, map[cell] ?? 0);
    energy[cell] = value * value * (areas[cell] ?? 0);
  }
  return energy;
}

/** Loops over cells are plain: `from`, `map` and `reduce` of typed arrays call a function for each, which takes several times as long. */

/** The mean of the fused map inside a region over its mean in the image; `undefined` without heat, and for a region outside of the image. */
function coverageOf(
  fused: GridMap,
  geometry: LetterboxGeometry,
): (region: TrustRegion) => number | undefined {
  const cells = contentCells(geometry, fused);
  const heat = new Float64Array(fused.map.length);
  for (let cell = 0; cell < heat.length; cell++) {
    heat[cell] = (fused.map[cell] ?? 0) * (cells.areas[cell] ?? 0);
  }
  const mean = sumOf(heat) / cells.totalArea;
  return ({ region }) => {
    const own = sparseCoverage(region, cells);
    const area = insideOf(own, cells.areas);
    return area > 0 && mean > 0 ? insideOf(own, heat) / area / mean : undefined;
  };
}
