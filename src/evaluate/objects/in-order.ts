/** Works on several items at once, and yields what comes of them in their order; at most `atOnce` results wait. */
export async function* inOrder<Item, Result>(
  items: Iterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  const left = items[Symbol.iterator]();
  const begin = (): void => {
    const { done, value } = left.next();
    if (done === true) return;
    const result = work(value);
    // It is awaited later; until then nobody would hear of its failure.
    result.catch(() => {});
    underWay.push(result);
  };
  for (let i = 0; i < atOnce; i++) begin();
  for (let next = underWay.shift(); next !== undefined; next = underWay.shift()) {
    const result = await next;
    begin();
    yield result;
  }
}
