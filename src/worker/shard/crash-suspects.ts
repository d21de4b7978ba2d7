import { z } from 'zod';
import { runBounds } from '../../shared/run/run-spec.ts';

const row = z.number().int().nonnegative().max(runBounds.shardSize);

/** What is known of a shard's rows after attempts whose process died. */
export const crashStateSchema = z.object({
  /** Rows that were under way when a process died: to be tried alone, one at a time. */
  suspects: z.array(row),
  /** Rows that killed their process while they were alone: never tried again. */
  quarantined: z.array(row),
});
export type CrashState = z.infer<typeof crashStateSchema>;

export const noCrash: CrashState = { suspects: [], quarantined: [] };

/** What an attempt left behind when its process died. */
export interface Remains {
  readonly begun: ReadonlySet<number>;
  readonly ended: ReadonlySet<number>;
}

/**
 * Draws the conclusion from an attempt that died. A suspect is tried alone, so if it was the one thing under way it is convicted, and so an
 * image kills at most two processes. One that came through is acquitted. A row that was alone by chance (the last of a shard) was no suspect yet, and
 * whoever stops a process with a signal is not to convict it: it becomes one.
 */
export function judgeCrash(state: CrashState, { begun, ended }: Remains): CrashState {
  const underWay = [...begun].filter((row) => !ended.has(row));
  const [only] = underWay;
  const convicted =
    only !== undefined && underWay.length === 1 && state.suspects.includes(only) ? [only] : [];
  const open = [...state.suspects, ...underWay].filter(
    (row) => !ended.has(row) && !convicted.includes(row),
  );
  return {
    suspects: sortedSet(open),
    quarantined: sortedSet([...state.quarantined, ...convicted]),
  };
}

function sortedSet(rows: readonly number[]): number[] {
  return [...new Set(rows)].sort((a, b) => a - b);
}
