import { galleryStyle } from '../../report/gallery/gallery-style.ts';
import { type Html, html, trusted } from '../../report/html/html.ts';
import { colorFilters, colorRules, mapRules } from '../../report/html/map-colors.ts';
import { markSymbols } from '../../report/html/marks.ts';
import { pageHead } from '../../report/html/page-head.ts';
import { pageScript } from '../../report/html/report-script.ts';
import { pageStyle } from '../../report/html/report-style.ts';
import { logo, themeSwitch } from '../../report/render-report.ts';
import type { Comparison } from '../compare/comparison.ts';
import { classSection } from './class-section.ts';
import { comparisonStyle } from './comparison-style.ts';
import { arrowed } from './comparison-words.ts';
import { driftSection } from './drift-section.ts';
import { heroSection } from './hero-section.ts';
import { imageSection, mapNames, photoRules } from './image-section.ts';
import type { ComparedImages } from './load-compared-images.ts';
import { mapSection } from './map-section.ts';
import { figureSection, measureSection } from './measure-section.ts';
import { methodSection } from './method-section.ts';
import { progressSection } from './progress-section.ts';

/** Renders comparison.html: one file in the report's style that loads nothing, complete without script. Everything that comes from data is escaped. */
export function renderComparison(comparison: Comparison, images: ComparedImages): string {
  const sections = [
    { id: 'drift', name: 'Drift', body: driftSection(comparison) },
    { id: 'progress', name: 'Progress', body: progressSection(comparison) },
    { id: 'classes', name: 'Classes', body: classSection(comparison) },
    { id: 'images', name: 'Images', body: imageSection(comparison, images) },
    { id: 'maps', name: 'Maps', body: mapSection(comparison) },
    { id: 'measures', name: 'Measures', body: measureSection(comparison) },
    { id: 'figures', name: 'Figures', body: figureSection(comparison) },
    { id: 'method', name: 'Method', body: methodSection(comparison) },
  ].flatMap(({ body, ...section }) => (body === undefined ? [] : [{ ...section, body }]));
  const anchors = new Set(sections.map(({ id }) => id));
  return html`<!doctype html>
<html lang="en">${head(comparison, images)}
<body><svg class="defs" width="0" height="0" aria-hidden="true"><defs>${markSymbols()}${colorFilters()}</defs></svg><a class="skip" href="#main">Skip to the comparison</a>
<header class="wrap top"><span class="brand">${logo()}eigenfleet comparison</span><nav aria-label="Contents"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>${themeSwitch()}</header>
<main id="main">${heroSection(comparison, anchors)}${sections.map(({ body }) => body)}</main>
<footer><div class="wrap">Made by eigenfleet compare, <code>${comparison.comparisonId}</code>. The same numbers are in <code>comparison.json</code>.</div></footer>
<script>${trusted(pageScript)}</script></body></html>
`.markup;
}

function head({ title }: Comparison, images: ComparedImages): Html {
  const maps = mapNames(images.groups.flatMap(({ cards }) => cards)).length;
  const rules = [pageStyle, galleryStyle, mapRules(maps, []), colorRules(), comparisonStyle];
  const style = rules.join('\n') + photoRules(images);
  const name = `${arrowed(title.text)} - eigenfleet comparison`;
  return pageHead({ title: name, style, hasScript: true });
}
