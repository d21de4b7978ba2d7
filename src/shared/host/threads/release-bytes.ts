import { runInNewContext } from 'node:vm';
import { setEngineFlag } from './engine-flags.ts';

type Transfer = (this: ArrayBuffer, byteLength: number) => ArrayBuffer;

let transfer: Transfer | undefined;

/**
 * Frees bytes that nobody reads any more, where they are all of their memory, without looking for garbage. Every view of it has no bytes afterward. A library's memory that hangs on a Buffer
 * (a picture of sharp, an answer of ONNX Runtime) is otherwise kept until V8 looks through all of a thread's objects: a weak handle of Node's keeps it alive while it only looks through
 * the young ones. `structuredClone` would copy it. The library itself frees it at the next turn of the event loop.
 */
export function releaseBytes({
  buffer,
  byteLength,
}: Pick<ArrayBufferView, 'buffer' | 'byteLength'>): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength !== byteLength) return;
  transfer ??= ownTransfer() ?? newTransfer();
  transfer?.call(buffer, 0);
}

/** Of Node 22 and later. */
function ownTransfer(): Transfer | undefined {
  return (ArrayBuffer.prototype as { transfer?: Transfer }).transfer;
}

/** Node 20 has it behind a flag that only contexts made afterward heed. */
function newTransfer(): Transfer | undefined {
  setEngineFlag('harmony-rab-gsab-transfer', true);
  return runInNewContext('ArrayBuffer.prototype.transfer');
}
