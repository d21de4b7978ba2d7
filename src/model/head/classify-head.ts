import type { ClassScore } from '../../shared/run/detection.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import { type Head, type HeadOutput, notFinite } from './head.ts';

/** [B, classes]: probabilities, after softmax. */
export interface ClassifyLayout extends HeadOutput {
  readonly kind: 'classify';
  readonly classes: number;
}

export interface ClassifyAnswer {
  readonly kind: 'classify';
  /** [B, classes] */
  readonly arrays: { readonly probabilities: Float32Array };
}

/** Probabilities of the image's class. */
export const classifyHead: Head<ClassifyLayout, ClassifyAnswer> = {
  layoutOf({ outputs, head }) {
    const shape = outputs[0]?.shape ?? [];
    const classes = shape[1];
    if (shape.length !== 2 || typeof classes !== 'number') return undefined;
    return { ...head, kind: 'classify', classes };
  },

  describe({ output, classes }) {
    return `${output}: probabilities of ${classes} classes`;
  },

  addTo(graph, _, output) {
    return { kind: 'classify', tensors: { probabilities: graph.output(output) } };
  },

  faultOf({ arrays }) {
    return areFinite(arrays.probabilities) ? undefined : notFinite('class probabilities');
  },

  decode({ arrays }) {
    return { detections: [], classScores: topClasses(arrays.probabilities) };
  },
};

/** The `count` most probable classes, best first; equal probabilities in class order. `probabilities`: [classes], after softmax. */
export function topClasses(probabilities: Float32Array, count = 5): ClassScore[] {
  return Array.from(probabilities, (score, classId) => ({ classId, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
}
