import { imagesIn } from '../../evaluate/labels/label-places.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { mostFileBytes, UnreadableFileError } from '../../shared/host/regular-file.ts';
import { textOf } from '../../shared/host/text-file.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import type { DataYaml } from './data-yaml.ts';
import type { ImageSource } from './image-source.ts';

/**
 * The data.yaml of a folder of images, which says what its labels' class ids mean: in it, or beside its folder `images`. `undefined` where there
 * is none, or the source names its classes itself.
 */
export async function findDataYaml({
  source,
  storage,
  warn,
}: {
  readonly source: Pick<ImageSource, 'rootPath' | 'classNames'>;
  readonly storage: StoreOptions;
  warn(line: string): void;
}): Promise<DataYaml | undefined> {
  const { rootPath, classNames } = source;
  if (classNames !== undefined) return undefined;
  const at = imagesIn(rootPath);
  const above = at === undefined ? [] : [rootPath.slice(0, at), aboveOf(rootPath.slice(0, at))];
  for (const folder of [rootPath, ...above]) {
    if (folder === '' || /^s3:\/*$/.test(folder)) continue;
    const bytes = await openStore(folder, storage)
      .getRange('data.yaml', 0, mostFileBytes.dataYaml)
      .catch(refused);
    if (bytes === undefined) continue;
    return parsed(bytes, `${folder}/data.yaml`, warn);
  }
  return undefined;
}

/** Roboflow lays a folder for each split beside the file: `data/train/images`. */
function aboveOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf('/'));
}

/** A file that cannot be read costs only the names. */
async function parsed(
  bytes: Uint8Array,
  file: string,
  warn: (line: string) => void,
): Promise<DataYaml | undefined> {
  const { parseDataYaml } = await import('./data-yaml.ts');
  try {
    return parseDataYaml(textOf(bytes), file);
  } catch (error) {
    if (!(error instanceof EigenfleetError || error instanceof UnreadableFileError)) throw error;
    const reason = error instanceof EigenfleetError ? error.message : `${file}: ${error.message}.`;
    warn(`${reason} Class ids of labels are taken to be the model's.`);
    return undefined;
  }
}

function refused(error: unknown): undefined {
  if (error instanceof EigenfleetError) return undefined;
  throw error;
}
