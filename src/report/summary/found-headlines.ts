import type { Tone } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { shortClassName } from '../words/class-words.ts';
import { counted, figure, percent, shareOfImages } from '../words/wording.ts';
import type { Headline, Summary } from './summary-schema.ts';

/** What the sentences rest on: a summary without the sentences themselves and without anything that depends on the clock. */
export type SummaryFacts = Omit<Summary, 'title' | 'headlines' | 'timings'>;

/** Below this many values there is no typical one. */
export const smallestDistribution = 10;

export function headline(tone: Tone, proof: string, text: string): Headline {
  return { text, proof, tone };
}

/** What the model found, or where its heat lies, as the finding of the report. */
export function foundTitle(facts: SummaryFacts): Headline {
  return found(facts, {
    classes: classifierFinding,
    objects: detectorFinding,
    nothing: heatPlace,
  });
}

/** The same as one of the sentences below `title`. */
export function foundSentence(facts: SummaryFacts, title: Headline): Headline | undefined {
  return found(facts, {
    classes: () => classes(facts, title),
    objects: () => objects(facts, title),
    nothing: () => unread(facts),
  });
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
