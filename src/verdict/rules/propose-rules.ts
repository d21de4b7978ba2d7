import { listed, wholeNumber } from '../../report/words/wording.ts';
import { normalQuantile } from '../../shared/intervals/normal.ts';
import type { CheckedRun } from '../figures/checked-run.ts';
import type { RunFigure } from '../figures/run-figure.ts';

/** Of classes, those with as many labels: below, a rule on one could only be undecided. */
const fewestLabels = 30;
/** Of failed images: below, the threshold would let a tenth of them fail. */
const fewestImages = 100;
/** Classes that get a rule, those with the most labels. */
const mostClasses = 8;

/** Half of a 95 % interval in standard errors. */
const usual = 1.959963984540054;

/** One line of a proposed file: a rule, and where its threshold comes from. */
export interface ProposedRule {
  readonly rule: string;
  readonly why: string;
}

/** A figure without a rule. `why`: part of a sentence. */
export interface RuleLeftOut {
  readonly figure: string;
  readonly why: string;
}

export interface RuleProposal {
  readonly rules: readonly ProposedRule[];
  /** Figures of these runs that nothing can be asked of. */
  readonly leftOut: readonly RuleLeftOut[];
}

interface Candidate {
  readonly name: string;
  readonly isLower: boolean;
  readonly percent: boolean;
}

/**
 * Proposes rules that runs like these hold: each threshold lies as far below the figure (above it, of a share that may not rise) as another run over as many new images of the same kind falls
 * by chance. Such a run differs by sqrt(2) standard errors of one; Bonferroni's share of 2.5 % for each of the rules keeps false alarms of all together below 2.5 %. Of several runs,
 * the lowest threshold counts.
 */
export function proposeRules(runs: readonly CheckedRun[]): RuleProposal {
  const [first] = runs;
  if (first === undefined) return { rules: [], leftOut: [] };
  const candidates = candidatesOf(first).filter(({ name }) =>
    runs.some((run) => hasInterval(run, name)),
  );
  const reach = (Math.SQRT2 * normalQuantile(1 - 0.025 / Math.max(1, candidates.length))) / usual;
  const proposals = candidates.flatMap((candidate) => proposal(candidate, runs, reach) ?? []);
  return {
    rules: proposals.filter((one) => 'rule' in one),
    leftOut: proposals.filter((one) => 'figure' in one),
  };
}

function candidatesOf({ evaluation, summary }: CheckedRun): Candidate[] {
  const { images } = summary.counts;
  const lower = (name: string) => ({ name, isLower: true, percent: false });
  const classes = evaluation?.detection?.classes ?? evaluation?.classification?.classes ?? [];
  const labeled = classes
    .filter(({ labels }) => labels >= fewestLabels)
    .sort((a, b) => b.labels - a.labels || a.classId - b.classId)
    .slice(0, mostClasses);
  return [
    ...['map50', 'map50_95', 'ap_above', 'top1', 'precision', 'recall'].map(lower),
    ...labeled.map(({ name }) => lower(`recall.${name}`)),
    ...(images >= fewestImages ? [{ name: 'failed', isLower: false, percent: true }] : []),
  ];
}

function figureOf({ figures }: CheckedRun, name: string): RunFigure | undefined {
  const found = figures.find(name);
  if (found.status !== 'found') return undefined;
  return found.figure.share ?? found.figure;
}

function hasInterval(run: CheckedRun, name: string): boolean {
  const figure = figureOf(run, name);
  return typeof figure?.value === 'number' && figure.interval !== undefined;
}

function proposal(
  { name, isLower, percent }: Candidate,
  runs: readonly CheckedRun[],
  reach: number,
): ProposedRule | RuleLeftOut | undefined {
  const seen = runs.flatMap((run) => {
    const { value, interval, n, of } = figureOf(run, name) ?? {};
    return typeof value === 'number' && interval !== undefined
      ? [{ value, interval, n: n ?? 0, of: of ?? 'images', runId: run.summary.runId }]
      : [];
  });
  const bounds = seen.map(({ value, interval: [low, high] }) =>
    isLower ? value - reach * (value - low) : value + reach * (high - value),
  );
  const bound = isLower ? Math.min(...bounds) : Math.max(...bounds);
  const from = seen[bounds.indexOf(bound)];
  if (from === undefined) return undefined;
  const { value, interval, n, of, runId } = from;
  const why = `${words(value, percent)} in ${runId}, 95 % interval ${words(interval[0], percent)} to ${words(interval[1], percent)} over ${wholeNumber(n)} ${of}`;
  if (isLower ? bound <= 0 : bound >= 1) {
    const end = isLower ? 0 : '100%';
    return { figure: name, why: `${why}: another such run may reach ${end} by chance` };
  }
  // Rounded to the safe side.
  const rounded = isLower ? Math.floor(bound * 1000) / 1000 : Math.ceil(bound * 1000) / 1000;
  return { rule: `${name} ${isLower ? '>=' : '<='} ${words(rounded, percent)}`, why };
}

function words(value: number, percent: boolean): string {
  return percent
    ? `${Number((value * 100).toPrecision(3))}%`
    : String(Number(value.toPrecision(3)));
}

/** Why there is no file: one without a rule is none that `check` takes. */
export function noRuleSentence({ leftOut }: RuleProposal, runs: readonly string[]): string {
  const reasons = leftOut.map(({ figure, why }) => `${oneLine(figure)} is ${oneLine(why)}`);
  const why =
    reasons.length > 0
      ? reasons.join('; ')
      : `no figure of labels has an interval there, and a rule on failed images takes ${fewestImages} images`;
  return `no rule can be proposed from ${listed(runs)}: ${why}. Take runs over more labeled images, or write a rule by hand, such as "- failed <= 5%".`;
}

/** The proposed rules as a file, with comments. A rule whose name YAML would take for something else stands in quotes. */
export function proposedFile({ rules, leftOut }: RuleProposal, runs: readonly string[]): string {
  const lines = [
    ...rules.map(({ rule, why }) => `  # ${oneLine(why)}\n  - ${quoted(rule)}\n`),
    ...leftOut.map(({ figure, why }) => `  # no rule on ${oneLine(figure)}: ${oneLine(why)}\n`),
  ];
  return `# Proposed by "eigenfleet rules init" from ${runs.join(', ')}: a start, to be judged by a person.
# Each threshold lies where a run over as many new images of the same kind misses it by chance in fewer than 2.5 of 100 cases, all rules together.
decide: point
min: 30
rules:
${lines.join('\n')}
  # With --against a former run, which must stand behind such rules:
  # - change of map50 >= -0.02
  # - drift: none
`;
}

/** JSON's quotes are YAML's. */
function quoted(rule: string): string {
  return /^[\w.][\w.@ ]* [<>]=? -?[\d.]+%?$/.test(rule) ? rule : JSON.stringify(rule);
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
