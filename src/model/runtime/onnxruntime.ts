import { createRequire } from 'node:module';
import type * as OnnxRuntime from 'onnxruntime-node';
import { turnRuntimeTelemetryOff } from './runtime-telemetry.ts';

turnRuntimeTelemetryOff();

/**
 * The one door to ONNX Runtime: imported anywhere else, it would be loaded with its telemetry on. `require`, because its evaluation cannot
 * move ahead of the line above. `test/architecture.test.ts` holds that there is no other door.
 */
const runtime: typeof OnnxRuntime = createRequire(import.meta.url)('onnxruntime-node');
// What it would log it also throws, and that becomes a sentence of ours; its own lines are colored and go to stderr past us. Sessions say it again.
runtime.env.logLevel = 'fatal';

export const { InferenceSession, Tensor } = runtime;
export type InferenceSession = OnnxRuntime.InferenceSession;
export type Tensor = OnnxRuntime.Tensor;
export type ExecutionProviderConfig = OnnxRuntime.InferenceSession.ExecutionProviderConfig;
export type OnnxValueMapType = OnnxRuntime.InferenceSession.OnnxValueMapType;
