import type { ContentCells } from '../../maps/content-cells.ts';
import { evidenceFrame } from '../../maps/evidence/evidence-frame.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { evidenceFrameSize } from '../../shared/statistics/other-images.ts';
import { classOnGrid } from './class-in-image.ts';
import { energyInRegion, type PlacedRegion, surroundingsOf } from './region-energy.ts';
import type { TrustRegion } from './trust-image.ts';

const size = evidenceFrameSize;

/** The objects of a class on the frame over its image, and the image's own map there where it counts among the others of its shard. */
export interface FramedClass {
  readonly classId: number;
  readonly cells: Pick<ContentCells, 'areas'>;
  readonly union: Float32Array;
  readonly own?: Int32Array;
}

/**
 * The evidence of a class in all images of a shard that have objects of it, added up on a frame of 32 x 32 cells over the image: the map that every image would have if
 * all had the same. Sums of whole numbers, so the order of images changes nothing, and an image's own map is taken off again.
 */
export class OtherMaps {
  readonly #sums = new Map<number, { images: number; readonly sum: Float64Array }>();

  /** Where the image has both objects and evidence of the class, its map counts for the others. */
  add(framed: FramedClass): void {
    if (framed.own === undefined) return;
    const known = this.#sums.get(framed.classId) ?? {
      images: 0,
      sum: new Float64Array(size * size),
    };
    known.images += 1;
    for (let cell = 0; cell < known.sum.length; cell++) {
      known.sum[cell] = (known.sum[cell] ?? 0) + (framed.own[cell] ?? 0);
    }
    this.#sums.set(framed.classId, known);
  }

  /** The lift of regions of one image under the mean map of the others; `undefined` for all where there is no other. */
  liftOf(framed: FramedClass): (region: PlacedRegion) => number | undefined {
    const { classId, own, cells, union } = framed;
    const known = this.#sums.get(classId);
    const images = (known?.images ?? 0) - (own === undefined ? 0 : 1);
    if (known === undefined || images < 1) return () => undefined;
    const others = known.sum.slice();
    if (own !== undefined)
      for (let i = 0; i < others.length; i++) others[i] = (others[i] ?? 0) - (own[i] ?? 0);
    const surroundings = surroundingsOf(union, others, cells);
    return (region) => energyInRegion(others, region, surroundings)?.lift;
  }
}

/** A class's regions on the frame: how each is placed there, and what the image adds to the others. */
export function framedClass(
  regions: readonly TrustRegion[],
  geometry: LetterboxGeometry,
  evidence: { readonly energy: Float64Array; readonly cells: ContentCells },
): { readonly framed: FramedClass; readonly placed: readonly PlacedRegion[] } {
  const onFrame = classOnGrid(
    regions.map((one) => framed(one, geometry)),
    frameOf(geometry),
    {
      gridWidth: size,
      gridHeight: size,
    },
  );
  const [first] = regions;
  const hasObjects = regions.some(({ isObject }) => isObject);
  return {
    framed: {
      classId: first?.classId ?? -1,
      cells: onFrame.cells,
      union: onFrame.union,
      ...(hasObjects && { own: evidenceFrame(evidence.energy, evidence.cells) }),
    },
    placed: regions.map((one) => onFrame.placed(framed(one, geometry))),
  };
}

/** The image as if the model's input were cut to it. */
function frameOf(geometry: LetterboxGeometry): LetterboxGeometry {
  const { newWidth, newHeight } = geometry;
  return { ...geometry, left: 0, top: 0, inputWidth: newWidth, inputHeight: newHeight };
}

/** Masks are on the pixels of the input, which begin at the image here. */
function framed(one: TrustRegion, { left, top }: LetterboxGeometry): TrustRegion {
  const input = one.region.mask?.input;
  if (input === undefined) return one;
  const moved = { ...input, left: input.left - left, top: input.top - top };
  return { ...one, region: { ...one.region, mask: { input: moved } } };
}
