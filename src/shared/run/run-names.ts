import { z } from 'zod';
import { EigenfleetError } from '../errors.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { mostStoredBytes, readStoredJson } from '../storage/stored-json.ts';
import { objectKeys } from './object-keys.ts';
import { BrokenRunError, readRun } from './open-run.ts';
import { runIdSchema, runSpecSchema } from './run-spec.ts';

const nameSchema = z.object({
  schema: z.literal('name@1'),
  name: z.string().refine(isName),
  runId: runIdSchema,
  /** Runs that it pointed to before, the last one first. */
  earlier: z.array(runIdSchema).max(1_000).optional(),
});

/** The part of run.json that distinguishes runs for people; older versions have it too. */
const listedSchema = runSpecSchema.pick({ runId: true, plannedAt: true, dataset: true });

/** The name of the run that was started last. */
export const latestName = 'latest';

/** Runs read at once: enough to hide the latency of storage. */
const readAtOnce = 16;

/** Runs that a message lists before it counts the rest. */
const listedCandidates = 8;

export interface ListedRun {
  readonly runId: string;
  /** ISO 8601. */
  readonly plannedAt: string;
  readonly datasetName: string;
  readonly images: number;
  readonly shards: number;
  /** Names that point to it, sorted. */
  readonly names: readonly string[];
}

/**
 * Names a run: `names/<name>.json`. A name that pointed to another run moves. Throws `usage` for a name that is
 * not a file name on every system: letters, digits, `.`, `_` and `-`, up to 64, the first a letter or a digit.
 *
 * @returns The run that the name pointed to before.
 */
export async function nameRun(
  store: ObjectStore,
  name: string,
  runId: string,
): Promise<string | undefined> {
  assertName(name);
  const before = await readJson(store, objectKeys.name(name), nameSchema);
  const earlier = name === latestName ? [] : earlierOf(before).filter((one) => one !== runId);
  await putName(store, { name, runId, earlier: earlier.slice(0, mostEarlier) });
  return before?.runId;
}

/** The runs of a name, the last one first; some of them may be gone. */
export async function runsOfName(store: ObjectStore, name: string): Promise<string[]> {
  return earlierOf(await readJson(store, objectKeys.name(name), nameSchema));
}

/** What is wrong with what a name points to, as a clause; `undefined` where it is there and readable, or absent. */
export async function nameFault(store: ObjectStore, name: string): Promise<string | undefined> {
  if (!isName(name)) return undefined;
  const key = objectKeys.name(name);
  const stored = await readStoredJson(store, key, mostStoredBytes.note);
  if (stored.status === 'absent') return undefined;
  if (stored.status === 'read' && nameSchema.safeParse(stored.value).success) return undefined;
  return `${key} in ${store.uri} is damaged, so nobody knows which run ${JSON.stringify(name)} is`;
}

/** All names, in order; `latest` among them. */
export async function namesOf(store: ObjectStore): Promise<string[]> {
  const names: string[] = [];
  for await (const { key } of store.list(objectKeys.names)) {
    const named = await readJson(store, key, nameSchema);
    if (named !== undefined) names.push(named.name);
  }
  return names;
}

/** Forgets earlier runs of a name, never the one that it points to. */
export async function forgetRunsOfName(
  store: ObjectStore,
  name: string,
  gone: ReadonlySet<string>,
): Promise<void> {
  const [runId, ...earlier] = await runsOfName(store, name);
  if (runId === undefined) return;
  await putName(store, { name, runId, earlier: earlier.filter((one) => !gone.has(one)) });
}

/** Three years of nights. */
const mostEarlier = 1_000;

function earlierOf(named: z.infer<typeof nameSchema> | undefined): string[] {
  return named === undefined ? [] : [named.runId, ...(named.earlier ?? [])];
}

async function putName(
  store: ObjectStore,
  { name, runId, earlier }: { name: string; runId: string; earlier: readonly string[] },
): Promise<void> {
  const named = { schema: 'name@1', name, runId, ...(earlier.length > 0 && { earlier }) };
  await store.put(objectKeys.name(name), new TextEncoder().encode(JSON.stringify(named)));
}

/** Throws `usage` for a name that is not a file name on every system, and for `latest`, which moves by itself. */
export function assertGivenName(name: string): void {
  assertName(name);
  if (name === latestName) {
    throw new EigenfleetError(
      'usage',
      '--name latest: "latest" is always the newest run. Choose another name, or leave --name out.',
    );
  }
}

function assertName(name: string): void {
  if (isName(name)) return;
  throw new EigenfleetError(
    'usage',
    `${JSON.stringify(name)} is not a name for a run: use up to 64 letters, digits, ".", "_" or "-", the first a letter or a digit.`,
  );
}

/** A folder whose run.json cannot be read: it is skipped, and the others are read. */
export interface BrokenRun {
  /** The name of the folder. */
  readonly runId: string;
  readonly reason: string;
}

export interface StoredRuns {
  /** The newest first. */
  readonly runs: readonly ListedRun[];
  readonly broken: readonly BrokenRun[];
}

/** All runs of the store. Folders without a run.json are not runs. */
export async function listRuns(store: ObjectStore): Promise<StoredRuns> {
  const names = await namesByRun(store);
  const runs: ListedRun[] = [];
  const broken: BrokenRun[] = [];
  const folders: string[] = [];
  for await (const folder of store.listFolders('')) folders.push(folder);
  for (let start = 0; start < folders.length; start += readAtOnce) {
    const some = folders.slice(start, start + readAtOnce);
    const read = await Promise.all(some.map((folder) => readRun(store, folder, listedSchema)));
    for (const [index, one] of read.entries()) {
      if (one.status === 'broken') broken.push({ runId: some[index] ?? '', reason: one.reason });
      if (one.status === 'read') runs.push(listedRunOf(one.spec, names));
    }
  }
  runs.sort((a, b) => order(b.plannedAt, a.plannedAt) || order(a.runId, b.runId));
  return { runs, broken };
}

function listedRunOf(
  { runId, plannedAt, dataset }: z.infer<typeof listedSchema>,
  names: ReadonlyMap<string, readonly string[]>,
): ListedRun {
  const { name: datasetName, images, shards } = dataset;
  return { runId, plannedAt, datasetName, images, shards, names: names.get(runId) ?? [] };
}

/** Returns what to say of skipped runs, a sentence each. */
export function brokenRunWords(store: ObjectStore, broken: readonly BrokenRun[]): string[] {
  const lines = broken
    .slice(0, listedCandidates)
    .map(({ runId, reason }) => new BrokenRunError(store, runId, reason).message);
  const more = broken.length - lines.length;
  return more > 0 ? [...lines, `${more} more runs in ${store.uri} cannot be read.`] : lines;
}

/**
 * Returns the id of the run that `reference` means: a whole id, a name, `latest`, or a unique beginning of an id; tried in this order.
 * Throws `usage` with a list of runs when it matches none or several.
 */
export async function resolveRun(store: ObjectStore, reference: string): Promise<string> {
  if (isName(reference)) {
    if ((await store.head(objectKeys.run(reference))) !== undefined) return reference;
    const named = await readJson(store, objectKeys.name(reference), nameSchema);
    // The run behind a name may be gone.
    if (named && (await store.head(objectKeys.run(named.runId))) !== undefined) return named.runId;
  }
  const { runs } = await listRuns(store);
  const [newest] = runs;
  if (newest === undefined) {
    throw new EigenfleetError('usage', `There is no run in ${store.uri}. Check --out.`);
  }
  if (reference === latestName) return newest.runId;
  const fault = await nameFault(store, reference);
  if (fault !== undefined) {
    const words = `${fault}: give the id of the run, or delete the file. There are: ${describe(runs)}.`;
    throw new EigenfleetError('usage', words);
  }
  const meant = reference === '' ? [] : runs.filter(({ runId }) => runId.startsWith(reference));
  const [first] = meant;
  if (first !== undefined && meant.length === 1) return first.runId;
  const quoted = JSON.stringify(reference);
  throw new EigenfleetError(
    'usage',
    meant.length > 1
      ? `${quoted} is the start of ${meant.length} runs in ${store.uri}; type more of one: ${describe(meant)}.`
      : `${quoted} is not a run in ${store.uri}; there are: ${describe(runs)}.`,
  );
}

function isName(text: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]{0,63}$/u.test(text);
}

function describe(runs: readonly ListedRun[]): string {
  const lines = runs.slice(0, listedCandidates).map((run) => {
    const names = run.names.length > 0 ? `"${run.names.join('", "')}", ` : '';
    const day = run.plannedAt.slice(0, 10);
    return `${run.runId} (${names}${run.images} images of ${run.datasetName}, ${day})`;
  });
  const more = runs.length - lines.length;
  return lines.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

async function namesByRun(store: ObjectStore): Promise<Map<string, string[]>> {
  const byRun = new Map<string, string[]>();
  for await (const { key } of store.list(objectKeys.names)) {
    const named = await readJson(store, key, nameSchema);
    if (named === undefined) continue;
    const names = byRun.get(named.runId);
    if (names === undefined) byRun.set(named.runId, [named.name]);
    else names.push(named.name);
  }
  return byRun;
}

async function readJson<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const stored = await readStoredJson(store, key, mostStoredBytes.note);
  return stored.status === 'read' ? schema.safeParse(stored.value).data : undefined;
}

/** ISO dates and ids are ASCII, where the plain order is right. */
function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
