import type { Tone } from '../../shared/catalog/flag-catalog.ts';
import { fusedColumns, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import { shortClassName } from '../words/class-words.ts';
import { nextSteps } from '../words/next-steps.ts';
import { counted, figure, percent, shareOfImages, wholeNumber } from '../words/wording.ts';
import type { Headline, Summary } from './summary-schema.ts';

/** What the sentences rest on: a summary without the sentences themselves and without anything that depends on the clock. */
export type SummaryFacts = Omit<Summary, 'title' | 'headlines' | 'timings'>;

/** Below this many values there is no typical one. */
export const smallestDistribution = 10;

interface HeadlineParts {
  /** Fine is for what labels or counts prove, never for boxes of the model that agree with its maps. */
  readonly tone: Tone;
  readonly proof: string;
  readonly next: string;
}

export function headline(text: string, { tone, proof, next }: HeadlineParts): Headline {
  return { text, next, proof, tone };
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

/** "The model found 413 objects in all 24 images; the labels of 24 images name 389". Not right or wrong: that is for labels to say. */
function detectorFinding(facts: SummaryFacts): Headline {
  const { explained, objects: found = 0, imagesWithObjects = 0 } = facts.counts;
  const labels = labelClause(facts);
  const proof = 'classes';
  if (found === 0) {
    const text = `The model found no object in ${counted(explained, 'image')}${labels}`;
    return headline(text, { tone: 'look', proof, next: nextSteps.nothingFound });
  }
  const without = explained - imagesWithObjects;
  const rest =
    without === 0 ? '' : `; ${counted(without, 'image')} ${without === 1 ? 'has' : 'have'} none`;
  const where = shareOfImages(imagesWithObjects, explained);
  const text = `The model found ${counted(found, 'object')} in ${where}${rest}${labels}`;
  const next = labels === '' ? nextSteps.withoutLabels : nextSteps.labeledObjects;
  return headline(text, { tone: 'note', proof, next });
}

function labelClause({ measures }: SummaryFacts): string {
  const labeled = measures[sampleColumns.labeledObjects];
  if (labeled === undefined) return '';
  // Images labeled as empty are among them.
  return `; the labels of ${counted(labeled.n, 'image')} name ${wholeNumber(labeled.mean * labeled.n)}`;
}

function classifierFinding(facts: SummaryFacts): Headline {
  const top = facts.classes[0];
  const { explained } = facts.counts;
  const next = nextSteps.withoutLabels;
  if (top === undefined || top.objects === 0) {
    return headline(`${counted(explained, 'image')} explained`, {
      ...{ tone: 'note', proof: 'measures', next: nextSteps.maps },
    });
  }
  const text = `The most frequent top class is ${shortClassName(top)}: ${shareOfImages(top.objects, explained)}`;
  return headline(text, { tone: 'note', proof: 'classes', next });
}

/** All that can be said of maps alone. */
function heatPlace(facts: SummaryFacts): Headline {
  const { explained } = facts.counts;
  const x = facts.measures[fusedColumns.centerX];
  const y = facts.measures[fusedColumns.centerY];
  const parts = { tone: 'note', proof: 'where', next: nextSteps.maps } as const;
  if (x === undefined || y === undefined || x.n < smallestDistribution) {
    return headline(`${counted(explained, 'image')} explained by maps`, parts);
  }
  const text = `The heat is typically centered ${percent(x.quantiles.p50)} across and ${percent(y.quantiles.p50)} down`;
  return headline(text, parts);
}

function unread(facts: SummaryFacts): Headline | undefined {
  if (facts.counts.explained === 0) return undefined;
  const text =
    'What the model answers is not read (task none): there are maps, and no boxes or classes.';
  return headline(text, { tone: 'note', proof: 'method', next: nextSteps.unread });
}

function objects(facts: SummaryFacts, title: Headline): Headline | undefined {
  if (facts.counts.explained === 0 || title.proof === 'classes') return undefined;
  const found = detectorFinding(facts);
  return { ...found, text: `${found.text}.` };
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
  const text = `${counted(used, 'class', 'classes')} came out on top in ${counted(facts.counts.explained, 'image')}${sure}.`;
  return headline(text, { tone: 'note', proof, next: nextSteps.classes });
}
