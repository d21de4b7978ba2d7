import type { Piscina } from 'piscina';
import { LoadedThreads } from '../../shared/host/threads/loaded-threads.ts';
import { errorOfThread } from '../../shared/host/threads/thread-failure.ts';
import { openThreadPool } from '../../shared/host/threads/thread-pool.ts';
import { rememberScores } from '../precision/packed-scores.ts';
import { UnpackedScores } from '../precision/row-scores.ts';
import type { EvaluatedShard } from './evaluate-shard.ts';
import type { EvaluatedAnswer, EvaluatedSetup } from './evaluated-thread.ts';

/** A thread that reads what workers evaluated, while this one merges it: each is about half of the time of a large run. */
export class EvaluatedPool {
  readonly #pool: Piscina<number, EvaluatedAnswer>;
  readonly #threads: LoadedThreads;

  constructor(setup: EvaluatedSetup) {
    this.#pool = openThreadPool({
      filename: new URL('./evaluated-thread.js', import.meta.url).href,
      // While one shard is read, another is checked.
      ...{ minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 3 },
      workerData: setup,
    });
    this.#threads = new LoadedThreads(this.#pool);
  }

  /** As `readEvaluated`. @throws what it throws */
  async read(shard: number): Promise<EvaluatedShard | undefined> {
    const answer = await this.#pool.run(shard, { name: 'read' });
    if (answer.status === 'unusable') return undefined;
    if (answer.status === 'failed') throw errorOfThread(answer);
    const { evaluated, scores } = answer;
    const { blocks, classes } = evaluated.part.sums.precision.sums;
    rememberScores(blocks, new UnpackedScores(scores.blocks));
    if (classes && scores.classes) rememberScores(classes, new UnpackedScores(scores.classes));
    return evaluated;
  }

  async close(): Promise<void> {
    await this.#threads.destroy();
  }
}
