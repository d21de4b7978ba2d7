import { rememberedByName } from '../host/remembered.ts';
import {
  type MeasureKind,
  type MeasureName,
  type MeasureNameOf,
  measureCatalog,
} from './measure-catalog.ts';

/**
 * The names of columns, built and parsed here only: letters, digits and underscores, as every engine takes them unquoted. A measure `boxLift`
 * of the fused map is `box_lift_fused`, of layer `model.15` `box_lift_model_15`; of a component beyond a run's first one
 * `residual_model_15_pc2`; of the whole image `layer_agreement`.
 */
const fusedMap = 'fused';

/** What a column such as `residual_model_15_pc2` holds. */
export interface ParsedColumn {
  readonly kind: MeasureKind;
  /** `fused`, or a layer as columns spell it; absent for a measure of the whole image. */
  readonly map?: string;
  /** Counted from 1; only of components beyond a run's first one. */
  readonly component?: number;
}

/** `boxLift` -> `box_lift`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Columns of the measures of the fused map. */
export const fusedColumns = columnsOf('map', (name) => `${snakeCase(name)}_${fusedMap}`);

/** Columns of the measures of the whole image. */
export const sampleColumns = columnsOf('sample', snakeCase);

function columnsOf<Per extends MeasureKind['per']>(
  per: Per,
  columnOf: (name: string) => string,
): Readonly<Record<MeasureNameOf<Per>, string>> {
  const names = measureCatalog.filter((kind) => kind.per === per).map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, columnOf(name)])) as Record<
    MeasureNameOf<Per>,
    string
  >;
}

/** Cached: joining sixty names for every image takes longer than measuring it. */
const columnsOfMap = rememberedByName((map) =>
  rememberedByName((measure) => `${snakeCase(measure)}_${map}`),
);

/** The column of a measure of a map: `fused`, or a layer as columns spell it. */
export function mapColumn(measure: MeasureName, map: string): string {
  return columnsOfMap(map)(measure);
}

/** The layer part of a component beyond a run's first one: `model_15`, 2 -> `model_15_pc2`. */
export function componentPart(layerColumn: string, component: number): string {
  return `${layerColumn}_pc${component}`;
}

/** Reads a column's name; `undefined` for one that is not a measure. */
export function parseColumn(column: string): ParsedColumn | undefined {
  return parsedColumn(column) || undefined;
}

const parsedColumn = rememberedByName((column) => parse(column) ?? false);

function parse(column: string): ParsedColumn | undefined {
  const kind = measureCatalog.find(({ name, per }) => {
    const begin = snakeCase(name);
    return per === 'sample' ? column === begin : column.startsWith(`${begin}_`);
  });
  if (kind === undefined || kind.per === 'sample') return kind && { kind };
  const rest = column.slice(snakeCase(kind.name).length + 1);
  const component = kind.per === 'layer' ? /^(.+)_pc(\d+)$/.exec(rest) : null;
  if (component === null) return { kind, map: rest };
  return { kind, map: component[1] ?? rest, component: Number(component[2]) };
}

/** Of the fused map or of the whole image, but not of its pixels: what an image is judged and ranked by. */
export function isOfImage(column: string): boolean {
  const parsed = parseColumn(column);
  if (parsed === undefined || parsed.kind.input) return false;
  return parsed.map === undefined || parsed.map === fusedMap;
}

/**
 * Returns layers as columns spell them, in their order: `model.15` -> `model_15`. Every other character becomes an underscore; a name that would
 * then collide with another layer's (case ignored), or look like the fused map or a component, gets a number at its end.
 */
export function layerColumns(layers: readonly string[]): string[] {
  const taken = new Set([fusedMap]);
  return layers.map((layer) => {
    const clean = cleanName(layer);
    let column = /_pc\d+$/.test(clean) ? `${clean}_layer` : clean;
    for (let n = 2; taken.has(column); n++) column = `${clean}_${n}`;
    taken.add(column);
    return column;
  });
}

function cleanName(layer: string): string {
  const clean = layer
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return clean === '' ? 'layer' : clean;
}
