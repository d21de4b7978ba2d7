import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { withOwnConstants } from '../onnx/own-constants.ts';
import {
  type Device,
  executionProvidersOf,
  missingLibrary,
  unavailableSentence,
} from '../runtime/devices.ts';
import { modelFault } from '../runtime/model-fault.ts';
import { type ModelWeights, weightsEntries } from '../runtime/model-weights.ts';
import { InferenceSession } from '../runtime/onnxruntime.ts';

export interface OnnxSessionOptions extends ModelWeights {
  readonly bytes: Uint8Array;
  readonly device: Device;
  /** Threads of the CPU provider; 0 leaves the number to ONNX Runtime. */
  readonly threads: number;
  /** ONNX Runtime may fuse and rearrange; default: yes. */
  readonly optimized?: boolean;
}

/** Throws `EigenfleetError('device')` when the device is missing, `EigenfleetError('model')` when ONNX Runtime refuses the model on the CPU. */
export async function openOnnxSession(options: OnnxSessionOptions): Promise<InferenceSession> {
  const { bytes, device, threads, optimized = true } = options;
  const { session, externalData } = weightsEntries(options);
  const missing = missingLibrary(device);
  if (missing !== undefined) {
    throw new EigenfleetError('device', unavailableSentence(device, missing));
  }
  try {
    const create = (file: Uint8Array, level: 'all' | 'basic' | 'disabled', guard = '1') =>
      InferenceSession.create(file, {
        executionProviders: executionProvidersOf(device),
        intraOpNumThreads: threads,
        graphOptimizationLevel: level,
        logSeverityLevel: 4,
        // It saves no time (medians within 2 % at 320 and 640 px), and holds the memory of a whole run a second time: 490 MB, not 320, at 2048 px.
        enableMemPattern: false,
        externalData,
        extra: {
          session: { ...session, ...sessionEntries, x64quantprecision: guard },
          optimization: { disable_specified_optimizers: wrongOptimizers },
        },
      });
    const level = optimized ? 'all' : 'disabled';
    return await create(bytes, level)
      .catch(after(signedKernel, () => create(bytes, level, '0')))
      .catch(after(sharedConstant, () => create(withOwnConstants(bytes), level)))
      .catch(after(sharedConstant, () => create(bytes, 'basic')));
  } catch (cause) {
    if (device !== 'cpu') {
      throw new EigenfleetError('device', unavailableSentence(device, messageOf(cause)), { cause });
    }
    throw new EigenfleetError(
      'model',
      `The model cannot be loaded: ${modelFault(messageOf(cause))}. Try a fresh export with "yolo export format=onnx".`,
      { cause },
    );
  }
}

type Opening = () => Promise<InferenceSession>;

/** Opens otherwise after a failure that says this. */
function after(fault: RegExp, otherwise: Opening): (cause: unknown) => Promise<InferenceSession> {
  return (cause) => {
    if (!fault.test(messageOf(cause))) throw cause;
    return otherwise();
  };
}

/**
 * How long a thread waits for the next node in a busy loop before it sleeps. Enough to bridge single-threaded nodes, and short enough,
 * and never between images, that the pixel threads keep their share of the cores (docs/performance.md).
 */
const spinMicroseconds = '50';

/**
 * ONNX Runtime 1.30 folds a Pad of zeros into the MaxPool behind it, which pads with minus infinity: where all values of a window are negative the answer
 * becomes another. YOLOv3-tiny has one, and a sixth of its boxes moved (findings/onnxruntime-pad-before-maxpool.sh).
 */
const wrongOptimizers = 'Pad_Fusion';

/** ONNX Runtime's session configuration entries, below `session.`. */
const sessionEntries = {
  intra_op: { allow_spinning: '1', spin_duration_us: spinMicroseconds },
  force_spinning_stop: '1',
};

/**
 * Products of unsigned and signed bytes overflow 16 bits on x64 processors without VNNI: the same file would answer otherwise there than elsewhere. The guard against that,
 * `session.x64quantprecision`, is not always to be had.
 *
 * ONNX Runtime 1.30 does not load a file with it of which two nodes share weights or a zero point (findings/onnxruntime-u8u8-shared-zero-point.sh). With constants of their own it
 * does, but for files in which its own optimizers make two readers of one quantizer: with basic optimization those are computed in floats between the quantizers, which is slower, and
 * right. Without the guard, a classifier of the zoo named another class.
 */
const sharedConstant = /Attempt to replace the existing tensor/;
/** It makes weights unsigned beside signed activations too, where no kernel takes them. Products of signed bytes alone do not overflow: they are those of floats to the bit. */
const signedKernel = /Failed to find kernel for \S*QLinear/;
