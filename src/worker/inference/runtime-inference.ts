import { stat } from 'node:fs/promises';
import { type BoxMapChoice, boxMapPlanOf } from '../../model/box-maps/box-map-plan.ts';
import { type ClassChoice, evidencePlanOf } from '../../model/evidence/evidence-plan.ts';
import { probeOnce } from '../../model/probe/probe-record.ts';
import type { ProbeReport } from '../../model/probe/probe-report.ts';
import type { Device } from '../../model/runtime/devices.ts';
import type { Preprocessing } from '../../model/session/preprocessing.ts';
import { sessionBatch } from '../../model/session/session-batch.ts';
import type { LoadedModel } from '../../model/yolo/load-model.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { Inference, SumsInference } from './inference.ts';
import type { InferenceSetup } from './inference-setup.ts';
import { InferenceStream } from './inference-stream.ts';
import { planStreams } from './inference-streams.ts';

export interface RuntimeOptions {
  readonly loaded: LoadedModel;
  readonly options: Pick<ExplainOptions, 'components' | 'padding' | 'allScores' | 'candidates'> &
    Preprocessing &
    ClassChoice &
    BoxMapChoice;
  readonly device: Device;
  /** Threads of the CPU provider. */
  readonly threads: number;
  /** Approximate number of images to explain: few do not justify more than one session. */
  readonly images: number;
  /** Images per call; default: the file's fixed batch, else 1. */
  readonly batch?: number | undefined;
  /** Compute in this thread, in one session; absent: in threads. */
  readonly here?: boolean | undefined;
  /** Of models, where results of probes are kept. */
  readonly cacheFolder?: string | undefined;
}

/**
 * ONNX Runtime in its own threads, on a CPU several at once. Resolves when the model is loaded on the device, and was tried on a made image on this machine. Throws
 * `EigenfleetError` with code `device` or `model`.
 */
export async function startRuntimeInference(runtime: RuntimeOptions): Promise<Inference> {
  const { streams, batch, close } = await openStreams(runtime, 'explain');
  const [first] = streams;
  if (first === undefined) throw new RangeError('expected at least one session');
  return {
    ...{ device: runtime.device, batch, streams: streams.length, close },
    infer: (inputs) => leastBusy(streams).infer(inputs),
    // Always the same one: the model is loaded once more only there.
    activations: (input, layers) => first.activations(input, layers),
  };
}

/** The sums of activations that a dataset's basis is made of. Resolves and throws as `startRuntimeInference`. */
export async function startSumsInference(
  runtime: Omit<RuntimeOptions, 'options'> & { readonly options: Preprocessing },
): Promise<SumsInference> {
  // Padding has no part in a basis, whatever a run makes of it.
  const padding = 'exclude' as const;
  const options = { ...runtime.options, components: [1], padding };
  const { streams, batch, close } = await openStreams({ ...runtime, options }, 'sums');
  return {
    ...{ device: runtime.device, batch, streams: streams.length, close },
    sums: (inputs) => leastBusy(streams).sums(inputs),
  };
}

async function openStreams(runtime: RuntimeOptions, purpose: InferenceSetup['purpose']) {
  const { loaded, device, threads, images, here } = runtime;
  const setup = { ...setupOf(runtime), purpose, here };
  const { size } = await stat(loaded.path);
  const plan = here ? [threads] : planStreams({ device, threads, modelBytes: size, images });
  const streams = plan.map((share) => new InferenceStream({ ...setup, threads: share }));
  const close = async () => {
    await Promise.all(streams.map((stream) => stream.close()));
  };
  const opened = await Promise.allSettled(
    streams.map(async (stream, index) => {
      if (index === 0) await probed(runtime, setup, () => stream.probe());
      await stream.open();
    }),
  );
  for (const one of opened) {
    if (one.status === 'fulfilled') continue;
    await close();
    throw one.reason;
  }
  return { streams, batch: setup.batch, close };
}

/** A run's maps are checked, and so are the activations that a basis is made of. The batch only decides how many images a call has. */
function probed(
  { loaded, device, cacheFolder }: RuntimeOptions,
  setup: Omit<InferenceSetup, 'stop'>,
  probe: () => Promise<ProbeReport | undefined>,
): Promise<void> {
  const { sha256, model } = loaded;
  const { layers, facts, components, allScores, candidates, evidence, preprocessing } = setup;
  const plan = { facts, components, allScores, candidates, evidence, preprocessing };
  return probeOnce({ name: model.name, sha256, device, layers, plan }, probe, { cacheFolder });
}

function setupOf({
  loaded,
  options,
  device,
  threads,
  batch,
}: RuntimeOptions): Omit<InferenceSetup, 'stop' | 'purpose'> {
  const { inputName, inputElemType, inputChannels, takesBytes, quantizes } = loaded.model;
  const { inputHeight, inputWidth, rectStride, opset, headLayout, rewrites } = loaded.model;
  const { scale, mean, std, channelOrder } = options;
  return {
    modelPath: loaded.path,
    weights: loaded.weights,
    facts: {
      ...{ inputName, inputElemType, inputChannels, takesBytes, quantizes },
      ...{ inputHeight, inputWidth, rectStride, opset, headLayout, rewrites },
      batch: loaded.model.batch,
    },
    layers: loaded.layers,
    components: Math.max(...options.components),
    basis: loaded.basis && { layers: loaded.basis, components: options.components },
    padding: options.padding,
    allScores: options.allScores ?? false,
    candidates: options.candidates,
    evidence: evidencePlanOf(loaded, options),
    boxMaps: boxMapPlanOf(loaded, options),
    preprocessing: { scale, mean, std, channelOrder },
    ...{ device, threads, batch: sessionBatch(loaded, batch) },
  };
}

function leastBusy(streams: readonly InferenceStream[]): InferenceStream {
  return streams.reduce((best, stream) => (stream.calls < best.calls ? stream : best));
}
