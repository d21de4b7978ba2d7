import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { EigenfleetError } from '../../../shared/errors.ts';
import type { RunSettings } from '../../../shared/settings/run-settings.ts';
import { localPathOf } from '../../../shared/storage/local-path.ts';
import type { ObjectStore } from '../../../shared/storage/object-store.ts';
import { openStore } from '../../../shared/storage/open-store.ts';
import { isS3Uri } from '../../../shared/storage/s3/s3-uri.ts';
import { assertReadable } from '../model-places.ts';
import type { ModelSourceOptions } from '../model-source.ts';
import type { MlflowServer } from './mlflow-server.ts';

/** The files of a folder, by paths relative to it. */
export interface Artifacts {
  /** For people. */
  readonly place: string;
  /** `undefined` for a file that is not there. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Paths of files, of folders in it too, sorted. */
  list(): Promise<readonly string[]>;
}

const listingSchema = z.object({
  files: z.array(z.object({ path: z.string(), is_dir: z.boolean().default(false) })).default([]),
});

/** A model's folder has a handful of files; a run's may have checkpoints of every epoch. */
const mostFolders = 50;

/**
 * Opens the folder where the registry says that a version is: on the server, in S3 or on this machine.
 *
 * @throws EigenfleetError `model` for other places, and those that this process may not read.
 */
export async function openArtifacts(
  location: string,
  { server, settings, options, s3Endpoint }: ArtifactContext,
): Promise<Artifacts> {
  if (location.startsWith('mlflow-artifacts:')) return proxied(location, server);
  const folder = localPathOf(location) ?? location;
  const isLocal = path.isAbsolute(folder);
  if (!isLocal && !isS3Uri(location)) {
    throw new EigenfleetError(
      'model',
      `MLflow keeps the model in ${location}, which eigenfleet does not read. Have the server hand out its artifacts (mlflow server --artifacts-destination ...), or give --model the file.`,
    );
  }
  await assertReadable(location, options);
  if (!isLocal) {
    const storage = s3Endpoint === undefined ? settings : { ...settings, s3Endpoint };
    return stored(openStore(location, storage), location);
  }
  const stats = await stat(folder).catch(() => undefined);
  if (stats === undefined) {
    throw new EigenfleetError(
      'model',
      `MLflow keeps the model in ${folder}, a folder of its server that this machine does not have. Have the server hand out its artifacts (mlflow server --artifacts-destination ...), or give --model the file.`,
    );
  }
  return stored(openStore(folder), folder);
}

export interface ArtifactContext {
  readonly server: MlflowServer;
  readonly settings: RunSettings;
  readonly options: ModelSourceOptions;
  /** Of MLflow's own; where `settings` has it when absent. */
  readonly s3Endpoint?: string | undefined;
}

/** The server's proxy. A host in the address would be asked with our credentials: only the server itself is. */
function proxied(location: string, server: MlflowServer): Artifacts {
  const [, host = '', root = ''] =
    /^mlflow-artifacts:(?:\/\/([^/]*))?\/*(.*)$/.exec(location) ?? [];
  if (host !== '' && host !== new URL(server.address).host) {
    throw new EigenfleetError(
      'model',
      `MLflow keeps the model on ${host}, and MLFLOW_TRACKING_URI is ${server.address}: only that server is asked. Give its address as the model's version has it.`,
    );
  }
  const below = (name: string) => [root.replace(/\/+$/, ''), name].filter(Boolean).join('/');
  return {
    place: location,
    async read(name) {
      const answer = await server.artifact(below(name));
      return answer.status === 'found' ? answer.value : undefined;
    },
    list: () => listProxied(server, below),
  };
}

async function listProxied(
  server: MlflowServer,
  below: (name: string) => string,
): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let at = 0; at < Math.min(folders.length, mostFolders); at++) {
    const folder = folders[at] ?? '';
    const query = { path: below(folder) };
    const answer = await server.ask('mlflow-artifacts/artifacts', query, listingSchema);
    if (answer.status === 'absent') continue;
    for (const file of answer.value.files) {
      const name = folder === '' ? file.path : `${folder}/${file.path}`;
      (file.is_dir ? folders : found).push(name);
    }
  }
  return found.sort();
}

function stored(store: ObjectStore, place: string): Artifacts {
  return {
    place,
    read: (file) => store.get(file),
    async list() {
      const found: string[] = [];
      for await (const { key } of store.list('')) found.push(key);
      return found;
    },
  };
}
