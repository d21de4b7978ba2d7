import { traitsOf } from '../../shared/run/task-traits.ts';
import { headOf } from '../head/heads.ts';
import type { ModelOverrides } from '../metadata/ultralytics-metadata.ts';
import { defaultFeatures } from './feature-layers.ts';
import { featureRows, type LayerDescription, moduleRows } from './layer-description.ts';
import { readTensorInfos } from './layer-shapes.ts';
import { measuredOutputs } from './measured-outputs.ts';
import type { ShapeOptions } from './runtime-shapes.ts';
import { readYoloModel, type YoloModel } from './yolo-model.ts';

/** The output of `eigenfleet layers` for a model. */
export interface ModelDescription {
  readonly model: YoloModel;
  /** In the order of the graph. */
  readonly layers: readonly LayerDescription[];
  /** `model.22`, `block.43` where the file names no modules, or `undefined` when the graph shows no head. */
  readonly head: string | undefined;
  /** Names of the layers that the head reads, in its own order. */
  readonly headInputs: readonly string[];
  /** The layout of the output, one sentence. */
  readonly layout: string;
  /** Why the default layers are what they are, one sentence. */
  readonly defaultReason: string;
}

/** Reads a model and the shapes of all its modules. Throws what `readYoloModel` and `readTensorInfos` throw. */
export async function describeModel(
  bytes: Uint8Array,
  options: { name: string; overrides?: ModelOverrides } & ShapeOptions,
): Promise<ModelDescription> {
  const outputs = await measuredOutputs(bytes, options);
  const model = readYoloModel(bytes, { ...options, outputs });
  const tensors = model.modules.map((module) => module.tensor);
  const infos = await readTensorInfos(bytes, model, tensors, options);
  const layers = moduleRows(model, infos);
  const features = await defaultFeatures(bytes, model, options);
  return {
    model: { ...model, warnings: [...model.warnings, ...(features?.warnings ?? [])] },
    layers: features === undefined ? layers : featureRows(model, features),
    head: model.headModule < 0 ? undefined : headName(model),
    headInputs: model.headInputs.flatMap((read) => {
      const layer = layers.find(({ tensor }) => tensor === read);
      return layer === undefined ? [] : [layer.name];
    }),
    layout: headOf(model.headLayout).describe(model.headLayout),
    defaultReason:
      features === undefined
        ? defaultReason(model)
        : 'The last features at the last grids, found in the graph.',
  };
}

function headName({ modulePrefix, headModule }: YoloModel): string {
  return `${modulePrefix}.${headModule}`;
}

function defaultReason(model: YoloModel): string {
  if (model.defaultTargets.length === 0) {
    return 'No default layers: neither the names in this file nor its graph show a head, so name tensors with --layers.';
  }
  return traitsOf(model.task).classifies
    ? 'The last two layers that still have a grid.'
    : `The layers that the head (${headName(model)}) reads, one for each size of object.`;
}

const width = 96;
const shownClasses = 12;
const layerAdvice = [
  'Others: --layers 12,15-18 by number, --layers -2 from the end of the list (-1 is the head),',
  '--layers head, backbone or all, or the exact name of a tensor.',
];

function adviceOn({ modules }: YoloModel): readonly string[] {
  return modules.length > 0 ? layerAdvice : ['Others: --layers with the exact name of a tensor.'];
}

/** Plain text of at most 96 columns for a terminal; ends with a newline. */
export function formatModelDescription(description: ModelDescription): string {
  const { model, layers } = description;
  const sections = [
    [printable(`${model.name}: ${model.description}`), ...facts(description)],
    layers.length === 0 ? [] : layerTable(layers),
    layers.length === 0
      ? wrap(description.defaultReason, '')
      : [...wrap(`explained by default. ${description.defaultReason}`, '* '), ...adviceOn(model)],
    model.warnings.flatMap((note) => wrap(printable(note), 'Note: ')),
  ];
  const lines = sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'));
  return `${lines.join('\n\n')}\n`;
}

function facts({ model, head, headInputs, layout }: ModelDescription): string[] {
  const size = `${model.inputHeight}x${model.inputWidth} pixels (height x width)`;
  const versions = [
    `${(model.sizeBytes / 1e6).toFixed(1)} MB`,
    `opset ${model.opset}`,
    ...(model.metadata.version === undefined ? [] : [`Ultralytics ${model.metadata.version}`]),
    ...(model.metadata.license === undefined ? [] : [model.metadata.license]),
  ];
  const rows: [string, string][] = [
    ['task', taskText(model)],
    [
      'input',
      `${model.inputName}: ${model.inputElemType}, batch ${model.batch}, ${size}${model.dynamicSize ? ', dynamic' : ''}`,
    ],
    ...(head === undefined
      ? []
      : [
          [
            'head',
            `${head} (${model.metadata.head ?? model.task}) reads ${headInputs.join(', ')}`,
          ] as [string, string],
        ]),
    ['output', layout],
    ['file', versions.join(', ')],
  ];
  return rows.flatMap(([label, text]) => wrap(printable(text), `  ${label.padEnd(8)}`));
}

function taskText({ task, classNames }: YoloModel): string {
  return traitsOf(task).answers ? `${task}, ${classText(classNames)}` : task;
}

function classText(names: readonly string[]): string {
  if (names.length === 0) return 'number of classes unknown';
  const more = names.length - shownClasses;
  const shown = names.slice(0, shownClasses).join(', ');
  return `${names.length} classes: ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

function layerTable(layers: readonly LayerDescription[]): string[] {
  const numbers = (layer: LayerDescription): string[] =>
    layer.channels === undefined
      ? ['-', 'no grid', '-']
      : [
          `${layer.channels}`,
          `${layer.gridHeight}x${layer.gridWidth}`,
          `${Math.round((layer.stride ?? 0) * 10) / 10}`,
        ];
  const rows = [
    ['  layer', 'block', 'channels', 'grid', 'stride', 'read by'],
    ...layers.map((layer) => [
      `${layer.isDefault ? '*' : ' '} ${layer.name}`,
      layer.block,
      ...numbers(layer),
      layer.readBy.join(', '),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    rows.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const cellWidth = widths[column] ?? 0;
        return column >= 2 && column <= 4 ? cell.padStart(cellWidth) : cell.padEnd(cellWidth);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Breaks at spaces; the lines after the first are indented under the text. */
function wrap(text: string, label: string): string[] {
  const lines: string[] = [];
  let line = label;
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width && line.trim() !== '' && line !== label) {
      lines.push(line.trimEnd());
      line = ' '.repeat(label.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** Names come from the file: control characters could move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
