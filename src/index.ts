export type { RunSpec } from './shared/run-spec.ts';
