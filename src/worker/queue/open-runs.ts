import { openRun } from '../../shared/run/open-run.ts';
import { labelPlaceOf, type RunSpec } from '../../shared/run/run-spec.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Explainer } from '../explain/explainer.ts';
import { earlierRunOf } from '../shard/read-carried.ts';
import { RefusedPlaceError } from './refused-places.ts';

/** A run that this worker has opened: what its shards are processed with. */
export interface OpenRun {
  readonly spec: RunSpec;
  readonly store: ObjectStore;
  readonly images: ObjectStore;
  /** Where label files are; absent without labels, and where this process may not read those that were found by themselves. */
  readonly labels?: ObjectStore | undefined;
  /** The run that results are taken over from; absent where there is none. */
  readonly from?: RunSpec | undefined;
  /** Starts with the first call: shards in which nothing is new need no model. */
  explainer(): Promise<Explainer>;
  /** Whether it was started, to be closed. */
  readonly started: () => Promise<Explainer> | undefined;
}

export interface OpenRunsPorts {
  /** Where results go. */
  openStore(uri: string): ObjectStore;
  /** Where images are; `undefined` where this process may not read. */
  openImages(uri: string): Promise<ObjectStore | undefined>;
  /** Nobody asked for labels, some were found by themselves, and this process may not read them: the run goes on without. */
  onLabelsLeftOut(place: string): void;
  /** Fetches the model and loads it on the device. */
  startExplainer(spec: RunSpec, store: ObjectStore): Promise<Explainer>;
}

interface Held {
  readonly run: Promise<OpenRun>;
  users: number;
}

/**
 * Keeps the model of the current run loaded between shards, and releases the previous one when another run needs the device: two models at
 * once only while shards of both are running.
 */
export class OpenRuns {
  readonly #ports: OpenRunsPorts;
  readonly #held = new Map<string, Held>();

  constructor(ports: OpenRunsPorts) {
    this.#ports = ports;
  }

  /** Calls `work` with the run, opening it if needed; it stays open at least until `work` settles. */
  async use<Result>(
    out: string,
    runId: string,
    work: (run: OpenRun) => Promise<Result>,
  ): Promise<Result> {
    const key = `${out} ${runId}`;
    await this.#closeIdle(key);
    const held = this.#held.get(key) ?? { run: this.#open(out, runId), users: 0 };
    this.#held.set(key, held);
    held.users += 1;
    try {
      return await work(await held.run);
    } catch (error) {
      // A run that could not be opened, or whose device broke, is opened anew by the next shard.
      if (this.#held.get(key) === held) this.#held.delete(key);
      throw error;
    } finally {
      held.users -= 1;
      if (held.users === 0 && this.#held.get(key) !== held) await closeQuietly(held);
    }
  }

  /** Closes all runs that nobody uses any longer. */
  async close(): Promise<void> {
    await this.#closeIdle(undefined);
  }

  async #open(out: string, runId: string): Promise<OpenRun> {
    const store = this.#ports.openStore(out);
    const spec = await openRun(store, runId);
    const { rootUri } = spec.dataset;
    const images = await this.#ports.openImages(rootUri);
    if (images === undefined) throw new RefusedPlaceError(rootUri);
    const place = labelPlaceOf(spec);
    const labels = place === undefined ? undefined : await this.#ports.openImages(place);
    if (place !== undefined && labels === undefined) {
      if (spec.labels?.asked) throw new RefusedPlaceError(place);
      this.#ports.onLabelsLeftOut(place);
    }
    let explainer: Promise<Explainer> | undefined;
    return {
      ...{ spec, store, images, labels, from: await earlierRunOf(store, spec) },
      explainer: () => {
        explainer ??= this.#ports.startExplainer(spec, store);
        return explainer;
      },
      started: () => explainer,
    };
  }

  async #closeIdle(except: string | undefined): Promise<void> {
    for (const [key, held] of this.#held) {
      if (key === except || held.users > 0) continue;
      this.#held.delete(key);
      await closeQuietly(held);
    }
  }
}

/** Closing a run that never opened, or whose device is broken, must not hide why. */
async function closeQuietly({ run }: Held): Promise<void> {
  await run.then(async ({ started }) => (await started())?.close()).catch(() => {});
}
