#!/usr/bin/env node
// Copies a folder into S3, with the bucket if it is missing: node scripts/upload-folder.js FOLDER s3://BUCKET/PREFIX
// Endpoint and credentials come from the environment, as the AWS SDK reads them (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, ...).
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The SDK remarks on its own plans for Node 20 otherwise; it reads this while it is loaded. */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { CreateBucketCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');

const together = 8;

/** Uploads every file below `folder`; gives their number and bytes. `client` may be any S3Client. */
export async function uploadFolder({ folder, bucket, prefix, client }) {
  await makeBucket(client, bucket);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  let bytes = 0;
  const rest = files.values();
  const upload = async () => {
    for (const file of rest) {
      const body = await readFile(file);
      const name = relative(folder, file).split(sep).join('/');
      const key = prefix === '' ? name : `${prefix}/${name}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
      bytes += body.length;
    }
  };
  await Promise.all(Array.from({ length: together }, upload));
  return { files: files.length, bytes };
}

/** A client of the store that the environment names; one that is not Amazon's is asked by path, with no more checksums than it must know. */
export function clientOfEnvironment(env = process.env) {
  const endpoint = env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  return new S3Client({
    region: env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1',
    ...(endpoint && {
      endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
  });
}

async function makeBucket(client, bucket) {
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } catch (error) {
    const there = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'];
    if (!there.includes(error.name)) throw error;
  }
}

async function main([folder, target]) {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*?))?\/?$/.exec(target ?? '') ?? [];
  if (folder === undefined || bucket === undefined) {
    process.stderr.write('usage: node scripts/upload-folder.js FOLDER s3://BUCKET/PREFIX\n');
    return 2;
  }
  const client = clientOfEnvironment();
  try {
    const { files, bytes } = await uploadFolder({ folder, bucket, prefix, client });
    process.stdout.write(`${files} files, ${(bytes / 1e6).toFixed(1)} MB: ${target}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${folder} could not be copied to ${target}: ${error.message}\n`);
    return 5;
  } finally {
    client.destroy();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2));
}
