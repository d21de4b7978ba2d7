import type { ReadLabels } from '../../evaluate/labels/read-labels.ts';
import { writeScaled } from '../../kernels/map-values.ts';
import type { GridMap, GridSize } from '../../maps/content-cells.ts';
import { frameLayers, fuseFramed, type LayerMap, normalizeMap } from '../../maps/fusion.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { signOfComponent } from '../../model/eigen-cam/component-sign.ts';
import type { PrincipalComponents } from '../../model/eigen-cam/principal-components.ts';
import { headOf } from '../../model/head/heads.ts';
import type { ImageOutputs } from '../../model/session/image-outputs.ts';
import { type FlagName, flagsOf } from '../../shared/catalog/flag-catalog.ts';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import {
  type InputSize,
  type LetterboxGeometry,
  layerForImage,
} from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions, TargetLayer } from '../../shared/run/run-spec.ts';
import { type Task, traitsOf } from '../../shared/run/task-traits.ts';
import { measureSample } from '../measures/measures.ts';
import { boxMapsOf } from './box-maps.ts';
import { classEvidence } from './class-evidence.ts';
import { type DecomposedLayer, decomposeLayers } from './decompose-layers.ts';
import { isDegenerate, namedDegenerate } from './degenerate-reasons.ts';
import { labelRegionsOf, placedLabels } from './interpret-labels.ts';
import { sampleCandidates } from './sample-candidates.ts';

/** What interpretation needs from a run. */
export interface InterpretSettings {
  readonly task: Task;
  /** Pixels of the whole input, which the grids of `layers` are for. */
  readonly input: InputSize;
  readonly layers: readonly TargetLayer[];
  readonly options: ExplainOptions;
  /** Of a dataset's basis, by layer: `usualOffBasis` in `measures.ts`. */
  readonly usualOffBasis?: readonly number[] | undefined;
}

/** The residual of a component that is indistinguishable from rounding noise: it did not converge, and the image is flagged for it. */
const unreachedResidual = 1;

/** One layer of one image. Arrays over `components` in the run's order; NaN where the image has no such component. */
export interface ExplainedLayer extends GridSize {
  readonly name: string;
  /** The name as columns spell it. */
  readonly column: string;
  /** [k, gridHeight, gridWidth]: signed maps over their greatest magnitude, so in [-1, 1]; 0 on padding. Part of the memory of all layers. */
  readonly signed: Float32Array<ArrayBuffer>;
  /** [k]: the greatest magnitudes; 0 for a missing component. */
  readonly scale: readonly number[];
  readonly explainedVariance: readonly number[];
  /** 1 for a component that did not converge at all. */
  readonly residual: readonly number[];
  readonly signMargin: readonly number[];
  /** Only of a dataset's components: share of the image's energy that none of them holds. */
  readonly offBasis?: number;
  /** Why the layer's first map, which is fused and measured, is degenerate: without any heat. */
  readonly degenerateReason?: string;
}

/** `map`: the first component normalized to [0, 1]. */
type MappedLayer = ExplainedLayer & GridMap;

export interface InterpretedSample {
  readonly detections: readonly Detection[];
  readonly classScores: readonly ClassScore[];
  readonly layers: readonly MappedLayer[];
  /** All layers in one map on the finest grid, in [0, 1]. */
  readonly fused: GridMap & {
    readonly map: Float32Array<ArrayBuffer>;
    /** Why it has no heat, when it has none. */
    readonly degenerateReason?: string;
  };
  /** Of the classes that the run chooses; absent where the run or the model has none. */
  readonly evidence?: readonly ClassEvidence[];
  readonly measures: Readonly<Record<string, number>>;
  readonly flags: readonly FlagName[];
  /** Absent where the dataset has no labels. */
  readonly labels?: SampleLabels;
  /** For average precision; in no measure, flag or picture. Absent where none were asked for. */
  readonly candidates?: SampleCandidates;
  /** Of the strongest detections, best first; absent where none were asked for, and of a model that cannot have any. */
  readonly boxMaps?: readonly BoxMap[];
}

/** Turns the graph's outputs for one image into detections, maps, measures and flags. */
export function interpretSample(
  outputs: ImageOutputs,
  geometry: LetterboxGeometry,
  settings: InterpretSettings,
  decomposed: readonly DecomposedLayer[] = decomposeLayers(outputs, geometry, settings),
  read?: ReadLabels,
): InterpretedSample {
  const { options, task, usualOffBasis } = settings;
  const { head } = outputs;
  const found = headOf(head).decode(head, geometry, options);
  const { detections, classScores } = found;
  const targets = settings.layers.map((one) => layerForImage(one, settings.input, geometry));
  const maps = mapMemory(targets, options.components.length);
  const layers = targets.map((layer, index) =>
    explainLayer({ layer, decomposed: decomposed[index]!, signed: maps[index]! }, options),
  );
  const { fused, framed } = fuseLayers(layers, geometry, options);
  const { components } = options;
  const { findsObjects } = traitsOf(task);
  const labels = read && placedLabels(read, geometry, task);
  const labeled = labels && labelRegionsOf(labels, geometry, task);
  const measures = measureSample({
    ...{ fused, layers, framed, components, detections, classScores, geometry, findsObjects },
    ...{ labeled, usualOffBasis },
  });
  const named = namedDegenerate(layers, fused, measures);
  const degenerateLayers = named.layers.filter(isDegenerate).length;
  const flags = flagsOf(measures, { thresholds: options.flags, findsObjects, degenerateLayers });
  const answer = { detections, classScores, ...(labels && { labels }) };
  const evidence = classEvidence(outputs.evidence, answer, { geometry, settings });
  const boxMaps = boxMapsOf(outputs.boxMaps, found, geometry, settings);
  const candidates = sampleCandidates(outputs, { geometry, labels, options });
  const more = {
    ...{ ...(evidence && { evidence }), ...(boxMaps && { boxMaps }) },
    ...(candidates && { candidates }),
  };
  return { ...answer, ...named, ...more, measures, flags };
}

/** For each layer [k, gridHeight, gridWidth], one after the other in one buffer: a thread receives a few buffers faster than many. */
function mapMemory(layers: readonly GridSize[], components: number): Float32Array<ArrayBuffer>[] {
  const sizes = layers.map((one) => components * one.gridHeight * one.gridWidth);
  const all = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return all.subarray(start - size, start);
  });
}

interface LayerTask {
  readonly layer: TargetLayer;
  readonly decomposed: DecomposedLayer;
  /** Zeros, to be filled. */
  readonly signed: Float32Array<ArrayBuffer>;
}

function explainLayer(
  { layer, decomposed, signed }: LayerTask,
  { components, sign: rule }: ExplainOptions,
): MappedLayer {
  const { name, column, gridHeight, gridWidth } = layer;
  const cells = gridHeight * gridWidth;
  const { found, mask, energy, onBasis } = decomposed;
  const figures = noFigures(components.length);
  if (found.status === 'explained') {
    for (const [index, component] of found.components.entries()) {
      if (component.status === 'not-reached') figures.residual[index] = unreachedResidual;
      if (component.status !== 'found') continue;
      const { map } = component;
      // A dataset's components have their sign.
      const { sign, margin } =
        onBasis === undefined
          ? signOfComponent({ map, energy, mask, rule })
          : ({ sign: 1, margin: Number.NaN } as const);
      figures.scale[index] = writeScaled(map, sign, signed.subarray(index * cells));
      figures.explainedVariance[index] = component.explainedVariance;
      figures.residual[index] = component.residual;
      figures.signMargin[index] = margin;
    }
  }
  const map = normalizeMap(signed.subarray(0, cells), mask);
  return {
    ...{ name, column, gridHeight, gridWidth, map, signed, ...figures },
    ...degenerateReasonOf(found),
    ...onBasis,
  };
}

/** The figures of a layer before anything is known of its components. */
function noFigures(components: number) {
  const absent: readonly number[] = new Array(components).fill(Number.NaN);
  return {
    scale: new Array<number>(components).fill(0),
    explainedVariance: [...absent],
    residual: [...absent],
    signMargin: [...absent],
  };
}

/** Why the first component, which is fused and measured, shows nothing. */
function degenerateReasonOf(found: PrincipalComponents): { degenerateReason?: string } {
  if (found.status === 'degenerate') return { degenerateReason: found.reason };
  const [first] = found.components;
  if (first?.status === 'not-reached') {
    return {
      degenerateReason: `component ${first.component} is indistinguishable from rounding noise there`,
    };
  }
  if (first?.status !== 'beyond-rank') return {};
  const { component, rank } = first;
  return {
    degenerateReason: `the image has ${rank} components there, so no component ${component}`,
  };
}

/** All layers in one map on the finest grid, and each brought to it. */
export function fuseLayers(
  layers: readonly (GridMap & Pick<ExplainedLayer, 'explainedVariance'>)[],
  geometry: LetterboxGeometry,
  { fusion, padding }: Pick<ExplainOptions, 'fusion' | 'padding'>,
): { fused: InterpretedSample['fused']; framed: readonly Float32Array[] } {
  const finest = layers.reduce((best, layer) =>
    layer.gridHeight * layer.gridWidth > best.gridHeight * best.gridWidth ? layer : best,
  );
  const { gridHeight, gridWidth } = finest;
  const maps = layers.map(
    (layer): LayerMap => ({
      map: layer.map,
      mask: gridMask(layer, geometry, padding),
      gridWidth: layer.gridWidth,
      gridHeight: layer.gridHeight,
      explainedVariance: layer.explainedVariance[0] || 0,
    }),
  );
  const frameMask = gridMask(finest, geometry, padding);
  const plan = { maps, fusion, width: gridWidth, height: gridHeight, frameMask };
  const framed = frameLayers(plan);
  const map = ownedMap(fuseFramed(framed, plan));
  return { fused: { map, gridHeight, gridWidth }, framed };
}

function ownedMap(map: Float32Array): Float32Array<ArrayBuffer> {
  return map.buffer instanceof ArrayBuffer ? (map as Float32Array<ArrayBuffer>) : map.slice();
}
