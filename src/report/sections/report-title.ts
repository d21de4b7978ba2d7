import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import type { ObjectForm } from '../../shared/run/object-form.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { outcomeLinks } from '../evaluation/outcome-links.ts';
import { verdictPlace } from '../evaluation/verdict-place.ts';
import type { CardGroup } from '../gallery/gallery-card.ts';
import { type PictureContext, picture } from '../gallery/picture.ts';
import { type Html, html } from '../html/html.ts';
import { mark } from '../html/marks.ts';
import { smallestDistribution } from '../summary/found-headlines.ts';
import { deviceWords } from '../summary/headlines.ts';
import type { Headline, Summary } from '../summary/summary-schema.ts';
import type { Verdict } from '../summary/verdict-schema.ts';
import { counted, figure, percent, wholeNumber } from '../words/wording.ts';

export interface TitleOptions {
  /** The first group of the gallery: its first picture is shown. */
  readonly shown: CardGroup | undefined;
  /** Ids on the page: a sentence whose evidence is not drawn is not a link. */
  readonly anchors: ReadonlySet<string>;
  readonly context: PictureContext;
  readonly evaluation: Evaluation | undefined;
  readonly verdict: Verdict | undefined;
}

/** The first screen: the verdict where rules were checked, the run, the finding, its evidence, one typical picture, at most five tiles. */
export function titleSection(
  summary: Summary,
  spec: RunSpec,
  { shown, anchors, context, evaluation, verdict }: TitleOptions,
): Html {
  return html`<section class="hero" aria-labelledby="finding"><div class="wrap">${verdictPlace(verdict, evaluation, anchors)}<div class="hero-grid"><div>
<p class="eyebrow"><span>Dataset <bdi>${summary.dataset.name}</bdi></span><span>Model <bdi>${summary.model.name}</bdi></span><span>${day(spec.plannedAt)}</span></p>
<h1 id="finding" class="${summary.title.text.length > 60 ? 'long' : 'short'}">${mark(summary.title.tone)}<span>${summary.title.text}</span></h1>${summary.title.next !== undefined && html`<p class="next">${summary.title.next}</p>`}
<ul class="headlines">${sentences(summary, evaluation !== undefined).map((one) => sentence(one, anchors))}</ul>
</div><div>${shown && heroFigure(shown, context)}${evaluation && outcomeLinks(evaluation, anchors)}</div></div>
<ul class="tiles">${tiles(summary, anchors)}</ul></div></section>`;
}

function sentences({ headlines, timings }: Summary, evaluated: boolean): Headline[] {
  if (timings.headline === undefined || evaluated) return headlines;
  const time: Headline = { text: timings.headline, proof: 'time', tone: 'note' };
  return [...headlines.slice(0, 4), time];
}

function sentence({ text, next, proof, tone }: Headline, anchors: ReadonlySet<string>): Html {
  const place = proofOn(anchors, proof);
  const words =
    place === undefined ? html`<span>${text}</span>` : html`<a href="#${place}">${text}</a>`;
  return html`<li>${mark(tone)}<span>${words}${next !== undefined && html` <span class="next">${next}</span>`}</span></li>`;
}

/** Where a sentence is proved: objects without a gallery by the table of their classes. */
function proofOn(anchors: ReadonlySet<string>, proof: string): string | undefined {
  if (anchors.has(proof)) return proof;
  const isEvaluation = /^(objects|evaluation)-/.test(proof) && anchors.has('evaluation');
  return isEvaluation ? 'evaluation' : undefined;
}

function heroFigure({ id, title, cards }: CardGroup, context: PictureContext): Html | undefined {
  const [card] = cards;
  if (card === undefined) return undefined;
  const heat = card.row.measures[fusedColumns.energyInBoxes];
  const what = id === 'typical' ? 'A typical image' : `An image with this reason to look: ${title}`;
  const share =
    heat === undefined
      ? ''
      : `; ${percent(heat)} of its heat lies inside the ${context.form} the model drew`;
  return html`<figure class="hero-figure">${picture({ ...card, evidence: [], boxes: [] }, context)}<figcaption>${what}${share}. <span class="legend"><span>low</span><i></i><span>high</span></span></figcaption></figure>`;
}

function tiles(summary: Summary, anchors: ReadonlySet<string>): Html[] {
  const { counts, measures, timings } = summary;
  const { classifies, answers, words } = traitsOf(summary.model.task);
  const found = classifies ? probabilityTile(summary) : objectsTile(counts);
  const all: (Tile | undefined)[] =
    counts.explained === 0
      ? [explainedTile(counts)]
      : [
          explainedTile(counts),
          answers ? found : agreementTile(summary),
          flaggedTile(counts),
          heatTile(measures[fusedColumns.energyInBoxes], words.form),
          speedTile(timings),
        ];
  return all.flatMap((one) => (one === undefined ? [] : [tileItem(one, anchors)]));
}

function tileItem({ proof, value, label }: Tile, anchors: ReadonlySet<string>): Html {
  const words = html`<b>${value}</b><span>${label}</span>`;
  return anchors.has(proof)
    ? html`<li><a class="tile" href="#${proof}">${words}</a></li>`
    : html`<li><div class="tile">${words}</div></li>`;
}

function explainedTile({ explained, images, failed }: Summary['counts']): Tile {
  const what = explained === 1 ? 'image explained' : 'images explained';
  const rest = failed > 0 ? `${wholeNumber(failed)} failed` : 'none failed';
  return tile(
    'failures',
    `${wholeNumber(explained)} of ${wholeNumber(images)}`,
    `${what}, ${rest}`,
  );
}

function objectsTile({ objects = 0, imagesWithObjects = 0 }: Summary['counts']): Tile {
  const label = `${objects === 1 ? 'object' : 'objects'} found in ${counted(imagesWithObjects, 'image')}`;
  return tile('classes', wholeNumber(objects), label);
}

function flaggedTile({ flagged, explained }: Summary['counts']): Tile {
  const verb = flagged === 1 ? 'deserves' : 'deserve';
  return tile('flags', wholeNumber(flagged), `of ${counted(explained, 'image')} ${verb} a look`);
}

function heatTile(
  heat: Summary['measures'][string] | undefined,
  form: ObjectForm,
): Tile | undefined {
  if (heat === undefined || heat.n < smallestDistribution) return undefined;
  const label = `heat inside the model's own ${form}, median of ${counted(heat.n, 'image')}`;
  return tile('heat-in-boxes', percent(heat.quantiles.p50), label);
}

function probabilityTile({ measures }: Summary): Tile | undefined {
  const confidence = measures[sampleColumns.confidence];
  if (confidence === undefined || confidence.n < smallestDistribution) return undefined;
  const label = `probability of the top class, median of ${counted(confidence.n, 'image')}`;
  return tile('classes', figure(confidence.quantiles.p50), label);
}

function agreementTile({ measures }: Summary): Tile | undefined {
  const agreement = measures[sampleColumns.layerAgreement];
  if (agreement === undefined || agreement.n < smallestDistribution) return undefined;
  const label = `agreement of the layers, median of ${counted(agreement.n, 'image')}`;
  return tile('measures', figure(agreement.quantiles.p50), label);
}

function speedTile({ imagesPerSecond, devices }: Summary['timings']): Tile | undefined {
  const names = Object.keys(devices);
  if (imagesPerSecond <= 0 || names.length === 0) return undefined;
  const where = names.map(deviceWords).join(', ');
  return tile('time', figure(imagesPerSecond), `images per second per worker, on ${where}`);
}

interface Tile {
  readonly proof: string;
  readonly value: string;
  readonly label: string;
}

function tile(proof: string, value: string, label: string): Tile {
  return { proof, value, label };
}

/** "2026-11-24" of an ISO time; other text as it is. */
function day(time: string): string {
  return time.slice(0, 10);
}
