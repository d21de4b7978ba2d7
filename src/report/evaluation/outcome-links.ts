import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { galleryIds, type ScoredClass, scoredClasses } from '../findings/evaluation-parts.ts';
import { largestConfusions } from '../findings/largest-confusions.ts';
import { type Html, html } from '../html/html.ts';
import { swatch } from '../html/swatch.ts';
import { shortClassName } from '../words/class-words.ts';
import { wholeNumber } from '../words/wording.ts';

/** Named on the first screen, of each kind. */
const most = 4;

/** "False positives: RBC 720, WBC 3": counts by class, most first, each a link to its gallery; nothing where nothing is wrong. */
export function outcomeLinks(
  evaluation: Evaluation,
  anchors: ReadonlySet<string>,
): Html | undefined {
  const classes = scoredClasses(evaluation);
  const byId = new Map(classes.map((one) => [one.classId, one]));
  const named = (classId: number) =>
    html`<span${swatch(classId)}><bdi>${shortClassName(byId.get(classId) ?? { classId, name: '' })}</bdi></span>`;
  const ofClass = (name: 'fp' | 'fn', id: (classId: number) => string) =>
    ranked(classes, name).map((one) => ({
      ...{ id: id(one.classId), count: one[name] },
      name: named(one.classId),
    }));
  const { detection, classification } = evaluation;
  const confusions = detection?.confusions ?? classification?.confusions ?? [];
  const pairs = largestConfusions(confusions, most).map(({ predicted, labeled, count }) => ({
    ...{ id: galleryIds.confused(predicted, labeled), count },
    name: html`${named(labeled)} as ${named(predicted)}`,
  }));
  const kinds = [
    { title: 'False positives', all: ofClass('fp', galleryIds.falsePositives) },
    ...(detection === undefined
      ? []
      : [{ title: 'Misses', all: ofClass('fn', galleryIds.misses) }]),
    { title: 'Confusions', all: pairs },
  ].filter(({ all }) => all.length > 0);
  if (kinds.length === 0) return undefined;
  return html`<dl class="outcomes">${kinds.map(({ title, all }) => html`<div><dt>${title}</dt><dd>${all.slice(0, most).map((one) => item(one, anchors))}${all.length > most && html`<a href="#evaluation">all classes</a>`}</dd></div>`)}</dl>`;
}

interface Outcome {
  readonly id: string;
  readonly name: Html;
  readonly count: number;
}

function item({ id, name, count }: Outcome, anchors: ReadonlySet<string>): Html {
  const words = html`${name} ${wholeNumber(count)}`;
  return anchors.has(id) ? html`<a href="#${id}">${words}</a>` : html`<span>${words}</span>`;
}

function ranked(classes: readonly ScoredClass[], name: 'fp' | 'fn'): ScoredClass[] {
  return [...classes]
    .filter((one) => one[name] > 0)
    .sort((a, b) => b[name] - a[name] || a.classId - b.classId);
}
