import { ratioInterval } from '../../shared/intervals/ratio-interval.ts';
import { sumOf } from '../../shared/statistics/sum-of.ts';
import type { EvaluationBlocks } from '../result/evaluation.ts';
import type { Figure } from '../result/figure.ts';

/** Sums of each block, for a figure that is one over the other. */
export interface RatioSums {
  readonly numerators: readonly number[];
  readonly denominators: readonly number[];
}

/** What a figure is called, counts, and why it has no value where it has none. */
export interface RatioWords {
  readonly of: Figure['of'];
  /** A sentence. */
  readonly without: string;
  /** What it can be; [0, 1] where absent. */
  readonly range?: readonly [number, number];
}

/** The ratio of two sums over the blocks, with its interval. */
export function ratioFigure({ numerators, denominators }: RatioSums, words: RatioWords): Figure {
  const n = sumOf(denominators);
  const { of, without, range = [0, 1] } = words;
  if (n === 0) return { value: null, n, of, why: without };
  const interval = ratioInterval({ numerators, denominators }, { range });
  return { value: sumOf(numerators) / n, n, of, ...interval };
}

/** Sums of several lists, place by place. */
export function addedUp(lists: readonly (readonly number[])[], length: number): number[] {
  return Array.from({ length }, (_, i) => lists.reduce((sum, list) => sum + (list[i] ?? 0), 0));
}

/** Figures by name, as an evaluation's `blocks.ratios` keeps the sums behind them. */
export class RatioBook {
  readonly ratios: Record<string, { numerators: number[]; denominators: number[] }> = {};

  /** The figure, whose sums are kept under its name. */
  figure(name: string, sums: RatioSums, words: RatioWords): Figure {
    const { numerators, denominators } = sums;
    if (sumOf(denominators) > 0) {
      this.ratios[name] = { numerators: [...numerators], denominators: [...denominators] };
    }
    return ratioFigure(sums, words);
  }

  /** Keeps the sums of figures that were made elsewhere. */
  add(ratios: Ratios): void {
    for (const [name, { numerators, denominators }] of Object.entries(ratios)) {
      this.ratios[name] = { numerators: [...numerators], denominators: [...denominators] };
    }
  }
}

export type Ratios = EvaluationBlocks['ratios'];
