/** Works on several items at once, and yields what comes of them in their order; at most `atOnce` results wait. Items are taken as they are needed. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const left = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : valuesOf(items);
  const underWay: Promise<Worked<Result>>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const begin = (): void => {
    // One after the other: an iterator need not take several calls at once.
    const taken = last.then(() => left.next());
    last = taken;
    const worked = taken.then(async ({ done, value }): Promise<Worked<Result>> => {
      return done === true ? { status: 'end' } : { status: 'done', result: await work(value) };
    });
    // It is awaited later; until then nobody would hear of its failure.
    worked.catch(() => {});
    underWay.push(worked);
  };
  for (let i = 0; i < atOnce; i++) begin();
  try {
    for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
      const worked = await next;
      if (worked.status === 'end') return;
      begin();
      yield worked.result;
    }
  } finally {
    await Promise.allSettled(underWay);
    await left.return?.();
  }
}

/** The same where nothing comes of them. Rejects with what the first of them threw, once all that were begun have ended. */
export async function eachAtOnce<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const worked = inOrder(items, atOnce, work);
  while ((await worked.next()).done !== true);
}

type Worked<Result> =
  | { readonly status: 'end' }
  | { readonly status: 'done'; readonly result: Result };

async function* valuesOf<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
