import { convergedResidual } from '../../shared/catalog/converged-residual.ts';
import type { FlagThresholds } from '../../shared/run/run-spec.ts';
import type { FlagName } from '../../shared/run/sample-row.ts';
import { figure } from './wording.ts';

/** How bad a state is. Always shown as shape, colour and word together. */
export type Tone = 'fine' | 'note' | 'look' | 'problem';

export interface FlagWords {
  readonly label: string;
  /** After "2 ..." in a sentence. */
  readonly phrase: string;
  readonly meaning: string;
  /** The rule with its threshold. */
  readonly rule: (thresholds: FlagThresholds) => string;
  readonly tone: Tone;
}

export const flagWords: Readonly<Record<FlagName, FlagWords>> = {
  'blank-map': {
    label: 'Blank map',
    phrase: 'with a blank map',
    meaning: 'The layers show no structure at all, so there is no heat to place.',
    rule: () => 'every cell of the map has the same value',
    tone: 'problem',
  },
  diffuse: {
    label: 'Spread over everything',
    phrase: 'spread over everything',
    meaning: 'The heat is almost the same everywhere and points to nothing.',
    rule: (t) => `spread of the heat above ${figure(t.diffuseEntropy)} (1: the same everywhere)`,
    tone: 'look',
  },
  'off-object': {
    label: 'Heat off the objects',
    phrase: 'with heat off the objects',
    meaning: 'The boxes the model drew hold less heat than their area would by chance.',
    rule: ({ offObjectLift }) =>
      offObjectLift === 1
        ? 'less heat inside boxes than an even spread would put there'
        : `heat inside boxes below ${figure(offObjectLift)} times an even spread`,
    tone: 'look',
  },
  'border-focus': {
    label: 'Heat along the border',
    phrase: 'with heat along the border',
    meaning: 'Often a frame, a time stamp, a watermark, or objects cut by the edge.',
    rule: (t) =>
      `heat in the outer 5\u00a0% ring above ${figure(t.borderLift)} times an even spread`,
    tone: 'look',
  },
  'uncertain-sign': {
    label: 'Uncertain sign',
    phrase: 'with an uncertain sign',
    meaning: 'Hot and cold could be the other way round: read these maps with care.',
    rule: (t) => `sign certainty below ${figure(t.signMargin)} in a layer (1: certain)`,
    tone: 'note',
  },
  'not-converged': {
    label: 'Not converged',
    phrase: 'not converged',
    meaning: 'The component is approximate: its direction was not reached.',
    rule: () => `distance from convergence above ${convergedResidual}`,
    tone: 'note',
  },
  'no-detection': {
    label: 'No detection',
    phrase: 'without a detection',
    meaning: 'The model found no object here, so nothing is said of heat inside boxes.',
    rule: () => 'no object above the confidence threshold',
    tone: 'note',
  },
};
