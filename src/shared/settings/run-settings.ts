import { colourMaps, fusions, resizes, signRules } from '../run/run-spec.ts';
import type { SettingValue } from './setting-values.ts';
import * as value from './setting-values.ts';

export type SettingGroup =
  | 'Input'
  | 'Explaining'
  | 'Detections'
  | 'Results'
  | 'Execution'
  | 'Output';

/** One thing that a person may say of a run, as a flag or in a config file. */
export interface Setting<Output = unknown> extends SettingValue<Output> {
  readonly group: SettingGroup;
  /** What stands behind the flag in the help; a setting without one is switched on by its flag alone. */
  readonly argument?: string;
  readonly help: string;
  /** What happens when nothing is said, for the help. */
  readonly standard?: string;
  /** The flag may be given several times. */
  readonly repeatable?: true;
  /** `--no-...` exists. */
  readonly negatable?: true;
  readonly short?: string;
}

function setting<Output>(
  group: SettingGroup,
  { schema, expected }: SettingValue<Output>,
  details: Omit<Setting, 'schema' | 'expected' | 'group'>,
): Setting<Output> {
  return { ...details, group, schema, expected };
}

const { onOff, text, share, count, positive, oneOf, patterns, duration } = value;

/**
 * Every setting of a run. The key is its name in a config file; in kebab-case it is its flag. Relative paths are relative to the
 * working directory in both.
 */
export const runSettings = {
  model: setting('Input', text, {
    argument: '<file>',
    short: 'm',
    help: 'YOLOv8 model: .onnx (also s3://...), .pt with its .onnx beside it, or a training folder',
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
    help: 'no images that match, such as "*_aug.jpg" or old/; may be repeated',
  }),
  limit: setting('Input', count, { argument: '<n>', help: 'only the first n images' }),
  export: setting('Input', onOff, {
    help: 'run your own "yolo export" once if the model has no .onnx yet',
  }),
  task: setting('Input', value.task, {
    argument: '<task>',
    help: 'task of a model without metadata',
    standard: "the model's metadata",
  }),
  names: setting('Input', value.classNames, {
    argument: '<names>',
    help: 'class names in the order of their ids, such as cat,dog',
    standard: "the model's metadata",
  }),
  imgsz: setting('Input', value.imageSize, {
    argument: '<size>',
    help: 'input size of a model with a free one: 640, or height,width',
    standard: "the model's metadata",
  }),
  maxPixels: setting('Input', count, {
    argument: '<n>',
    help: 'images with more pixels become a row that says so',
    standard: '100000000',
  }),

  layers: setting('Explaining', value.layerNames, {
    argument: '<list>',
    help: 'target layers such as model.15,18,-2',
    standard: "the inputs of the model's head",
  }),
  components: setting('Explaining', value.components, {
    argument: '<list>',
    help: 'principal components counted from 1, such as 1,8,9,10; the first is fused and measured',
    standard: '1',
  }),
  fusion: setting('Explaining', oneOf(fusions), {
    argument: '<rule>',
    help: `how layers make one map: ${fusions.join(', ')}`,
    standard: 'mean',
  }),
  sign: setting('Explaining', oneOf(signRules), {
    argument: '<rule>',
    help: `which end of a component is hot: ${signRules.join(', ')}`,
    standard: 'l2',
  }),
  padding: setting('Explaining', oneOf(['exclude', 'include']), {
    argument: '<rule>',
    help: 'letterbox padding in the maps: exclude, include',
    standard: 'exclude',
  }),
  parity: setting('Explaining', onOff, {
    negatable: true,
    help: "other Eigen-CAM tools' settings: --padding include --fusion mean --resize exact --colours jet",
  }),
  resize: setting('Explaining', oneOf(resizes), {
    argument: '<rule>',
    help: 'exact (as in training) or fast (antialiased)',
    standard: 'exact',
  }),

  conf: setting('Detections', share, {
    argument: '<number>',
    help: 'least confidence of a detection',
    standard: '0.25',
  }),
  iou: setting('Detections', share, {
    argument: '<number>',
    help: 'overlap above which the weaker box is dropped',
    standard: '0.7',
  }),
  maxDet: setting('Detections', count, {
    argument: '<n>',
    help: 'most detections an image',
    standard: '300',
  }),

  out: setting('Results', text, {
    argument: '<folder>',
    short: 'o',
    help: 'where results go; also s3://...',
    standard: 'eigenfleet-results',
  }),
  name: setting('Results', text, { argument: '<name>', help: 'a name for this run' }),
  run: setting('Results', text, {
    argument: '<id>',
    help: 'continue this run: its id, name, a unique beginning, or latest',
  }),
  overlays: setting('Results', value.overlays, {
    argument: '<which>',
    help: 'pictures with heatmap and boxes: all, flagged, sample:N, flagged,sample:N, none',
    standard: 'all up to 1000 images, else flagged,sample:200',
  }),
  colours: setting('Results', oneOf(colourMaps), {
    argument: '<map>',
    help: `colour map: ${colourMaps.join(', ')}`,
    standard: 'heat',
  }),
  maps: setting('Results', onOff, {
    negatable: true,
    help: 'store the heatmaps as NumPy files',
    standard: 'on',
  }),
  shardSize: setting('Results', count, {
    argument: '<n>',
    help: 'images a shard, the unit of work and of resuming',
    standard: '256',
  }),
  flagDiffuse: setting('Results', share, {
    argument: '<number>',
    help: 'flag "diffuse": spread of the heat above this',
    standard: '0.97',
  }),
  flagOffObject: setting('Results', positive, {
    argument: '<number>',
    help: 'flag "off-object": heat in boxes, times an even spread, below this',
    standard: '1',
  }),
  flagBorder: setting('Results', positive, {
    argument: '<number>',
    help: 'flag "border-focus": heat along the border, times an even spread, above this',
    standard: '2',
  }),
  flagSign: setting('Results', share, {
    argument: '<number>',
    help: 'flag "uncertain-sign": sign certainty below this',
    standard: '0.1',
  }),

  device: setting('Execution', value.device, {
    argument: '<device>',
    help: 'auto, cpu, cuda[:n], tensorrt[:n], webgpu, coreml, dml',
    standard: 'auto',
  }),
  threads: setting('Execution', count, {
    argument: '<n>',
    help: 'CPU threads',
    standard: 'the cores that this process may use',
  }),
  batch: setting('Execution', count, {
    argument: '<n>',
    help: 'images a model call; results do not depend on it',
    standard: "the device's best",
  }),
  patience: setting('Execution', duration, {
    argument: '<time>',
    help: 'how long storage may be full, refuse or be away before the command gives up, such as 90s or 1h; 0: not at all',
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
    help: 'no progress and no remarks: results, warnings and errors only',
  }),
};

export type SettingName = keyof typeof runSettings;

/** What was said, validated; what was not said is absent. */
export type RunSettings = {
  readonly [Name in SettingName]?: (typeof runSettings)[Name] extends Setting<infer Output>
    ? Output
    : never;
};

export const settingNames = Object.keys(runSettings) as SettingName[];

/** `maxDet` -> `max-det`. */
export function kebabOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
