import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { mostFileBytes, oversize } from '../../shared/host/regular-file.ts';
import { textOf } from '../../shared/host/text-file.ts';
import type { LabelEntry } from '../../shared/run/labels/label.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import { type CocoImage, readCoco } from './coco-labels.ts';
import type { LabelSource } from './label-source.ts';

/** Labels of all images in one COCO file, a path or an address. It is read when its entries are. */
export function cocoSource(file: string, storage?: StoreOptions): LabelSource {
  const slash = file.lastIndexOf('/');
  const store = openStore(file.slice(0, Math.max(slash, 0)) || (slash === 0 ? '/' : '.'), storage);
  const name = file.slice(slash + 1);
  let names: readonly string[] = [];
  return {
    kind: 'coco',
    rootUri: `${store.uri}/${name}`,
    description: file,
    classNames: () => names,
    entries: async function* (samples) {
      const info = await store.head(name);
      if (info === undefined) {
        throw new EigenfleetError('dataset', `There is no file ${file}. Check --labels.`);
      }
      const tooLarge = oversize(info.sizeBytes, mostFileBytes.coco);
      if (tooLarge !== undefined) throw unreadable(file, tooLarge);
      const bytes = (await store.get(name)) ?? new Uint8Array();
      const coco = readCoco(parsed(bytes, file), name);
      names = coco.classNames;
      for await (const { key } of samples) yield entryOf(coco.imageOf(key));
    },
  };
}

function parsed(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch (cause) {
    throw unreadable(file, messageOf(cause).split('\n')[0] ?? '', cause);
  }
}

function unreadable(file: string, reason: string, cause?: unknown): EigenfleetError {
  const message = `${file} cannot be read as COCO (${reason}). Check --labels.`;
  return new EigenfleetError('dataset', message, { cause });
}

function entryOf(image: CocoImage | undefined): LabelEntry {
  if (image === undefined) return {};
  const { labels, remarks, size } = image;
  return {
    size: [...size],
    labels: [...labels],
    ...(remarks.length > 0 && { remarks: [...remarks] }),
  };
}
