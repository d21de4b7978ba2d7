import type { Tone } from '../../shared/catalog/flag-catalog.ts';
import { cardId } from '../gallery/gallery-card.ts';
import { type Html, html } from '../html/html.ts';
import { mark } from '../html/marks.ts';
import type { RuleImage, RuleOutcome, RuleResult, Verdict } from '../summary/verdict-schema.ts';
import { counted, listed, wholeNumber } from '../words/wording.ts';

const outcomeWords: Readonly<Record<RuleOutcome, { tone: Tone; word: string }>> = {
  pass: { tone: 'fine', word: 'passed' },
  fail: { tone: 'problem', word: 'failed' },
  undecided: { tone: 'look', word: 'could not tell' },
};
const order: readonly RuleOutcome[] = ['fail', 'undecided', 'pass'];
/** In one line of the first screen. */
const mostImages = 3;
/** The others, and those that passed, are in a `details`: the first screen stays one. */
const openRules = 6;

export interface VerdictPlaces {
  /** Ids on the page: images that it shows are links. */
  readonly anchors: ReadonlySet<string>;
  /** Where a rule's figure is shown, such as `objects-fn-2`; `undefined` for one that the page does not show. */
  proofOf(rule: string): string | undefined;
}

/** The gate's rules with what was measured and the worst images: failed ones first, then those that nobody can tell. */
export function verdictSection(
  { outcome, rules, counts, against }: Verdict,
  places: VerdictPlaces,
): Html {
  const sorted = [...rules].sort((a, b) => order.indexOf(a.outcome) - order.indexOf(b.outcome));
  const open = sorted.filter((one) => one.outcome !== 'pass').slice(0, openRules);
  const rest = sorted.slice(open.length);
  const parts = order.flatMap((one) =>
    counts[one] === 0 ? [] : [`${wholeNumber(counts[one])} ${outcomeWords[one].word}`],
  );
  const title = `Rules ${outcomeWords[outcome].word}: ${parts.length > 0 ? listed(parts) : 'there is none'}`;
  return html`<div class="panel verdict" id="verdict" role="region" aria-labelledby="verdict-title"><h2 id="verdict-title">${mark(outcomeWords[outcome].tone)}<span>${title}${against && html`, against <bdi>${against.runId}</bdi>`}</span></h2>${open.length > 0 && html`<ul>${open.map((rule) => ruleLine(rule, places))}</ul>`}${rest.length > 0 && html`<details><summary>${counted(rest.length, open.length > 0 ? 'more rule' : 'rule')}</summary><ul>${rest.map((rule) => ruleLine(rule, places))}</ul></details>`}</div>`;
}

function ruleLine(
  { rule, name, outcome, sentence, images }: RuleResult,
  places: VerdictPlaces,
): Html {
  const { tone, word } = outcomeWords[outcome];
  const proof = places.proofOf(rule);
  const text =
    proof === undefined
      ? html`<code>${rule}</code>`
      : html`<a href="#${proof}"><code>${rule}</code></a>`;
  const title = name === undefined ? text : html`<b><bdi>${name}</bdi></b> ${text}`;
  return html`<li>${mark(tone)}<span>${title} ${word}. ${sentence}${images.length > 0 && html` <span class="small">${imagesOf(images, places)}</span>`}</span></li>`;
}

function imagesOf(images: readonly RuleImage[], { anchors }: VerdictPlaces): Html {
  const shown = images.slice(0, mostImages).map(({ key, shard, row, words }, i) => {
    const id = shard === undefined || row === undefined ? '' : cardId(shard, row);
    const name = html`<bdi>${key.slice(key.lastIndexOf('/') + 1)}</bdi>`;
    const link = anchors.has(id) ? html`<a href="#${id}">${name}</a>` : name;
    return html`${i > 0 && ', '}${link} (${words})`;
  });
  const others = images.length - shown.length;
  return html`Worst: ${shown}${others > 0 && ` and ${wholeNumber(others)} more`}.`;
}
