import { isDeepStrictEqual } from 'node:util';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { StorageUnavailableError } from '../../shared/host/storage-unavailable.ts';
import { isRedisError } from '../../shared/queue/redis-error.ts';
import type { Audit } from '../file/audit.ts';
import { auditWords } from './audit-words.ts';
import { isSettled, type Night } from './night.ts';
import type { NightPorts, NightRun, PreparedNight } from './night-ports.ts';
import { readNight, writeNight } from './stored-nights.ts';

export interface NightStep {
  /**
   * `moved`: the next step may follow at once. `waits`: for workers, or for what is away. `settled`: nothing is left to do. `overtaken`: somebody else wrote the record
   * meanwhile, and goes on.
   */
  readonly status: 'moved' | 'waits' | 'settled' | 'overtaken';
  readonly night: Night;
  /** Of a night that waits for what is away or in use: what was thrown. */
  readonly error?: unknown;
}

/** Another wrote the record since it was read. */
class OvertakenError extends Error {}

/**
 * Takes a night one step on: due -> planned -> closed -> told. The record is read again before each act and written before the act that follows, so the next one
 * goes on from it; acts may be repeated.
 *
 * @param earlier settled nights of the audit, the oldest first
 */
export async function advanceNight(
  audit: Audit,
  night: Night,
  earlier: readonly Night[],
  ports: NightPorts,
): Promise<NightStep> {
  try {
    if (isSettled(night)) return await tell(audit, night, ports);
    const run = runOf(night);
    if (night.status === 'due' || run === undefined) {
      return await begin(audit, night, earlier, ports);
    }
    return await follow(audit, { ...night, ...run }, earlier, ports);
  } catch (error) {
    return afterError(night, error, ports);
  }
}

async function begin(
  audit: Audit,
  night: Night,
  earlier: readonly Night[],
  ports: NightPorts,
): Promise<NightStep> {
  const prepared = await ports.prepare(audit, earlier);
  try {
    return await beginPrepared(night, prepared, ports);
  } finally {
    await prepared.close();
  }
}

async function beginPrepared(
  night: Night,
  { facts, begin: start }: PreparedNight,
  ports: NightPorts,
): Promise<NightStep> {
  const { error: _, ...rest } = night;
  const { startedAt = ports.clock.now().toISOString() } = night;
  const coordinator = ports.worker;
  const planned: Night = { ...rest, ...facts, status: 'planned', startedAt, coordinator };
  await record(night, planned, ports);
  const begun = await start().catch((error: unknown) => afterError(planned, error, ports));
  if (typeof begun !== 'string') return begun;
  return { status: begun === 'done' ? 'moved' : 'waits', night: planned };
}

async function follow(
  audit: Audit,
  night: Night & NightRun,
  earlier: readonly Night[],
  ports: NightPorts,
): Promise<NightStep> {
  const state = await ports.stateOf(night);
  if (state === 'absent') return begin(audit, night, earlier, ports);
  if (state === 'open') {
    const tended = await ports.tend(audit, night);
    return { status: tended === 'done' ? 'moved' : 'waits', night };
  }
  if (state === 'cancelled') {
    const error = { code: 'incomplete', sentence: `Run ${night.runId} was cancelled.` };
    return settle(night, { ...night, status: 'failed', error }, ports);
  }
  const { error: _, ...rest } = night;
  const findings = await ports.check(audit, night, earlier);
  return settle(night, { ...rest, ...findings, status: 'closed' }, ports);
}

async function settle(before: Night, after: Night, ports: NightPorts): Promise<NightStep> {
  const closedAt = ports.clock.now().toISOString();
  const settled: Night = { ...after, closedAt, coordinator: ports.worker };
  await record(before, settled, ports);
  return { status: 'moved', night: settled };
}

async function tell(audit: Audit, night: Night, ports: NightPorts): Promise<NightStep> {
  if (night.status === 'missed' || night.announced !== undefined) {
    return { status: 'settled', night };
  }
  const told: Night = { ...night, announced: await ports.announce(audit, night) };
  await record(night, told, ports);
  return { status: 'settled', night: told };
}

/** What passes by itself is waited for, and said in the record; anything else ends the night. */
async function afterError(night: Night, error: unknown, ports: NightPorts): Promise<NightStep> {
  if (error instanceof OvertakenError) return { status: 'overtaken', night };
  if (ports.signal.aborted) return { status: 'waits', night, error };
  const code = error instanceof EigenfleetError ? error.code : 'fault';
  const said = {
    code: isPassing(error) ? codeOf(error) : code,
    sentence: auditWords(messageOf(error)),
  };
  try {
    if (!isPassing(error) && !isSettled(night)) {
      return await settle(night, { ...night, status: 'failed', error: said }, ports);
    }
    if (isSettled(night) || isDeepStrictEqual(night.error, said)) {
      return { status: 'waits', night, error };
    }
    const waiting: Night = { ...night, error: said };
    await record(night, waiting, ports);
    return { status: 'waits', night: waiting, error };
  } catch (unwritten) {
    if (unwritten instanceof OvertakenError) return { status: 'overtaken', night };
    return { status: 'waits', night, error: isPassing(error) ? error : unwritten };
  }
}

/** Codes of what another time may do: another run works in the same folder, or Redis is away. */
const passing: readonly string[] = ['locked', 'redis', 'refused'];

function isPassing(error: unknown): boolean {
  if (error instanceof StorageUnavailableError || isRedisError(error)) return true;
  return error instanceof EigenfleetError && passing.includes(error.code);
}

function codeOf(error: unknown): string {
  if (error instanceof StorageUnavailableError) return error.code;
  return error instanceof EigenfleetError ? error.code : 'redis';
}

/** Replaces the record, if it is still the one that was read. */
async function record(before: Night, after: Night, ports: NightPorts): Promise<void> {
  ports.signal.throwIfAborted();
  const stored = await readNight(ports.home, before.audit, before.key);
  if (!isDeepStrictEqual(stored, plain(before))) throw new OvertakenError();
  await writeNight(ports.home, after);
}

/** Without what is `undefined`, as it is stored. */
function plain(night: Night): unknown {
  return JSON.parse(JSON.stringify(night));
}

function runOf({ runId, out }: Night): NightRun | undefined {
  return runId === undefined || out === undefined ? undefined : { runId, out };
}
