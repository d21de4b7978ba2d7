import { access } from 'node:fs/promises';
import path from 'node:path';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { pathOfText, textOfNames } from '../../shared/host/file-name.ts';
import { mostFileBytes, readRegularFile } from '../../shared/host/regular-file.ts';
import { utf8Of } from '../../shared/host/text-file.ts';
import { redactCredentials } from '../../shared/redaction/redact-credentials.ts';
import { datasetNameOf, withSplit } from './dataset-name.ts';
import { commonRoot, sortedKeys } from './key-path.ts';
import { foundSpelling, resolveAll, spellingsOf } from './line-spellings.ts';
import { namedSamples, type SampleListing } from './sample-listing.ts';

/**
 * The images named in a text file. A missing file stays: its sample fails with a reason. So does one whose extension
 * is not an image's, because it was named.
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
    pages: (store, tally) => namedSamples(store, sortedKeys(rootPath, files), tally),
  };
}

/**
 * Absolute paths of a list's images, one a line; blank lines and lines that begin with `#` are skipped (write `./#1.jpg` for such
 * a name). `./x` is relative to the list's folder, as in Ultralytics; so is any other relative path, unless the list's files only
 * exist below the working directory, which is where Ultralytics looks for them. A line that leads to no file is taken for a sloppy one: see
 * `spellingsOf`.
 *
 * @throws EigenfleetError `dataset` for a list that cannot be read, names nothing, or names something that is not on this machine.
 */
export async function readImageList(file: string): Promise<string[]> {
  const lines = linesOfList(await readLines(file), file);
  assertLocal(lines, file);
  const folder = path.dirname(file);
  const base = await baseOf(lines, folder);
  return resolveAll(lines, (line) => {
    const paths = spellingsOf(line).map((spelling) =>
      path.resolve(isDotted(spelling) ? folder : base, spelling),
    );
    return foundSpelling([...new Set(paths)], exists);
  });
}

/** The lines that name an image. `file` is what errors call the list. Throws `dataset` when there is none. */
export function linesOfList(text: string, file: string): string[] {
  // Old editors of the Mac end lines with a carriage return alone; where others end, it may be part of a name.
  const ends = text.includes('\n') ? /\r?\n/ : /\r/;
  const lines = text.split(ends).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length > 0) return lines;
  throw new EigenfleetError('dataset', `The list ${file} names no image. Write one path per line.`);
}

/** Where relative lines start from: the first existing file decides, the list's folder before the working directory. */
async function baseOf(lines: readonly string[], folder: string): Promise<string> {
  for (const spelling of lines.flatMap(spellingsOf)) {
    if (path.isAbsolute(spelling) || isDotted(spelling)) continue;
    if (await exists(path.resolve(folder, spelling))) return folder;
    if (await exists(path.resolve(spelling))) return process.cwd();
  }
  return folder;
}

function isDotted(line: string): boolean {
  return /^\.{1,2}[\\/]/.test(line);
}

async function exists(file: string): Promise<boolean> {
  return access(pathOfText(file)).then(
    () => true,
    () => false,
  );
}

function assertLocal(lines: readonly string[], file: string): void {
  const remote = lines.find((line) => /^\s*(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(line));
  if (remote === undefined) return;
  throw new EigenfleetError(
    'dataset',
    `The list ${file} names "${redactCredentials(remote)}": a list on this machine names files of this machine. Images in a bucket are named by a list in that bucket.`,
  );
}

/** The names in it need not be UTF-8: they are compared with those of files. */
async function readLines(file: string): Promise<string> {
  try {
    return textOfNames(utf8Of(await readRegularFile(file, { mostBytes: mostFileBytes.list })));
  } catch (cause) {
    throw new EigenfleetError(
      'dataset',
      `The list ${file} cannot be read (${messageOf(cause)}). Check --images.`,
      { cause },
    );
  }
}
