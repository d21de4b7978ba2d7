import { z } from 'zod';
import { evaluationSetupSchema } from './evaluation-setup.ts';
import { packedSumsSchema } from './evaluation-sums.ts';

/** `evaluated/<shard>.json`: what a shard adds to the evaluation of its run, for one setup and the labels that the run read. */
export const evaluatedPartSchema = z.object({
  schema: z.literal('evaluated@1'),
  runId: z.string(),
  shard: z.number().int().nonnegative(),
  setup: evaluationSetupSchema,
  sums: packedSumsSchema,
});
export type EvaluatedPart = z.infer<typeof evaluatedPartSchema>;
