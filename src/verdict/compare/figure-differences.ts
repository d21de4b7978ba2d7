import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { figureChange } from '../change/figure-change.ts';
import type { FigureDifference } from './comparison.ts';
import { differenceOf } from './measure-differences.ts';
import { figureWords } from './words/figure-words.ts';

/** Every figure that both evaluations have, by name, in the order of the latter. */
export function figureDifferences(from: Evaluation, to: Evaluation): FigureDifference[] {
  return Object.entries(to.figures).flatMap(([name, after]) => {
    const before = from.figures[name];
    if (before === undefined || !areAlike(name, from, to)) return [];
    const change = figureChange(from, to, name);
    const words = figureWords(name);
    const difference = change && differenceOf(change);
    return [{ name, words, from: before, to: after, ...(difference && { difference }) }];
  });
}

/** Average precision above one threshold says nothing beside that above another. */
function areAlike(name: string, from: Evaluation, to: Evaluation): boolean {
  return !/ap_above/.test(name) || from.confThreshold === to.confThreshold;
}
