import { placeOf } from '../shared/local-path.ts';
import type { LocalPlan } from './plan-local-run.ts';

/** What a run is about to do, for people. */
export function planText({ plan: { spec }, description }: LocalPlan): string {
  const { model, dataset, targetLayers, options } = spec;
  const layers = targetLayers.map(
    ({ name, gridWidth, gridHeight }) => `${name} (${gridWidth} x ${gridHeight})`,
  );
  const components = options.components.length === 1 ? 'component' : 'components';
  const lines: [string, string][] = [
    [
      'model',
      `${placeOf(model.uri)}: ${model.task}, ${model.classNames.length} classes, ${model.inputWidth} x ${model.inputHeight} px`,
    ],
    [
      'images',
      `${dataset.images} from ${description}, ${formatBytes(dataset.sizeBytes)}, ${count(dataset.shards, 'shard')}`,
    ],
    [
      'layers',
      `${layers.join(', ')}; ${components} ${options.components.join(', ')}; fused by ${options.fusion}`,
    ],
    ['run', spec.runId],
  ];
  return lines.map(([name, text]) => `${name.padEnd(8)}${text}`).join('\n');
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
