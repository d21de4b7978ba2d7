import type { BasisDescription, BasisLayer } from '../../shared/basis/basis-description.ts';
import type { DatasetBasis, LayerBasis } from '../../shared/basis/dataset-basis.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';

export interface ModelForBasis {
  /** For people. */
  readonly name: string;
  readonly weightsSha256: string;
  readonly input: BasisDescription['input'];
  /** Target layers, in the order wanted. */
  readonly layers: readonly { readonly name: string; readonly channels: number }[];
}

/**
 * The part of a basis that a model's target layers are projected on, in their order.
 *
 * @param file The basis as people know it.
 * @throws EigenfleetError `usage` for a basis of other weights, of other layers, or of another input.
 */
export function basisForModel(
  basis: DatasetBasis,
  model: ModelForBasis,
  file: string,
): DatasetBasis {
  const { description } = basis;
  if (description.model.weightsSha256 !== model.weightsSha256) {
    throw refusal(
      `The basis ${file} was fitted with other weights (${description.model.name}) than those of ${model.name}, so its components are not those of this model: between two checkpoints of one training the first ones already turn by 22 to 50 degrees. Fit one with this model: eigenfleet basis fit --model ${model.name} --images ...`,
    );
  }
  const [then, now] = [description.input, model.input].map(preprocessingOf);
  if (then !== now) {
    throw refusal(
      `The basis ${file} was fitted with another preprocessing of the images (${then}, here ${now}), which changes every activation. Use the same, or fit another basis.`,
    );
  }
  const layers: BasisLayer[] = [];
  const arrays: LayerBasis[] = [];
  for (const { name, channels } of model.layers) {
    const index = description.layers.findIndex((layer) => layer.name === name);
    const [layer, array] = [description.layers[index], basis.layers[index]];
    if (layer === undefined || array === undefined || layer.channels !== channels) {
      const known = description.layers.map((one) => one.name).join(', ');
      throw refusal(
        `The basis ${file} has no components of layer ${name}, only of ${known}: name those with --layers, or fit another basis with the layers that you want.`,
      );
    }
    layers.push(layer);
    arrays.push(array);
  }
  return { description: { ...description, layers }, layers: arrays };
}

/** @throws EigenfleetError `usage` for options that a basis decides, and for components that it does not have. */
export function assertBasisOptions(
  { components, padding, sign }: Pick<ExplainOptions, 'components' | 'padding' | 'sign'>,
  { layers }: BasisDescription,
): void {
  if (padding === 'include') {
    throw refusal(
      '--basis contradicts --padding include: a basis is fitted without the padding. Drop one of them.',
    );
  }
  if (sign !== 'l2') {
    throw refusal(
      `--basis contradicts --sign ${sign}: a basis settles the sign of its components once, for all images. Drop one of them.`,
    );
  }
  const highest = Math.max(...components);
  const short = layers.find((layer) => highest > layer.components);
  if (short === undefined) return;
  throw refusal(
    `Component ${highest} is not in the basis, which has ${short.components} of layer ${short.name}: ask for components up to ${short.components}, or fit a basis with a larger --keep.`,
  );
}

function preprocessingOf({ channels, preparation, ...rest }: BasisDescription['input']): string {
  const { scale, mean, std, channelOrder = 'rgb' } = rest;
  const numbers = Object.entries({ scale, mean, std }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  );
  return [preparation, `${channels} channels`, channelOrder, ...numbers].join(', ');
}

function refusal(message: string): EigenfleetError {
  return new EigenfleetError('usage', message);
}
