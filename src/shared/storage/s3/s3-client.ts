import { withoutNodeVersionWarning } from '../../host/environment.ts';
import { NodeHttpHandler, S3Client } from './aws-s3.ts';
import { s3EndpointOfEnvironment } from './s3-endpoint.ts';

/** Where S3 is. What is absent comes from the AWS SDK's own places: environment, profile, AWS itself. */
export interface S3Settings {
  /** Of an S3-compatible server: `http://127.0.0.1:9000`. It gets path style. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
}

/** Milliseconds after which a request counts as lost. */
export interface S3Timeouts {
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
  /** From the start of the request to the head of the answer, the upload of a part included. */
  readonly answerMs: number;
}

export const defaultS3Timeouts: S3Timeouts = {
  connectMs: 10_000,
  silenceMs: 30_000,
  answerMs: 180_000,
};

/** More than all stores of a process use at once: a request that waits for a socket would count as slow. */
const sockets = 512;

/**
 * A client with credentials from AWS' default chain only. `attempts` are the SDK's own: they do not cover the body of an answer, so reads
 * are retried around it (`s3-retry.ts`) and this is 1 there.
 *
 * A custom endpoint gets path style, since `bucket.127.0.0.1` is not a host, and checksums only where S3 requires them: such servers often send
 * the checksum of the whole object with a part of it.
 */
export function createS3Client(
  settings: S3Settings,
  attempts: number,
  timeouts: S3Timeouts = defaultS3Timeouts,
): S3Client {
  const endpoint = settings.endpoint ?? s3EndpointOfEnvironment();
  const custom = endpoint !== undefined && {
    endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED' as const,
    responseChecksumValidation: 'WHEN_REQUIRED' as const,
  };
  return withoutNodeVersionWarning(
    () =>
      new S3Client({
        ...custom,
        region: settings.region ?? once(configuredRegion),
        followRegionRedirects: endpoint === undefined,
        maxAttempts: attempts,
        // The SDK opens a connection of its own for each upload that asks for leave first.
        expectContinueHeader: false,
        requestHandler: new NodeHttpHandler({
          connectionTimeout: timeouts.connectMs,
          socketTimeout: timeouts.silenceMs,
          requestTimeout: timeouts.answerMs,
          throwOnRequestTimeout: true,
          httpAgent: { keepAlive: true, maxSockets: sockets },
          httpsAgent: { keepAlive: true, maxSockets: sockets },
        }),
      }),
  );
}

/** The region of the environment or the profile; else the one that S3-compatible servers take, and that AWS redirects from. */
async function configuredRegion(): Promise<string> {
  const unset = withoutNodeVersionWarning(() => new S3Client({}));
  return unset.config.region().catch(() => 'us-east-1');
}

/** The SDK asks a provider for every request. */
function once<T>(provide: () => Promise<T>): () => Promise<T> {
  let provided: Promise<T> | undefined;
  return () => {
    provided ??= provide();
    return provided;
  };
}
