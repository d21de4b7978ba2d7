import { chooseDevice, type Device, parseDevice } from '../../model/runtime/devices.ts';
import { availableThreads } from '../../shared/host/threads/cpu-quota.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';
import { StageTimer } from '../../worker/explain/stage-timer.ts';
import { type BareModel, openBareModel } from '../../worker/inference/bare-model.ts';
import { bareSetupOf } from '../../worker/inference/bare-setup.ts';
import { runConcurrently } from '../../worker/shard/run-concurrently.ts';
import { type ExplainerPlan, planExplainer } from '../plan-explainer.ts';
import { startExplainer } from '../start-explainer.ts';
import { type BenchFlags, benchFlagsOf } from './bench-flags.ts';
import { type BenchPictures, openBenchPictures } from './bench-pictures.ts';

export interface BenchRequest extends Notices {
  /** `model` is said; `images`: what is explained, else made pictures. */
  readonly settings: RunSettings;
  readonly rounds: number;
  /** Of each measurement, at least. */
  readonly secondsEach: number;
  readonly datasetsFolder?: string | undefined;
  readonly signal: AbortSignal;
  /** Called before each measurement. */
  onStep?(words: string): void;
}

export interface MeasuredFlags extends BenchFlags {
  /** Images per second of each round: read, decoded, letterboxed, explained; nothing is written. */
  readonly rates: readonly number[];
  readonly imagesPerSecond: number;
  /** Median over the rounds of images per second / those of the bare model in that round. */
  readonly ofBare: number;
}

export interface BenchOutcome {
  readonly device: Device;
  readonly threads: number;
  readonly pictures: string;
  /** The untouched model at its best: images per second, and how many sessions of how many threads gave that. */
  readonly bare: {
    readonly imagesPerSecond: number;
    readonly sessions: number;
    readonly threads: number;
  };
  /** The fastest first. */
  readonly tried: readonly MeasuredFlags[];
}

/**
 * Measures what this machine makes of a model: the run's way of explaining with several flags, in turn with the untouched model.
 *
 * @throws EigenfleetError as `planExplainer`, `device` for one that does not work, `dataset` for images that cannot be listed.
 */
export async function benchMachine(request: BenchRequest): Promise<BenchOutcome> {
  const { settings, note, rounds } = request;
  const { device, sentence } = await chooseDevice(parseDevice(settings.device ?? 'auto'));
  note(sentence);
  const threads = settings.threads ?? availableThreads();
  const plan = await planExplainer({ ...request, imageCount: manyImages });
  const pictures = await openBenchPictures(request);
  const flags = benchFlagsOf({ device, threads, batch: plan.loaded.model.batch });
  const bare = { ...(await bestBare(request, plan, { device, threads })), rates: [] as number[] };
  const rates = flags.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    request.onStep?.(`round ${round + 1} of ${rounds}: the model itself`);
    bare.rates.push(await measureBare(request, plan, { device, ...bare }));
    for (const [index, one] of flags.entries()) {
      request.signal.throwIfAborted();
      request.onStep?.(`round ${round + 1} of ${rounds}: ${flagWords(one)}`);
      rates[index]?.push(await measureFlags(request, plan, { flags: one, device, pictures }));
    }
  }
  const tried = flags.map((one, index): MeasuredFlags => {
    const own = rates[index] ?? [];
    const ratios = own.map((rate, round) => rate / (bare.rates[round] ?? Number.NaN));
    return { ...one, rates: own, imagesPerSecond: middle(own), ofBare: middle(ratios) };
  });
  tried.sort((a, b) => b.imagesPerSecond - a.imagesPerSecond);
  const { sessions, threads: bareThreads } = bare;
  return {
    ...{ device, threads, pictures: pictures.words, tried },
    bare: { imagesPerSecond: middle(bare.rates), sessions, threads: bareThreads },
  };
}

/** As many as make a run use several sessions. */
const manyImages = 1000;

/** As on the command line. */
export function flagWords({ threads, batch }: BenchFlags): string {
  return `--threads ${threads}${batch > 1 ? ` --batch ${batch}` : ''}`;
}

interface BareChoice {
  readonly device: Device;
  readonly sessions: number;
  /** Of each session. */
  readonly threads: number;
}

/** On a CPU one session of all threads, or one of one thread for each: whichever is faster here. */
async function bestBare(
  request: BenchRequest,
  plan: ExplainerPlan,
  { device, threads }: { readonly device: Device; readonly threads: number },
): Promise<Omit<BareChoice, 'device'>> {
  const one = { sessions: 1, threads };
  if (device !== 'cpu' || threads === 1) return one;
  const each = { sessions: threads, threads: 1 };
  request.onStep?.('how the model itself is fastest here');
  const [first, second] = [
    await measureBare(request, plan, { device, ...one }),
    await measureBare(request, plan, { device, ...each }),
  ];
  return first >= second ? one : each;
}

async function measureBare(
  { secondsEach, signal }: BenchRequest,
  { loaded }: ExplainerPlan,
  { device, sessions, threads }: BareChoice,
): Promise<number> {
  const bare: BareModel = await openBareModel(bareSetupOf(loaded, { device, threads }), sessions);
  try {
    return await steadyRate(bare.rate, secondsEach, signal);
  } finally {
    await bare.close();
  }
}

async function measureFlags(
  { secondsEach, signal }: BenchRequest,
  plan: ExplainerPlan,
  { flags, device, pictures }: { flags: BenchFlags; device: Device; pictures: BenchPictures },
): Promise<number> {
  const execution = { device, ...flags };
  const explainer = await startExplainer({
    ...plan,
    execution,
    note: () => {},
    images: manyImages,
  });
  const { files } = pictures;
  try {
    const rate = async (images: number): Promise<number> => {
      const indices = Array.from({ length: images }, (_unused, index) => index);
      const startedMs = performance.now();
      await runConcurrently(indices, explainer.usefulConcurrency, signal, async (index) => {
        const bytes = files[index % files.length];
        if (bytes !== undefined) await explainer.explain(bytes, new StageTimer());
      });
      return (images / (performance.now() - startedMs)) * 1000;
    };
    return await steadyRate(rate, secondsEach, signal);
  } finally {
    await explainer.close();
  }
}

/** Warms up, guesses how many images take so long, and measures those. */
async function steadyRate(
  rate: (images: number) => Promise<number>,
  seconds: number,
  signal: AbortSignal,
): Promise<number> {
  await rate(4);
  signal.throwIfAborted();
  const guess = await rate(8);
  signal.throwIfAborted();
  return rate(Math.max(8, Math.ceil(guess * seconds)));
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
