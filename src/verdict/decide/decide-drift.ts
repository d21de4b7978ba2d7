import { counted, listed } from '../../report/words/wording.ts';
import { parseColumn } from '../../shared/catalog/measure-column.ts';
import { driftFamilies } from '../drift/drift.ts';
import { classSharePrefix } from '../drift/drift-row.ts';
import { driftKind } from '../drift/measure-kind.ts';
import { fewestUnits } from '../drift/measure-tests.ts';
import { assertDriftName } from '../rules/known-rules.ts';
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
  /** Measures that no image changed, so that there was nothing to test. */
  readonly unchanged?: readonly string[] | undefined;
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
 * @throws EigenfleetError `usage` for a name that no measure and no family has.
 */
export function decideDrift(rule: DriftRule, drift: DriftFindings | undefined): RuleDraft {
  for (const name of rule.of ?? []) assertDriftName(name, rule.where);
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
  const meant = drift.measures.filter((one) => isMeant(rule, one.measure, one.family));
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
  const untold = untoldWords(rule, drift);
  if (untold !== undefined) return draft('undecided', untold, { ...rest, value: null });
  const same = (drift.unchanged ?? []).filter((one) => isMeant(rule, one, driftKind(one).family));
  return { ...draft('pass', calmWords(meant.length + same.length, drift), rest), p: 1 };
}

function isMeant({ of }: DriftRule, measure: string, family: string): boolean {
  return of === undefined || of.includes(measure) || of.includes(family);
}

/** Why nobody can tell whether what a rule names drifted; `undefined` where all of it was compared. */
function untoldWords({ of }: DriftRule, drift: DriftFindings): string | undefined {
  const untold = of?.filter((name) => !isTold(name, drift)) ?? [];
  if (of === undefined ? drift.verdict !== 'could not tell' : untold.length === 0) return undefined;
  const outputs = isPixelsOnly(drift) ? untold.filter(isOfOutputs) : [];
  if (outputs.length > 0) {
    const why =
      'the runs have different models, so what they find differs for that reason; drift of inputs can be told.';
    return `Drift of ${listed(outputs)} cannot be told: ${why}`;
  }
  const [why = tooFewWords(drift)] = drift.sentences;
  const isAll = of === undefined || untold.length === of.length;
  return isAll && !wasCompared(drift)
    ? `Drift cannot be told: ${why}`
    : `Drift of ${listed(untold)} cannot be told: too few images of the two runs have it.`;
}

/** Whether anything at all was compared with enough images. */
function wasCompared({ verdict }: DriftFindings): boolean {
  return verdict !== 'could not tell';
}

/** A measure that was compared with enough images, or a family with one. */
function isTold(name: string, { families, measures, unchanged }: DriftFindings): boolean {
  const family = families.find((one) => one.family === name);
  if (family !== undefined) return family.verdict !== 'could not tell';
  return measures.some(({ measure }) => measure === name) || (unchanged ?? []).includes(name);
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

function calmWords(measures: number, drift: DriftFindings): string {
  const { current, tested } = drift;
  const pixelsOnly = isPixelsOnly(drift);
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
