import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { boxMapPlanOf } from '../src/model/box-maps/box-map-plan.ts';
import { evidencePlanOf } from '../src/model/evidence/evidence-plan.ts';
import { InferenceSession, Tensor } from '../src/model/runtime/onnxruntime.ts';
import { augmentModel } from '../src/model/session/augmented-graph.ts';
import { createExplainSession } from '../src/model/session/explain-session.ts';
import { loadModel } from '../src/model/yolo/load-model.ts';
import { availableThreads } from '../src/shared/host/threads/cpu-quota.ts';
import { machineLines } from './support/machine.ts';
import { median } from './support/median.ts';
import { medianInterval } from './support/median-interval.ts';
import { seededRandom } from './support/random.ts';

/*
 * What Eigen-CAM inside the graph costs: the augmented model against the bare one, run in turn, round by round, so that whatever else the
 * machine does hits all alike. The bare model gets its best setting (spinning on or off, all threads); the augmented ones run as the
 * product runs them. A ratio is the median over the rounds of (augmented / best bare) within the round, with its 95 % interval: once of the time that passed, and once of CPU time,
 * which is the one to read where other programs run beside it. "defaults" are evidence of all classes and box maps; the other rows have neither.
 *
 *   node dist/bench/graph.js [rounds] [model.onnx ...]     THREADS=1 for sessions of one thread
 */
const rounds = Number(process.argv[2] ?? 100);
const threads = Number(process.env.THREADS ?? availableThreads());
const models =
  process.argv.length > 3
    ? process.argv.slice(3).map((path) => ({ name: basename(path, '.onnx'), path }))
    : [
        { name: '640 px', path: 'bench/models/bccd-yolov8n-640.onnx' },
        { name: '320 px', path: 'examples/blood-cells/bccd-yolov8n.onnx' },
        ...['det', 'seg', 'pose', 'obb'].map((task) => ({
          name: `tiny-${task}`,
          path: `test/fixtures/models/tiny-${task}.onnx`,
        })),
      ];
const nameWidth = models.reduce((most, { name }) => Math.max(most, name.length), 'input'.length);

interface Candidate {
  readonly name: string;
  run(): Promise<unknown>;
  readonly timesMs: number[];
  readonly cpuMs: number[];
}

console.log(machineLines().join('\n'));
console.log(`rounds    ${rounds}, seed 1, sessions of ${threads} threads\n`);
console.log(
  `${'input'.padEnd(nameWidth)}  model                    ms   CPU ms   / best bare              of CPU time`,
);
for (const model of models) await measure(model.name, model.path);

async function measure(name: string, path: string): Promise<void> {
  const candidates = await candidatesOf(path);
  for (const candidate of candidates) {
    for (let warm = 0; warm < 3; warm++) await candidate.run();
  }
  for (let round = 0; round < rounds; round++) {
    for (const candidate of candidates) {
      // The threads of a spinning session go on spinning for a while and would slow down whoever comes next.
      await new Promise((resolve) => setTimeout(resolve, 20));
      await candidate.run();
      const startedMs = performance.now();
      const before = process.cpuUsage();
      await candidate.run();
      const { user, system } = process.cpuUsage(before);
      candidate.timesMs.push(performance.now() - startedMs);
      candidate.cpuMs.push((user + system) / 1000);
    }
  }
  for (const candidate of candidates) {
    const ms = median(candidate.timesMs).toFixed(2).padStart(8);
    const cpuMs = median(candidate.cpuMs).toFixed(2).padStart(8);
    const ratios = [
      ratioText(candidates, candidate, 'timesMs'),
      ratioText(candidates, candidate, 'cpuMs'),
    ];
    console.log(
      `${name.padEnd(nameWidth)}  ${candidate.name.padEnd(18)}${ms} ${cpuMs}   ${ratios.join('   ')}`,
    );
  }
}

/** Against the first two candidates, the bare model: the one of the two that takes less. */
function ratioText(
  all: readonly Candidate[],
  own: Candidate,
  measure: 'timesMs' | 'cpuMs',
): string {
  const [bare] = all.slice(0, 2).sort((a, b) => median(a[measure]) - median(b[measure]));
  const ratios = own[measure].map((ms, round) => ms / (bare?.[measure][round] ?? Number.NaN));
  const { middle, low, high } = medianInterval(ratios);
  return `${middle.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

async function candidatesOf(path: string): Promise<Candidate[]> {
  const bytes = await readFile(path);
  const loaded = await loadModel(path);
  const { model, layers } = loaded;
  const { inputHeight, inputWidth, inputName } = model;
  const random = seededRandom(1);
  const pixels = Uint8Array.from({ length: 3 * inputHeight * inputWidth }, () => random() * 256);
  const floats = Float32Array.from(pixels, (value) => value / 255);
  const feeds = { [inputName]: new Tensor('float32', floats, [1, 3, inputHeight, inputWidth]) };
  const candidates: Candidate[] = [];
  for (const spinning of ['1', '0']) {
    const session = await InferenceSession.create(bytes, {
      intraOpNumThreads: threads,
      extra: { session: { intra_op: { allow_spinning: spinning } } },
    });
    const name = `bare, spinning ${spinning === '1' ? 'on' : 'off'}`;
    candidates.push({ name, run: () => session.run(feeds), timesMs: [], cpuMs: [] });
  }
  const masks = layers.map((layer) => new Float32Array(layer.gridHeight * layer.gridWidth).fill(1));
  const all = evidencePlanOf(loaded, { classes: ['all'] });
  // Of noise no box is confident: with this threshold there are as many as in a crowded picture.
  const rules = { boxMaps: 8, confThreshold: 0.001, iouThreshold: 0.7 };
  const boxes = boxMapPlanOf(loaded, rules);
  const variants = [[1], [1, all], [1, all, boxes], [3], [10], [10, all, boxes]] as const;
  for (const [components, evidence, boxMaps] of variants) {
    const plan = { layers, components, evidence, boxMaps, device: 'cpu' as const };
    const augmented = augmentModel(bytes, model, plan);
    const session = await createExplainSession({ augmented, device: 'cpu', threads });
    const more = boxMaps ? ', defaults' : evidence ? ', evidence' : '';
    const name = `k = ${components}${more}`;
    const run = () => session.run({ pixels, masks });
    candidates.push({ name, run, timesMs: [], cpuMs: [] });
  }
  return candidates;
}
