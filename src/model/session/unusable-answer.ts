import { layerFault } from '../eigen-cam/layer-fault.ts';
import type { DetectionRules } from '../head/head.ts';
import { headOf } from '../head/heads.ts';
import type { ImageOutputs } from './image-outputs.ts';

/**
 * Why nothing can be made of what the graph gave for one image, as a phrase; `undefined` when it can be interpreted. NaN and infinity come from
 * weights that are damaged or overflow (float16 ends at 65,504). This is the one place where they are looked for: an image is explained by finite
 * numbers or not at all. A layer beside others that are finite is left to `principalComponents`, which says that it shows nothing.
 */
export function unusableAnswer(
  { layers, head }: ImageOutputs,
  rules: Pick<DetectionRules, 'confThreshold'>,
): string | undefined {
  const reasons = layers.map(layerFault);
  if (reasons.length > 0 && reasons.every((reason) => reason !== undefined)) return reasons[0];
  return headOf(head).faultOf(head, rules);
}
