import { createHash } from 'node:crypto';
import { basisForModel } from '../../model/basis/basis-for-model.ts';
import { decodeOnnx } from '../../model/onnx/onnx-file.ts';
import { weightsDigest } from '../../model/onnx/weights-digest.ts';
import { type LoadedModel, readModelFile } from '../../model/yolo/load-model.ts';
import type { BasisDescription } from '../../shared/basis/basis-description.ts';
import { basisPlace, readBasis } from '../../shared/basis/basis-place.ts';
import type { DatasetBasis } from '../../shared/basis/dataset-basis.ts';
import type { RunSettings } from '../../shared/settings/run-settings.ts';
import type { Notices } from '../../shared/telemetry/notices.ts';

export interface OpenedBasis extends DatasetBasis {
  /** Of the file. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/**
 * Reads the basis that `--basis` names, for the target layers of this model; `undefined` where none is said.
 *
 * @throws EigenfleetError `usage` for one that cannot be read, or does not belong to the model.
 */
export async function openBasis(
  settings: RunSettings,
  loaded: LoadedModel,
  { warn }: Pick<Notices, 'warn'>,
): Promise<OpenedBasis | undefined> {
  if (settings.basis === undefined) return undefined;
  const place = basisPlace(settings.basis, settings);
  const { fitted, bytes } = await readBasis(place);
  const { model, layers, sha256 } = loaded;
  const isSameFile = fitted.description.model.sha256 === sha256;
  const weightsSha256 = isSameFile
    ? fitted.description.model.weightsSha256
    : await weightsSha256Of(loaded);
  const basis = basisForModel(
    fitted,
    { name: model.name, weightsSha256, input: basisInputOf(loaded, settings), layers },
    place.name,
  );
  const warning = sizeWarning(basis.description, loaded);
  if (warning !== undefined) warn(warning);
  return { ...basis, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The same weights see other sizes of things at another size of the input. */
function sizeWarning({ input }: BasisDescription, { model }: LoadedModel): string | undefined {
  const { inputHeight, inputWidth } = model;
  if (input.height === inputHeight && input.width === inputWidth) return undefined;
  return `The basis was fitted at ${input.width} x ${input.height} pixels, and images are explained at ${inputWidth} x ${inputHeight}: expect a higher novelty, and fit a basis at this size to compare.`;
}

/** Of the weights alone where they can be told from the rest of the file, else of the file. */
export async function weightsSha256Of({ path, sha256, model }: LoadedModel): Promise<string> {
  return weightsDigest(decodeOnnx(await readModelFile(path), model.name)) ?? sha256;
}

/** How images become the input. */
export function basisInputOf(
  { model }: LoadedModel,
  { scale, mean, std, channelOrder }: Pick<RunSettings, 'scale' | 'mean' | 'std' | 'channelOrder'>,
): BasisDescription['input'] {
  const { inputHeight: height, inputWidth: width, inputChannels: channels, preparation } = model;
  return {
    ...{ height, width, channels, preparation },
    ...(scale !== undefined && { scale }),
    ...(mean !== undefined && { mean }),
    ...(std !== undefined && { std }),
    ...(channelOrder !== undefined && { channelOrder }),
  };
}
