import { pictureMap, pictureMaps, type StoredLayerMap } from '../../../report/gallery/card-maps.ts';
import { componentPart, mapColumn } from '../../../shared/catalog/measure-column.ts';
import { readStoredMap } from '../../../shared/results/stored-map.ts';
import type { LetterboxGeometry } from '../../../shared/run/letterbox-geometry.ts';
import type { RunSpec, TargetLayer } from '../../../shared/run/run-spec.ts';
import type { ComparedRun } from '../compared-run.ts';
import type { RowPair } from '../pairs/paired-rows.ts';
import type { RowScalars } from '../pairs/row-scalars.ts';
import type { LayerSimilarity, MapPair } from './layer-similarity.ts';
import { Likeness } from './likeness.ts';
import { mapCorrelation } from './map-similarity.ts';

export interface MapSimilarities {
  /** Images whose maps were read, of so many that both runs explained; the others were left out by the hash of their keys. */
  readonly images: number;
  readonly of: number;
  readonly layers: readonly LayerSimilarity[];
  /** The images whose fused maps are least alike, the least first. */
  readonly least: readonly { readonly pair: RowPair; readonly correlation: number }[];
}

/** Relative distance of two eigenvalues below which their components are compared as a span: at 5 % two computations still agree to 0.94 to 0.99. */
const nearTie = 0.05;
const atOnce = 16;
const mostLeast = 6;

/** Compares the stored maps of pairs of images. `undefined` where a run stored none, or where no layer has the same grid in both. */
export async function mapSimilarities(
  runs: readonly [from: ComparedRun, to: ComparedRun],
  pairs: readonly RowPair[],
  of: number,
): Promise<MapSimilarities | undefined> {
  const layers = sharedLayers(runs[0].spec, runs[1].spec);
  const components = sharedComponents(runs[0].spec, runs[1].spec);
  if (layers.length === 0 || components === 0) return undefined;
  const found = new Map(['fused', ...layers].map((name) => [name, new Likeness(components === 1)]));
  const least: { pair: RowPair; correlation: number }[] = [];
  let images = 0;
  for (let start = 0; start < pairs.length; start += atOnce) {
    const some = pairs.slice(start, start + atOnce);
    const read = await Promise.all(some.map((pair) => readPair(runs, pair, layers, components)));
    for (const [i, maps] of read.entries()) {
      const pair = some[i];
      if (maps === undefined || pair === undefined) continue;
      images += 1;
      for (const [name, likeness] of found) likeness.add(maps.get(name));
      const correlation = fusedCorrelation(maps);
      if (correlation !== undefined) least.push({ pair, correlation });
    }
  }
  least.sort((a, b) => a.correlation - b.correlation || (a.pair.key < b.pair.key ? -1 : 1));
  return {
    ...{ images, of },
    layers: [...found].flatMap(([name, likeness]) => likeness.build(name) ?? []),
    least: least.slice(0, mostLeast),
  };
}

/** Columns of measures that are needed of the rows: how near the components of each layer are. */
export function tieMeasures(spec: RunSpec): string[] {
  const { components } = spec.options;
  return spec.targetLayers.flatMap(({ column }) =>
    components.map((component, i) => varianceColumn(column, component, i)),
  );
}

function varianceColumn(layer: string, component: number, index: number): string {
  return mapColumn('explainedVariance', index === 0 ? layer : componentPart(layer, component));
}

/** Layers with the same name and grid in both. */
function sharedLayers(a: RunSpec, b: RunSpec): string[] {
  if (!a.options.maps || !b.options.maps) return [];
  return a.targetLayers
    .filter((one) =>
      b.targetLayers.some(
        (other) =>
          other.column === one.column &&
          other.gridHeight === one.gridHeight &&
          other.gridWidth === one.gridWidth,
      ),
    )
    .map(({ column }) => column);
}

/** Components that both runs stored from the first on: 1, 2, ... */
function sharedComponents(a: RunSpec, b: RunSpec): number {
  let shared = 0;
  while (
    a.options.components[shared] === shared + 1 &&
    b.options.components[shared] === shared + 1
  ) {
    shared += 1;
  }
  return shared;
}

type ImageMaps = ReadonlyMap<string, MapPair>;

async function readPair(
  [from, to]: readonly [ComparedRun, ComparedRun],
  pair: RowPair,
  layers: readonly string[],
  components: number,
): Promise<ImageMaps | undefined> {
  const [before, after] = await Promise.all([
    readMaps(from, pair.from, components),
    readMaps(to, pair.to, components),
  ]);
  if (before === undefined || after === undefined) return undefined;
  const maps = new Map<string, MapPair>();
  for (const name of ['fused', ...layers]) {
    const [one, two] = [before.get(name), after.get(name)];
    if (one === undefined || two === undefined) continue;
    if (one[0]?.length !== two[0]?.length) continue;
    const ties = (row: RowScalars) => tiedComponents(row.measures, name, components);
    const tied = name === 'fused' ? 1 : Math.max(ties(pair.from), ties(pair.to));
    maps.set(name, { from: one, to: two, tied });
  }
  return maps;
}

/** Content cells of each stored component by layer, and of the fused map. */
async function readMaps(
  { store, spec }: ComparedRun,
  row: RowScalars,
  components: number,
): Promise<Map<string, Float32Array[]> | undefined> {
  const { geometry, shard, mapRow } = row;
  if (geometry === undefined || mapRow === undefined) return undefined;
  const found = new Map<string, Float32Array[]>();
  const firsts: StoredLayerMap[] = [];
  for (const layer of spec.targetLayers) {
    const stored = await readStoredMap(store, spec, { layer, shard, mapRow, geometry, components });
    if (stored === undefined) return undefined;
    const parts = componentsOf(stored.values, stored.layer);
    const explainedVariance = row.measures[varianceColumn(layer.column, 1, 0)] ?? 0;
    firsts.push({ layer: stored.layer, map: parts[0] as Float32Array, explainedVariance });
    found.set(
      layer.column,
      parts.map((map) => contentOf(map, stored.layer, geometry)),
    );
  }
  const [fused] = pictureMaps(firsts, geometry, spec.options);
  if (fused !== undefined) found.set('fused', [fused.values]);
  return found;
}

function componentsOf(values: Float32Array, layer: TargetLayer): Float32Array[] {
  const cells = layer.gridHeight * layer.gridWidth;
  return Array.from({ length: values.length / cells }, (_, i) =>
    values.subarray(i * cells, (i + 1) * cells),
  );
}

function contentOf(map: Float32Array, layer: TargetLayer, geometry: LetterboxGeometry) {
  return pictureMap(layer.column, { map, ...layer }, geometry).values;
}

/** How many components from the first on nearly tie, each with the one before it. */
export function tiedComponents(
  measures: Readonly<Record<string, number>>,
  layer: string,
  components: number,
): number {
  let tied = 1;
  for (; tied < components; tied++) {
    const before = measures[varianceColumn(layer, tied, tied - 1)];
    const next = measures[varianceColumn(layer, tied + 1, tied)];
    if (before === undefined || next === undefined || before - next >= nearTie * before) break;
  }
  return tied;
}

function fusedCorrelation(maps: ImageMaps): number | undefined {
  const fused = maps.get('fused');
  return fused && mapCorrelation(fused.from[0] as Float32Array, fused.to[0] as Float32Array);
}
