import { posix, resolve } from 'node:path';
import { messageOf } from '../../shared/errors.ts';
import { isMlflowUri, parseMlflowUri } from '../../shared/storage/mlflow/mlflow-uri.ts';
import { isS3Uri, parseS3Source } from '../../shared/storage/s3/s3-uri.ts';

/** The folder in which an audit file lies: a path of this machine, or an `s3://` address. */
export type AuditBase = string;

export type WholePlace =
  | { readonly status: 'whole'; readonly place: string }
  /** `fault` is a sentence. */
  | { readonly status: 'wrong'; readonly fault: string };

/**
 * Makes a place of an audit file whole: one without a scheme is a path beside the file. Patterns stay patterns.
 *
 * @param schemes Those that may be, without `://`; `mlflow` takes MLflow's own `models:/` too.
 */
export function wholePlace(said: string, base: AuditBase, schemes: readonly string[]): WholePlace {
  if (schemes.includes('mlflow') && isMlflowUri(said)) return readable(said, parseMlflowUri);
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(said)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    // With one slash it would be a folder called "s3:", which nobody means.
    const typed = /^([a-z][a-z0-9+.-]+):\/(?!\/)/i.exec(said)?.[1]?.toLowerCase() ?? '';
    if (!schemes.includes(typed)) return pathPlace(said, base);
    const fault = `${JSON.stringify(said)} is not an address: write ${typed}:// with two slashes.`;
    return { status: 'wrong', fault };
  }
  if (!schemes.includes(scheme)) {
    const fault = `${scheme}:// is not supported here: write a path, or an address with ${schemes.map((one) => `${one}://`).join(' or ')}.`;
    return { status: 'wrong', fault };
  }
  return scheme === 's3' ? readable(said, parseS3Source) : { status: 'whole', place: said };
}

function readable(said: string, parse: (text: string) => unknown): WholePlace {
  try {
    parse(said);
    return { status: 'whole', place: said };
  } catch (error) {
    return { status: 'wrong', fault: messageOf(error) };
  }
}

function pathPlace(said: string, base: AuditBase): WholePlace {
  if (posix.isAbsolute(said) || resolve(said) === said) return { status: 'whole', place: said };
  if (!isS3Uri(base)) return { status: 'whole', place: resolve(base, said) };
  const fault = `${JSON.stringify(said)} is a path beside the audit file, which lies in storage: write the whole address, such as s3://bucket/${said.replace(/^[./]+/, '')}.`;
  return { status: 'wrong', fault };
}
