import { awsVariables } from '../../host/environment.ts';
import type { ObjectStore } from '../object-store.ts';
import type { S3Client } from './aws-s3.ts';
import { createS3Client, type S3Settings } from './s3-client.ts';
import { S3Store } from './s3-store.ts';
import type { S3Location } from './s3-uri.ts';

/** The store below a bucket and prefix. Nothing is read or written yet. */
export function openS3Store(root: S3Location, settings: S3Settings): ObjectStore {
  return new S3Store({ root, connect: (attempts) => sharedClient(settings, attempts) });
}

interface SharedClient {
  /** What the client was made under: the SDK reads credentials, profile and endpoint from there once. */
  readonly environment: string;
  readonly client: S3Client;
}

const clients = new Map<string, SharedClient>();

/**
 * One client, with its connections and its credentials, for all stores of a process that need the same. A program that changes its AWS variables between two calls gets one that
 * knows the new ones; stores that are open keep theirs.
 */
function sharedClient(settings: S3Settings, attempts: number): S3Client {
  const key = JSON.stringify([settings.endpoint, settings.region, attempts]);
  const environment = awsVariables();
  const known = clients.get(key);
  if (known?.environment === environment) return known.client;
  const client = createS3Client(settings, attempts);
  clients.set(key, { environment, client });
  return client;
}
