import type { LayerSums } from '../eigen-cam/layer-fault.ts';
import { layerFault } from '../eigen-cam/layer-fault.ts';
import type { DetectionRules } from '../head/head.ts';
import type { HeadAnswer } from '../head/heads.ts';
import { headOf } from '../head/heads.ts';

/**
 * Returns why the graph's outputs for one image are unusable, as a phrase; `undefined` when they can be interpreted. NaN and infinity come from
 * weights that are damaged or overflow (float16 ends at 65,504). This is the only place that checks for them: an image is explained by finite
 * numbers or not at all. One bad layer among finite ones is left to `principalComponents`, which reports that it shows nothing.
 */
export function unusableAnswer(
  { layers, head }: { readonly layers: readonly LayerSums[]; readonly head: HeadAnswer },
  rules: Pick<DetectionRules, 'confThreshold'>,
): string | undefined {
  const reasons = layers.map(layerFault);
  if (reasons.length > 0 && reasons.every((reason) => reason !== undefined)) return reasons[0];
  return headOf(head).faultOf(head, rules);
}
