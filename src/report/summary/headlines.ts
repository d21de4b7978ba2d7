import { flagCatalog } from '../../shared/catalog/flag-catalog.ts';
import { sampleColumns } from '../../shared/catalog/measure-column.ts';
import { nextOfFlag, nextSteps } from '../words/next-steps.ts';
import { remedyOf, statusWords } from '../words/status-words.ts';
import { unusualWords } from '../words/unusual-words.ts';
import { counted, figure, listed, wholeNumber } from '../words/wording.ts';
import {
  foundSentence,
  foundTitle,
  headline,
  type SummaryFacts,
  smallestDistribution,
} from './found-headlines.ts';
import { heatInside } from './heat-headlines.ts';
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
  const trouble = { tone: 'problem', proof: 'failures', next: remedyOfMost(facts) } as const;
  if (explained === 0) return headline(nothingExplained(facts), trouble);
  if (failed > images * failedShare) return headline(failureText(facts), trouble);
  if (flagged > explained * flaggedShare) return headline(flagText(facts), flagParts(facts));
  return foundTitle(facts);
}

/** Three to five sentences below the title, each with the section that proves it; trouble first. */
export function headlinesOf(facts: SummaryFacts, title = titleOf(facts)): Headline[] {
  const sentences = [
    manifestFault(facts),
    missingShards(facts),
    setAside(facts),
    unreadable(facts),
    failures(facts, title),
    foundSentence(facts, title),
    heatInside(facts),
    flagged(facts, title),
    outlier(facts),
    layers(facts),
  ];
  return sentences.filter((sentence) => sentence !== undefined).slice(0, mostHeadlines);
}

/** Of the most frequent reason. */
function remedyOfMost({ failures: [most] }: SummaryFacts): string {
  if (most === undefined) return nextSteps.missingShards;
  return remedyOf(most.status, most.reason);
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

/** Tone and advice are those of the most frequent flag. */
function flagParts({ flags }: SummaryFacts) {
  const [{ flag } = { flag: 'outlier' as const }] = flags;
  const tone = flagCatalog[flag].tone === 'problem' ? 'problem' : 'look';
  return { tone, proof: 'flags', next: nextOfFlag[flag] } as const;
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

/** What is wrong with the run, and not with an image. */
function trouble(text: string, next: string): Headline {
  return headline(text, { tone: 'problem', proof: 'failures', next });
}

function missingShards(facts: SummaryFacts): Headline | undefined {
  const missing = facts.failedShards.length;
  if (missing === 0) return undefined;
  const text = `The results of ${counted(missing, 'shard')} are missing: every number here leaves them out.`;
  return trouble(text, nextSteps.missingShards);
}

function manifestFault({ manifestFault: fault }: SummaryFacts): Headline | undefined {
  return fault === undefined ? undefined : trouble(`${fault}.`, nextSteps.manifest);
}

function setAside({ setAside: images = 0 }: SummaryFacts): Headline | undefined {
  if (images === 0) return undefined;
  const were = images === 1 ? 'was' : 'were';
  const text = `${counted(images, 'image')} crashed the process and ${were} set aside: no other number here includes ${images === 1 ? 'it' : 'them'}.`;
  return trouble(text, nextSteps.setAside);
}

function unreadable(facts: SummaryFacts): Headline | undefined {
  const words = unreadableWords(facts);
  return words && trouble(words.sentence, nextSteps.unreadable);
}

function failures(facts: SummaryFacts, title: Headline): Headline | undefined {
  if (facts.counts.failed === 0 || title.proof === 'failures') return undefined;
  return trouble(`${failureText(facts)}.`, remedyOfMost(facts));
}

function flagged(facts: SummaryFacts, title: Headline): Headline | undefined {
  if (title.proof === 'flags' || facts.counts.explained === 0) return undefined;
  if (facts.counts.flagged > 0) return headline(`${flagText(facts)}.`, flagParts(facts));
  const parts = { tone: 'note', proof: 'flags', next: nextSteps.unflagged } as const;
  return headline('No image was flagged.', parts);
}

/** "a.jpg is the most unusual image: agreement of the layers 0.02 where 0.21 is usual." */
function outlier({ outliers }: SummaryFacts): Headline | undefined {
  const [most] = outliers?.images ?? [];
  if (most === undefined) return undefined;
  const text = `${shortKey(most.key)} is the most unusual image here: ${unusualWords(most.unusual)}.`;
  return headline(text, { tone: 'look', proof: 'gallery-outlier', next: nextSteps.outlier });
}

const longestKey = 60;

/** The end of a long key names the file. */
function shortKey(key: string): string {
  const characters = [...key];
  return characters.length <= longestKey
    ? key
    : `\u2026${characters.slice(1 - longestKey).join('')}`;
}

function layers(facts: SummaryFacts): Headline | undefined {
  const agreement = facts.measures[sampleColumns.layerAgreement];
  if (agreement === undefined || agreement.n < smallestDistribution) return undefined;
  const text = `In the typical image the maps of the layers agree to ${figure(agreement.quantiles.p50)} (1: the same map, 0: unrelated).`;
  return headline(text, { tone: 'note', proof: 'measures', next: nextSteps.layers });
}
