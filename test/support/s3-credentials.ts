import type { S3Credentials } from './s3-signature.ts';

/** Where the environment of tests keeps what the AWS SDK would find there. */
const noProfile = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };

/**
 * The credentials that tests use, and the environment that gives them to the AWS SDK: those of TEST_S3_ENDPOINT where it is set, else made-up ones. Nothing
 * else of the person who runs the tests: no profile, no endpoint, no role.
 */
export function testCredentials(): S3Credentials {
  const { TEST_S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  if (!TEST_S3_ENDPOINT) return { accessKeyId: 'test-key', secretAccessKey: 'test-secret' };
  return {
    accessKeyId: AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? '',
  };
}

/** For a child process; `endpoint` is what s3:// means there. */
export function awsEnvironment(
  { accessKeyId, secretAccessKey }: S3Credentials,
  endpoint?: string,
): Record<string, string | undefined> {
  return {
    ...noProfile,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_REGION: undefined,
    AWS_ENDPOINT_URL: undefined,
    AWS_ENDPOINT_URL_S3: endpoint,
  };
}

/** Gives this process `awsEnvironment`. A test file has a process of its own. */
export function useTestCredentials(): S3Credentials {
  const credentials = testCredentials();
  for (const [name, value] of Object.entries(awsEnvironment(credentials))) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  return credentials;
}
