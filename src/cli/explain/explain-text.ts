import { evidenceWords } from '../../image/figure/evidence-caption.ts';
import { classNameOf } from '../../model/yolo/yolo-model.ts';
import { type FlagName, flagCatalog } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { objectForm } from '../../shared/run/object-form.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { ExplainedLayer } from '../../worker/explain/interpret-sample.ts';
import { oneLine } from '../terminal/screen-text.ts';
import { answerIsRead, type Explained } from './explained.ts';

export interface ExplainedWords {
  readonly path: string;
  /** Where the figure is; absent when it could not be drawn. */
  readonly figure?: string;
  readonly sample: Explained;
  readonly options: ExplainOptions;
  readonly classNames: readonly string[];
}

/** Returns the measures of an image in plain words, one line each. */
export function measureNotes({ measures, flags, detections }: Explained): string[] {
  const notes: string[] = [];
  const energy = measures[fusedColumns.energyInBoxes];
  const area = measures[sampleColumns.boxArea];
  const lift = measures[fusedColumns.boxLift];
  if (energy !== undefined && area !== undefined && lift !== undefined) {
    notes.push(`${percent(energy)} of the heat inside the model's own ${objectForm(detections)}`);
    notes.push(`these cover ${percent(area)}: ${lift.toFixed(1)} times an even spread`);
  }
  const inLabels = measures[fusedColumns.energyInLabels];
  const labelLift = measures[fusedColumns.labelLift];
  if (inLabels !== undefined && labelLift !== undefined) {
    const times = `${labelLift.toFixed(1)} times an even spread`;
    notes.push(`${percent(inLabels)} of the heat inside what is labeled, ${times}`);
  }
  const entropy = measures[fusedColumns.entropy];
  if (entropy !== undefined)
    notes.push(`spread of the heat ${entropy.toFixed(2)} (1: the same everywhere)`);
  const border = measures[fusedColumns.borderLift];
  if (border !== undefined) notes.push(`border heat ${border.toFixed(1)} times an even spread`);
  const novelty = measures[sampleColumns.novelty];
  if (novelty !== undefined) notes.push(`novelty ${novelty.toFixed(1)} (1: as the fitted images)`);
  const agreement = measures[sampleColumns.layerAgreement];
  if (agreement !== undefined) notes.push(`agreement of the layers ${agreement.toFixed(2)}`);
  return [...notes, ...flags.map((flag) => `look: ${flagLabel(flag)}`)];
}

/** Returns what `eigenfleet explain` prints about one image. */
export function explainedText({
  path,
  figure,
  sample,
  options,
  classNames,
}: ExplainedWords): string {
  const lines = [oneLine(path)];
  if (answerIsRead(sample)) lines.push(`  ${foundWords(sample, classNames)}`);
  for (const layer of sample.layers) {
    const parts = options.components.map((component, at) => {
      const variance = layer.explainedVariance[at] ?? Number.NaN;
      const reason = degenerateReasonOf(layer, at);
      if (reason !== undefined) return `component ${component}: degenerate, ${reason}`;
      return `component ${component}: explained variance ${percent(variance)}, ${signWords(layer, at)}`;
    });
    const { name, degenerateReason: reason } = layer;
    lines.push(`  ${name}: ${reason === undefined ? parts.join('; ') : `degenerate: ${reason}`}`);
  }
  for (const note of measureNotes(sample)) lines.push(`  ${note}`);
  lines.push(...evidenceLines(sample, classNames), ...boxMapLines(sample));
  const place = figure === undefined ? [] : [`  figure: ${oneLine(figure)}`];
  return [...lines, ...place].join('\n');
}

/** Apart from the components, with what it is. */
function evidenceLines(
  { evidence = [], detections, classScores }: Explained,
  names: readonly string[],
): string[] {
  if (evidence.length === 0) return [];
  const form = classScores.length > 0 ? undefined : objectForm(detections);
  const lines = evidence.map((one) => {
    const name = classNameOf(names, one.classId);
    return `    ${name}, ${one.layer}: ${evidenceWords(one, name, form).join('; ')}`;
  });
  return [
    '  class evidence (where the model scores a class: its own score, not a cause):',
    ...lines,
  ];
}

/** A dataset's components have their sign. */
function signWords({ signMargin, offBasis }: ExplainedLayer, at: number): string {
  if (offBasis !== undefined) return 'sign of the basis';
  return `sign certainty ${(signMargin[at] ?? 0).toFixed(2)}`;
}

/** The maps themselves are in the figure. */
function boxMapLines({ boxMaps = [] }: Explained): string[] {
  if (boxMaps.length === 0) return [];
  const boxes =
    boxMaps.length === 1 ? 'the strongest box' : `the ${boxMaps.length} strongest boxes`;
  return [`  box maps of ${boxes} (where features are like those of the box, not a cause)`];
}

/** Why a layer's component, by its place in the run's list, has no map; `undefined` where it has one. */
export function degenerateReasonOf(layer: ExplainedLayer, at: number): string | undefined {
  if (at === 0 && layer.degenerateReason !== undefined) return layer.degenerateReason;
  if (!Number.isNaN(layer.explainedVariance[at] ?? Number.NaN)) return undefined;
  if (layer.degenerateReason !== undefined) return layer.degenerateReason;
  // A component that did not converge has a residual, a missing one has none.
  return Number.isFinite(layer.residual[at])
    ? 'it is indistinguishable from rounding noise in this image'
    : 'the image has no such component';
}

/** The same for machines, one JSON document per image. */
export function explainedDocument(words: ExplainedWords): Record<string, unknown> {
  const { path, figure, sample, options, classNames } = words;
  const { geometry, detections, classScores, measures, flags, layers, fused } = sample;
  const { labels, evidence, boxMaps } = sample;
  const named = <One extends { readonly classId: number }>(all: readonly One[]) =>
    all.map((one) => ({ ...one, name: classNameOf(classNames, one.classId) }));
  return {
    schema: 'explained@1',
    ...{ image: path, status: sample.status, figure, geometry, measures, flags },
    ...(answerIsRead(sample) && { detections: named(detections), classScores: named(classScores) }),
    ...(labels && { labels: { ...labels, objects: named(labels.objects) } }),
    ...(evidence && { evidence: named(evidence.map(({ map, ...figures }) => figures)) }),
    ...(boxMaps && { boxMaps: boxMaps.map(({ map, ...figures }) => figures) }),
    ...(fused.degenerateReason !== undefined && { fused: { degenerate: fused.degenerateReason } }),
    layers: layers.map(
      ({ name, gridHeight, gridWidth, explainedVariance, residual, signMargin, ...layer }) => ({
        ...{ name, gridHeight, gridWidth, components: options.components },
        ...(layer.degenerateReason !== undefined && { degenerate: layer.degenerateReason }),
        ...{ explainedVariance, residual, signMargin },
      }),
    ),
  };
}

function foundWords({ detections, classScores }: Explained, classNames: readonly string[]): string {
  const [best] = classScores;
  if (best !== undefined) {
    return `class ${classNameOf(classNames, best.classId)}, probability ${best.score.toFixed(3)}`;
  }
  if (detections.length === 0) return 'no object found';
  const counts = new Map<string, number>();
  for (const { classId } of detections) {
    const name = classNameOf(classNames, classId);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return `found ${[...counts].map(([name, count]) => `${count} ${name}`).join(', ')}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** The catalog's label within a sentence. */
function flagLabel(flag: FlagName): string {
  const { label } = flagCatalog[flag];
  return label.charAt(0).toLowerCase() + label.slice(1);
}
