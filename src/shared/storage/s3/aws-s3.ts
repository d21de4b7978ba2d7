import { createRequire } from 'node:module';
import type * as ClientS3 from '@aws-sdk/client-s3';
import type * as LibStorage from '@aws-sdk/lib-storage';
import type * as NodeHttp from '@smithy/node-http-handler';

/**
 * The AWS SDK, loaded with `require`: an `import` takes 0.1 s more of CPU at the start of every command that reads or writes S3, since its ES
 * modules are many small files. All packages come this way, so that there is one copy of the client. Buckets are made and deleted by
 * tests alone.
 */
const require = createRequire(import.meta.url);
const client: typeof ClientS3 = require('@aws-sdk/client-s3');
const storage: typeof LibStorage = require('@aws-sdk/lib-storage');
const http: typeof NodeHttp = require('@smithy/node-http-handler');

export const {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} = client;
export const { Upload } = storage;
export const { NodeHttpHandler } = http;
export type S3Client = ClientS3.S3Client;
export type { GetObjectCommandOutput, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
