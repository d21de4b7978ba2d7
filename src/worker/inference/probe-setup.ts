import { basename } from 'node:path';
import { probeModel } from '../../model/probe/probe-model.ts';
import type { ProbeReport } from '../../model/probe/probe-report.ts';
import { EigenfleetError, type ErrorCode } from '../../shared/errors.ts';
import { mostFileBytes, readRegularFile } from '../../shared/host/regular-file.ts';
import { explainPlanOf, type InferenceSetup } from './inference-setup.ts';

/** A value, because it crosses threads. */
export type ProbeAnswer =
  | { readonly status: 'probed'; readonly report: ProbeReport | undefined }
  | { readonly status: 'refused'; readonly code: ErrorCode; readonly message: string };

/** Tries the model of an inference thread as that will run it. */
export async function probeSetup(setup: InferenceSetup): Promise<ProbeAnswer> {
  const { modelPath, weights, facts, device, threads } = setup;
  const bytes = await readRegularFile(modelPath, { mostBytes: mostFileBytes.model });
  // An image's own components can be computed again exactly, and show whether its layers are read right, which a basis needs as well.
  const plan = { ...explainPlanOf(setup), basis: undefined };
  const name = basename(modelPath);
  try {
    const report = await probeModel({ ...weights, name, bytes, facts, plan, device, threads });
    return { status: 'probed', report };
  } catch (error) {
    if (!(error instanceof EigenfleetError)) throw error;
    return { status: 'refused', code: error.code, message: error.message };
  }
}
