import { type Fusion, fusions } from '../../shared/run/run-spec.ts';

/** Several layers as one map. */
export interface FusedLayers {
  /** In the order of the graph. */
  readonly layers: readonly string[];
  readonly fusion: Fusion;
}

export interface FusionChoice {
  /** All layers, in the order of the graph. */
  readonly layers: readonly string[];
  /** Best first. */
  readonly ranked: readonly string[];
  /** What a run takes when nothing is said. */
  readonly defaults: readonly string[];
}

/** The fusions worth trying: by every rule the default layers, the best two and the best three. All pairs of 20 layers would be 190 times four. */
export function fusionCandidates({ layers, ranked, defaults }: FusionChoice): FusedLayers[] {
  const sets = [defaults, ranked.slice(0, 2), ranked.slice(0, 3)]
    .map((set) => layers.filter((layer) => set.includes(layer)))
    .filter((set) => set.length > 1);
  const unique = new Map(sets.map((set) => [set.join('\n'), set]));
  return [...unique.values()].flatMap((set) => fusions.map((fusion) => ({ layers: set, fusion })));
}
