import { EigenfleetError } from '../../shared/errors.ts';
import type { TargetLayer } from '../../shared/run/run-spec.ts';

/** How many components a layer can have: centering takes one from the number of cells. A single cell has one, which is degenerate in every image. */
export function componentLimit(
  layer: Pick<TargetLayer, 'channels' | 'gridHeight' | 'gridWidth'>,
): number {
  return Math.max(1, Math.min(layer.channels, layer.gridHeight * layer.gridWidth - 1));
}

/**
 * Refuses components that a layer cannot have, before anything runs. `components` are counted from 1. An image whose content covers fewer
 * cells than the grid may still have fewer: `principalComponents` reports that for the image. Throws `EigenfleetError('usage')`.
 */
export function assertComponents(
  components: readonly number[],
  layers: readonly Omit<TargetLayer, 'column'>[],
): void {
  const highest = Math.max(...components);
  const short = layers.find((layer) => highest > componentLimit(layer));
  if (short === undefined) return;
  const { name, channels, gridHeight, gridWidth } = short;
  throw new EigenfleetError(
    'usage',
    `Component ${highest} does not exist in layer ${name}, which has ${channels} channels on a ${gridHeight}x${gridWidth} grid (height x width): ask for components up to ${componentLimit(short)} or choose other layers.`,
  );
}
