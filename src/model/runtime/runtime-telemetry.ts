import { isMainThread } from 'node:worker_threads';
import { EigenfleetError } from '../../shared/errors.ts';

/** ONNX Runtime's own switch, read once by its native library when that is loaded. */
const switchName = 'ORT_DISABLE_TELEMETRY';

/**
 * Turns ONNX Runtime's telemetry off for this process, its threads and its children. Without the switch, version 1.30 queues class names, the
 * model's description and a device id in the user's cache folder, leaves a log in the temporary folder, and looks up a host to send them to.
 *
 * Call it before a thread or child that loads the runtime is started. A thread's `process.env` is a copy that native code never sees, so only
 * the main thread can throw the switch.
 *
 * @throws EigenfleetError `device` in a thread of a process where it is not off: better no result than telemetry.
 */
export function turnRuntimeTelemetryOff(): void {
  if (isMainThread) process.env[switchName] = '1';
  else if (process.env[switchName] !== '1') {
    throw new EigenfleetError(
      'device',
      `A thread cannot turn ONNX Runtime's telemetry off: import eigenfleet in the main thread first, or start the process with ${switchName}=1.`,
    );
  }
}
