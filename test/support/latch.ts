/** A promise that the test settles, to say when something may happen. */
export interface Latch<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
}

export function latch<Value = void>(): Latch<Value> {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
