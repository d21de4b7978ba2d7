import type { Figure } from '../../evaluate/result/figure.ts';
import type { Headline } from '../../report/summary/summary-schema.ts';
import type { MeasureScale } from '../../shared/catalog/measure-catalog.ts';
import type { RowPlace } from '../../shared/run/places/row-address.ts';
import type { Task } from '../../shared/run/task-traits.ts';
import type { Drift } from '../drift/drift.ts';
import type { EvidenceSimilarity } from './maps/evidence-similarities.ts';
import type { MapSimilarities } from './maps/map-similarities.ts';
import type { PairedImages } from './pairs/paired-images.ts';

/** One run of a comparison. */
export interface ComparedRunInfo {
  /** What it is called here: its name, else what distinguishes its model's file, its dataset or its id. */
  readonly label: string;
  /** URI of the results. */
  readonly out: string;
  readonly runId: string;
  readonly model: {
    readonly name: string;
    readonly sha256: string;
    readonly task: Task;
    readonly confThreshold: number;
  };
  readonly dataset: {
    readonly name: string;
    readonly source: string;
    readonly images: number;
    readonly digest: string;
  };
  readonly explained: number;
  readonly failed: number;
  /** Absent where the run has no evaluation. */
  readonly evaluation?: {
    readonly evaluationId: string;
    readonly labelsDigest: string;
    readonly labeledObjects: number;
    readonly groups: number;
  };
}

/** A 95 % interval of a difference, second minus first, over independent groups. */
export interface Difference {
  readonly value: number;
  /** Absent where there is none; `why` says the reason. */
  readonly interval?: readonly [low: number, high: number];
  readonly groups?: number;
  /** Two-sided, that such a difference comes by chance. */
  readonly p?: number;
  readonly why?: string;
  /** Of a figure: the same groups stand behind both values, so what they share cancels. Differences of measures always are. */
  readonly paired?: boolean;
}

/** One figure of the evaluations of two runs. */
export interface FigureDifference {
  /** `recall.Platelets`. */
  readonly name: string;
  /** "recall of Platelets". */
  readonly words: string;
  readonly from: Figure;
  readonly to: Figure;
  /** Absent where one of them has no value. */
  readonly difference?: Difference;
}

/** One measure over the images that both runs hold. */
export interface MeasureDifference {
  readonly column: string;
  readonly words: string;
  readonly meaning: string;
  readonly scale: MeasureScale;
  /** Images in which both runs have it. */
  readonly n: number;
  readonly mean: { readonly from: number; readonly to: number; readonly difference: Difference };
  /** Of `of` images: all, or a sample by hash. */
  readonly median: {
    readonly from: number;
    readonly to: number;
    /** Median of the images' differences, which is not the difference of the medians. */
    readonly difference: Difference;
    readonly of: number;
  };
}

/** A class beside itself in the other run; classes meet by name. */
export interface ClassDifference {
  readonly name: string;
  readonly classId: number;
  /** Objects that the model found, and objects that people labeled, in all images of each run. */
  readonly objects: readonly [from: number, to: number];
  readonly labels?: readonly [from: number, to: number];
  readonly falsePositives?: readonly [from: number, to: number];
  readonly misses?: readonly [from: number, to: number];
  readonly recall?: FigureDifference;
  readonly precision?: FigureDifference;
  readonly averagePrecision?: FigureDifference;
}

/** An image that changed, with its place in each run of the comparison; `undefined` where a run does not have it. */
export interface ChangedImage {
  readonly key: string;
  readonly places: readonly (RowPlace | undefined)[];
  /** What changed, from the former run to the latter: "12 objects, before 4". */
  readonly words: string;
}

export interface ChangedGroup {
  readonly id: 'found' | 'heat' | 'drift';
  readonly title: string;
  readonly rule: string;
  readonly images: readonly ChangedImage[];
}

/** From one run to the next one. */
export interface ComparisonStep {
  /** Indices into `runs`. */
  readonly from: number;
  readonly to: number;
  readonly images: PairedImages;
  /** What is compared: models on the same pictures, or pictures. */
  readonly kind: StepKind;
  /** Whether the evaluations can be compared figure by figure, and what stands against it, a sentence each. */
  readonly caveats: readonly string[];
  readonly figures: readonly FigureDifference[];
  readonly classes: readonly ClassDifference[];
  readonly measures: readonly MeasureDifference[];
  readonly maps?: MapSimilarities;
  /** Of class evidence, where both runs have it. */
  readonly evidence: readonly EvidenceSimilarity[];
  /** Of the images, where those of the runs are not the same. */
  readonly drift?: Drift;
  readonly changed: readonly ChangedGroup[];
}

/** `same-pictures`: most images are in both runs, unchanged; `same-keys`: most are in both by name, with other pixels; `other-pictures`: most are in one only. */
export type StepKind = 'same-pictures' | 'same-keys' | 'other-pictures';

/** A figure over all runs, in their order; `null` where a run does not have it. */
export interface ProgressLine {
  readonly name: string;
  readonly words: string;
  readonly values: readonly (number | null)[];
  readonly intervals: readonly (readonly [number, number] | null)[];
}

/** Lines that share one chart and one axis. */
export interface ProgressChart {
  readonly id: string;
  readonly title: string;
  /** Of the axis: a share goes from 0 to 1. */
  readonly isShare: boolean;
  readonly lines: readonly ProgressLine[];
}

/** What `eigenfleet compare` finds: `comparison.json`. */
export interface Comparison {
  readonly schema: 'comparison@1';
  /** Of the runs, their evaluations and the version of the rules. */
  readonly comparisonId: string;
  readonly runs: readonly ComparedRunInfo[];
  readonly title: Headline;
  readonly headlines: readonly Headline[];
  /** Of three and more runs. */
  readonly progress: readonly ProgressChart[];
  readonly steps: readonly ComparisonStep[];
}
