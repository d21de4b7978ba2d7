import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import { turnRuntimeTelemetryOff } from './runtime-telemetry.ts';

turnRuntimeTelemetryOff();

/**
 * The only import of ONNX Runtime: any other would load it with its telemetry on. `require`, because its evaluation cannot
 * move ahead of the line above. `test/architecture.test.ts` holds that there is no other import.
 */
const runtime: typeof OnnxRuntime = createRequire(import.meta.url)('onnxruntime-node');
// It also throws what it would log, and we turn that into a sentence; its own lines are colored and bypass us on stderr. Sessions set it again.
runtime.env.logLevel = 'fatal';

export const { InferenceSession, Tensor } = runtime;
export type InferenceSession = OnnxRuntime.InferenceSession;
export type Tensor = OnnxRuntime.Tensor;
export type ExecutionProviderConfig = OnnxRuntime.InferenceSession.ExecutionProviderConfig;
export type OnnxValueMapType = OnnxRuntime.InferenceSession.OnnxValueMapType;
