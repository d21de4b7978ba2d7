import { compareText } from './exemplars.ts';
import type { ShardStatistics } from './shard-statistics.ts';

type Reasons = ShardStatistics['reasons'];
type Reason = Reasons[string];

const keysKept = 5;

/** Failures by reason, each with the smallest keys that have it. */
export class ReasonTally {
  readonly #reasons = new Map<string, Reason>();

  add(reason: string, { status, count, keys }: Reason): void {
    const before = this.#reasons.get(reason);
    this.#reasons.set(reason, {
      // One sentence under two statuses is one entry: the smaller name, whichever came first.
      status: before !== undefined && before.status < status ? before.status : status,
      count: (before?.count ?? 0) + count,
      keys: [...(before?.keys ?? []), ...keys].sort(compareText).slice(0, keysKept),
    });
  }

  build(): Reasons {
    const sorted = [...this.#reasons].sort(([a], [b]) => compareText(a, b));
    return Object.fromEntries(sorted);
  }
}
