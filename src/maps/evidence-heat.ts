import type { ClassEvidence } from '../shared/run/evidence/class-evidence.ts';

/**
 * Class evidence as heat in [0, 1]: what speaks for the class, over the greatest magnitude that the map has. Where a classifier's cells speak against it and hardly
 * any for it, little is hot.
 *
 * @param mask 1 on cells that count, 0 on padding
 */
export function evidenceHeat(
  { map, low, high }: Pick<ClassEvidence, 'map' | 'low' | 'high'>,
  mask: Float32Array,
): Float32Array {
  const most = Math.max(high, -low);
  return map.map((value, cell) => (most > 0 && mask[cell] !== 0 ? Math.max(0, value / most) : 0));
}
