/** Where the label file of an image may lie: a key, and the beginning of keys below which it and its neighbors are listed. */
export interface LabelKey {
  readonly key: string;
  readonly prefix: string;
}

/** A folder of label files, and which of them belongs to an image. */
export interface LabelPlace {
  /** A path or an address, as `openStore` takes it. */
  readonly rootPath: string;
  /** `undefined` for an image that has none in this place. */
  keyOf(imageKey: string): LabelKey | undefined;
  /** The images' own folder. */
  readonly isBeside: boolean;
  /** For people. */
  readonly description: string;
}

/**
 * The places of an image folder's labels, in order: as Ultralytics finds them, the last folder `images` of a path replaced by `labels`, whether it is in
 * the images' keys or above them, then the images' own folder.
 */
export function usualPlaces(rootPath: string): LabelPlace[] {
  const labelsRoot = withLabels(rootPath);
  const beside: LabelPlace = {
    rootPath,
    isBeside: true,
    keyOf: (key) => keyIn('', key),
    description: 'text files beside the images',
  };
  const below: LabelPlace = {
    rootPath,
    isBeside: false,
    keyOf: (key) => {
      const split = splitAtImages(key);
      return split && keyIn(`${split.before}labels/`, split.after);
    },
    description: 'folders "labels" beside the folders "images"',
  };
  if (labelsRoot === undefined) return [below, beside];
  const above: LabelPlace = {
    rootPath: labelsRoot,
    isBeside: false,
    keyOf: (key) => (splitAtImages(key) === undefined ? keyIn('', key) : undefined),
    description: labelsRoot,
  };
  return [below, above, beside];
}

/**
 * The ways in which a folder that somebody names may hold the labels of the images: by the path of an image below its root, below the last folder
 * `images`, or by its name alone.
 */
export function namedPlaces(folder: string, rootPath: string): LabelPlace[] {
  const [, belowImages] = /(?:^|\/)images(?:\/(.*))?$/.exec(lastImages(rootPath)) ?? [];
  const start = belowImages === undefined || belowImages === '' ? '' : `${belowImages}/`;
  const pathOf: readonly ((key: string) => string)[] = [
    (key) => key,
    (key) => splitAtImages(key)?.after ?? `${start}${key}`,
    (key) => key.slice(key.lastIndexOf('/') + 1),
  ];
  return pathOf.map((pathBelow) => ({
    ...{ rootPath: folder, description: folder, isBeside: false },
    keyOf: (key) => keyIn('', pathBelow(key)),
  }));
}

/** A path from its last folder `images` on. */
function lastImages(path: string): string {
  const at = imagesIn(path);
  return at === undefined ? path : path.slice(at);
}

/** Where the last folder `images` of a path begins, with the slash before it. A bucket of that name is not a folder. */
export function imagesIn(path: string): number | undefined {
  const at = `${path}/`.lastIndexOf('/images/');
  return at < 0 || /^s3:\/$/i.test(path.slice(0, at)) ? undefined : at;
}

/** The key of a label file; neighbors are listed folder by folder of the first level, so that one split does not list all. */
function keyIn(base: string, imageKey: string): LabelKey {
  const slash = imageKey.indexOf('/');
  const prefix = slash < 0 ? base : base + imageKey.slice(0, slash + 1);
  return { prefix, key: `${base}${imageKey.replace(/\.[^./]*$/, '')}.txt` };
}

function splitAtImages(key: string) {
  const at = `/${key}`.lastIndexOf('/images/');
  return at < 0 ? undefined : { before: key.slice(0, at), after: key.slice(at + 'images/'.length) };
}

/** A folder in or below one called `images`, in that called `labels`; `undefined` for another one. */
function withLabels(rootPath: string): string | undefined {
  const at = imagesIn(rootPath);
  if (at === undefined) return undefined;
  return `${rootPath.slice(0, at)}/labels${rootPath.slice(at + '/images'.length)}`;
}
