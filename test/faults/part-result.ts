import type { Part } from './campaign-options.ts';

/** What a part of a campaign is asked to do. */
export interface PartTask {
  readonly seed: number;
  readonly first: number;
  /** Schedules at once. */
  readonly jobs: number;
  /** Of this part; it makes it. */
  readonly folder: string;
  /** How many are asked for, if it is known. */
  readonly count?: number;
  /** Whether another is to be tried after so many. */
  goesOn(tried: number): boolean;
  /** Prints a line. */
  say(line: string): void;
}

export interface PartResult {
  readonly part: Part;
  readonly tried: number;
  /** Figures, for people. */
  readonly words: string;
  readonly failures: readonly PartFailure[];
}

export interface PartFailure {
  readonly index: number;
  /** How many belong together from there on; one when absent. */
  readonly count?: number;
  /** What is not as it should be. */
  readonly wrong: readonly string[];
}
