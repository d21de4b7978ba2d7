import { move, transferableSymbol, valueSymbol } from 'piscina';

/** Distinct buffers behind arrays that own them. */
export function buffersOf(arrays: readonly ArrayBufferView[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const { buffer } of arrays) {
    if (buffer instanceof ArrayBuffer && buffer.byteLength > 0) buffers.add(buffer);
  }
  return [...buffers];
}

/** A thread's answer whose arrays move to the caller instead of being copied. */
export function transferring<Value extends object>(
  value: Value,
  arrays: readonly ArrayBufferView[],
): Value {
  const moved = { [transferableSymbol]: buffersOf(arrays), [valueSymbol]: value };
  return move(moved) as Value;
}
