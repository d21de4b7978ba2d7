import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import open from 'open';
import { localPathOf } from '../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';

/** Opens a report in the browser; fetches a remote one into a temporary file first. */
export async function openReport(store: ObjectStore, key: string): Promise<void> {
  await open(localPathOf(`${store.uri}/${key}`) ?? (await fetchReport(store, key)));
}

async function fetchReport(store: ObjectStore, key: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'eigenfleet-report-')), 'report.html');
  await writeFile(path, (await store.get(key)) ?? new Uint8Array());
  return path;
}
