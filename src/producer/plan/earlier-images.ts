import type { CarriedPlace } from '../../shared/run/carry/carry-plan.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { Sample } from '../../shared/run/sample.ts';
import { DamagedManifestError, readSamples } from '../../shared/run/stored-manifest.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes, readStoredBytes } from '../../shared/storage/stored-json.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';
import type { EarlierRun } from './earlier-run.ts';
import { canonicalJson } from './run-id.ts';

/** Whether the lines of two lists of labels mean the same. */
export function sameLabels(now: RunSpec, then: RunSpec): boolean {
  const of = ({ labels }: RunSpec) =>
    labels && [labels.kind, labels.classes ?? null, labels.keypointShape ?? null];
  return canonicalJson(of(now) ?? null) === canonicalJson(of(then) ?? null);
}

interface EarlierShard {
  readonly samples: readonly Sample[];
  /** `undefined` where it has none, or they cannot be read. */
  readonly labels: readonly string[] | undefined;
}

/** The images of an earlier run, asked for in the order of their keys. */
export class EarlierImages {
  readonly #store: ObjectStore;
  readonly #run: EarlierRun;
  readonly #sameLabels: boolean;
  #shard = -1;
  #row = 0;
  #current: EarlierShard = { samples: [], labels: undefined };
  /** Images with a key that was asked for. */
  met = 0;

  constructor(store: ObjectStore, run: EarlierRun, labelsAreSame: boolean) {
    this.#store = store;
    this.#run = run;
    this.#sameLabels = labelsAreSame;
  }

  /** @param label line of its labels; `undefined` without labels */
  async find({ key, sizeBytes, etag }: Sample, label: string | undefined): Promise<CarriedPlace> {
    for (let image = await this.#peek(); image !== undefined; image = await this.#peek()) {
      const order = compareUtf8(image.key, key);
      if (order > 0) return null;
      const row = this.#row++;
      if (order < 0) continue;
      this.met += 1;
      const isSame = image.sizeBytes === sizeBytes && image.etag === etag;
      if (!isSame || !this.#run.done.has(this.#shard)) return null;
      const isRelabeled = !this.#sameLabels || this.#current.labels?.[row] !== label;
      const place = { shard: this.#shard, row };
      return isRelabeled ? { ...place, relabeled: true } : place;
    }
    return null;
  }

  async #peek(): Promise<Sample | undefined> {
    const { shards } = this.#run.spec.dataset;
    while (this.#row >= this.#current.samples.length) {
      if (this.#shard + 1 >= shards) return undefined;
      this.#shard += 1;
      this.#row = 0;
      this.#current = await this.#read(this.#shard);
    }
    return this.#current.samples[this.#row];
  }

  async #read(shard: number): Promise<EarlierShard> {
    const { spec } = this.#run;
    try {
      const samples = await readSamples(this.#store, spec, shard);
      return { samples, labels: await this.#labelLines(shard) };
    } catch (error) {
      // A part that is damaged has no image to take over.
      if (!(error instanceof DamagedManifestError)) throw error;
      return { samples: [], labels: undefined };
    }
  }

  async #labelLines(shard: number): Promise<string[] | undefined> {
    const { spec } = this.#run;
    if (spec.labels === undefined) return undefined;
    const key = objectKeys.labels(spec.runId, shard);
    const stored = await readStoredBytes(this.#store, key, mostStoredBytes.manifest);
    if (stored.status !== 'read') return undefined;
    return new TextDecoder().decode(stored.bytes).split('\n').slice(0, -1);
  }
}
