import { convergedResidual } from '../../shared/catalog/converged-residual.ts';
import { rememberedByName } from '../../shared/host/remembered.ts';
import type { FlagThresholds } from '../../shared/run/run-spec.ts';
import { type FlagName, flagNames } from '../../shared/run/sample-row.ts';
import { type Task, traitsOf } from '../../shared/run/task-traits.ts';

export interface FlagRules {
  readonly thresholds: FlagThresholds;
  /** A classifier finds no objects, so it is never flagged for finding none. */
  readonly task: Task;
}

type Measures = Readonly<Record<string, number>>;

/**
 * Why a successfully explained image deserves a look, in the order of `flagNames`, from its stored measures alone. A measure that
 * could not be taken raises no flag, save that a fused map without a centre of mass has no heat: `blank-map`.
 */
export function flagsOf(measures: Measures, rules: FlagRules): FlagName[] {
  return flagNames.filter((flag) => isRaised(flag, measures, rules));
}

/** The measure behind a flag, by which its exemplars are ranked; `undefined` for flags that have no degree. */
export function flagValue(flag: FlagName, measures: Measures): number | undefined {
  switch (flag) {
    case 'blank-map':
    case 'no-detection':
      return undefined;
    case 'diffuse':
      return measures['entropy.fused'];
    case 'off-object':
      return measures['boxLift.fused'];
    case 'border-focus':
      return measures['borderLift.fused'];
    case 'uncertain-sign':
      return smallestSignMargin(measures);
    case 'not-converged':
      return largestResidual(measures);
  }
}

function isRaised(flag: FlagName, measures: Measures, { thresholds, task }: FlagRules): boolean {
  if (flag === 'blank-map') return measures['centreX.fused'] === undefined;
  if (flag === 'no-detection') return traitsOf(task).findsObjects && measures.detections === 0;
  const value = flagValue(flag, measures);
  if (value === undefined) return false;
  switch (flag) {
    case 'diffuse':
      return value > thresholds.diffuseEntropy;
    case 'off-object':
      return value < thresholds.offObjectLift;
    case 'border-focus':
      return value > thresholds.borderLift;
    case 'uncertain-sign':
      return value < thresholds.signMargin;
    case 'not-converged':
      return value > convergedResidual;
  }
}

/** Over the layers, of the component that is fused and drawn: the columns without a `.pc` suffix. */
function smallestSignMargin(measures: Measures): number | undefined {
  const margins = valuesOf(measures, isFirstSignMargin);
  return margins.length === 0 ? undefined : Math.min(...margins);
}

/** Over the layers and all their components. */
function largestResidual(measures: Measures): number | undefined {
  const residuals = valuesOf(measures, isResidual);
  return residuals.length === 0 ? undefined : Math.max(...residuals);
}

const isFirstSignMargin = rememberedByName((column) => /^signMargin\.(?!.*\.pc\d+$)/.test(column));
const isResidual = rememberedByName((column) => column.startsWith('residual.'));

function valuesOf(measures: Measures, accepts: (column: string) => boolean): number[] {
  return Object.keys(measures).flatMap((column) =>
    accepts(column) ? [measures[column] as number] : [],
  );
}
