import { flagCatalog } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { statusWords } from '../words/status-words.ts';
import { counted, figure, listed, percent, shareOfImages, wholeNumber } from '../words/wording.ts';
import {
  foundSentence,
  foundTitle,
  headline,
  type SummaryFacts,
  smallestDistribution,
} from './found-headlines.ts';
import type { Headline } from './summary-schema.ts';
import { unreadableWords } from './unreadable-words.ts';

/** More than this share of failed images becomes the headline. */
const failedShare = 0.05;
/** More than this share of flagged images comes before a plain finding. */
const flaggedShare = 0.1;
const mostHeadlines = 5;
/** Characters that make three lines on a phone. */
const longestTitle = 88;

/**
 * The strongest true sentence, for the `h1`. Order: no image explained; more than 5 % failed; more than
 * 10 % flagged; a plain finding.
 */
export function titleOf(facts: SummaryFacts): Headline {
  const { images, explained, failed, flagged } = facts.counts;
  if (explained === 0) return headline('problem', 'failures', nothingExplained(facts));
  if (failed > images * failedShare) return headline('problem', 'failures', failureText(facts));
  if (flagged > explained * flaggedShare) return headline('look', 'flags', flagText(facts));
  return foundTitle(facts);
}

/** Three to five sentences below the title, each with the section that proves it; trouble first. */
export function headlinesOf(facts: SummaryFacts): Headline[] {
  const title = titleOf(facts);
  const sentences = [
    manifestFault(facts),
    missingShards(facts),
    setAside(facts),
    unreadable(facts),
    failures(facts, title),
    foundSentence(facts, title),
    heatInBoxes(facts),
    flagged(facts, title),
    layers(facts),
  ];
  return sentences.filter((sentence) => sentence !== undefined).slice(0, mostHeadlines);
}

/** "24 images explained in 3.1 s on the CPU"; kept apart, since it differs from run to run. */
export function deviceWords(device: string): string {
  return device === 'cpu' ? 'the CPU' : device;
}

function statusParts(facts: SummaryFacts): { status: string; count: number }[] {
  return Object.entries(facts.counts.statuses)
    .filter(([status, count]) => status !== 'success' && count > 0)
    .map(([status, count]) => ({ status, count }))
    .sort((a, b) => b.count - a.count || (a.status < b.status ? -1 : 1));
}

function nothingExplained(facts: SummaryFacts): string {
  const { images } = facts.counts;
  const parts = statusParts(facts);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (images === 0) return 'No image could be explained: no result was stored';
  if (images === 1 && only) return `The one image ${statusWords(only.status).verb}`;
  if (only) {
    return `No image could be explained: all ${wholeNumber(images)} ${statusWords(only.status).all}`;
  }
  return `No image could be explained: ${failureParts(facts)}`;
}

function failureParts(facts: SummaryFacts): string {
  return listed(
    statusParts(facts).map(
      ({ status, count }) => `${wholeNumber(count)} ${statusWords(status).verb}`,
    ),
  );
}

function failureText(facts: SummaryFacts): string {
  const { images, failed } = facts.counts;
  return `${wholeNumber(failed)} of ${counted(images, 'image')} failed: ${failureParts(facts)}`;
}

/** "3 of 24 images deserve a look: 2 with heat along the border and 1 spread over everything"; fewer reasons when that gets long. */
function flagText(facts: SummaryFacts): string {
  const { explained, flagged } = facts.counts;
  const verb = flagged === 1 ? 'deserves' : 'deserve';
  const start = `${wholeNumber(flagged)} of ${counted(explained, 'image')} ${verb} a look`;
  const two = `${start}: ${flagReasons(facts, 2)}`;
  return two.length <= longestTitle ? two : `${start}: ${flagReasons(facts, 1)}`;
}

function flagReasons({ flags }: SummaryFacts, most: number): string {
  const raised = flags.filter((flag) => flag.count > 0);
  const phrases = raised
    .slice(0, most)
    .map((flag) => `${wholeNumber(flag.count)} ${flagCatalog[flag.flag].phrase}`);
  const others = raised.length - phrases.length;
  if (others > 0) phrases.push(counted(others, 'other reason'));
  return listed(phrases);
}

function missingShards(facts: SummaryFacts): Headline | undefined {
  const missing = facts.failedShards.length;
  if (missing === 0) return undefined;
  return headline(
    'problem',
    'failures',
    `The results of ${counted(missing, 'shard')} are missing: every number here leaves them out.`,
  );
}

function manifestFault({ manifestFault: fault }: SummaryFacts): Headline | undefined {
  return fault === undefined ? undefined : headline('problem', 'failures', `${fault}.`);
}

function setAside({ setAside: images = 0 }: SummaryFacts): Headline | undefined {
  if (images === 0) return undefined;
  const were = images === 1 ? 'was' : 'were';
  const text = `${counted(images, 'image')} crashed the process and ${were} set aside: no other number here includes ${images === 1 ? 'it' : 'them'}.`;
  return headline('problem', 'failures', text);
}

function unreadable(facts: SummaryFacts): Headline | undefined {
  const words = unreadableWords(facts);
  return words && headline('problem', 'failures', words.sentence);
}

function failures(facts: SummaryFacts, title: Headline): Headline | undefined {
  if (facts.counts.failed === 0 || title.proof === 'failures') return undefined;
  return headline('problem', 'failures', `${failureText(facts)}.`);
}

function heatInBoxes(facts: SummaryFacts): Headline | undefined {
  const { heatOnObjects, heatMeasured } = facts.counts;
  const heat = facts.measures[fusedColumns.energyInBoxes];
  const lift = facts.measures[fusedColumns.boxLift];
  const area = facts.measures[sampleColumns.boxArea];
  if (heat === undefined || lift === undefined || area === undefined) return undefined;
  const { form } = traitsOf(facts.model.task).words;
  const selfAgreement = `The ${form} are its own, so this is agreement with itself, not correctness.`;
  if (heatMeasured < smallestDistribution) {
    const text = `In ${shareOfImages(heatOnObjects, heatMeasured)} more heat lies inside the ${form} the model drew than an even spread would put there. ${selfAgreement}`;
    return headline('fine', 'heat-in-boxes', text);
  }
  const text = `In the typical image ${percent(heat.quantiles.p50)} of the heat lies inside the ${form} the model drew, which cover ${percent(area.quantiles.p50)} of it: ${figure(lift.quantiles.p50)} times an even spread. ${selfAgreement}`;
  return headline(lift.quantiles.p50 < 1 ? 'look' : 'fine', 'heat-in-boxes', text);
}

function flagged(facts: SummaryFacts, title: Headline): Headline | undefined {
  if (title.proof === 'flags' || facts.counts.explained === 0) return undefined;
  if (facts.counts.flagged > 0) return headline('look', 'flags', `${flagText(facts)}.`);
  return headline('fine', 'flags', 'No image was flagged.');
}

function layers(facts: SummaryFacts): Headline | undefined {
  const agreement = facts.measures[sampleColumns.layerAgreement];
  if (agreement === undefined || agreement.n < smallestDistribution) return undefined;
  const text = `In the typical image the maps of the layers agree to ${figure(agreement.quantiles.p50)} (1: the same map, 0: unrelated).`;
  return headline('note', 'measures', text);
}
