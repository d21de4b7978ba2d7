import type { Confusion } from '../result/evaluation.ts';

/** Counted pairs as a list, the classes ascending and the background last. */
export function confusionsOf(counted: ReadonlyMap<string, number>): Confusion[] {
  return [...counted]
    .map(([pair, count]) => {
      const [predicted = '', labeled = ''] = pair.split('>');
      return { predicted: classOf(predicted), labeled: classOf(labeled), count };
    })
    .sort((a, b) => rank(a.predicted) - rank(b.predicted) || rank(a.labeled) - rank(b.labeled));
}

function classOf(text: string): number | null {
  return text === '' ? null : Number(text);
}

function rank(classId: number | null): number {
  return classId ?? Number.MAX_SAFE_INTEGER;
}
