import {
  type BenchOutcome,
  flagWords,
  type MeasuredFlags,
} from '../../local/bench/bench-machine.ts';
import { counted, percent } from '../../report/words/wording.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';

/** What was measured, the fastest first, and the run that uses it. */
export function benchText(outcome: BenchOutcome, model: string): string {
  const { device, threads, pictures, bare, tried } = outcome;
  const width = Math.max(...tried.map((one) => flagWords(one).length), 'the model alone'.length);
  const sessions = bare.sessions === 1 ? 'one session' : `${bare.sessions} sessions of one thread`;
  const [best] = tried;
  return [
    `${device}, ${counted(threads, 'thread')}; ${pictures}`,
    '',
    `  ${'the model alone'.padEnd(width)}  ${rate(bare.imagesPerSecond)}  ${sessions}, pictures in memory`,
    ...tried.map(
      (one) => `  ${flagWords(one).padEnd(width)}  ${rate(one.imagesPerSecond)}  ${ofBare(one)}`,
    ),
    '',
    ...(best === undefined ? [] : [`Fastest here: ${runOf(best, outcome, model)}`]),
  ].join('\n');
}

function rate(imagesPerSecond: number): string {
  return `${imagesPerSecond.toFixed(1).padStart(7)} images/s`;
}

function ofBare({ ofBare: share, rates }: MeasuredFlags): string {
  const spread =
    rates.length > 1
      ? `, ${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)} images/s`
      : '';
  return `${percent(share)} of the model alone${spread}`;
}

/** Flags that say what a run does anyway are left out. */
function runOf(best: MeasuredFlags, { threads, device }: BenchOutcome, model: string): string {
  return commandLine([
    ...['run', '--model', model, '--images', 'FOLDER'],
    ...(device === 'cpu' ? [] : ['--device', device]),
    ...(best.threads === threads ? [] : ['--threads', String(best.threads)]),
    ...(best.batch === 1 ? [] : ['--batch', String(best.batch)]),
  ]);
}
