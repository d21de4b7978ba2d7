import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { galleryIds, scoredClasses } from '../findings/evaluation-parts.ts';

const inFalsePositives = /^(?:false_positives|precision)$/;
const inMisses = /^(?:misses|recall|looked_at_misses|missed_looked_at)$/;
const inTrust = /^(?:lift|attainable|pointed|coverage|relevance_rank|other_images_lift)/;

/** Where the page shows the figure of a rule such as `recall.Platelets >= 0.7`: the gallery of its objects, else a part of the evaluation. `undefined` for one that it does not show. */
export function ruleProof(
  rule: string,
  evaluation: Evaluation | undefined,
  anchors: ReadonlySet<string>,
): string | undefined {
  if (evaluation === undefined) return undefined;
  const [, figure = '', of = ''] =
    /^([a-z0-9_]+)(?:\.(.*?))?(?:@\w+)?\s*(?:[<>=!].*)?$/s.exec(rule) ?? [];
  const one = scoredClasses(evaluation).find(({ name }) => name === of.trim());
  const places = [
    one && inFalsePositives.test(figure) ? galleryIds.falsePositives(one.classId) : undefined,
    one && inMisses.test(figure) ? galleryIds.misses(one.classId) : undefined,
    figure.startsWith('background') ? 'evaluation-background' : undefined,
    inTrust.test(figure) ? 'evaluation-trust' : undefined,
    figure in evaluation.figures || one !== undefined ? 'evaluation' : undefined,
  ];
  return places.find((place) => place !== undefined && anchors.has(place));
}
