import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { checkContradictions } from '../../shared/settings/resolve-options.ts';
import {
  kebabOf,
  type RunSettings,
  runSettings,
  type SettingName,
} from '../../shared/settings/run-settings.ts';
import { parseSaid } from '../../shared/settings/said-settings.ts';
import type { YamlSource } from '../../shared/settings/yaml-source.ts';

const ownKey = 'is a key of the audit itself: write it beside "options"';
const machine = 'belongs to the worker or the command that computes';
const terminal = 'belongs to a command that somebody looks at';

/** Settings of a run that an audit's options do not take, and why. */
const elsewhere: Readonly<Partial<Record<SettingName, string>>> = {
  images: ownKey,
  model: ownKey,
  labels: ownKey,
  out: ownKey,
  rules: ownKey,
  against: 'is the key "baseline" of the audit',
  failIf: 'is a rule: write what must hold below "rules"',
  name: 'is the name of the audit',
  run: 'continues a run, and each night has its own',
  export: 'needs a training folder: name the .onnx file as the model',
  device: machine,
  threads: machine,
  batch: machine,
  patience: machine,
  s3Endpoint: 'belongs to the command: --s3-endpoint',
  s3Region: 'belongs to the command: --s3-region',
  dryRun: terminal,
  open: terminal,
  json: terminal,
  quiet: terminal,
};

/**
 * Checks the options of an audit file, each by itself, so that a fault has its line and column.
 *
 * @returns Them as they were written, without those that have no value.
 * @throws EigenfleetError `usage`
 */
export function checkAuditOptions(
  options: Readonly<Record<string, unknown>>,
  source: YamlSource,
): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(options)) {
    if (value === null || value === undefined) continue;
    const place = source.placeOfKey(['options', key]);
    const name = nameOf(parseSaid({ [key]: value }, place));
    const why = name && elsewhere[name];
    if (why !== undefined) throw new EigenfleetError('usage', `${place}: ${key} ${why}.`);
    said[key] = value;
  }
  const settings = parseSaid(said, source.placeOf(['options']));
  try {
    checkContradictions(settings);
  } catch (error) {
    throw source.fault(['options'], messageOf(error));
  }
  return said;
}

const ownKeys = new Set<SettingName>(['images', 'model', 'labels', 'out', 'rules']);

/** What a flag of `run`, without its dashes, is called in an audit file; `undefined` for one that an audit file has no word for. */
export function auditNameOf(flag: string): string | undefined {
  const [name] = (Object.keys(runSettings) as SettingName[]).filter((one) => kebabOf(one) === flag);
  if (name === undefined) return undefined;
  if (name === 'against') return 'baseline';
  if (ownKeys.has(name)) return name;
  return elsewhere[name] === undefined ? `options.${name}` : undefined;
}

/** The setting with that name, in camelCase. */
export function optionKey(
  options: Readonly<Record<string, unknown>>,
  name: SettingName,
): string | undefined {
  return [name, kebabOf(name)].find((key) => key in options);
}

function nameOf(settings: RunSettings): SettingName | undefined {
  const [name] = Object.keys(settings);
  return name as SettingName | undefined;
}
