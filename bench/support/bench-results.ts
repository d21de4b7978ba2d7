import type { BenchLength, BenchRow } from './bench-row.ts';
import { median } from './median.ts';

/** One row as it was measured. */
export interface BenchResult extends Omit<BenchRow, 'turns'> {
  /** In the order of the turns; `before` is missing without another build. */
  readonly turns: readonly { readonly now: number; readonly before?: number }[];
  readonly now: number;
  readonly before?: number;
  /** Median of now / before within a turn. */
  readonly ratio?: number;
}

/** `bench/results/latest.json`. */
export interface BenchResults {
  readonly schema: 'bench@1';
  readonly length: BenchLength;
  readonly at: string;
  readonly machine: readonly string[];
  readonly build: string;
  readonly against?: string;
  readonly rows: readonly BenchResult[];
}

/** `undefined` for a row that this build did not measure. */
export function resultOf(
  { turns: _, ...row }: BenchRow,
  now: readonly (number | undefined)[],
  before: readonly (number | undefined)[],
): BenchResult | undefined {
  const turns = now.flatMap((value, i) => {
    const other = before[i];
    return value === undefined
      ? []
      : [{ now: value, ...(other !== undefined && { before: other }) }];
  });
  if (turns.length === 0) return undefined;
  const pairs = turns.flatMap((turn) =>
    turn.before === undefined ? [] : [{ ...turn, before: turn.before }],
  );
  return {
    ...row,
    turns,
    now: median(turns.map((turn) => turn.now)),
    ...(pairs.length > 0 && {
      before: median(pairs.map((turn) => turn.before)),
      ratio: median(pairs.map((turn) => turn.now / turn.before)),
    }),
  };
}

export function valueWords(value: number | undefined, unit: BenchRow['unit']): string {
  if (value === undefined) return '';
  if (unit === 'ratio') return value.toFixed(3);
  return value >= 1000
    ? Math.round(value).toLocaleString('en')
    : String(Number(value.toPrecision(3)));
}

/** The rows as a Markdown table. */
export function resultsTable({ rows, against }: BenchResults): string {
  const head =
    against === undefined
      ? ['What', 'Unit', 'Now', 'Aim']
      : ['What', 'Unit', `At ${against}`, 'Now', 'Now / before', 'Turns', 'Aim'];
  const lines = rows.map(({ words, unit, now, before, ratio, aim, turns }) => {
    const values =
      against === undefined
        ? [words, unit, valueWords(now, unit), aim]
        : [
            words,
            unit,
            valueWords(before, unit),
            valueWords(now, unit),
            ratio?.toFixed(3) ?? '',
            String(turns.length),
            aim,
          ];
    return `| ${values.join(' | ')} |`;
  });
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...lines].join('\n');
}
