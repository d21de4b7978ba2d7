/**
 * Runs `work` on every item, at most `limit` at once, starting in order; starts no more once the signal is aborted or an item has
 * thrown. Settles when all that was started has, and then throws what was thrown first.
 */
export async function runConcurrently<Item>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const runner = async (): Promise<void> => {
    for (const item of queue) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (signal.aborted || failures.length > 0) return;
    }
  };
  if (signal.aborted) return;
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runner));
  if (failures.length > 0) throw failures[0];
}
