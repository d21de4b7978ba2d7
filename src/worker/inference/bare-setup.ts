import type { Device } from '../../model/runtime/devices.ts';
import type { ModelWeights } from '../../model/runtime/model-weights.ts';
import type { LoadedModel } from '../../model/yolo/load-model.ts';

/** Plain data, for a thread. */
export interface BareSetup {
  readonly modelPath: string;
  readonly weights: ModelWeights;
  readonly inputName: string;
  readonly elemType: 'float32' | 'float16' | 'uint8';
  /** [batch, channels, height, width]. */
  readonly dims: readonly number[];
  readonly device: Device;
  /** Of one session. */
  readonly threads: number;
}

/** An image a call, or as many as the file's fixed batch has. */
export function bareSetupOf(
  { path, weights, model }: LoadedModel,
  session: Pick<BareSetup, 'device' | 'threads'>,
): BareSetup {
  const { inputName, inputElemType, inputChannels, inputHeight, inputWidth, batch } = model;
  const dims = [batch === 'dynamic' ? 1 : batch, inputChannels, inputHeight, inputWidth];
  return { ...session, modelPath: path, weights, inputName, elemType: inputElemType, dims };
}

export interface BareTask {
  readonly calls: number;
}
export type BareTold = 'ready' | 'done';
