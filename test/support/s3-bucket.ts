import { CreateBucketCommand, DeleteBucketCommand } from '../../src/shared/storage/s3/aws-s3.ts';
import {
  createS3Client,
  defaultS3Timeouts,
  type S3Timeouts,
} from '../../src/shared/storage/s3/s3-client.ts';
import type { S3Patience } from '../../src/shared/storage/s3/s3-retry.ts';
import { S3Store } from '../../src/shared/storage/s3/s3-store.ts';
import { collect } from './collect.ts';
import { newBucketName } from './s3-real.ts';

export interface StoreChoices {
  /** Below it; the whole bucket when absent. */
  readonly prefix?: string;
  readonly patience?: S3Patience;
  readonly timeouts?: S3Timeouts;
}

export interface TestBucket {
  readonly name: string;
  store(choices?: StoreChoices): S3Store;
  /** On a server that stays: deletes what is in it, and it where the server lets go of it. */
  remove(): Promise<void>;
}

/** A new bucket on a server; call `useTestCredentials()` first. */
export async function makeBucket(endpoint: string): Promise<TestBucket> {
  const name = newBucketName();
  const admin = createS3Client({ endpoint }, 3);
  await admin.send(new CreateBucketCommand({ Bucket: name }));
  const store = ({ prefix = '', patience, timeouts }: StoreChoices = {}): S3Store =>
    new S3Store({
      root: { bucket: name, key: prefix },
      connect: (attempts) => createS3Client({ endpoint }, attempts, timeouts ?? defaultS3Timeouts),
      ...(patience !== undefined && { patience }),
    });
  return {
    name,
    store,
    remove: async () => {
      // A server that the tests started ends with them, and so does all that it holds.
      if (endpoint !== process.env.TEST_S3_ENDPOINT) return;
      const all = store();
      const keys = (await collect(all.list(''))).map(({ key }) => key);
      await Promise.all(keys.map((key) => all.delete(key)));
      // Best effort: rclone goes on showing a key that several writers raced for.
      await admin.send(new DeleteBucketCommand({ Bucket: name })).catch(() => undefined);
    },
  };
}
