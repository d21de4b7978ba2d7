import type { LayerSimilarity, MapPair } from './layer-similarity.ts';
import { linearCka, mapCorrelation, spanSimilarity } from './map-similarity.ts';
import { spreadOf } from './value-spread.ts';

/** Cells of the maps that are kept for CKA, of each run. */
const mostCells = 2_000_000;

/** Collects how alike one layer's maps are. */
export class Likeness {
  readonly #tiesUnknown: boolean;
  readonly #values: number[] = [];
  readonly #from: Float32Array[] = [];
  readonly #to: Float32Array[] = [];
  #swapped = 0;
  #spans = 0;

  constructor(tiesUnknown: boolean) {
    this.#tiesUnknown = tiesUnknown;
  }

  add(maps: MapPair | undefined): void {
    const [from, to] = [maps?.from[0], maps?.to[0]];
    if (maps === undefined || from === undefined || to === undefined) return;
    this.#keep(from, to);
    const correlation = mapCorrelation(from, to);
    if (correlation === undefined) return;
    const { tied } = maps;
    const span =
      tied > 1 ? spanSimilarity(maps.from.slice(0, tied), maps.to.slice(0, tied)) : undefined;
    if (span !== undefined) this.#spans += 1;
    else if (correlation < 0) this.#swapped += 1;
    this.#values.push(span ?? correlation);
  }

  build(map: string): LayerSimilarity | undefined {
    const isFused = map === 'fused';
    const similarity = spreadOf(isFused ? this.#values : this.#values.map(Math.abs));
    if (similarity === undefined) return undefined;
    const cka = isFused ? undefined : linearCka(this.#from, this.#to);
    return {
      ...{ map, similarity },
      swapped: isFused ? 0 : this.#swapped,
      spans: this.#spans,
      tiesUnknown: !isFused && this.#tiesUnknown,
      ...(cka !== undefined && { cka }),
    };
  }

  #keep(from: Float32Array, to: Float32Array): void {
    const fits = from.length === (this.#from[0]?.length ?? from.length);
    if (!fits || this.#from.length * from.length >= mostCells) return;
    this.#from.push(from);
    this.#to.push(to);
  }
}
