import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { datasetNameOf, withSplit } from './dataset-name.ts';
import { commonRoot, sortedKeys } from './key-path.ts';
import { namedSamples, type SampleListing } from './sample-listing.ts';

/**
 * The images named in a text file. A file that is not there stays: its sample fails with a reason. So does one whose extension
 * is no image's, because it was named.
 *
 * @throws EigenfleetError `dataset` for a list that cannot be read or names nothing.
 */
export async function listTextFile(file: string): Promise<SampleListing> {
  const files = await readImageList(file);
  const rootPath = commonRoot(path.dirname(file), files);
  return {
    kind: 'list',
    rootPath,
    description: `list ${file}`,
    datasetName: withSplit(datasetNameOf(path.dirname(file)), path.parse(file).name),
    samples: (store, tally) => namedSamples(store, sortedKeys(rootPath, files), tally),
  };
}

/**
 * Absolute paths of a list's images, one a line; blank lines and lines that begin with `#` are skipped (write `./#1.jpg` for such
 * a name). `./x` is relative to the list's folder, as in Ultralytics; so is any other relative path, unless the list's files only
 * exist below the working directory, which is where Ultralytics looks for them.
 */
export async function readImageList(file: string): Promise<string[]> {
  const lines = linesOfList(await readText(file), file);
  const folder = path.dirname(file);
  const base = await baseOf(lines, folder);
  return lines.map((line) => path.resolve(isDotted(line) ? folder : base, line));
}

/** The lines that name an image. `file` is what errors call the list. Throws `dataset` when there is none. */
export function linesOfList(text: string, file: string): string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length > 0) return lines;
  throw new EigenfleetError(
    'dataset',
    `The list ${file} names no image. Write one path a line into it.`,
  );
}

/** Where relative lines start from: the first existing file decides, the list's folder before the working directory. */
async function baseOf(lines: readonly string[], folder: string): Promise<string> {
  for (const line of lines) {
    if (path.isAbsolute(line) || isDotted(line)) continue;
    if (await exists(path.resolve(folder, line))) return folder;
    if (await exists(path.resolve(line))) return process.cwd();
  }
  return folder;
}

function isDotted(line: string): boolean {
  return /^\.{1,2}[\\/]/.test(line);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new EigenfleetError(
      'dataset',
      `The list ${file} cannot be read (${messageOf(cause)}). Check --images.`,
      { cause },
    );
  }
}
