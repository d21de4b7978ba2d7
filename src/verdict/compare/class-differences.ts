import type { ClassSummary } from '../../report/summary/summary-schema.ts';
import { className } from '../../report/words/class-words.ts';
import type { ComparedRun } from './compared-run.ts';
import type { ClassDifference, FigureDifference } from './comparison.ts';

/** The classes of two runs side by side, by name: the most labeled first, else the most found. Classes that neither run finds or has labels of are left out. */
export function classDifferences(
  [from, to]: readonly [ComparedRun, ComparedRun],
  figures: readonly FigureDifference[],
): ClassDifference[] {
  const [before, after] = [classesOf(from), classesOf(to)];
  const byName = new Map(figures.map((figure) => [figure.name, figure]));
  const names = [...new Set([...after.keys(), ...before.keys()])];
  const classes = names.flatMap((name): ClassDifference[] => {
    const [one, two] = [before.get(name), after.get(name)];
    const pair = (of: (found: FoundClass | undefined) => number | undefined) => {
      const values = [of(one), of(two)];
      return values.includes(undefined) ? undefined : (values as [number, number]);
    };
    const objects: [number, number] = [one?.objects ?? 0, two?.objects ?? 0];
    const labels = pair((found) => found?.labels);
    if (objects.every((count) => count === 0) && !labels?.some((count) => count > 0)) return [];
    const [falsePositives, misses] = [pair((f) => f?.fp), pair((f) => f?.fn)];
    const figure = (...bases: string[]) =>
      bases.map((base) => byName.get(`${base}.${name}`)).find((one) => one !== undefined);
    const [recall, precision] = [figure('recall'), figure('precision')];
    const averagePrecision = figure('ap50', 'map50', 'ap_above');
    return [
      {
        ...{ name, classId: two?.classId ?? one?.classId ?? 0, objects },
        ...(labels && { labels }),
        ...(falsePositives && { falsePositives }),
        ...(misses && { misses }),
        ...(recall && { recall }),
        ...(precision && { precision }),
        ...(averagePrecision && { averagePrecision }),
      },
    ];
  });
  const weight = ({ labels, objects }: ClassDifference) =>
    (labels === undefined ? 0 : Math.max(...labels)) * 1e9 + Math.max(...objects);
  return classes.sort((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}

interface FoundClass {
  readonly classId: number;
  readonly objects: number;
  readonly labels?: number;
  readonly fp?: number;
  readonly fn?: number;
}

function classesOf({ summary, evaluation }: ComparedRun): Map<string, FoundClass> {
  const found = new Map<string, FoundClass>();
  for (const one of summary.classes) {
    found.set(className(one), { classId: one.classId, objects: one.objects });
  }
  const judged = evaluation?.detection?.classes ?? evaluation?.classification?.classes ?? [];
  for (const one of judged) {
    const { classId, labels, fp, fn } = one;
    const name = className(one as Pick<ClassSummary, 'name' | 'classId'>);
    const objects = found.get(name)?.objects ?? 0;
    found.set(name, { classId, objects, labels, fp, fn });
  }
  return found;
}
