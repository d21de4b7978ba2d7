import { setEngineFlag } from './engine-flags.ts';

/**
 * Makes this thread and threads started later collect garbage less often. V8 measures what is allocated against its own
 * small heap, about 8 MB a thread, but decoded pixels count too: it would go through the whole heap every dozen images, and
 * throw away compiled code with it. What is in flight is bounded elsewhere (`ByteBudget`).
 */
export function collectGarbageSeldom(): void {
  // A whole collection when five times the live heap is in use, instead of about twice: with three and a half times an image takes a sixth
  // more CPU, with ten times no less.
  setEngineFlag('heap-growing-percent', 400);
  // MiB. Buffers of one image, seen in use when a small young generation is swept, would move to the old one and wait there. 8 take 12 MB more and save no CPU.
  setEngineFlag('min-semi-space-size', 4);
  // MiB, as V8 has it by itself, of threads started later: the first line of bin/eigenfleet.js keeps the main thread's smaller, which makes few objects.
  setEngineFlag('max-semi-space-size', 16);
}
