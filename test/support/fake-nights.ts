import type { Audit } from '../../src/audit/file/audit.ts';
import { type TurnPorts, takeTurn } from '../../src/audit/night/audit-turn.ts';
import type { Night } from '../../src/audit/night/night.ts';
import { NightCache } from '../../src/audit/night/night-cache.ts';
import type { NightFindings } from '../../src/audit/night/night-ports.ts';
import { listNights } from '../../src/audit/night/stored-nights.ts';
import { MemoryStore } from '../../src/shared/storage/memory-store.ts';

const verdict = { outcome: 'pass', sentence: 'All hold.', failed: [], unknown: [] } as const;

/** A world in which runs are words: what nights do to it is written down, and runs are finished by hand. */
export class FakeNights {
  readonly home = new MemoryStore('home');
  readonly acts: string[] = [];
  readonly runs = new Map<string, 'open' | 'closed' | 'cancelled'>();
  /** Names the images that are there, and so the run. */
  images = 'a';
  findings: NightFindings = { verdict: { ...verdict, failed: [], unknown: [] } };
  /** Called before an act, which it may let fail. */
  before: (act: string) => void = () => {};
  /** Whether workers finish a run as soon as it is begun. */
  hasWorkers = true;
  #now = new Date('2026-11-30T12:00:00.000Z');

  readonly audit: Audit;
  constructor(audit: Audit) {
    this.audit = audit;
  }

  at(time: string): this {
    this.#now = new Date(time);
    return this;
  }

  /** What one coordinator does at this time, with nothing in memory. */
  async beat(pausedSince?: string): Promise<readonly Night[]> {
    const stored = { audit: this.audit, ...(pausedSince !== undefined && { pausedSince }) };
    await takeTurn(stored, this.ports());
    return listNights(this.home, this.audit.name);
  }

  ports(signal: AbortSignal = new AbortController().signal): TurnPorts {
    return {
      ...{ home: this.home, worker: 'one', signal, nights: new NightCache(this.home) },
      clock: { now: () => this.#now },
      prepare: async () => {
        const runId = `run-${this.images}`;
        this.#do(`plan ${runId}`);
        const begin = async () => {
          this.#do(`begin ${runId}`);
          if (!this.runs.has(runId)) this.runs.set(runId, this.hasWorkers ? 'closed' : 'open');
          return this.hasWorkers ? ('done' as const) : ('begun' as const);
        };
        return { facts: { runId, out: 'memory:results' }, begin, close: async () => {} };
      },
      stateOf: async ({ runId }) => this.runs.get(runId) ?? 'absent',
      tend: async (_, { runId }) => {
        this.#do(`tend ${runId}`);
        return 'begun';
      },
      check: async (_, { runId }) => {
        this.#do(`check ${runId}`);
        return this.findings;
      },
      announce: async (_, { key, status }) => {
        this.#do(`tell ${key} ${status}`);
        return { status: 'none', attempts: 0, at: this.#now.toISOString() };
      },
    };
  }

  #do(act: string): void {
    this.before(act);
    this.acts.push(act);
  }
}
