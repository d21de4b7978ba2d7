import { foundSpelling, resolveAll, spellingsOf } from '../line-spellings.ts';
import { linesOfList } from '../source-list.ts';
import type { S3BucketFiles } from './s3-bucket-files.ts';
import { folderOf } from './s3-path.ts';

/**
 * Paths in the bucket of a list's images, one a line: relative to the list's folder, from the bucket's root (`/a.jpg`), or as addresses in the same
 * bucket.
 *
 * @throws EigenfleetError `dataset` for a list that cannot be read, names nothing, or names something elsewhere.
 */
export async function readS3ImageList(files: S3BucketFiles, file: string): Promise<string[]> {
  const lines = linesOfList(await files.readText(file), files.uriOf(file));
  const folder = folderOf(file);
  return resolveAll(lines, (line) => {
    const paths = spellingsOf(line).map((spelling) => files.resolve(folder, spelling));
    return foundSpelling([...new Set(paths)], (path) => files.isFile(path));
  });
}
