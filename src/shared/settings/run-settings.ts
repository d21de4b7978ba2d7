import { runBounds } from '../run/run-bounds.ts';
import { colorMaps, fusions, resizes, signRules } from '../run/run-spec.ts';
import { basisSettings } from './basis-settings.ts';
import { detectionSettings } from './detection-settings.ts';
import { evidenceSettings, overlayMapSetting } from './evidence-settings.ts';
import { flagSettings } from './flag-settings.ts';
import { preprocessingSettings } from './preprocessing-settings.ts';
import { ruleSettings } from './rule-settings.ts';
import { type Decision, decides, type Setting, setting } from './setting.ts';
import * as value from './setting-values.ts';
import { shardSizeFor } from './shard-size.ts';

const { onOff, text, count, oneOf, patterns, duration } = value;

/** Where results go when nothing is said. */
export const defaultOut = 'eigenfleet-results';

const targetLayersOfModel: Decision = { option: 'targetLayers', standardFor: () => undefined };

/** All pictures of a small dataset; of a large one the flagged ones, and a sample to compare them with. */
const overlaysBySize: Decision = {
  option: 'overlays',
  standardFor: (imageCount) =>
    imageCount <= 1000
      ? { all: true, flagged: false, sample: 0 }
      : { all: false, flagged: true, sample: 200 },
};

/**
 * Every setting of a run, each defined once: flags, config files, help, defaults, run id and contradictions follow from this table. The key is its name in a config file; in kebab-case it is its flag. Relative paths are relative to the
 * working directory in both.
 */
export const runSettings = {
  model: setting('Input', text, {
    argument: '<file>',
    short: 'm',
    help: 'YOLOv8 model: .onnx (also s3://... or a pattern), .pt with its .onnx beside it, a training folder, or mlflow://name@alias',
  }),
  images: setting('Input', text, {
    argument: '<source>',
    short: 'i',
    help: 'folder, image, pattern ("images/**/*.jpg"), .txt list or data.yaml; also s3://...',
  }),
  split: setting('Input', text, {
    argument: '<name>',
    help: 'split of a data.yaml or of a dataset folder',
    standard: 'val for a data.yaml',
  }),
  include: setting('Input', patterns, {
    argument: '<pattern>',
    repeatable: true,
    help: 'only images that match, such as "*/cars/*" or "IMG_*"; may be repeated',
  }),
  exclude: setting('Input', patterns, {
    argument: '<pattern>',
    repeatable: true,
    help: 'skip images that match, such as "*_aug.jpg" or old/; may be repeated',
  }),
  labels: setting('Input', value.labels, {
    argument: '<place>',
    negatable: true,
    help: 'folder of YOLO label files, also s3://..., or a COCO .json file',
    standard: 'beside the images, as Ultralytics has them; class folders for a classifier',
  }),
  group: setting('Input', value.group, {
    argument: '<rule>',
    help: 'what is independent when labels are compared: folder, video, or a pattern such as "^(patient\\d+)"',
    standard: 'each image for itself',
  }),
  limit: setting('Input', count, { argument: '<n>', help: 'only the first n images' }),
  export: setting('Input', onOff, {
    help: 'run your own "yolo export" once if the model has no .onnx yet',
  }),
  task: setting('Input', value.task, {
    argument: '<task>',
    help: 'task of a model without metadata; none: maps of any vision model, no boxes',
    standard: "the model's metadata",
  }),
  names: setting('Input', value.classNames, {
    argument: '<names>',
    help: 'class names in the order of their ids, such as cat,dog',
    standard: "the model's metadata",
  }),
  imgsz: setting('Input', value.imageSize, {
    argument: '<size>',
    help: 'input size of a model with a dynamic one: 640, or height,width',
    standard: "the model's metadata",
  }),
  ...preprocessingSettings,
  maxPixels: setting('Input', count, {
    argument: '<n>',
    help: 'skip images with more pixels, with a row that says so',
    decides: decides('maxPixels', 100_000_000),
  }),

  layers: setting('Explaining', value.layerNames, {
    argument: '<list>',
    help: 'target layers such as 15,18, -2, 15-21, head, backbone, all, or tensors',
    standard: "the inputs of the model's head",
    decides: targetLayersOfModel,
  }),
  components: setting('Explaining', value.components, {
    argument: '<list>',
    help: 'principal components counted from 1, such as 1-4,8; the first is fused and measured',
    decides: decides('components', [1]),
  }),
  fusion: setting('Explaining', oneOf(fusions), {
    argument: '<rule>',
    help: `how layers make one map: ${fusions.join(', ')}`,
    decides: decides('fusion', 'mean', 'mean'),
  }),
  sign: setting('Explaining', oneOf(signRules), {
    argument: '<rule>',
    help: `which end of a component is hot: ${signRules.join(', ')}`,
    decides: decides('sign', 'l2'),
  }),
  padding: setting('Explaining', oneOf(['exclude', 'include']), {
    argument: '<rule>',
    help: 'letterbox padding in the maps: exclude, include',
    decides: decides('padding', 'exclude', 'include'),
  }),
  parity: setting('Explaining', onOff, {
    negatable: true,
    help: "other Eigen-CAM tools' settings: --padding include --fusion mean --resize exact --colors jet",
  }),
  resize: setting('Explaining', oneOf(resizes), {
    argument: '<rule>',
    help: 'exact (as in training) or fast (antialiased)',
    decides: decides('resize', 'exact', 'exact'),
  }),

  ...evidenceSettings,
  ...basisSettings,
  ...detectionSettings,

  out: setting('Results', text, {
    argument: '<folder>',
    short: 'o',
    help: 'where results go; also s3://...',
    standard: defaultOut,
  }),
  name: setting('Results', text, { argument: '<name>', help: 'a name for this run' }),
  newOnly: setting('Results', onOff, {
    help: 'explain only images that are new or changed since the last run of --name, and take over the results of the others',
  }),
  keep: setting('Results', count, {
    argument: '<n>',
    help: 'when done, delete all but the last n runs of --name, never one that has another name or that --against means',
    standard: 'all are kept',
  }),
  run: setting('Results', text, {
    argument: '<id>',
    help: 'continue this run: its id, name, a unique beginning, or latest',
  }),
  overlays: setting('Results', value.overlays, {
    argument: '<which>',
    help: 'pictures with heatmap and boxes: all, flagged, sample:N, flagged,sample:N, none',
    standard: 'all up to 1000 images, else flagged,sample:200',
    decides: overlaysBySize,
  }),
  overlayMap: overlayMapSetting,
  colors: setting('Results', oneOf(colorMaps), {
    argument: '<map>',
    formerly: 'colours',
    help: `color map: ${colorMaps.join(', ')}`,
    decides: decides('colorMap', 'heat', 'jet'),
  }),
  maps: setting('Results', onOff, {
    negatable: true,
    help: 'store the heatmaps as NumPy files',
    decides: decides('maps', true),
  }),
  mapBits: setting('Results', value.mapBits, {
    argument: '<n>',
    help: 'bits of a cell of a stored heatmap: 16, or 8, a third of the bytes and no cell further off than 1/510 of its map',
    decides: { option: 'mapBits', standardFor: () => 16, absent: 16 },
  }),
  shardSize: setting('Results', value.countUpTo(runBounds.shardSize), {
    argument: '<n>',
    help: 'images per shard, the unit of work and of resuming',
    standard: '1/128 of the images, from 16 to 256',
    decides: { option: 'shardSize', standardFor: shardSizeFor },
  }),
  ...flagSettings,
  ...ruleSettings,

  device: setting('Execution', value.device, {
    argument: '<device>',
    help: 'auto, cpu, cuda[:n], tensorrt[:n], webgpu, coreml, dml',
    standard: 'auto',
  }),
  threads: setting('Execution', value.threads, {
    argument: '<n>',
    help: 'CPU threads',
    standard: 'all available cores',
  }),
  batch: setting('Execution', count, {
    argument: '<n>',
    help: 'images per model call; does not change results',
    standard: "the device's best",
  }),
  patience: setting('Execution', duration, {
    argument: '<time>',
    help: 'how long to wait for full, refusing or unreachable storage, such as 90s or 1h; 0: do not wait',
    standard: '10m',
  }),
  s3Endpoint: setting('Execution', value.endpoint, {
    argument: '<url>',
    help: 'S3-compatible server for s3:// addresses',
    standard: 'AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS',
  }),
  s3Region: setting('Execution', text, {
    argument: '<name>',
    help: 'region of s3:// addresses',
    standard: "AWS_REGION or the profile's",
  }),

  dryRun: setting('Output', onOff, { help: 'print the plan, write nothing' }),
  open: setting('Output', onOff, { help: 'open the report when done' }),
  json: setting('Output', onOff, { help: 'print the summary as JSON' }),
  quiet: setting('Output', onOff, {
    short: 'q',
    help: 'results, warnings and errors only',
  }),
};

export type SettingName = keyof typeof runSettings;

/** The settings that were given, validated; the others are absent. */
export type RunSettings = {
  readonly [Name in SettingName]?: (typeof runSettings)[Name] extends Setting<infer Output>
    ? Output
    : never;
};

export const settingNames = Object.keys(runSettings) as SettingName[];

/** The settings that change results, with what they decide. */
export const decisions: readonly (readonly [SettingName, Decision])[] = settingNames.flatMap(
  (name) => {
    const { decides: decision }: Setting = runSettings[name];
    return decision === undefined ? [] : [[name, decision] as const];
  },
);

/** `maxDet` -> `max-det`. */
export function kebabOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
