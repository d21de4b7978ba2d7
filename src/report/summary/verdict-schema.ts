import { z } from 'zod';

const count = z.number().int().nonnegative();

/** `undecided`: too little stands behind the figure, or it does not exist. A failed rule decides over an undecided one, and that over all that pass. */
export const ruleOutcomes = ['pass', 'fail', 'undecided'] as const;
export type RuleOutcome = (typeof ruleOutcomes)[number];

/** An image that a rule's figure is worst on; its place where that is known. `words`: what is in it, such as "3 misses". */
export const ruleImageSchema = z.object({
  key: z.string(),
  shard: count.optional(),
  row: count.optional(),
  words: z.string(),
});
export type RuleImage = z.infer<typeof ruleImageSchema>;

export const ruleResultSchema = z.object({
  /** What must hold, as a person would write it: `recall.Platelets >= 0.7`. */
  rule: z.string(),
  /** The name of the rule, where it was given one. */
  name: z.string().optional(),
  outcome: z.enum(ruleOutcomes),
  /** What was found, one sentence that ends in what it rests on or what is missing. */
  sentence: z.string(),
  /** The figure that is compared with `limit`: of a change, run minus baseline. `null` where it does not exist. Shares are from 0 to 1. */
  value: z.number().nullable(),
  limit: z.number().optional(),
  /** `value` and `limit` are read as percent. */
  percent: z.boolean().optional(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  n: count,
  of: z.enum(['objects', 'images']),
  /** Of a change: the figure of the run and of its baseline. */
  now: z.number().nullable().optional(),
  before: z.number().nullable().optional(),
  /** The worst first. */
  images: z.array(ruleImageSchema),
});
export type RuleResult = z.infer<typeof ruleResultSchema>;

/** `verdict.json`: whether a run is what its rules ask for. */
export const verdictSchema = z.object({
  schema: z.literal('verdict@1'),
  runId: z.string(),
  /** Whose figures of labels they are; absent where the run has no evaluation. */
  evaluationId: z.string().optional(),
  /** The run that changes are measured from. */
  against: z.object({ runId: z.string(), out: z.string() }).optional(),
  outcome: z.enum(ruleOutcomes),
  /** The outcome in one sentence. */
  sentence: z.string(),
  counts: z.object({ pass: count, fail: count, undecided: count }),
  /** In the order in which they were written. */
  rules: z.array(ruleResultSchema),
});
export type Verdict = z.infer<typeof verdictSchema>;
