import { readFile } from 'node:fs/promises';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { environmentValue } from '../../shared/host/environment.ts';
import { learnSecret } from '../../shared/redaction/secrets-of-process.ts';
import type { SecretPlace } from '../file/audit.ts';

/** Longer is not a key or an address. */
const mostCharacters = 8_192;

/**
 * Reads a value where an audit says that it is, at the moment when it is needed: a secret that was renewed is used the next time. From then on nothing that this process prints or
 * stores shows it.
 *
 * @param what For sentences: `address of the webhook`.
 * @throws EigenfleetError `usage` when it is not there.
 */
export async function secretValue(place: SecretPlace, what: string): Promise<string> {
  const text = 'env' in place ? environmentValue(place.env) : await textOf(place.file, what);
  const value = text?.trim() ?? '';
  const where = 'env' in place ? `the environment variable ${place.env}` : place.file;
  if (value === '') {
    const remedy = 'env' in place ? 'is not set where the audit runs' : 'is empty';
    throw new EigenfleetError('usage', `The ${what} is missing: ${where} ${remedy}.`);
  }
  if (value.length > mostCharacters) {
    throw new EigenfleetError('usage', `The ${what} in ${where} is too long to be one.`);
  }
  learnSecret(value);
  return value;
}

async function textOf(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new EigenfleetError('usage', `The ${what} cannot be read (${messageOf(error)}).`, {
      cause: error,
    });
  });
}
