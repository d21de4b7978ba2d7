import { repositoryText } from './repository-files.ts';

type Row = readonly number[];

/** What scipy says: `test/golden/statistics`. */
export interface StatisticsCases {
  /** Arguments, then the value. */
  readonly distributions: Readonly<Record<DistributionName, readonly Row[]>>;
  readonly smirnov: readonly {
    readonly a: Row;
    readonly b: Row;
    readonly d: number;
    readonly exact: number;
    readonly limit: number;
  }[];
  readonly wilcoxon: readonly {
    readonly d: Row;
    readonly w: number;
    readonly exact: number;
    readonly normal: number;
  }[];
  readonly fisher: readonly { readonly table: Row; readonly p: number }[];
  readonly mcnemar: readonly { readonly b: number; readonly c: number; readonly p: number }[];
  readonly welch: readonly {
    readonly a: Row;
    readonly b: Row;
    readonly t: number;
    readonly df: number;
    readonly p: number;
  }[];
  readonly spearman: readonly {
    readonly a: Row;
    readonly b: Row;
    readonly rho: number;
    readonly p: number;
  }[];
  readonly benjaminiHochberg: readonly { readonly p: Row; readonly adjusted: Row }[];
}

export type DistributionName =
  | 'studentQuantile'
  | 'studentTwoSided'
  | 'normalQuantile'
  | 'normalTail'
  | 'chiSquaredQuantile'
  | 'chiSquaredTail'
  | 'logGamma';

export function statisticsCases(): StatisticsCases {
  return JSON.parse(repositoryText('test/golden/statistics/cases.json'));
}
