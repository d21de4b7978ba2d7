import { createHash } from 'node:crypto';
import type { ObjectInfo, ObjectStore } from '../storage/object-store.ts';
import type { ShardFile, ShardMarker } from './marker/shard-marker.ts';

/** Writes one file of a shard and returns its line of the marker. */
export async function putShardFile(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array,
): Promise<ShardFile> {
  const { sizeBytes, etag } = await store.put(key, bytes);
  return { key, sizeBytes, etag, sha256: sha256Of(bytes) };
}

/** Files of a folder up to which each is asked for by itself: a shard has two in `evaluated/`, which holds those of all shards and would be listed for each. */
const mostHeads = 4;

/**
 * Returns whether the store still has every file of the marker as it was written. Two attempts at one shard may run at once and differ in the last
 * bit, so one's marker can lie beside the other's files: such a torn shard is redone.
 *
 * Size and etag are compared first, which costs one request a file, and one listing for a folder of many overlays. An etag that differs does
 * not condemn a file: a copied folder (`cp -r`, an unpacked archive, another bucket) has new etags and the same bytes. Then the content is
 * read and its sha256 decides. To avoid that reading after a large copy, keep the times (`cp -a`, `rsync -a`).
 */
export async function isShardIntact(
  store: ObjectStore,
  marker: Pick<ShardMarker, 'files'>,
): Promise<boolean> {
  for (const [folder, files] of byFolder(marker.files)) {
    const found =
      files.length <= mostHeads ? await headAll(store, files) : await listAll(store, folder, files);
    for (const file of files) {
      if (!(await isSame(store, file, found.get(file.key)))) return false;
    }
  }
  return true;
}

async function isSame(
  store: ObjectStore,
  file: ShardFile,
  found: ObjectInfo | undefined,
): Promise<boolean> {
  if (found?.sizeBytes !== file.sizeBytes) return false;
  if (found.etag === file.etag) return true;
  const bytes = await store.get(file.key);
  return bytes !== undefined && sha256Of(bytes) === file.sha256;
}

async function headAll(
  store: ObjectStore,
  files: readonly ShardFile[],
): Promise<Map<string, ObjectInfo>> {
  const found = new Map<string, ObjectInfo>();
  for (const { key } of files) {
    const info = await store.head(key);
    if (info !== undefined) found.set(key, info);
  }
  return found;
}

/** A folder with many files of one shard holds only that shard's files (overlays), so its listing is short. */
async function listAll(
  store: ObjectStore,
  folder: string,
  files: readonly ShardFile[],
): Promise<Map<string, ObjectInfo>> {
  const wanted = new Set(files.map(({ key }) => key));
  const found = new Map<string, ObjectInfo>();
  for await (const info of store.list(folder)) if (wanted.has(info.key)) found.set(info.key, info);
  return found;
}

function byFolder(files: readonly ShardFile[]): Map<string, ShardFile[]> {
  const folders = new Map<string, ShardFile[]>();
  for (const file of files) {
    const folder = file.key.slice(0, file.key.lastIndexOf('/') + 1);
    const there = folders.get(folder);
    if (there === undefined) folders.set(folder, [file]);
    else there.push(file);
  }
  return folders;
}

/** As markers name the content of a file. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
