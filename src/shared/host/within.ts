export type TimelyAnswer<Value> =
  | { readonly status: 'answered'; readonly value: Value }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'late' };

/**
 * Returns what `ask` returns within `limitMs`. A client that waits for its server answers only when the server is back: a probe cannot wait that long. The
 * question itself is not canceled.
 */
export async function within<Value>(
  limitMs: number,
  ask: () => Promise<Value>,
): Promise<TimelyAnswer<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TimelyAnswer<Value>>((resolve) => {
    timer = setTimeout(resolve, limitMs, { status: 'late' });
  });
  const answer = Promise.resolve()
    .then(ask)
    .then(
      (value): TimelyAnswer<Value> => ({ status: 'answered', value }),
      (error: unknown): TimelyAnswer<Value> => ({ status: 'failed', error }),
    );
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
