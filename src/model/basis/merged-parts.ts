import type { BasisDescription } from '../../shared/basis/basis-description.ts';
import type { DatasetParts } from '../../shared/basis/dataset-part.ts';
import { EigenfleetError } from '../../shared/errors.ts';

type Dataset = BasisDescription['dataset'];

/**
 * The parts that several bases are of together: none where they are whole.
 *
 * @throws EigenfleetError `usage` for a part that is there twice, and for parts of one dataset that were cut otherwise, or from another listing: images would count twice.
 */
export function mergedParts(datasets: readonly Dataset[]): readonly DatasetParts[] {
  const merged: DatasetParts[] = [];
  const nameOf = new Map<string, string>();
  for (const { name, parts = [] } of datasets) {
    for (const part of parts) {
      const at = merged.findIndex(({ listing }) => listing === part.listing);
      const before = merged[at];
      nameOf.set(part.listing, name);
      if (before === undefined) merged.push(part);
      else merged[at] = joined(before, part, name);
    }
  }
  const open = merged
    .filter(({ numbers, of }) => numbers.length < of)
    .sort((a, b) => (a.listing < b.listing ? -1 : 1));
  const names = open.map(({ listing }) => nameOf.get(listing));
  const changed = names.find((name, index) => names.indexOf(name) !== index);
  if (changed === undefined) return open;
  throw new EigenfleetError(
    'usage',
    `The parts of ${changed} were cut from different listings, so that images are in two of them or in none: fit all parts again, over images that do not change meanwhile.`,
  );
}

function joined(a: DatasetParts, b: DatasetParts, name: string): DatasetParts {
  const twice = a.numbers.find((number) => b.numbers.includes(number));
  if (a.of !== b.of || twice !== undefined) {
    const what =
      a.of === b.of
        ? `Part ${twice} of ${a.of} of ${name} is there twice`
        : `Parts of ${name} are cut in ${a.of} and in ${b.of}`;
    throw new EigenfleetError(
      'usage',
      `${what}, so images would count twice: give each part once.`,
    );
  }
  return { ...a, numbers: [...a.numbers, ...b.numbers].sort((one, other) => one - other) };
}

/** What is missing of a dataset, as a sentence for each of its listings; empty where nothing is. */
export function missingPartsText({ name, parts = [] }: Dataset): readonly string[] {
  return parts.map(({ numbers, of }) => {
    const missing = Array.from({ length: of }, (_, index) => index + 1).filter(
      (number) => !numbers.includes(number),
    );
    const [first, ...more] = missing;
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    return `Part ${first} of ${of} of ${name}${others} is not in this basis yet: merge it with the others.`;
  });
}
