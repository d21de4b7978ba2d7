import { findProbe } from '../../model/probe/probe-record.ts';
import { notProbed, probeText } from '../../model/probe/probe-report.ts';
import type { PlannedRun } from '../../producer/plan/plan-run.ts';
import { markedShards, visitDoneShards } from '../../shared/results/done-shards.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** What a run is about to do, for people. */
export function planText({ plan: { spec }, description }: PlannedRun): string {
  const { model, dataset, targetLayers, options } = spec;
  const layers = targetLayers.map(
    ({ name, gridWidth, gridHeight }) => `${name} (${gridWidth} x ${gridHeight})`,
  );
  const components = options.components.length === 1 ? 'component' : 'components';
  const lines: [string, string][] = [
    [
      'model',
      `${placeOf(model.uri)}: ${taskText(model)}, ${model.inputWidth} x ${model.inputHeight} px`,
    ],
    [
      'images',
      `${dataset.images} from ${description}, ${formatBytes(dataset.sizeBytes)}, ${count(dataset.shards, 'shard')}`,
    ],
    ...labelLines(spec),
    [
      'layers',
      `${layers.join(', ')}; ${components} ${options.components.join(', ')}; fused by ${options.fusion}`,
    ],
    ['run', spec.runId],
  ];
  return lines.map(([name, text]) => planLine(name, text)).join('\n');
}

function labelLines({ labels, dataset }: RunSpec): [string, string][] {
  if (labels === undefined) return [];
  const { images, kind, rootUri } = labels;
  const known =
    images === dataset.images
      ? count(images, 'image')
      : `${images} of ${count(dataset.images, 'image')}`;
  return [['labels', `of ${known}, ${labelWords[kind]} ${placeOf(rootUri)}`]];
}

const labelWords = { yolo: 'text files in', folders: 'class folders in', coco: 'from' } as const;

function taskText({ task, classNames }: RunSpec['model']): string {
  return traitsOf(task).answers
    ? `${task}, ${classNames.length} classes`
    : 'maps only, its answer is not read';
}

/** What trying the model on a made image has shown on this machine. */
async function checkedText({ model, targetLayers }: RunSpec): Promise<string> {
  const record = await findProbe(
    model.sha256,
    targetLayers.map(({ tensor }) => tensor),
  );
  return record === undefined ? notProbed : probeText(record.report);
}

/** Like `planText`, plus what was checked of the model, where the results go and what is already there. */
export async function dryRunText(planned: PlannedRun, store: ObjectStore): Promise<string> {
  const { spec } = planned.plan;
  const { shards } = spec.dataset;
  const done = await countDoneShards(store, spec);
  const all = done === shards ? ': nothing is left to explain' : '';
  const results = `${placeOf(store.uri)}, ${done} of ${count(shards, 'shard')} done already${all}`;
  const checked = planLine('checked', await checkedText(spec));
  return `${planText(planned)}\n${checked}\n${planLine('results', results)}`;
}

async function countDoneShards(store: ObjectStore, spec: RunSpec): Promise<number> {
  const { runId, dataset } = spec;
  const { shards } = dataset;
  // One listing reveals a new run, whatever the number of its shards.
  if ((await markedShards(store, { runId, shards })).size === 0) return 0;
  const missing = await visitDoneShards(store, { planned: spec }, () => {});
  return shards - missing.length;
}

function planLine(name: string, text: string): string {
  return name.padEnd(8) + text;
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
