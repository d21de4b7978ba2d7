import { commandLine } from '../../shared/redaction/command-line.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { Comparison } from '../compare/comparison.ts';

/** The command that repeats a comparison. */
export function comparisonCommand({ runs }: Pick<Comparison, 'runs'>): string {
  const places = runs.map(({ out, runId }) => `${placeOf(out)}/${runId}`);
  return commandLine(['compare', ...places]);
}
