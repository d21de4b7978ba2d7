import { z } from 'zod';

const count = z.number().int().nonnegative();

/**
 * One number of an evaluation, with what it rests on. `interval`: 95 %, absent where it cannot be had: fewer than five independent groups, or nothing to
 * resample. `value` is null where the figure does not exist (a class without labels has no recall), never 0 for want of data.
 */
export const figureSchema = z.object({
  value: z.number().nullable(),
  /** How many `of` stand behind the value: labels for a recall, detections for a precision, images for a mean over images. */
  n: count,
  of: z.enum(['objects', 'images']),
  /** Independent groups behind the interval. */
  groups: count.optional(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  /** Why there is no value or no interval, as a sentence; a caveat otherwise. */
  why: z.string().optional(),
});
export type Figure = z.infer<typeof figureSchema>;
