import { decodeImage } from '../../image/decode/decode-image.ts';
import { renderFigure } from '../../image/figure/figure.ts';
import { messageOf } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';
import type { ExplainedLayer } from '../../worker/explain/interpret-sample.ts';

import { degenerateReasonOf, measureNotes } from './explain-text.ts';
import { answerIsRead, type Explained } from './explained.ts';

export interface FigureFacts {
  readonly title: string;
  readonly subtitle: string;
  /** Of the image file, which was already decoded. */
  readonly bytes: Uint8Array;
  readonly sample: Explained;
  readonly options: ExplainOptions;
  readonly classNames: readonly string[];
}

export type DrawnFigure =
  | { readonly status: 'success'; readonly png: Uint8Array }
  | { readonly status: 'failed_to_draw'; readonly reason: string };

/** Draws the figure of one explained image, a PNG, or returns why it cannot: the numbers of the image do not need it. */
export async function drawFigure(facts: FigureFacts): Promise<DrawnFigure> {
  try {
    return { status: 'success', png: await figurePng(facts) };
  } catch (error) {
    return { status: 'failed_to_draw', reason: messageOf(error) };
  }
}

async function figurePng(facts: FigureFacts): Promise<Uint8Array> {
  const { title, subtitle, bytes, sample, options, classNames } = facts;
  const decoded = await decodeImage(bytes, { maxPixels: options.maxPixels });
  if (decoded.status !== 'success')
    throw new Error(`it cannot be decoded a second time: ${decoded.reason}`);
  const { geometry, classScores, fused, layers, labels, evidence, boxMaps } = sample;
  const detections = answerIsRead(sample) ? sample.detections : undefined;
  const { fusion, padding, colorMap, flags, components } = options;
  return renderFigure({
    ...{ image: decoded.image, title, subtitle, geometry, detections, classScores, classNames },
    ...{ padding, colorMap, signMargin: flags.signMargin },
    layers: layers.map((layer) => figureLayer(layer, components)),
    ...{ evidence, boxMaps },
    fused: { ...fused, fusion },
    notes: measureNotes(sample),
    ...(labels && classScores.length === 0 && { labeled: labels.objects }),
  });
}

function figureLayer(layer: ExplainedLayer, components: readonly number[]) {
  const { name, gridHeight, gridWidth, signed, explainedVariance, signMargin, residual } = layer;
  const cells = gridHeight * gridWidth;
  const shown = components.map((index, at) => {
    const reason = degenerateReasonOf(layer, at);
    return {
      index,
      map: signed.subarray(at * cells, (at + 1) * cells),
      explainedVariance: explainedVariance[at] ?? Number.NaN,
      signMargin: signMargin[at] ?? 0,
      residual: residual[at] ?? 0,
      ...(reason !== undefined && { degenerateReason: reason }),
    };
  });
  return { name, gridHeight, gridWidth, components: shown };
}
