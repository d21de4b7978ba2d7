export type { RunSpec } from './shared/run/run-spec.ts';
