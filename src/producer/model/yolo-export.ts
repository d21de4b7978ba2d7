import { spawn } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';

/** The command that turns a checkpoint into ONNX, ready to be pasted into a shell. */
export function exportCommand(checkpoint: string): string {
  const model = `model=${checkpoint}`;
  const quoted = /^[\w./:\\=<>@+-]+$/.test(model) ? model : `'${model.replaceAll("'", "'\\''")}'`;
  return `yolo export ${quoted} format=onnx`;
}

export interface YoloExportOptions {
  /** Output of `yolo`, as it arrives. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the person's own `yolo`, found on the PATH.
 *
 * @throws EigenfleetError `model` when it is not installed or fails.
 */
export async function runYoloExport(
  checkpoint: string,
  { onOutput, signal }: YoloExportOptions = {},
): Promise<void> {
  const child = spawn('yolo', ['export', `model=${checkpoint}`, 'format=onnx'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  let tail = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (printed: string) => {
      // Ultralytics colors what it prints, and draws over its bars.
      const text = stripVTControlCharacters(printed).replaceAll('\r', '\n');
      tail = (tail + text).slice(-2000);
      onOutput?.(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  }).catch((error: NodeJS.ErrnoException) => {
    signal?.throwIfAborted();
    const what =
      error.code === 'ENOENT'
        ? '--export needs the yolo command, which is not on the PATH. Install it with "pip install ultralytics", or export elsewhere and give --model the .onnx.'
        : `yolo could not be started (${messageOf(error)}).`;
    throw new EigenfleetError('model', what, { cause: error });
  });
  if (code === 0) return;
  const lastLine = tail.trim().split('\n').at(-1) ?? '';
  throw new EigenfleetError(
    'model',
    `yolo export failed with code ${code}${lastLine === '' ? '' : ` ("${lastLine}")`}. Run it yourself to see why: ${exportCommand(checkpoint)}.`,
  );
}
