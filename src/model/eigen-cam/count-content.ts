import { rememberedByObject } from '../../shared/host/remembered.ts';

/** How many cells of a mask are content. Do not change the mask afterward. */
export const countContent = rememberedByObject((mask: Float32Array): number => {
  let count = 0;
  for (let cell = 0; cell < mask.length; cell++) if (mask[cell] !== 0) count++;
  return count;
});
