import { fusedColumns, mapColumn } from '../../shared/catalog/measure-column.ts';

interface Reasoned {
  /** Why a map has no heat, when it has none. */
  readonly degenerateReason?: string;
}

interface NamedLayer extends Reasoned {
  /** The layer's name as columns spell it. */
  readonly column: string;
}

/** A map without a center of heat has no heat, whether its layer said why or not. */
export function namedDegenerate<Layer extends NamedLayer, Fused extends Reasoned>(
  layers: readonly Layer[],
  fused: Fused,
  measures: Readonly<Record<string, number>>,
): { readonly layers: readonly Layer[]; readonly fused: Fused } {
  const reasoned = layers.map((layer) => {
    const hasHeat = measures[mapColumn('centerX', layer.column)] !== undefined;
    if (hasHeat || isDegenerate(layer)) return layer;
    return { ...layer, degenerateReason: 'no cell of the map is above 0' };
  });
  if (measures[fusedColumns.centerX] !== undefined) return { layers: reasoned, fused };
  const reasons = new Set(reasoned.map(({ degenerateReason }) => degenerateReason));
  const [first, ...others] = reasons;
  const together = reasons.has(undefined)
    ? 'the layers add up to the same value everywhere'
    : 'every layer is degenerate';
  const degenerateReason = others.length === 0 && first !== undefined ? first : together;
  return { layers: reasoned, fused: { ...fused, degenerateReason } };
}

export function isDegenerate({ degenerateReason }: Reasoned): boolean {
  return degenerateReason !== undefined;
}
