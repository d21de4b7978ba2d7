import type { EnqueuedRun } from '../../producer/queue/enqueue-run.ts';
import type { ResumeResult } from '../../producer/queue/resume-run.ts';
import { counted, wholeNumber } from '../../report/words/wording.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';

export interface EnqueuedFacts {
  readonly runId: string;
  /** Shards of the run. */
  readonly shards: number;
  /** The results, as the person wrote them. */
  readonly out: string;
  readonly enqueued: EnqueuedRun;
  /** Where the report is, of a run that was closed before. */
  readonly report: string | undefined;
}

/** The closing words of `enqueue`: what is new, what happened to the rest, and what to do next. */
export function enqueuedWords({ runId, shards, out, enqueued, report }: EnqueuedFacts): string {
  const { added, done, failed } = enqueued;
  const retry =
    failed.length > 0 ? [retryWords(shardNames(failed), failed.length, { runId, out })] : [];
  if (report !== undefined && added === 0) {
    return [`Run ${runId} is already closed: its report is ${report}`, ...retry].join('\n');
  }
  const under = shards - added - done - failed.length;
  const others = [
    [done, 'done'],
    [under, 'waiting or running'],
    [failed.length, 'failed for good'],
  ] as const;
  const rest = others.flatMap(([n, what]) => (n > 0 ? [`${wholeNumber(n)} ${what}`] : []));
  const whole = `${wholeNumber(added)} of ${counted(shards, 'shard')} enqueued`;
  const follow = `Follow with: ${commandLine(['watch', runId, '--out', out])}`;
  return [`${[whole, ...rest].join(', ')}. ${follow}`, ...retry].join('\n');
}

export interface ResumedFacts {
  readonly runId: string;
  /** The results, as the person wrote them. */
  readonly out: string;
  readonly result: ResumeResult;
  /** Where the report is, or will be. */
  readonly report: string;
}

/** The closing words of `resume`. */
export function resumedWords({ runId, out, result, report }: ResumedFacts): string {
  const { total, done, failed, added, settled, closed } = result;
  const retry = failed > 0 ? [retryWords(counted(failed, 'shard'), failed, { runId, out })] : [];
  if (closed) return [`Run ${runId} is closed: its report is ${report}`, ...retry].join('\n');
  const next = settled ? 'all are settled, the summary follows' : 'the fleet continues';
  const jobs = `${counted(added, 'job')} ${added === 1 ? 'was' : 'were'} added`;
  const shards = `${wholeNumber(done)} of ${counted(total, 'shard')} are done, ${wholeNumber(failed)} failed`;
  return [`${shards}, ${jobs}: ${next}.`, ...retry].join('\n');
}

function retryWords(
  which: string,
  count: number,
  { runId, out }: { readonly runId: string; readonly out: string },
): string {
  const remedy = commandLine(['resume', runId, '--retry-failed', '--out', out]);
  return `${which} failed for good: \`${remedy}\` retries ${count === 1 ? 'it' : 'them'}.`;
}

/** Shards listed by number; the rest are counted. */
const mostNamed = 8;

function shardNames(shards: readonly number[]): string {
  if (shards.length === 1) return `Shard ${shards[0]}`;
  const more = shards.length - mostNamed;
  const named = shards.slice(0, mostNamed).join(', ');
  return more > 0 ? `Shards ${named} and ${more} more` : `Shards ${named}`;
}
