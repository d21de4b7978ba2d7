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
  for (const [part, own] of objects.parts.entries()) {
    const bytes = await readObjectPart(store, objectKeys.objects(runId, part), own);
    if (bytes === undefined) {
      throw new EigenfleetError(
        'storage',
        `${objectKeys.objects(runId, part)} in ${store.uri} is not that of evaluation.json: eigenfleet evaluate ${runId} writes both anew.`,
      );
    }
    yield* await decodeObjects(bytes);
  }
}

/** One part of the table of objects; `undefined` where it is missing or not the one that its evaluation names. */
export async function readObjectPart(
  store: ObjectStore,
  key: string,
  { sizeBytes, sha256 }: Evaluation['objects']['parts'][number],
): Promise<Uint8Array | undefined> {
  const stored = await readStoredBytes(store, key, sizeBytes);
  if (stored.status !== 'read') return undefined;
  const digest = createHash('sha256').update(stored.bytes).digest('hex');
  return digest === sha256 ? stored.bytes : undefined;
}
