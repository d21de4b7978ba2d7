import type { GridMap } from '../../maps/content-cells.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { LabeledObject } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ColorMap, Fusion } from '../../shared/run/run-spec.ts';
import type { Canvas, Color } from '../canvas.ts';
import type { RgbImage } from '../rgb-image.ts';
import type { CaptionLine, FigureComponent } from './figure-caption.ts';

export interface FigureLayer {
  readonly name: string;
  readonly gridWidth: number;
  readonly gridHeight: number;
  readonly components: readonly FigureComponent[];
}

/** A picture with its title and the lines below it. */
export interface Panel {
  readonly title: string;
  readonly lines: readonly CaptionLine[];
  readonly picture: Canvas;
  /** Beside the title: the color of the class that the panel is about. */
  readonly swatch?: Color;
}

export interface FigurePlan {
  readonly image: RgbImage;
  /** The image's file name. */
  readonly title: string;
  /** One line below it: the model, the task. */
  readonly subtitle: string;
  readonly layers: readonly FigureLayer[];
  /** In [0, 1]. */
  readonly fused: GridMap & { readonly fusion: Fusion; readonly degenerateReason?: string };
  /** What the model's scores say of each class; absent where there is none. */
  readonly evidence?: readonly ClassEvidence[] | undefined;
  /** Where the features of the strongest detections point; absent where there are none. */
  readonly boxMaps?: readonly BoxMap[] | undefined;
  readonly geometry: LetterboxGeometry;
  readonly padding: 'exclude' | 'include';
  /** `undefined` where the model's answer is not read. */
  readonly detections: readonly Detection[] | undefined;
  readonly classScores?: readonly ClassScore[];
  /** What people labeled; drawn in dashes. */
  readonly labeled?: readonly LabeledObject[];
  readonly classNames: readonly string[];
  readonly colorMap: ColorMap;
  /** Lines below the fused map, in plain words: its measures. */
  readonly notes: readonly string[];
  /** A sign certainty below this is called uncertain; in [0, 1]. */
  readonly signMargin: number;
}
