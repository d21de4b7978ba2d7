import type { Device } from '../../model/runtime/devices.ts';
import type { ModelWeights } from '../../model/runtime/model-weights.ts';

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

export interface BareTask {
  readonly calls: number;
}
export type BareTold = 'ready' | 'done';
