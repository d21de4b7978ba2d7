import path from 'node:path';

const generic = new Set(
  'data dataset datasets images image img imgs jpegimages train val valid validation test'.split(
    ' ',
  ),
);

/**
 * Makes a name for people from a folder's path. Folders called `images` or `test` say nothing alone, so the nearest meaningful folder
 * above goes in front: `blood-cells/images/test` is `blood-cells-test`.
 */
export function datasetNameOf(folder: string): string {
  const parts = path.resolve(folder).split(path.sep).filter(Boolean);
  const last = parts.pop() ?? 'images';
  if (!generic.has(last.toLowerCase())) return last;
  const telling = parts.findLast((part) => !generic.has(part.toLowerCase()));
  return telling === undefined ? last : withSplit(telling, last);
}

/** `coco` and `val` make `coco-val`; `images` adds nothing. */
export function withSplit(name: string, split: string): string {
  return /^(?:data|dataset|datasets|images?|imgs?|jpegimages)$/i.test(split)
    ? name
    : `${name}-${split}`;
}
