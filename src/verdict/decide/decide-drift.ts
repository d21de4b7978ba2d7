import { counted, listed } from '../../report/words/wording.ts';
import { parseColumn } from '../../shared/catalog/measure-column.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import { driftFamilies } from '../drift/drift.ts';
import { classSharePrefix } from '../drift/drift-row.ts';
import { driftKind } from '../drift/measure-kind.ts';
import { fewestUnits } from '../drift/measure-tests.ts';
import type { DriftRule } from '../rules/rule.ts';
import { draft, type RuleDraft, ruleFacts } from './rule-draft.ts';

/** What a rule needs of a `Drift`. */
export interface DriftFindings {
  readonly verdict: 'drift' | 'no drift' | 'could not tell';
  /** Explained images of the current run that were compared. */
  readonly current: { readonly compared: number };
  readonly sentences: readonly string[];
  readonly families: readonly {
    readonly family: string;
    readonly verdict: DriftFindings['verdict'];
  }[];
  readonly measures: readonly DriftedMeasure[];
  /** Where only new images of the current run are tested: how many there are. */
  readonly tested?: number;
}

/** Of a run without a new image, where only new ones are tested. */
export const nothingTested: DriftFindings = {
  verdict: 'no drift',
  current: { compared: 0 },
  sentences: [],
  families: [],
  measures: [],
  tested: 0,
};

interface DriftedMeasure {
  readonly measure: string;
  readonly family: string;
  readonly words: string;
  readonly tests: readonly { readonly adjusted: number }[];
  readonly drifted: boolean;
  readonly sentence?: string | undefined;
}

/** Sentences of drift that a rule repeats. */
const mostSentences = 3;

/**
 * Decides `drift: none`: fails where one of the measures meant has drifted by the tests of the comparison, whose false alarms are held over all of them together.
 *
 * @throws EigenfleetError `usage` for a measure or a family that was not compared.
 */
export function decideDrift(rule: DriftRule, drift: DriftFindings | undefined): RuleDraft {
  const facts = { ...ruleFacts(rule), of: 'images' as const };
  if (drift === undefined) {
    const why = 'there is no baseline to compare with (--against).';
    return draft('undecided', `Drift cannot be told: ${why}`, { ...facts, value: null, n: 0 });
  }
  const n = drift.current.compared;
  if (drift.tested === 0) {
    const words = 'No image is new, so there is nothing that could have drifted.';
    return { ...draft('pass', words, { ...facts, value: 0, n }), p: 1 };
  }
  const pixelsOnly = isPixelsOnly(drift);
  if (pixelsOnly && rule.of?.every((name) => isOfOutputs(name))) {
    const why =
      'the runs have different models, so what they find differs for that reason; drift of inputs can be told.';
    return draft('undecided', `Drift of ${listed(rule.of)} cannot be told: ${why}`, {
      ...facts,
      value: null,
      n,
    });
  }
  const meant = meantMeasures(rule, drift);
  const drifted = meant.filter((one) => one.drifted);
  const rest = { ...facts, value: drifted.length, n };
  const p = Math.min(1, ...meant.flatMap(({ tests }) => tests.map(({ adjusted }) => adjusted)));
  if (drifted.length > 0) {
    const words = driftedWords(drifted, meant.length);
    return {
      ...draft('fail', words, rest),
      p,
      byChance: `${words} Beside the other rules, chance alone explains it.`,
    };
  }
  if (!canTell(rule, drift)) {
    const [why = tooFewWords(drift)] = drift.sentences;
    return draft('undecided', `Drift cannot be told: ${why}`, { ...rest, value: null });
  }
  const words = calmWords(meant.length, drift, pixelsOnly);
  return { ...draft('pass', words, rest), p: 1 };
}

function meantMeasures(
  { of, where }: DriftRule,
  { measures }: DriftFindings,
): readonly DriftedMeasure[] {
  if (of === undefined) return measures;
  const known = new Set(measures.flatMap(({ measure, family }) => [measure, family]));
  const unknown = of.find((name) => !known.has(name));
  if (unknown !== undefined && known.size > 0) {
    const near = nearNames(unknown, known);
    const hint =
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `There are ${[...new Set(measures.map(({ family }) => family))].join(', ')} and their measures.`;
    throw new EigenfleetError('usage', `${where}: "${unknown}" was not compared. ${hint}`);
  }
  return measures.filter(({ measure, family }) => of.includes(measure) || of.includes(family));
}

function driftedWords(drifted: readonly DriftedMeasure[], of: number): string {
  const says = drifted.slice(0, mostSentences).map(({ sentence, words }) => sentence ?? words);
  const more = drifted.length - says.length;
  const all = more > 0 ? [...says, counted(more, 'more measure')] : says;
  return `Drift in ${drifted.length} of ${counted(of, 'measure')}: ${listed(all)}.`;
}

function tooFewWords({ tested }: DriftFindings): string {
  if (tested === undefined) return 'too few images were compared.';
  const are = tested === 1 ? 'is' : 'are';
  return `only ${counted(tested, 'image')} ${are} new, and a test needs ${fewestUnits} at least.`;
}

/** A measure that no image changed has no test. */
function calmWords(
  measures: number,
  { current, tested }: DriftFindings,
  pixelsOnly: boolean,
): string {
  const what = measures === 0 ? 'any measure' : counted(measures, 'measure');
  const where = pixelsOnly ? ' of the pixels' : '';
  const why = pixelsOnly ? ' The models differ, so only pixels tell of the images.' : '';
  return `No drift in ${what}${where} over ${counted(current.compared, tested === undefined ? 'image' : 'new image')}, as asked.${why}`;
}

/** Only the pixels were compared: the models differ. */
function isPixelsOnly({ families }: DriftFindings): boolean {
  return families.length > 0 && families.every(({ family }) => family === 'inputs');
}

/** A family, or a measure, of what a model makes of an image. */
function isOfOutputs(name: string): boolean {
  const isFamily = driftFamilies.some((family) => family === name);
  if (isFamily) return name !== 'inputs';
  const isKnown = parseColumn(name) !== undefined || name.startsWith(classSharePrefix);
  return isKnown && driftKind(name).family !== 'inputs';
}

/** Some of what is meant was compared with enough images to see a drift. */
function canTell({ of }: DriftRule, { verdict, families, measures }: DriftFindings): boolean {
  if (of === undefined) return verdict !== 'could not tell';
  const meant = new Set(
    measures
      .filter(({ measure, family }) => of.includes(measure) || of.includes(family))
      .map(({ family }) => family),
  );
  return families.some((one) => meant.has(one.family) && one.verdict !== 'could not tell');
}
