import { wholeNumber } from '../../report/words/wording.ts';
import type { LabelRemark } from '../../shared/run/labels/sample-labels.ts';

/** Faults that are told; of a fault the first place. */
const mostTold = 3;

/** What is wrong with label files, each fault once. */
export class LabelRemarks {
  readonly #found = new Map<string, { count: number; readonly where: string }>();

  add({ what, where }: LabelRemark): void {
    const known = this.#found.get(what);
    if (known === undefined) this.#found.set(what, { count: 1, where });
    else known.count += 1;
  }

  /** "labels are not used: a class id is beyond the classes there are (a.txt:3, and 2 more)", the most frequent first. */
  sentences(): string[] {
    return [...this.#found]
      .sort(([, a], [, b]) => b.count - a.count)
      .slice(0, mostTold)
      .map(([what, { count, where }]) => {
        const more = count > 1 ? `, and ${wholeNumber(count - 1)} more` : '';
        return `${what} (${where}${more})`;
      });
  }
}
