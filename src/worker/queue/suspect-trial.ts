import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Device } from '../../model/runtime/devices.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { Explainer } from '../explain/explainer.ts';
import type { SuspectTrial } from '../shard/shard-task.ts';
import type { TrialSetup } from './trial-setup.ts';

/** How a child ended: by itself, or killed by somebody. */
type Verdict = 'survived' | 'crashed' | 'killed';

const program = fileURLToPath(new URL('./trial-process.js', import.meta.url));
/** An out-of-memory killer uses the same signal as somebody who takes a machine down; the same image every time is not chance. */
const mostKills = 3;

/**
 * Tries images alone in a separate process. Only a crash of that process convicts an image, and only while this one lives to see it: killing
 * this process, however often, ends the trial without a verdict.
 */
export function suspectTrial(
  spec: RunSpec,
  { modelPath, inference }: Pick<Explainer, 'modelPath' | 'inference'>,
  storeOptions: StoreOptions,
): SuspectTrial | undefined {
  if (modelPath === undefined) return undefined;
  const setup: TrialSetup = { spec, modelPath, device: inference.device as Device, storeOptions };
  return async (samples, signal) => {
    const crashed = new Set<Sample>();
    let child: TrialChild | undefined;
    try {
      for (const sample of samples) {
        for (let kills = 0; kills < mostKills && !signal.aborted; kills++) {
          child ??= await TrialChild.start(setup, signal);
          // It could not even load the model: that says nothing about an image.
          if (child === undefined) return crashed;
          const verdict = await child.try(sample);
          if (verdict === 'survived') break;
          child = undefined;
          if (verdict === 'killed' && kills < mostKills - 1) continue;
          if (!signal.aborted) crashed.add(sample);
          break;
        }
      }
      return crashed;
    } finally {
      child?.end();
    }
  };
}

class TrialChild {
  readonly #process: ChildProcess;
  readonly #ended: Promise<Verdict>;

  private constructor(process: ChildProcess, ended: Promise<Verdict>) {
    this.#process = process;
    this.#ended = ended;
  }

  /** `undefined` when it ended before it was ready. */
  static async start(setup: TrialSetup, signal: AbortSignal): Promise<TrialChild | undefined> {
    const process = fork(program, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const kill = (): void => void process.kill('SIGKILL');
    signal.addEventListener('abort', kill);
    const ended = new Promise<Verdict>((resolve) => {
      process.once('error', () => resolve('killed'));
      process.once('exit', (_, by) => {
        signal.removeEventListener('abort', kill);
        resolve(by === 'SIGKILL' || by === 'SIGTERM' || by === 'SIGINT' ? 'killed' : 'crashed');
      });
    });
    const child = new TrialChild(process, ended);
    const ready = await child.#answerTo(setup);
    return ready === 'survived' ? child : undefined;
  }

  try(sample: Sample): Promise<Verdict> {
    return this.#answerTo(sample);
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }

  #answerTo(message: TrialSetup | Sample): Promise<Verdict> {
    const answered = new Promise<Verdict>((resolve) => {
      this.#process.once('message', () => resolve('survived'));
    });
    // It may be gone already: then its end is the answer.
    this.#process.send(message, () => {});
    return Promise.race([answered, this.#ended]);
  }
}
