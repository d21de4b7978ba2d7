import { stat } from 'node:fs/promises';
import path from 'node:path';
import picomatch from 'picomatch';
import { EigenfleetError } from '../../shared/errors.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import { readEntries } from '../../shared/storage/folder-listing.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { localPathOf } from '../../shared/storage/local-path.ts';
import { type ObjectInfo, unreadableEtag } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { formatS3Uri, isS3Uri, parseS3Source } from '../../shared/storage/s3/s3-uri.ts';
import { compareUtf8 } from '../../shared/storage/utf8-order.ts';

/** The model that a pattern means at this moment. */
export interface NewestModel {
  /** A path on this machine, or an `s3://` address. */
  readonly place: string;
  /** Which one it is, and of how many, for people. */
  readonly sentence: string;
}

/** What a pattern is held against: the files below a place, by keys relative to it. */
interface Candidates {
  readonly matches: (key: string) => boolean;
  readonly files: AsyncIterable<ObjectInfo>;
  /** Of a key that was found. */
  readonly placeOf: (key: string) => string;
}

/** Names in the sentence about a pattern that fits none. */
const mostNames = 5;

/**
 * Returns the newest of the models that a pattern means, such as `s3://models/best-*.onnx`, by the time of the last write, and of those written at the same time the last by
 * name; `undefined` for what is not a pattern. A file or an object with that very name, such as `best[1].onnx`, is none.
 *
 * @param named The option that names the model, for sentences.
 * @throws EigenfleetError `model` when nothing matches.
 */
export async function newestModel(
  model: string,
  settings: RunSettings,
  named: string,
): Promise<NewestModel | undefined> {
  const found = isS3Uri(model)
    ? await candidatesInS3(model, settings)
    : await candidatesInFolder(localPathOf(model) ?? model);
  return found === undefined ? undefined : newestOf(found, model, named);
}

async function newestOf(
  { matches, files, placeOf }: Candidates,
  pattern: string,
  named: string,
): Promise<NewestModel> {
  let newest: ObjectInfo | undefined;
  let count = 0;
  const others: string[] = [];
  for await (const file of files) {
    const isModel = /\.onnx$/i.test(file.key);
    if (!isModel || !matches(file.key) || file.etag === unreadableEtag) {
      if (isModel && others.length < mostNames) others.push(placeOf(file.key));
      continue;
    }
    count += 1;
    if (newest === undefined || isNewer(file, newest)) newest = file;
  }
  if (newest === undefined) {
    const near =
      others.length === 0 ? 'there is no .onnx file' : `there are ${others.sort().join(', ')}`;
    throw new EigenfleetError('model', `No model matches ${pattern}: ${near}. Check ${named}.`);
  }
  const place = placeOf(newest.key);
  const time = new Date(newest.modifiedAt ?? 0).toISOString().replace('T', ' ').slice(0, 19);
  const which = count === 1 ? 'the only model' : `the newest of ${count} models`;
  return {
    place,
    sentence: `${place} is ${which} that ${count === 1 ? 'matches' : 'match'} ${pattern}, written ${time} UTC.`,
  };
}

function isNewer(one: ObjectInfo, other: ObjectInfo): boolean {
  const later = (one.modifiedAt ?? 0) - (other.modifiedAt ?? 0);
  return later > 0 || (later === 0 && compareUtf8(one.key, other.key) > 0);
}

async function candidatesInS3(
  model: string,
  settings: RunSettings,
): Promise<Candidates | undefined> {
  const { bucket, key } = parseS3Source(model);
  const pattern = patternOf(key);
  if (pattern === undefined) return undefined;
  const store = openStore(formatS3Uri({ bucket, key: '' }), settings);
  if ((await store.head(key)) !== undefined) return undefined;
  const folder = pattern.base === '' ? '' : `${pattern.base}/`;
  const isMatch = picomatch(pattern.glob);
  return {
    matches: (found) => isMatch(found.slice(folder.length)),
    files: store.list(folder + literalStart(pattern.glob)),
    placeOf: (found) => formatS3Uri({ bucket, key: found }),
  };
}

async function candidatesInFolder(model: string): Promise<Candidates | undefined> {
  const text = path.sep === '\\' ? model.replaceAll('\\', '/') : model;
  const pattern = patternOf(text);
  if (pattern === undefined) return undefined;
  const isThere = await stat(path.resolve(model)).then(
    () => true,
    () => false,
  );
  if (isThere) return undefined;
  const root = path.resolve(pattern.prefix + pattern.base.replaceAll(/\\(.)/g, '$1'));
  // A pattern for one folder must not walk the whole tree below it.
  const isFlat = !/\*\*|[/{]/.test(pattern.glob);
  return {
    matches: picomatch(pattern.glob),
    files: isFlat ? filesIn(root) : new FolderStore(root).list(''),
    placeOf: (key) => path.join(root, key),
  };
}

async function* filesIn(folder: string): AsyncGenerator<ObjectInfo> {
  for (const { name, isFolder } of await readEntries(folder, '')) {
    if (isFolder || !/\.onnx$/i.test(name)) continue;
    const stats = await stat(path.join(folder, name)).catch(() => undefined);
    if (!stats?.isFile()) continue;
    yield { key: name, sizeBytes: stats.size, etag: '', modifiedAt: stats.mtimeMs };
  }
}

/** Parentheses and exclamation marks occur in names of folders; a model is named by a pattern only with these. */
const wildcard = /[*?[{]/;

function patternOf(text: string) {
  const { base, glob, prefix } = picomatch.scan(text);
  return wildcard.test(glob) ? { base, glob, prefix } : undefined;
}

/** The beginning that all keys share which match. */
function literalStart(glob: string): string {
  return glob.slice(0, glob.search(/[*?[{(!+@\\]/));
}
