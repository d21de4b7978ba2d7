import type { AnswerWatch } from '../../shared/host/answer-watch.ts';
import type { Inference } from './inference.ts';

/** An inference whose every call is watched: a thread that hangs in native code never says so itself. */
export function watchedInference(inference: Inference, watch: AnswerWatch): Inference {
  return {
    device: inference.device,
    batch: inference.batch,
    streams: inference.streams,
    infer: (inputs) => watch.ask(() => inference.infer(inputs)),
    activations: (input, layers) => watch.ask(() => inference.activations(input, layers)),
    close: () => inference.close(),
  };
}
