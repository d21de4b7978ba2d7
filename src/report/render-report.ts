import type { Evaluation } from '../evaluate/result/evaluation.ts';
import type { RunSpec } from '../shared/run/run-spec.ts';
import { traitsOf } from '../shared/run/task-traits.ts';
import { evaluationSection } from './evaluation/evaluation-section.ts';
import { evaluationStyle } from './evaluation/evaluation-style.ts';
import { objectsSection } from './evaluation/objects-section.ts';
import { boxRules, mostChoices } from './gallery/box-choice.ts';
import type { ClassMean } from './gallery/class-means.ts';
import type { CardGroup } from './gallery/gallery-card.ts';
import { galleryStyle } from './gallery/gallery-style.ts';
import type { PictureContext } from './gallery/picture.ts';
import { type Html, html, trusted } from './html/html.ts';
import { colorFilters, colorRules, mapRules } from './html/map-colors.ts';
import { markSymbols } from './html/marks.ts';
import { pageHead } from './html/page-head.ts';
import { radios } from './html/radios.ts';
import { pageScript } from './html/report-script.ts';
import { pageStyle } from './html/report-style.ts';
import type { ObjectGallery } from './objects/object-card.ts';
import { basisSection } from './sections/report-basis.ts';
import { classesSection } from './sections/report-classes.ts';
import { failuresSection } from './sections/report-failures.ts';
import { flagsSection } from './sections/report-flags.ts';
import { classesOf, gallerySection } from './sections/report-gallery.ts';
import { measuresSection } from './sections/report-measures.ts';
import { methodSection } from './sections/report-method.ts';
import { titleSection } from './sections/report-title.ts';
import { whereSection } from './sections/report-where.ts';
import type { Summary } from './summary/summary-schema.ts';
import type { Verdict } from './summary/verdict-schema.ts';

export interface ReportInput {
  readonly summary: Summary;
  readonly spec: RunSpec;
  /** The gallery, in the order of the page. */
  readonly groups: readonly CardGroup[];
  /** Mean evidence of classes, the one of most images first. */
  readonly classMeans?: readonly ClassMean[];
  /** URI of the results. */
  readonly out: string;
  /** What the labels say; the summary's sentences say it already (`withEvaluation`). */
  readonly evaluation?: Evaluation | undefined;
  /** The objects behind it. */
  readonly objects?: ObjectGallery;
  /** Of a gate, where one was set. */
  readonly verdict?: Verdict | undefined;
}

/**
 * Renders report.html: one self-contained file, complete without script and readable without style. Everything that comes from data
 * is escaped; a content security policy keeps the page from loading anything and admits only its own script, by hash.
 */
export function renderReport(input: ReportInput): string {
  const { summary, spec, groups, evaluation, verdict } = input;
  const context: PictureContext = {
    frameRatio: frameRatioOf(groups),
    classNames: spec.model.classNames,
    form: traitsOf(spec.model.task).words.form,
  };
  const sections = sectionsOf(input, context);
  const shown = groups.find(({ cards }) => cards.length > 0);
  const anchors = anchorsIn(sections.map(({ body }) => body));
  const page = html`<!doctype html>
<html lang="en">${head(summary, spec, groups)}
<body>${symbols()}<a class="skip" href="#main">Skip to the report</a>
<header class="wrap top"><span class="brand">${logo()}eigenfleet report</span><nav aria-label="Contents"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>${themeSwitch()}</header>
<main id="main">${titleSection(summary, spec, { shown, anchors, context, evaluation, verdict })}${sections.map(({ body }) => body)}</main>
<footer><div class="wrap">Made by eigenfleet from run <code>${summary.runId}</code>. The same numbers are in <code>summary.json</code>; every image has a row in <code>images/*.parquet</code>.</div></footer>
<script>${trusted(pageScript)}</script></body></html>
`;
  return page.markup;
}

interface Section {
  readonly id: string;
  readonly name: string;
  readonly body: Html;
}

/** The sections with content, in order; failures first when they are the finding. */
function sectionsOf(
  { summary, spec, groups, classMeans, out, evaluation, objects, verdict }: ReportInput,
  context: PictureContext,
): Section[] {
  const failures = { id: 'failures', name: 'Failures', body: failuresSection(summary, out) };
  const method = {
    id: 'method',
    name: 'Method',
    body: methodSection(summary, spec, { evaluation, verdict }),
  };
  if (summary.counts.explained === 0) return [failures, method];
  const gallery = gallerySection(summary, groups, spec.targetLayers, context);
  const crops = objects && objectsSection(objects, context);
  const galleries = new Set((objects?.groups ?? []).map(({ id }) => id));
  const findings = [
    {
      ...{ id: 'evaluation', name: 'Evaluation' },
      body: evaluation && evaluationSection(evaluation, galleries),
    },
    { id: 'objects', name: 'Objects', body: crops },
    { id: 'flags', name: 'Flags', body: flagsSection(summary, idsOf(groups)) },
    { id: 'where', name: 'Where', body: whereSection(summary, classMeans) },
    { id: 'measures', name: 'Measures', body: measuresSection(summary, spec) },
    { id: 'basis', name: 'Basis', body: basisSection(spec) },
    { id: 'classes', name: 'Classes', body: classesSection(summary) },
    { id: 'gallery', name: 'Gallery', body: gallery },
  ].flatMap(({ body, ...section }) => (body === undefined ? [] : [{ ...section, body }]));
  return summary.title.proof === 'failures'
    ? [failures, ...findings, method]
    : [...findings, failures, method];
}

/** The shape of the median picture, within what a card can show well. */
function frameRatioOf(groups: readonly CardGroup[]): number {
  const ratios = groups
    .flatMap(({ cards }) => cards.map(({ width, height }) => width / height))
    .sort((a, b) => a - b);
  return Math.min(2, Math.max(0.75, ratios[Math.floor(ratios.length / 2)] ?? 4 / 3));
}

/** Ids of markup. Data cannot add any: its quotes are escaped. */
function anchorsIn(bodies: readonly Html[]): ReadonlySet<string> {
  return new Set(
    bodies.flatMap(({ markup }) =>
      [...markup.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] ?? ''),
    ),
  );
}

function idsOf(groups: readonly CardGroup[]): ReadonlySet<string> {
  return new Set(groups.map(({ id }) => id));
}

function head(summary: Summary, spec: RunSpec, groups: readonly CardGroup[]): Html {
  const title = `${summary.title.text} - ${summary.dataset.name} - eigenfleet`;
  const maps = mapRules(spec.targetLayers.length + 1, classesOf(groups));
  const boxes = boxRules(mostChoices(groups));
  const style = [pageStyle, galleryStyle, evaluationStyle, maps, boxes, colorRules()].join('\n');
  return pageHead({ title, style, hasScript: true });
}

function symbols(): Html {
  return html`<svg class="defs" width="0" height="0" aria-hidden="true"><defs>${markSymbols()}${colorFilters()}</defs></svg>`;
}

/** The mark of eigenfleet: a spot of heat. */
export function logo(): Html {
  return html`<svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="#fbb03b"/><circle cx="11" cy="9" r="5.6" fill="#f0611c"/><circle cx="12" cy="8" r="2.6" fill="#9b031f"/></svg>`;
}

export function themeSwitch(): Html {
  return radios('Theme', 'theme', [
    { id: 'theme-auto', label: 'Auto' },
    { id: 'theme-light', label: 'Light' },
    { id: 'theme-dark', label: 'Dark' },
  ]);
}
