import type { Device } from '../../model/runtime/devices.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';

/** Start data of the child process. */
export interface TrialSetup {
  readonly spec: RunSpec;
  readonly modelPath: string;
  readonly device: Device;
  readonly storeOptions: StoreOptions;
}
