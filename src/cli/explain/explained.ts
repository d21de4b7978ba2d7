import type { ExplainedSample } from '../../worker/explain/explainer.ts';

/** An image that was explained. */
export type Explained = Extract<ExplainedSample, { status: 'success' }>;
