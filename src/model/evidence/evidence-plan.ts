import { EigenfleetError } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import { nearNames } from '../../shared/settings/near-names.ts';
import type { EvidencePlan, FoundEvidence } from './evidence-source.ts';

interface ScoringModel {
  readonly model: { readonly name: string; readonly classNames: readonly string[] };
  readonly evidence: FoundEvidence;
}

/** The run's choice of classes. */
export type ClassChoice = { readonly classes?: ExplainOptions['classes'] };

/** The run's choice of what overlays show. */
export type OverlayChoice = { readonly overlayMap?: ExplainOptions['overlayMap'] };

/**
 * What the graph has to answer for the option `classes`; `undefined` for `none`, and for a model without scores on a grid.
 *
 * @throws EigenfleetError `usage` for a class that the model does not have.
 */
export function evidencePlanOf(
  { model, evidence }: ScoringModel,
  { classes = ['none'] }: ClassChoice,
): EvidencePlan | undefined {
  const [first] = classes;
  if (first === 'none' || evidence.status !== 'found') return undefined;
  const { source } = evidence;
  if (first === 'all' || first === 'found') return { source };
  const ids = classes.map((word) => classIdOf(word, model));
  return { source, classIds: [...new Set(ids)] };
}

/**
 * Why a model has no class evidence, as a sentence, where some was asked for.
 *
 * @throws EigenfleetError `usage` for a class that the model does not have.
 */
export function evidenceWarning(scoring: ScoringModel, options: ClassChoice): string | undefined {
  const { model, evidence } = scoring;
  const isChosen = !['found', 'none', undefined].includes(options.classes?.[0]);
  evidencePlanOf(scoring, options);
  if (!isChosen || evidence.status === 'found') return undefined;
  return `No class evidence for ${model.name}: ${evidence.reason}.`;
}

/**
 * The class whose evidence overlays show; `undefined` where they show the fused map.
 *
 * @throws EigenfleetError `usage` for a class that the model does not have.
 */
export function overlayClassOf(
  model: ScoringModel['model'],
  { overlayMap = 'fused' }: OverlayChoice,
): number | undefined {
  const [, word] = /^evidence:(.*)$/s.exec(overlayMap) ?? [];
  return word === undefined ? undefined : classIdOf(word.trim(), model, '--overlay-map evidence:');
}

/**
 * Asserts that a run computes what its overlays are to show.
 *
 * @throws EigenfleetError `usage`.
 */
export function assertOverlayMap(
  scoring: ScoringModel,
  options: ClassChoice & OverlayChoice,
): void {
  const { model, evidence } = scoring;
  const classId = overlayClassOf(model, options);
  if (classId === undefined) return;
  const flag = `--overlay-map ${options.overlayMap}`;
  if (evidence.status !== 'found') {
    const why = `${flag}: no class evidence for ${model.name}: ${evidence.reason}`;
    throw new EigenfleetError('usage', `${why}. Leave it out: overlays show the fused map.`);
  }
  const ids = evidencePlanOf(scoring, options);
  if (ids !== undefined && (ids.classIds?.includes(classId) ?? true)) return;
  const name = model.classNames[classId] ?? classId;
  throw new EigenfleetError('usage', `${flag} needs that class: add ${name} to --classes.`);
}

/** By name, whatever the case where that is unmistakable, else by number. */
function classIdOf(
  word: string,
  { name, classNames }: ScoringModel['model'],
  flag = '--classes ',
): number {
  const exact = classNames.indexOf(word);
  if (exact >= 0) return exact;
  const alike = classNames.flatMap((one, id) => (sameLetters(one, word) ? [id] : []));
  const [only, another] = alike;
  if (only !== undefined && another === undefined) return only;
  if (/^\d+$/.test(word) && Number(word) < classNames.length) return Number(word);
  const near = nearNames(word, classNames);
  const hint = near.length > 0 ? near.join(' or ') : classNames.slice(0, 10).join(', ');
  throw new EigenfleetError(
    'usage',
    `${flag}${word}: ${name} has no such class${hint === '' ? '' : `. Did you mean ${hint}?`}`,
  );
}

function sameLetters(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
