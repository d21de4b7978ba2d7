import type { ObjectTrust } from '../result/object-row.ts';

/**
 * Whether the evidence of its class stands out at an object: more than an even spread would have, and more than the maps of other images have at the same place,
 * where that is known. `undefined` where there is no evidence.
 */
export function isLookedAt({ lift, otherImagesLift }: ObjectTrust): boolean | undefined {
  if (lift === undefined) return undefined;
  return lift > 1 && (otherImagesLift === undefined || lift > otherImagesLift);
}
