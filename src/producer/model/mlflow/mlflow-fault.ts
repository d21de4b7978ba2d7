import { z } from 'zod';
import { EigenfleetError, messageOf } from '../../../shared/errors.ts';
import { StorageUnavailableError } from '../../../shared/host/storage-unavailable.ts';

const faultSchema = z.object({ error_code: z.string(), message: z.string() });

/** What an answer that is not a success means. */
export type MlflowFault =
  | { readonly status: 'absent'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: Error };

/** Returns what the server means by an answer other than 2xx. An alias that is not there is answered with 400, and a version with 404. */
export function faultOf(response: Response, body: Uint8Array, address: string): MlflowFault {
  const { status } = response;
  const { error_code, message = '' } = wordsOf(body) ?? {};
  const isAbsent = error_code === 'RESOURCE_DOES_NOT_EXIST' || /\bnot found\b/i.test(message);
  if (isAbsent && (status === 400 || status === 404)) return { status: 'absent', reason: message };
  const words = message === '' ? '' : `: ${message.trim().replace(/\.$/, '')}`;
  if (status === 408 || status === 429 || status >= 500) {
    const sentence = `MLflow's server at ${address} answers with ${status}${words}.`;
    return { status: 'failed', error: new StorageUnavailableError(sentence) };
  }
  const sentence = refusalOf(response, words, address);
  return { status: 'failed', error: new EigenfleetError('model', sentence) };
}

/** @param words The server's own, behind a colon; or none. */
function refusalOf({ status, headers }: Response, words: string, address: string): string {
  const server = `MLflow's server at ${address}`;
  if (status === 401 || status === 403) {
    return `${server} refuses these credentials (${status}${words}). Check MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.`;
  }
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) {
    return `${server} sends on to ${location}, which is not followed: put the server's own address into MLFLOW_TRACKING_URI.`;
  }
  if (status === 404) {
    return `There is no MLflow server at ${address} (404${words}). Check MLFLOW_TRACKING_URI.`;
  }
  return `${server} refuses the request (${status}${words}).`;
}

/** Of a request that got no answer. */
export function networkFault(address: string, error: unknown): StorageUnavailableError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new StorageUnavailableError(
    `MLflow's server at ${address} cannot be reached (${messageOf(cause)}). Check MLFLOW_TRACKING_URI and the server.`,
    { cause: error },
  );
}

function wordsOf(body: Uint8Array): z.infer<typeof faultSchema> | undefined {
  try {
    return faultSchema.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return undefined;
  }
}
