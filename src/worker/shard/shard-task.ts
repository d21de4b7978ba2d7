import type { CarriedPlace } from '../../shared/run/carry/carry-plan.ts';
import type { LabelEntry } from '../../shared/run/labels/label.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Explainer } from '../explain/explainer.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { InFlightNote } from './in-flight-note.ts';

/** One shard of a run. */
export interface ShardTask {
  readonly spec: RunSpec;
  readonly shard: number;
  /** The samples of the shard's manifest part, in its order. */
  readonly samples: readonly Sample[];
  /** For each sample what is known of its labels; absent where the dataset has none. */
  readonly labels?: readonly LabelEntry[] | undefined;
  /** Which results are taken over from an earlier run; absent: all images are explained. */
  readonly carried?: CarriedShard | undefined;
}

/** Where the results of a shard's images lie in an earlier run of the same store. */
export interface CarriedShard {
  readonly from: RunSpec;
  /** Of each image, in their order. */
  readonly places: readonly CarriedPlace[];
}

/** Tries images alone, in a separate process, and returns those that crashed it. */
export type SuspectTrial = (
  samples: readonly Sample[],
  signal: AbortSignal,
) => Promise<ReadonlySet<Sample>>;

/** What a shard is processed with. */
export interface ShardPorts {
  /** Where results go. */
  readonly store: ObjectStore;
  /** Where the images are. */
  readonly images: ObjectStore;
  /** Where label files are; absent without labels, and where this process may not read them. */
  readonly labels?: ObjectStore | undefined;
  readonly explainer: Explainer;
  readonly budget: ByteBudget;
  /** Remembers what is in flight, so that an image that kills the process is found. */
  readonly note: InFlightNote;
  /** For suspects; without one they are tried alone in this process. */
  readonly trial?: SuspectTrial | undefined;
  readonly signal: AbortSignal;
  readonly versions: Readonly<Record<string, string>>;
  /** Called after each sample. */
  onSample(row: SampleRow): void;
  /** Called when the last sample has been begun: the next shard may start while this one comes to its end. */
  onAllBegun?(): void;
}
