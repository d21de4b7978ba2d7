import { EigenfleetError } from '../../errors.ts';
import { checkKey, checkLiteralKey } from '../object-key-check.ts';

/** A place in S3. `key` is as S3 has it, not percent-encoded, as in the AWS command line; without slashes at its ends, `''` for the whole bucket. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

export function isS3Uri(text: string): boolean {
  return /^s3:\/\//i.test(text);
}

/**
 * Reads `s3://bucket/key`.
 *
 * @throws EigenfleetError `usage` for one without a bucket, with credentials in it, or with a key that no store may have (`a//b`, `..`). What
 * may be secret is not repeated.
 */
export function parseS3Uri(uri: string): S3Location {
  const { bucket, key: literal } = parseS3Source(uri);
  const key = literal.replace(/\/+$/, '');
  try {
    if (key !== '') checkKey(key);
  } catch (cause) {
    throw new EigenfleetError(
      'usage',
      `${uri} has an empty part, which only images and models in S3 may have. Write s3://bucket/prefix.`,
      { cause },
    );
  }
  return { bucket, key };
}

/**
 * Like `parseS3Uri`, for objects that are only read: the key is taken literally, with empty parts and slashes at its ends.
 *
 * @throws EigenfleetError `usage` for one without a bucket, with credentials in it, or with a `.` or `..` part.
 */
export function parseS3Source(uri: string): S3Location {
  const [bucket = '', ...rest] = uri.replace(/^s3:\/\//i, '').split('/');
  if (bucket.includes('@')) {
    throw new EigenfleetError(
      'usage',
      'An s3:// address must not contain credentials. Write s3://bucket/prefix, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or a profile.',
    );
  }
  if (!/^\w[\w.-]{0,254}$/.test(bucket)) {
    throw new EigenfleetError('usage', `${uri} names no bucket. Write s3://bucket/prefix.`);
  }
  const key = rest.join('/');
  try {
    if (key !== '') checkLiteralKey(key);
  } catch (cause) {
    throw new EigenfleetError(
      'usage',
      `${uri} has a "." or ".." part, which eigenfleet does not use in keys. Write s3://bucket/prefix.`,
      { cause },
    );
  }
  return { bucket, key };
}

export function formatS3Uri({ bucket, key }: S3Location): string {
  return key === '' ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}
