import type { LabelEntry } from '../../shared/run/labels/label.ts';
import { plain } from './class-matching.ts';
import type { LabelSource } from './label-source.ts';

const splits = ['train', 'training', 'val', 'valid', 'validation', 'test', 'testing', 'minival'];

export interface ClassFolderRequest {
  readonly rootPath: string;
  readonly rootUri: string;
  /** By class id. */
  readonly modelNames: readonly string[];
}

/** A classification dataset: a folder for each class, `split/class/image.jpg`, as torchvision's ImageFolder and Ultralytics have it. */
export function classFolders(request: ClassFolderRequest): LabelSource {
  const { rootPath, rootUri } = request;
  const known = new Set(request.modelNames.map(plain));
  const ids = new Map<string, number>();
  const above = folderAbove(rootPath, known);
  return {
    kind: 'folders',
    rootUri,
    description: `class folders in ${rootPath}`,
    classNames: () => [...ids.keys()],
    entries: async function* (samples) {
      ids.clear();
      for await (const { key } of samples) {
        const name = classFolderOf(key, known) ?? above;
        if (name === undefined) yield {};
        else yield entryOf(name, ids);
      }
    },
  };
}

function entryOf(name: string, ids: Map<string, number>): LabelEntry {
  const classId = ids.get(name) ?? ids.size;
  ids.set(name, classId);
  return { labels: [{ classId, box: [0, 0, 1, 1] }] };
}

/** The folder after the last one that is called as a split is; without such a folder, the first one that is called as a class is. */
function classFolderOf(key: string, known: ReadonlySet<string>): string | undefined {
  const folders = key.split('/').slice(0, -1);
  const split = folders.findLastIndex((name) => splits.includes(name.toLowerCase()));
  const below = folders.slice(split + 1);
  if (split >= 0) return below[0];
  return below.find((name) => known.has(plain(name))) ?? (below.length > 0 ? below[0] : undefined);
}

/** The images of one class folder alone: its own name, where it lies in a split and is called as a class is. */
function folderAbove(rootPath: string, known: ReadonlySet<string>): string | undefined {
  const [name = '', parent = ''] = rootPath.split('/').toReversed();
  return splits.includes(parent.toLowerCase()) && known.has(plain(name)) ? name : undefined;
}
