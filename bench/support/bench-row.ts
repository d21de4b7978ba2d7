import type { Build } from './build.ts';

/** How long a bench may take: a look in minutes, or every row as the table of aims asks. */
export type BenchLength = 'short' | 'full';

/** One figure that is measured in turn, of this build and of another. */
export interface BenchRow {
  /** Unique, such as `graph-640-k1`. */
  readonly id: string;
  readonly words: string;
  readonly unit: 'ratio' | 'images/s' | 'rows/s' | 's' | 'ms' | 'MB' | 'KB' | 's of CPU';
  readonly better: 'low' | 'high';
  /** What it should be, as people say it: `<= 1.015`, `<= 0.6 of before`. */
  readonly aim: string;
  /** Times that each build takes its turn; absent where a row is not measured at this length. */
  readonly turns: Readonly<Partial<Record<BenchLength, number>>>;
}

/** Rows that one measurement gives: a run has its time, its memory and its bytes at once. */
export interface BenchGroup {
  readonly rows: readonly BenchRow[];
  /** Makes what both builds read, before the first turn. */
  prepare?(folder: string, length: BenchLength): Promise<void>;
  /** One turn of one build; by id of the row. A row without a value is not measured by this build. */
  measure(build: Build, at: BenchPlace): Promise<Readonly<Record<string, number>>>;
}

export interface BenchPlace {
  /** A temporary folder that `prepare` has filled. */
  readonly folder: string;
  readonly length: BenchLength;
}
