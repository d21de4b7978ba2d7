import { flagCatalog, type Tone } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { shortClassName } from '../words/class-words.ts';
import { statusWords } from '../words/status-words.ts';
import { counted, figure, listed, percent, shareOfImages, wholeNumber } from '../words/wording.ts';
import type { Headline, Summary } from './summary-schema.ts';
import { unreadableWords } from './unreadable-words.ts';

/** What the sentences rest on: a summary without the sentences themselves and without anything that depends on the clock. */
export type SummaryFacts = Omit<Summary, 'title' | 'headlines' | 'timings'>;

/** More than this share of failed images becomes the headline. */
const failedShare = 0.05;
/** More than this share of flagged images comes before a plain finding. */
const flaggedShare = 0.1;
/** Below this many values there is no typical one. */
export const smallestDistribution = 10;
const mostHeadlines = 5;
/** Characters that make three lines on a phone. */
const longestTitle = 88;

const selfAgreement = 'The boxes are its own, so this is agreement with itself, not correctness.';

/**
 * The strongest true sentence, for the `h1`. Order: no image explained; more than 5 % failed; more than
 * 10 % flagged; a plain finding.
 */
export function titleOf(facts: SummaryFacts): Headline {
  const { images, explained, failed, flagged } = facts.counts;
  if (explained === 0) return headline('problem', 'failures', nothingExplained(facts));
  if (failed > images * failedShare) return headline('problem', 'failures', failureText(facts));
  if (flagged > explained * flaggedShare) return headline('look', 'flags', flagText(facts));
  return found(facts, { classes: classifierFinding, objects: detectorFinding, nothing: heatPlace });
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
    found(facts, {
      classes: () => classes(facts, title),
      objects: () => objects(facts, title),
      nothing: () => unread(facts),
    }),
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

function headline(tone: Tone, proof: string, text: string): Headline {
  return { text, proof, tone };
}

/** What is said of a model depends on what its answer is about. */
function found<Said>(
  facts: SummaryFacts,
  say: Readonly<Record<'classes' | 'objects' | 'nothing', (facts: SummaryFacts) => Said>>,
): Said {
  const { classifies, answers } = traitsOf(facts.model.task);
  if (!answers) return say.nothing(facts);
  return classifies ? say.classes(facts) : say.objects(facts);
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

function detectorFinding(facts: SummaryFacts): Headline {
  const { explained, objects: found = 0, heatOnObjects, heatMeasured } = facts.counts;
  if (found === 0) {
    return headline(
      'note',
      'classes',
      `The model found no object in ${counted(explained, 'image')}`,
    );
  }
  if (heatMeasured === 0) {
    return headline('note', 'classes', `The model found ${counted(found, 'object')}`);
  }
  const where = 'the heat sits on the detected objects';
  const among =
    heatMeasured === explained
      ? shareOfImages(heatOnObjects, heatMeasured)
      : `${shareOfImages(heatOnObjects, heatMeasured)} with objects`;
  if (heatOnObjects > 0) return headline('fine', 'heat-in-boxes', `In ${among} ${where}`);
  return headline(
    'look',
    'heat-in-boxes',
    `In ${among} the heat sits off the detected objects`.replace(/^In (none of|not)/, 'In all of'),
  );
}

function classifierFinding(facts: SummaryFacts): Headline {
  const top = facts.classes[0];
  const { explained } = facts.counts;
  if (top === undefined || top.objects === 0) {
    return headline('note', 'measures', `${counted(explained, 'image')} explained`);
  }
  const text = `The most frequent top class is ${shortClassName(top)}: ${shareOfImages(top.objects, explained)}`;
  return headline('note', 'classes', text);
}

/** All that can be said of maps alone. */
function heatPlace(facts: SummaryFacts): Headline {
  const { explained } = facts.counts;
  const x = facts.measures[fusedColumns.centerX];
  const y = facts.measures[fusedColumns.centerY];
  if (x === undefined || y === undefined || x.n < smallestDistribution) {
    return headline('note', 'where', `${counted(explained, 'image')} explained by maps`);
  }
  const text = `The heat is typically centered ${percent(x.quantiles.p50)} across and ${percent(y.quantiles.p50)} down`;
  return headline('note', 'where', text);
}

function unread(facts: SummaryFacts): Headline | undefined {
  if (facts.counts.explained === 0) return undefined;
  const text =
    'What the model answers is not read (task none): there are maps, and no boxes or classes.';
  return headline('note', 'method', text);
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

/** "The model found 345 objects in 23 of 24 images; 1 image has none." Not "missed": there are no labels. */
function objects(facts: SummaryFacts, title: Headline): Headline | undefined {
  const { explained, objects: found = 0, imagesWithObjects = 0 } = facts.counts;
  if (explained === 0 || title.proof === 'classes') return undefined;
  if (found === 0) {
    return headline(
      'note',
      'classes',
      `The model found no object in ${counted(explained, 'image')}.`,
    );
  }
  const without = explained - imagesWithObjects;
  const rest =
    without === 0 ? '' : `; ${counted(without, 'image')} ${without === 1 ? 'has' : 'have'} none`;
  const where = shareOfImages(imagesWithObjects, explained);
  return headline(
    'fine',
    'classes',
    `The model found ${counted(found, 'object')} in ${where}${rest}.`,
  );
}

function classes(facts: SummaryFacts, title: Headline): Headline | undefined {
  const used = facts.classes.filter((one) => one.objects > 0).length;
  const confidence = facts.measures[sampleColumns.confidence];
  if (facts.counts.explained === 0 || used === 0) return undefined;
  const sure =
    confidence && confidence.n >= smallestDistribution
      ? `; the typical probability of the top class is ${figure(confidence.quantiles.p50)}`
      : '';
  const proof = title.proof === 'classes' ? 'measures' : 'classes';
  return headline(
    'fine',
    proof,
    `${counted(used, 'class', 'classes')} came out on top in ${counted(facts.counts.explained, 'image')}${sure}.`,
  );
}

function heatInBoxes(facts: SummaryFacts): Headline | undefined {
  const { heatOnObjects, heatMeasured } = facts.counts;
  const heat = facts.measures[fusedColumns.energyInBoxes];
  const lift = facts.measures[fusedColumns.boxLift];
  const area = facts.measures[sampleColumns.boxArea];
  if (heat === undefined || lift === undefined || area === undefined) return undefined;
  if (heatMeasured < smallestDistribution) {
    const text = `In ${shareOfImages(heatOnObjects, heatMeasured)} more heat lies inside the boxes the model drew than an even spread would put there. ${selfAgreement}`;
    return headline('fine', 'heat-in-boxes', text);
  }
  const text = `In the typical image ${percent(heat.quantiles.p50)} of the heat lies inside the boxes the model drew, which cover ${percent(area.quantiles.p50)} of it: ${figure(lift.quantiles.p50)} times an even spread. ${selfAgreement}`;
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
