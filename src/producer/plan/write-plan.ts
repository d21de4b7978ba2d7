import { storeRunBasis } from '../../shared/basis/run-basis.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { eachAtOnce } from '../../shared/in-order.ts';
import { commandLine } from '../../shared/redaction/command-line.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import { findRun } from '../../shared/run/open-run.ts';
import { cutOf } from '../../shared/run/planned-shards.ts';
import { type RunSpec, runSpecSchema } from '../../shared/run/run-spec.ts';
import {
  DamagedManifestError,
  labelListFault,
  manifestFault,
} from '../../shared/run/stored-manifest.ts';
import { isPlainFolder, putInThread } from '../../shared/storage/folder/folder-puts.ts';
import { placeOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { mostStoredBytes } from '../../shared/storage/stored-json.ts';
import type { SpooledParts } from '../spool/spooled-lines.ts';
import type { RunPlan } from './freeze-run.ts';

export interface WrittenPlan {
  /** The stored spec, with the images and the model where the new plan found them (they may have moved). */
  readonly spec: RunSpec;
  /** False when the run was there already. */
  readonly created: boolean;
  /** What was wrong with the lists of a run that was there, and that they were written anew, or how its labels differ from these, as sentences. */
  readonly mended?: string;
}

/** Manifest parts being written at once. */
const writersAtOnce = 16;
/** Parts from which on a thread pays that writes them. */
const manyParts = 1024;

/**
 * Writes a plan: the manifest parts first, run.json last, so that a run that opens is complete. An existing run
 * stays as it is; lost parts of its manifest are rewritten, since the run id stands for these images.
 *
 * @throws EigenfleetError `storage` when the store cannot be written, or when the manifest is damaged and the plan has no images to repair it with.
 */
export async function writePlan(
  store: ObjectStore,
  plan: RunPlan,
  signal?: AbortSignal,
): Promise<WrittenPlan> {
  const { spec, basis } = plan;
  if (basis !== undefined) await storeRunBasis(store, basis);
  const stored = await findRun(store, spec.runId);
  if (stored !== undefined) {
    const remarks = [
      await mendManifests(store, plan, stored, signal),
      await mendLabels(store, plan, stored, signal),
      otherGroup(plan.spec, stored),
    ];
    const mended = remarks.filter(Boolean).join(' ');
    return { spec: whereItIsNow(stored, spec), created: false, ...(mended && { mended }) };
  }
  // Refused before anything is written.
  const run = encode(spec);
  const target = { store, spec, signal };
  await writeManifests(target, plan);
  await writeLabels(target, plan);
  await writeCarried(target, plan);
  await store.put(objectKeys.run(spec.runId), run);
  return { spec, created: true };
}

/** Older runs may have another shard size than a new plan. */
async function mendManifests(
  store: ObjectStore,
  plan: RunPlan,
  stored: RunSpec,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const fault = await manifestFault(store, stored);
  if (fault === undefined) return undefined;
  await writeManifests({ store, spec: stored, signal }, plan);
  const left = await manifestFault(store, stored);
  if (left !== undefined) throw new DamagedManifestError(left, stored.runId);
  return `${fault}. It was rewritten, and shards made without these images are done again.`;
}

/** Rows have the labels that the run was planned with; others are said to be so, since rows are not made anew. */
async function mendLabels(
  store: ObjectStore,
  plan: RunPlan,
  stored: RunSpec,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { labels, runId } = plan.spec;
  const isContinued = plan.spec.plannedAt === stored.plannedAt;
  if (!isContinued && labels?.digest !== stored.labels?.digest) {
    const [now, then] = [labels, stored.labels].map((one) =>
      one === undefined ? 'no labels' : `labels of ${one.images} images`,
    );
    const what = now === then ? 'the labels have changed since' : `there are ${now} now`;
    const anew = commandLine(['evaluate', runId, '--out', placeOf(store.uri)]);
    return `Run ${runId} was planned with ${then}, and ${what}: its measures in labeled boxes and what this command evaluates stay as planned. For the labels as they are now, run \`${anew}\`.`;
  }
  const fault = await labelListFault(store, stored);
  if (fault === undefined) return undefined;
  await writeLabels({ store, spec: stored, signal }, plan);
  const left = await labelListFault(store, stored);
  if (left !== undefined) throw new DamagedManifestError(left, stored.runId);
  return `${fault}. It was rewritten.`;
}

/** Groups can be chosen anew without a pass. */
function otherGroup({ group, runId }: RunSpec, stored: RunSpec): string | undefined {
  if (group === undefined || group === stored.group) return undefined;
  return `Run ${runId} was planned with ${stored.group === undefined ? 'each image for itself' : `--group ${stored.group}`}: for other groups, use eigenfleet evaluate ${runId} --group ${JSON.stringify(group)}.`;
}

/** Where lists go, cut as this spec says. */
interface Target {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  readonly signal: AbortSignal | undefined;
}

async function writeManifests(target: Target, plan: RunPlan): Promise<void> {
  const { spec } = target;
  const keyOf = (shard: number) => objectKeys.manifest(spec.runId, shard);
  await writeParts(target, plan.manifests(cutOf(spec)), keyOf);
}

async function writeLabels(target: Target, { labelParts }: RunPlan): Promise<void> {
  if (labelParts === undefined) return;
  const { spec } = target;
  const keyOf = (shard: number) => objectKeys.labels(spec.runId, shard);
  await writeParts(target, labelParts(cutOf(spec)), keyOf);
}

/** Where results are taken over from: a help, without which the images are explained. */
async function writeCarried(target: Target, { carryParts }: RunPlan): Promise<void> {
  if (carryParts === undefined) return;
  const keyOf = (shard: number) => objectKeys.carry(target.spec.runId, shard);
  await writeParts(target, carryParts(), keyOf);
}

async function writeParts(
  { store, spec, signal }: Target,
  parts: SpooledParts,
  keyOf: (shard: number) => string,
): Promise<void> {
  const isLong = spec.dataset.shards >= manyParts && isPlainFolder(store);
  if (isLong && parts.inFile) return putInThread(store, await parts.inFile(), keyOf, signal);
  await eachAtOnce(parts, writersAtOnce, ({ shard, bytes }) => {
    signal?.throwIfAborted();
    return store.put(keyOf(shard), bytes);
  });
}

/** Throws `usage` for a plan that nobody could read back: the bounds of stored files apply to writing too. */
function encode(spec: RunSpec): Uint8Array {
  const issue = runSpecSchema.safeParse(spec).error?.issues[0];
  if (issue !== undefined) throw unreadable(`${issue.path.join('.')}: ${issue.message}`);
  const bytes = new TextEncoder().encode(`${JSON.stringify(spec, undefined, 2)}\n`);
  if (bytes.length <= mostStoredBytes.run) return bytes;
  throw unreadable(`run.json would have ${bytes.length} bytes, of ${mostStoredBytes.run} at most`);
}

function unreadable(what: string): EigenfleetError {
  const remedy = 'Use a larger --shard-size, fewer layers, or fewer or shorter class names.';
  return new EigenfleetError('usage', `This run is too large to store (${what}). ${remedy}`);
}

/** The run id does not depend on where things lie. */
function whereItIsNow(stored: RunSpec, planned: RunSpec): RunSpec {
  return {
    ...stored,
    model: { ...stored.model, uri: planned.model.uri },
    dataset: { ...stored.dataset, rootUri: planned.dataset.rootUri },
  };
}
