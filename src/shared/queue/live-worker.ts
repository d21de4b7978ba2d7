import { z } from 'zod';

/** We write none longer, but anybody with access to Redis can. */
const shortText = z.string().max(300);

const workerSchema = z.object({
  worker: shortText,
  host: shortText,
  device: shortText,
  startedAt: z.iso.datetime(),
  images: z.number().int().nonnegative(),
});
/** A worker that said lately that it is alive. */
export type LiveWorker = z.infer<typeof workerSchema>;

/** Parses what a worker wrote about itself; `undefined` for anything else. */
export function parseLiveWorker(text: string | null | undefined): LiveWorker | undefined {
  try {
    return workerSchema.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
