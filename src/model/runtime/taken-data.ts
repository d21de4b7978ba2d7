import { releaseBytes } from '../../shared/host/threads/release-bytes.ts';

/**
 * The numbers of a result in memory of their own, which may go to another thread. ONNX Runtime's stays with the session's thread, however it is transferred, until V8 looks through all objects: it
 * is released. Do not read the result afterward.
 */
export function takenData<Data extends Float32Array | Int32Array>(data: Data): Data {
  const own = data.slice() as Data;
  releaseBytes(data);
  return own;
}
