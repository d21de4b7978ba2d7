import type { Device } from '../../src/model/runtime/devices.ts';
import type { GraphFigures, MapFigures } from './measure-graph.ts';
import type { RunFigures } from './measure-run.ts';

/** |r| with the CPU's maps that a device must reach. */
export const leastCorrelation = 0.9999;

export interface DeviceResults {
  readonly device: Device;
  readonly model: string;
  readonly maps: readonly MapFigures[];
  readonly graph: readonly GraphFigures[];
  readonly runs: readonly RunFigures[];
  readonly limit: string;
}

export interface GpuResults {
  readonly schema: 'gpu-bench@1';
  readonly at: string;
  readonly machine: readonly string[];
  /** What the driver calls the cards; empty where nobody can say. */
  readonly cards: readonly string[];
  /** The CPU stood in for a GPU: no figure is of one. */
  readonly dryRun: boolean;
  readonly devices: readonly DeviceResults[];
}

/** Whether every map is what the CPU computes. */
export function mapsAgree({ maps }: DeviceResults): boolean {
  return maps.length > 0 && maps.every(({ worst }) => worst >= leastCorrelation);
}

/** For people, and for docs: Markdown. */
export function gpuTable({ cards, dryRun, devices }: GpuResults): string {
  const head = dryRun
    ? 'A dry run on the CPU: it shows that the script works, and no figure is of a GPU.'
    : `Cards: ${cards.length > 0 ? cards.join('; ') : 'their names are not known here'}.`;
  return [head, ...devices.map(deviceTable)].join('\n\n');
}

function deviceTable(one: DeviceResults): string {
  const { device, model, maps, graph, runs, limit } = one;
  const lines = maps.map(
    ({ layer, images, worst }) => `${layer} ${worst.toFixed(7)} (${images} images)`,
  );
  const rows = graph.map((figures) => {
    const run = runs.find(({ batch }) => batch === figures.batch);
    return `| ${cellsOf(figures, run).join(' | ')} |`;
  });
  return `### ${device}, ${model}

Least |r| with the CPU: ${lines.join(', ')}; ${leastCorrelation} is ${mapsAgree(one) ? 'reached' : 'NOT reached'}.

| batch | bare/s | explained/s | augmented / bare | bytes off the card an image: bare, augmented | run, images/s | threads busy |
|---|---|---|---|---|---|---|
${rows.join('\n')}

${limit}`;
}

function cellsOf(figures: GraphFigures, run: RunFigures | undefined): string[] {
  const { middle, low, high } = figures.ratio;
  const bytes = [figures.bareBytesOff, figures.bytesOff].map((value) => value.toLocaleString('en'));
  return [
    ...[`${figures.batch}`, figures.barePerSecond.toFixed(1)],
    ...[figures.explainedPerSecond.toFixed(1)],
    `${middle.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`,
    bytes.join(', '),
    run === undefined ? '' : run.imagesPerSecond.toFixed(1),
    run === undefined ? '' : `${(100 * run.cpuShare).toFixed(0)} %`,
  ];
}
