import { EigenfleetError, messageOf } from '../../errors.ts';
import { UnreadableFileError } from '../../host/regular-file.ts';
import { StorageUnavailableError } from '../../host/storage-unavailable.ts';
import { formatS3Uri, type S3Location } from './s3-uri.ts';

/** The action, named by the right that it needs. */
export type S3Action = 's3:GetObject' | 's3:PutObject' | 's3:DeleteObject' | 's3:ListBucket';

/** What distinguishes failures of a request. */
interface S3Failure {
  /** S3's code (`SlowDown`) or the name of the error. */
  readonly name: string;
  /** HTTP status; `undefined` when no answer came. */
  readonly status: number | undefined;
  /** The system's code (`ECONNRESET`). */
  readonly code: string | undefined;
}

function failureOf(error: unknown): S3Failure {
  if (!(error instanceof Error)) return { name: '', status: undefined, code: undefined };
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode;
  return { name: error.name, status, code: typeof code === 'string' ? code : undefined };
}

const passing = new Set([
  ...[
    'SlowDown',
    'Throttling',
    'ThrottlingException',
    'TooManyRequests',
    'TooManyRequestsException',
  ],
  ...['RequestLimitExceeded', 'BandwidthLimitExceeded', 'ProvisionedThroughputExceededException'],
  ...['RequestTimeout', 'RequestTimeoutException', 'RequestTimeTooSkewed', 'InternalError'],
  ...['ServiceUnavailable', 'TimeoutError', 'CutBodyError'],
]);

const connection = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH'],
  ...['ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND', 'ERR_STREAM_PREMATURE_CLOSE', 'EPROTO'],
]);

/** Returns whether the same request may succeed a moment later: throttling, faults of the server, time-outs, broken connections. */
export function isPassing(error: unknown): boolean {
  const { name, status, code } = failureOf(error);
  if (passing.has(name)) return true;
  if (code !== undefined && connection.has(code)) return true;
  // 501: the server does not know the request and never will.
  return (
    status !== undefined && (status === 408 || status === 429 || (status >= 500 && status !== 501))
  );
}

/** Returns whether the object is missing; a missing bucket or user is another failure. */
export function isNotFound(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return name === 'NoSuchKey' || name === 'NotFound' || (status === 404 && !(name in refusals));
}

/** Returns whether HEAD was refused without a reason: it has no body, so only a GET can tell. */
export function isUnexplained(error: unknown): boolean {
  const { name, status = 0 } = failureOf(error);
  return status >= 300 && status < 500 && !isPassing(error) && !(name in refusals);
}

/** Returns whether the object is not the one that the request was for. */
export function isUnmatched(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return name === 'PreconditionFailed' || status === 412;
}

/** Returns whether a range begins after the end of the object. */
export function isBeyondEnd(error: unknown): boolean {
  const { name, status } = failureOf(error);
  return name === 'InvalidRange' || status === 416;
}

/** Codes that mean every request will fail, whatever the object, and what to do about them. */
const refusals: Readonly<Record<string, string>> = {
  ExpiredToken: 'the AWS credentials have expired. Sign in again, or renew AWS_SESSION_TOKEN',
  ExpiredTokenException:
    'the AWS credentials have expired. Sign in again, or renew AWS_SESSION_TOKEN',
  TokenRefreshRequired:
    'the AWS credentials have expired. Sign in again, or renew AWS_SESSION_TOKEN',
  RequestExpired: 'the AWS credentials have expired. Sign in again, or renew AWS_SESSION_TOKEN',
  InvalidToken: 'the session token does not belong to the access key. Correct AWS_SESSION_TOKEN',
  InvalidAccessKeyId:
    'the access key is unknown there. Correct AWS_ACCESS_KEY_ID, or --s3-endpoint',
  XAdminUserNotFound:
    'the access key is unknown there. Correct AWS_ACCESS_KEY_ID, or --s3-endpoint',
  NotSignedUp: 'the access key is unknown there. Correct AWS_ACCESS_KEY_ID, or --s3-endpoint',
  SignatureDoesNotMatch:
    'the secret key does not belong to the access key. Correct AWS_SECRET_ACCESS_KEY',
  AuthorizationHeaderMalformed: 'it needs another region. Set it with --s3-region or AWS_REGION',
  IncorrectEndpoint: 'the bucket is in another region. Set it with --s3-region or AWS_REGION',
  InvalidRegion: 'it needs another region. Set it with --s3-region or AWS_REGION',
  PermanentRedirect: 'the bucket is in another region. Set it with --s3-region or AWS_REGION',
  NoSuchBucket: 'there is no such bucket. Correct the address, or --s3-endpoint',
  CredentialsProviderError:
    'no AWS credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or assign a role to this machine',
};

/**
 * Turns a failed request into the error for people. Aborts and EigenfleetErrors pass unchanged.
 *
 * - `EigenfleetError('storage')`: this object may not be read (403) or is unavailable; an image becomes a failed row.
 * - `StorageUnavailableError`: nothing can be read or written right now; the shard must be retried.
 */
export function s3Error(error: unknown, action: S3Action, place: S3Location): Error {
  if (error instanceof EigenfleetError || error instanceof StorageUnavailableError) return error;
  if (error instanceof Error && error.name === 'AbortError') return error;
  const options = { cause: error };
  const where = formatS3Uri(place);
  if (error instanceof UnreadableFileError) {
    return new EigenfleetError('storage', `${where} cannot be read: ${error.message}.`, options);
  }
  const { name, status } = failureOf(error);
  const refusal = refusals[name];
  if (refusal !== undefined) {
    const sentence = `${where} cannot be used: ${refusal}.`;
    return new StorageUnavailableError(sentence, { ...options, lasting: true });
  }
  if (isPassing(error)) {
    return new StorageUnavailableError(
      `${where} cannot be reached (${reasonOf(error)}), despite repeated attempts. Check the endpoint and the network, then run the same command again.`,
      options,
    );
  }
  const sentence =
    status === 403 || name === 'AccessDenied'
      ? forbidden(action, where)
      : `${where} was refused by the storage (${reasonOf(error)}). Check the address and the rights of the credentials.`;
  // Only reads can fail for one object; a right to write, delete or list is missing for all objects, and so is a used-up quota.
  if (action === 's3:GetObject') return new EigenfleetError('storage', sentence, options);
  return new StorageUnavailableError(sentence, { ...options, lasting: true });
}

/** S3 answers 403, not 404, for a missing object when the caller may not list. */
function forbidden(action: S3Action, where: string): string {
  const also =
    action === 's3:GetObject' ? ', or it does not exist and s3:ListBucket is missing too' : '';
  return `Access to ${where} is denied: the credentials lack the right ${action}${also}. Grant it in the policy of the user or of the bucket.`;
}

function reasonOf(error: unknown): string {
  const { name, status, code } = failureOf(error);
  const parts = [code ?? name, status === undefined ? '' : `HTTP ${status}`];
  const told = parts.filter((part) => part !== '' && part !== 'Error').join(', ');
  return told === '' ? messageOf(error) : told;
}
