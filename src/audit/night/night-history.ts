import { isSettled, type Night } from './night.ts';

/** In the order in which they began, which is not that of their dates where one was caught up. */
export function inOrder(nights: readonly Night[]): Night[] {
  return [...nights].sort((a, b) => order(beginOf(a), beginOf(b)) || order(a.key, b.key));
}

function beginOf({ startedAt, dueAt }: Night): string {
  return startedAt ?? dueAt;
}

/** ISO times and keys are ASCII. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The last night whose run was finished and looked at. */
export function lastClosed(nights: readonly Night[]): Night | undefined {
  return inOrder(nights).findLast(({ status }) => status === 'closed');
}

/** Nights that passed, the newest first: `baseline: previous` means the run of the first of them. */
export function passedNights(nights: readonly Night[]): Night[] {
  return inOrder(nights).filter(hasPassed).reverse();
}

/** Where there are no rules, a whole run passes. */
export function hasPassed({ status, verdict, error }: Night): boolean {
  if (status !== 'closed') return false;
  return verdict === undefined ? error === undefined : verdict.outcome === 'pass';
}

/** The night that is under way, or the oldest that is to begin. An audit never has two under way. */
export function openNight(nights: readonly Night[]): Night | undefined {
  const open = inOrder(nights).filter((night) => !isSettled(night));
  return open.find(({ status }) => status === 'planned') ?? open[0];
}

/** The last local date that has a record, whatever became of it. */
export function lastDateOf(nights: readonly Night[]): string | undefined {
  return nights
    .flatMap(({ date }) => date ?? [])
    .sort()
    .at(-1);
}
