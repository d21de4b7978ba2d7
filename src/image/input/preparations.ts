import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { InputPreparation } from '../../shared/run/task-traits.ts';
import type { RgbImage } from '../rgb-image.ts';
import { classifyCropInto, classifyGeometry } from './classify-crop.ts';
import { letterboxGeometry, letterboxInto } from './letterbox.ts';
import { stretchGeometry } from './stretch.ts';

/** One way from an image to the model's input. */
export interface Preparation {
  /** Where an image of `width` x `height` pixels lies in the input. */
  geometryOf(
    width: number,
    height: number,
    input: {
      readonly inputWidth: number;
      readonly inputHeight: number;
      readonly rectStride?: number | undefined;
    },
  ): LetterboxGeometry;
  /** Writes the image there: planar RGB (CHW), 3 * inputHeight * inputWidth bytes of `out` from `offset`. */
  fill(image: RgbImage, geometry: LetterboxGeometry, out: Uint8Array, offset: number): void;
}

export const preparations: Readonly<Record<InputPreparation, Preparation>> = {
  letterbox: { geometryOf: letterboxGeometry, fill: letterboxInto },
  stretch: { geometryOf: stretchGeometry, fill: letterboxInto },
  crop: { geometryOf: classifyGeometry, fill: classifyCropInto },
};
