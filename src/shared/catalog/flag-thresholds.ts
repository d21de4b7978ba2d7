import { z } from 'zod';

/** Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993, for the modified z of a single measure. */
export const usualOutlierZ = 3.5;

/** Where a flag starts; frozen in run.json so that a report can say the rule beside the count. */
export const flagThresholdsSchema = z.object({
  /** `diffuse`: entropy of the fused map above this; in [0, 1]. */
  diffuseEntropy: z.number().min(0).max(1),
  /** `off-object`: lift over the area of the model's own boxes below this; 1 is an even spread. */
  offObjectLift: z.number().min(0),
  /** `border-focus`: share of heat in the outer 5 % ring over the ring's area above this. */
  borderLift: z.number().min(0),
  /** `uncertain-sign`: smallest |correlation| with the L2 norm over the layers below this; in [0, 1]. */
  signMargin: z.number().min(0).max(1),
  /** `outlier`: robust standard deviations of a measure from the median of its dataset; absent in earlier runs, which then have the default. */
  outlierZ: z.number().positive().default(usualOutlierZ),
  /** `off-basis`: novelty above this; absent: 3. */
  novelty: z.number().min(0).optional(),
});
export type FlagThresholds = z.infer<typeof flagThresholdsSchema>;
