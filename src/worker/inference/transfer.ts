import { move, transferableSymbol, valueSymbol } from 'piscina';
import { buffersOf } from './buffers-of.ts';

/** A thread's answer whose arrays move to the caller instead of being copied. */
export function transferring<Value extends object>(
  value: Value,
  arrays: readonly ArrayBufferView[],
): Value {
  const moved = { [transferableSymbol]: buffersOf(arrays), [valueSymbol]: value };
  return move(moved) as Value;
}
