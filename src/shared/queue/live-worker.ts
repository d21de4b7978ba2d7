import { z } from 'zod';

/** Longer ones nobody wrote: what is in Redis anybody with a right to it can replace. */
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

/** What a worker said of itself; `undefined` for anything else that lies there. */
export function parseLiveWorker(text: string | null | undefined): LiveWorker | undefined {
  try {
    return workerSchema.safeParse(JSON.parse(text ?? 'null')).data;
  } catch {
    return undefined;
  }
}
