export const ways = ['evidence', 'elsewhere', 'component 1', '1 elsewhere', 'random'] as const;
/** What was erased. */
export type Way = (typeof ways)[number];

/** Of the objects of a class in one image: how many, the sum of their scores, and what is left of that. */
export type WayScores = Readonly<Record<Way | 'before' | 'objects', number>>;

/** One line for each fill, share and class: mean scores of an object, and by how much more of it evidence takes than the others, with 95 % intervals over the images. */
export function erasureTable(scores: ReadonlyMap<string, readonly WayScores[]>): string {
  const columns = [
    ...['images', 'objects', 'before', ...ways],
    ...compared.map((way) => `than ${way}`.padStart(differenceWidth)),
  ];
  const head = `${'filled'.padEnd(8)} ${'share'.padEnd(6)} ${'class'.padEnd(12)}`;
  const rows = [...scores]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, images]) => {
      const [fill = '', share = '', name = ''] = key.split('\t');
      const objects = total(images, ({ objects: count }) => count);
      const mean = (of: Way | 'before') => (total(images, (one) => one[of]) / objects).toFixed(3);
      const cells = [String(images.length), String(objects), mean('before'), ...ways.map(mean)];
      return [
        `${fill.padEnd(8)} ${share.padEnd(6)} ${name.padEnd(12)}`,
        ...cells.map((cell) => cell.padStart(width)),
        ...compared.map((way) => difference(images, way).padStart(differenceWidth)),
      ].join(' ');
    });
  return [[head, ...columns.map((one) => one.padStart(width))].join(' '), ...rows].join('\n');
}

const compared = ['elsewhere', 'component 1', 'random'] as const;
const width = 11;
const differenceWidth = 24;

/** Of a ratio of sums, by its linearized standard error; Student's t of some twenty images. */
function difference(images: readonly WayScores[], way: Way): string {
  const objects = total(images, (one) => one.objects);
  const mean = total(images, (one) => one[way] - one.evidence) / objects;
  const squares = total(images, (one) => (one[way] - one.evidence - mean * one.objects) ** 2);
  const n = images.length;
  const error = Math.sqrt((squares * n) / (n - 1)) / objects;
  const [low, high] = [mean - 2.1 * error, mean + 2.1 * error];
  return `${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}

function total(images: readonly WayScores[], of: (one: WayScores) => number): number {
  return images.reduce((sum, one) => sum + of(one), 0);
}
