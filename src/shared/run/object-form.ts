import type { Detection } from './detection.ts';

/** What the model tells of where an object is, in a word for people. */
export type ObjectForm = 'boxes' | 'masks' | 'rotated boxes';

/** The form of an image's objects, which all have the same. */
export function objectForm([first]: readonly Detection[]): ObjectForm {
  if (first?.mask !== undefined) return 'masks';
  return first?.rotated === undefined ? 'boxes' : 'rotated boxes';
}
