import { setFlagsFromString } from 'node:v8';

/**
 * Makes this thread and threads started later collect garbage less often. V8 measures what is allocated against its own
 * small heap, about 8 MB a thread, but decoded pixels count too: it would go through the whole heap every dozen images, and
 * throw away compiled code with it. What is in flight is bounded elsewhere (`ByteBudget`).
 */
export function collectGarbageSeldom(): void {
  // A whole collection when five times the live heap is in use, instead of about twice: with three and a half times an image takes a sixth
  // more CPU, with ten times no less.
  setFlagsFromString('--heap-growing-percent=400');
  // MiB. Buffers of one image, seen in use when a small young generation is swept, would move to the old one and wait there.
  setFlagsFromString('--min-semi-space-size=8');
}
