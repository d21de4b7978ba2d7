import type { DatasetBasis, LayerBasis } from '../../shared/basis/dataset-basis.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { spanAngle } from './principal-angles.ts';

/** How far the span of a group of components is from that of the same components in another basis. */
export interface GroupAngle {
  readonly layer: string;
  /** Counted from 1. */
  readonly components: readonly number[];
  /** The largest principal angle between the spans. */
  readonly degrees: number;
  /** The same between two halves of the images of the first basis: as far as the group turns by itself. */
  readonly splitDegrees: number;
}

/**
 * Compares two bases of one model, group by group: components that nearly tie may be turned into each other in one of them, and only their span is compared. Groups are
 * those of the first basis; what only one of them holds is left out.
 *
 * @throws EigenfleetError `usage` for bases of different weights, whose channels have nothing in common (`linearCka` compares their maps).
 */
export function compareBases(a: DatasetBasis, b: DatasetBasis): GroupAngle[] {
  const [first, second] = [a.description, b.description];
  if (first.model.weightsSha256 !== second.model.weightsSha256) {
    throw new EigenfleetError(
      'usage',
      `These bases are of different weights (${first.model.name} and ${second.model.name}), so their components have no common directions: compare maps of both models instead.`,
    );
  }
  return first.layers.flatMap(({ name, groups, splitAngles, components }, index) => {
    const at = second.layers.findIndex((layer) => layer.name === name);
    const [own, other] = [a.layers[index], b.layers[at]];
    if (own === undefined || other === undefined) return [];
    const held = Math.min(components, second.layers[at]?.components ?? 0);
    return groups.flatMap((group, i) => {
      if ((group.at(-1) ?? 0) > held) return [];
      const degrees = spanAngle(rowsOf(own, group), rowsOf(other, group));
      return [{ layer: name, components: group, degrees, splitDegrees: splitAngles[i] ?? 90 }];
    });
  });
}

function rowsOf({ vectors, channels }: LayerBasis, group: readonly number[]): Float64Array[] {
  return group.map((component) =>
    vectors.subarray((component - 1) * channels, component * channels),
  );
}
