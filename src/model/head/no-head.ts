import type { Head } from './head.ts';

/** Nothing of the outputs is read, whatever they are. */
export interface NoLayout {
  readonly kind: 'none';
  readonly output?: undefined;
  readonly elemType?: undefined;
  readonly classes: 0;
}

export interface NoAnswer {
  readonly kind: 'none';
  readonly arrays: Readonly<Record<string, never>>;
}

/** Of a model whose answer is not known: its layers are explained, and nothing is found. */
export const noHead: Head<NoLayout, NoAnswer> = {
  layoutOf() {
    return { kind: 'none', classes: 0 };
  },

  describe() {
    return 'not read: there are maps, and no boxes or classes';
  },

  addTo() {
    return { kind: 'none', tensors: {} };
  },

  faultOf() {
    return undefined;
  },

  decode() {
    return { detections: [], classScores: [] };
  },
};
