import { z } from 'zod';
import { datasetPartsSchema } from './dataset-part.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a sha256');
const count = z.number().int().positive();
const nonNegative = z.number().nonnegative();

/** What a basis says of one layer, apart from its vectors. Lists are by component, the first one first. */
export const basisLayerSchema = z
  .object({
    /** `model.15` */
    name: z.string().min(1),
    channels: count.max(1_000_000),
    /** Content cells of all images. */
    cells: count,
    /** Components that the basis holds. */
    components: count,
    /** Of the covariance over all cells; more of them than components, to show where the curve goes. */
    eigenvalues: z.array(nonNegative).min(1),
    /** Trace of the covariance: the sum of all eigenvalues. */
    totalVariance: z.number().positive(),
    /** How far the eigenvalues of two halves of the images are apart, over their mean. */
    noise: z.array(nonNegative),
    /** Components counted from 1: those of one group nearly tie, and only their span is meaningful. */
    groups: z.array(z.array(count).min(1)).min(1),
    /** Degrees by which the span of each group turns from one half of the images to the other. */
    splitAngles: z.array(z.number().min(0).max(90)),
    /** |correlation| of each component with the L2 norm of the activations over all cells: how clear-cut its sign is. */
    signMargins: z.array(z.number().min(0).max(1)),
  })
  .refine(({ components, eigenvalues }) => components <= eigenvalues.length, 'too few eigenvalues');
export type BasisLayer = z.infer<typeof basisLayerSchema>;

/** What a basis says of itself. Also kept in run.json of the runs that use it. */
export const basisDescriptionSchema = z.object({
  schema: z.literal('basis@1'),
  model: z.object({
    name: z.string(),
    /** Of the file. */
    sha256,
    /** Of the weights alone: the same in every export of them. */
    weightsSha256: sha256,
  }),
  /** How images became the model's input. */
  input: z.object({
    height: count,
    width: count,
    channels: count,
    preparation: z.string(),
    scale: z.number().optional(),
    mean: z.array(z.number()).optional(),
    std: z.array(z.number()).optional(),
    channelOrder: z.string().optional(),
  }),
  dataset: z.object({
    name: z.string(),
    /** Images in the sums. */
    images: count,
    /** Images that could not be read or computed, and are not in the sums. */
    failed: z.number().int().nonnegative(),
    /** Of a basis over parts of datasets (`--part`): which. */
    parts: z.array(datasetPartsSchema).min(1).optional(),
  }),
  layers: z.array(basisLayerSchema).min(1),
});
export type BasisDescription = z.infer<typeof basisDescriptionSchema>;

/** Share of the layer's variance over the fitted images that the components hold together. */
export function heldShare({ components, eigenvalues, totalVariance }: BasisLayer): number {
  const held = eigenvalues.slice(0, components).reduce((sum, value) => sum + value, 0);
  return Math.min(1, held / totalVariance);
}

/** By layer: share of the variance over the fitted images that no component holds. */
export function usualOffBasisOf({ layers }: Pick<BasisDescription, 'layers'>): number[] {
  return layers.map((layer) => 1 - heldShare(layer));
}
