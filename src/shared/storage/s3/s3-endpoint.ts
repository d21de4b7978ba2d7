import { z } from 'zod';
import { EigenfleetError } from '../../errors.ts';
import { redactAddress } from '../../redaction/redact-credentials.ts';

/** The address of an S3-compatible server; credentials in it would end up in logs and in run.json. */
export const s3EndpointSchema = z
  .url({ protocol: /^https?$/ })
  .refine((address) => !address.includes('@'));

/** Completes "must be ...". */
export const s3EndpointExpected = 'an address without credentials, such as http://127.0.0.1:9000';

/**
 * Returns the S3 endpoint from the AWS SDK's own variables. The SDK reads them too; we read them because a server of
 * your own needs other settings (`s3-client.ts`).
 *
 * @throws EigenfleetError `usage` for one that is not an address, or has credentials in it.
 */
export function s3EndpointOfEnvironment(): string | undefined {
  const { AWS_ENDPOINT_URL_S3, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = process.env;
  if (AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true') return undefined;
  const name = AWS_ENDPOINT_URL_S3 ? 'AWS_ENDPOINT_URL_S3' : 'AWS_ENDPOINT_URL';
  const endpoint = process.env[name];
  if (!endpoint) return undefined;
  if (s3EndpointSchema.safeParse(endpoint).success) return endpoint;
  const said = JSON.stringify(redactAddress(endpoint));
  throw new EigenfleetError('usage', `${name} must be ${s3EndpointExpected}, not ${said}.`);
}
