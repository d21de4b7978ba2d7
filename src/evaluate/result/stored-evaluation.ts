import { createHash } from 'node:crypto';
import { EigenfleetError } from '../../shared/errors.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import {
  mostStoredBytes,
  readStoredBytes,
  readStoredJson,
} from '../../shared/storage/stored-json.ts';
import { type Evaluation, evaluationSchema } from './evaluation.ts';
import type { ObjectRow } from './object-row.ts';
import { decodeObjects } from './object-table.ts';

/**
 * Reads the evaluation that a run shows. `undefined` where there is none: no labels, or it is being replaced.
 *
 * @throws EigenfleetError `storage` for one that is damaged, or of another run.
 */
export async function readEvaluation(
  store: ObjectStore,
  runId: string,
): Promise<Evaluation | undefined> {
  const key = objectKeys.evaluation(runId);
  const stored = await readStoredJson(store, key, mostStoredBytes.summary);
  if (stored.status === 'absent') return undefined;
  const parsed = stored.status === 'read' ? evaluationSchema.safeParse(stored.value) : undefined;
  if (parsed?.data?.runId === runId) return parsed.data;
  throw new EigenfleetError(
    'storage',
    `${key} in ${store.uri} is damaged: eigenfleet evaluate ${runId} writes it anew.`,
  );
}

/**
 * Yields the boxes and missed labels of an evaluation, in the order of the images; one part of the table is in memory.
 *
 * @throws EigenfleetError `storage` for a part that is missing or not of this evaluation.
 */
export async function* readObjects(
  store: ObjectStore,
  { runId, objects }: Pick<Evaluation, 'runId' | 'objects'>,
): AsyncGenerator<ObjectRow> {
  for (const [part, { sizeBytes, sha256 }] of objects.parts.entries()) {
    const key = objectKeys.objects(runId, part);
    const stored = await readStoredBytes(store, key, sizeBytes);
    const bytes = stored.status === 'read' ? stored.bytes : undefined;
    if (bytes === undefined || createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new EigenfleetError(
        'storage',
        `${key} in ${store.uri} is not that of evaluation.json: eigenfleet evaluate ${runId} writes both anew.`,
      );
    }
    yield* await decodeObjects(bytes);
  }
}
