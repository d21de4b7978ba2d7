import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { EigenfleetError } from '../../shared/errors.ts';
import { mostFileBytes, readRegularFile } from '../../shared/host/regular-file.ts';
import { storageError } from '../../shared/host/storage-error.ts';
import { objectKeys } from '../../shared/run/object-keys.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { defaultModelFolder, lockCache, writeAtOnce } from './cache-folder.ts';
import { evictModels, markUsed } from './model-cache-eviction.ts';

export interface ModelRequest {
  /** A head that says nothing means that it is fetched each time. */
  readonly store: Pick<ObjectStore, 'uri' | 'get' | 'head'>;
  readonly key: string;
  /** Which version it must be: that of run.json. Any version when absent. */
  readonly sha256?: string | undefined;
  /** `$XDG_CACHE_HOME/eigenfleet/models` or `~/.cache/eigenfleet/models` when absent. */
  readonly cacheFolder?: string | undefined;
  /** Bytes of all cached models together; `defaultModelCacheBytes` when absent. */
  readonly limitBytes?: number;
}

export interface CachedModel {
  /** Path of the local file, named as in the store. */
  readonly path: string;
  readonly sha256: string;
}

/** 8 GiB. */
export const defaultModelCacheBytes = 8 * 1024 ** 3;

const limits = { mostBytes: mostFileBytes.model };

/**
 * The model as a local file: `<cache>/<sha256>/<name>`. It is fetched once for all processes of a machine, and found again by its sha256, or, when that is unknown, by the store's
 * size and etag. The cached file is read and checked each time; a damaged one is fetched again.
 *
 * Files appear whole. The least recently used models are removed above the limit, none that a living process may still be using.
 *
 * @throws EigenfleetError `model` when there is none or when it is another version than `sha256`; `storage` when the cache cannot be written.
 */
export async function cacheModel(request: ModelRequest): Promise<CachedModel> {
  const { sha256 } = request;
  const folder = request.cacheFolder ?? defaultModelFolder();
  const found = await findCached(request, folder);
  if (found !== undefined) return found;
  const lock = await lockCache(
    join(folder, 'fetching', hashOf(`${request.store.uri} ${request.key}`)),
  );
  try {
    return (await findCached(request, folder)) ?? (await fetchModel(request, folder, sha256));
  } finally {
    await lock?.release();
  }
}

/** Stores a local model in the fleet's storage under its sha256, unless it is there. For models in one file only: see `assertOneFile`. */
export async function uploadModel(store: ObjectStore, path: string, sha256: string): Promise<void> {
  const key = objectKeys.model(sha256);
  if ((await store.head(key)) !== undefined) return;
  const bytes = await readRegularFile(path, limits).catch((error: unknown) => {
    throw storageError(error, 'read', path);
  });
  if (hashOf(bytes) !== sha256) {
    throw new EigenfleetError(
      'model',
      `${path} has changed since the run was planned. Run the same command again.`,
    );
  }
  await store.put(key, bytes);
}

/**
 * Refuses a model with weights in files beside it: storage keeps one file of it.
 *
 * @param name What people call it.
 * @throws EigenfleetError `model`
 */
export function assertOneFile(name: string, externalFiles: readonly string[]): void {
  if (externalFiles.length === 0) return;
  throw new EigenfleetError(
    'model',
    `${name} keeps weights in ${externalFiles.join(', ')} beside it, which only local runs support. Save it as one file: onnx.save(onnx.load("best.onnx"), "one-file.onnx").`,
  );
}

async function findCached(request: ModelRequest, folder: string): Promise<CachedModel | undefined> {
  const sha256 = request.sha256 ?? (await rememberedSha256(request, folder));
  if (sha256 === undefined) return undefined;
  const path = join(folder, sha256, nameOf(request.key));
  const bytes = await readRegularFile(path, limits).catch(() => undefined);
  if (bytes === undefined || hashOf(bytes) !== sha256) return undefined;
  await markUsed(join(folder, sha256));
  return { path, sha256 };
}

async function fetchModel(
  request: ModelRequest,
  folder: string,
  wanted: string | undefined,
): Promise<CachedModel> {
  const { store, key } = request;
  const place = `${store.uri}/${key}`;
  const version = await store.head(key);
  const bytes = await store.get(key);
  if (bytes === undefined) {
    throw new EigenfleetError('model', `There is no model at ${place}. Check --model.`);
  }
  const sha256 = hashOf(bytes);
  if (wanted !== undefined && wanted !== sha256) {
    throw new EigenfleetError(
      'model',
      `${place} is another version of the model than the run was planned with (sha256 ${sha256.slice(0, 12)}, not ${wanted.slice(0, 12)}). Put that version back, or start another run.`,
    );
  }
  const path = join(folder, sha256, nameOf(key));
  try {
    await writeAtOnce(path, bytes);
    await markUsed(join(folder, sha256));
    // A concurrent write may pair the bytes of one version with the etag of another.
    const after = await store.head(key);
    if (version !== undefined && version.etag === after?.etag) {
      await writeAtOnce(indexPath(folder, versionOf(store, version)), Buffer.from(sha256));
    }
  } catch (error) {
    throw storageError(error, 'written', path);
  }
  await evictModels(folder, {
    keep: sha256,
    limitBytes: request.limitBytes ?? defaultModelCacheBytes,
  });
  return { path, sha256 };
}

/** The sha256 that this version of the object had when it was fetched. */
async function rememberedSha256(
  { store, key }: ModelRequest,
  folder: string,
): Promise<string | undefined> {
  const version = await store.head(key);
  if (version === undefined) return undefined;
  const index = indexPath(folder, versionOf(store, version));
  const text = await readRegularFile(index, limits).then(String, () => '');
  return /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

function versionOf(
  { uri }: Pick<ObjectStore, 'uri'>,
  {
    key,
    sizeBytes,
    etag,
  }: { readonly key: string; readonly sizeBytes: number; readonly etag: string },
): string {
  return JSON.stringify([uri, key, sizeBytes, etag]);
}

function indexPath(folder: string, version: string): string {
  return join(folder, 'versions', hashOf(version));
}

/** The last part of a key, as a file name on any platform. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1).replaceAll(/[^\p{L}\p{N} ._-]/gu, '_');
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
