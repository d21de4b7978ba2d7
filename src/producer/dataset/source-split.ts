import { EigenfleetError } from '../../shared/errors.ts';

/** Throws `usage` for a split of something that has none: an image, a pattern, a text list. */
export function refuseSplit({
  source,
  split,
}: {
  readonly source: string;
  readonly split?: string;
}): void {
  if (split === undefined) return;
  throw new EigenfleetError(
    'usage',
    `--split ${split} chooses a part of a data.yaml or of a folder; ${source} has no splits. Drop --split.`,
  );
}

/** Folders in which a split may lie, as people lay datasets out: `<split>` (classification, Roboflow) or `images/<split>` (YOLO). */
export function splitFolders(split: string): string[] {
  const names = splitAliases(split);
  return [...names, ...names.map((alias) => `images/${alias}`)];
}

/** The split's own name first, then what others call it: `val`, `valid` and `validation` are one. */
export function splitAliases(split: string): string[] {
  const aliases = ['val', 'valid', 'validation'];
  if (!aliases.includes(split)) return [split];
  return [split, ...aliases.filter((alias) => alias !== split)];
}

const commonSplits = [
  'train',
  'training',
  'val',
  'valid',
  'validation',
  'test',
  'testing',
  'minival',
];

/** Says which splits there are instead of the one for the split. */
export function noSplitFolder(
  folder: string,
  split: string,
  folders: readonly string[],
): EigenfleetError {
  const splits = folders.filter((name) => commonSplits.includes(name.toLowerCase()));
  const there = splits.length === 0 ? 'none of train, val and test either' : splits.join(', ');
  return new EigenfleetError(
    'dataset',
    `${folder} has no data.yaml and no folder for split "${split}"; it has ${there}. Choose with --split, or drop it to take all.`,
  );
}
