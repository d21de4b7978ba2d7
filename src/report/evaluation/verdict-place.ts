import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { type Html, html, trusted } from '../html/html.ts';
import type { Verdict } from '../summary/verdict-schema.ts';
import { ruleProof } from './rule-proof.ts';
import { verdictSection } from './verdict-section.ts';

/**
 * Places of the page that a later verdict replaces: the page need not be made anew, for which the images would have to be there. Text that comes from data is escaped,
 * so no such comment can come from it.
 */
const places = { rules: 'verdict', method: 'verdict-method' } as const;

/** The verdict on the first screen, or the empty place of one. */
export function verdictPlace(
  verdict: Verdict | undefined,
  evaluation: Evaluation | undefined,
  anchors: ReadonlySet<string>,
): Html {
  const proofOf = (rule: string) => ruleProof(rule, evaluation, anchors);
  return placed(places.rules, verdict && verdictSection(verdict, { anchors, proofOf }));
}

/** What the page says of pass and fail among its methods. */
export function verdictMethod(verdict: Verdict | undefined): Html {
  const says =
    verdict === undefined
      ? 'No gate was set: this report gives no pass or fail.'
      : 'Pass or fail is that of the rules on the first screen, and of nothing else here.';
  return placed(places.method, html`${says}`);
}

/** The page of a report with this verdict, in place of the one that was there. A page of an earlier version, which has no place for it, stays as it is. */
export function withVerdict(
  page: string,
  verdict: Verdict,
  evaluation: Evaluation | undefined,
): string {
  const bare = replaced(page, places.rules, verdictPlace(undefined, evaluation, new Set()));
  const anchors = new Set([...bare.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id));
  const shown = replaced(bare, places.rules, verdictPlace(verdict, evaluation, anchors));
  return replaced(shown, places.method, verdictMethod(verdict));
}

function placed(place: string, content: Html | undefined): Html {
  return html`${trusted(`<!--${place}-->`)}${content}${trusted(`<!--/${place}-->`)}`;
}

function replaced(page: string, place: string, { markup }: Html): string {
  const [begin, end] = [`<!--${place}-->`, `<!--/${place}-->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) return page;
  return page.slice(0, from) + markup + page.slice(to + end.length);
}
