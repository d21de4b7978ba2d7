import { evaluateRun } from '../../local/evaluation/evaluate-run.ts';
import type { RunAddress } from '../../shared/run/places/run-address.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';

export interface AnewPorts extends Notices {
  readonly storage: StoreOptions;
  readonly signal: AbortSignal;
  openStore(uri: string): ObjectStore;
}

/** What `eigenfleet evaluate` does, for a night whose images have other labels than its run was planned with. */
export async function evaluateAnew(
  { out, runId }: RunAddress,
  labels: string | undefined,
  { openStore, ...ports }: AnewPorts,
): Promise<void> {
  const store = openStore(out);
  await evaluateRun({ ...ports, store, runId, labels, storedLabels: false, choice: {} });
}
