import { readFileSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { EigenfleetError } from '../../shared/errors.ts';
import { irregularity } from '../../shared/host/regular-file.ts';

/** Where a model's weights lie that are not in its own file. Plain data. */
export interface ModelWeights {
  /** The model file's folder. */
  readonly folder?: string | undefined;
  /** Files that are links out of that folder, by the name that the model gives them: as in a cache of Hugging Face, where the model is a link too. */
  readonly linked?: readonly { readonly name: string; readonly file: string }[];
}

/**
 * Looks at the weight files of a model before ONNX Runtime does, which would wait for a pipe for good. A file that does not exist is left to it. A link
 * may lead to where the model itself really lies, which is ONNX Runtime's rule for models that it opens by their path.
 *
 * @param names relative to the model's folder; they do not lead out of it
 * @throws EigenfleetError `model` for anything but a regular file, and for links to elsewhere.
 */
export async function findWeights(path: string, names: readonly string[]): Promise<ModelWeights> {
  const folder = dirname(resolve(path));
  const linked: { name: string; file: string }[] = [];
  for (const name of names) {
    const stats = await stat(resolve(folder, name)).catch(() => undefined);
    if (stats === undefined) continue;
    const reason = irregularity(stats);
    if (reason !== undefined) {
      const where = resolve(folder, name);
      throw fault(path, `keeps weights in ${where}, which cannot be read: ${reason}.`);
    }
    const file = await realpath(resolve(folder, name));
    if (isInside(await realpath(folder), file)) continue;
    if (!isInside(dirname(await realpath(path)), file)) {
      throw fault(
        path,
        `keeps weights in "${name}", a link out of its folder, which is not followed. Put the file itself there, or export the model again as one file.`,
      );
    }
    linked.push({ name, file });
  }
  return { folder, linked };
}

/** What `InferenceSession.create` needs besides the bytes of a model. Reads linked files into memory: ONNX Runtime follows no link out of a folder. */
export function weightsEntries({ folder, linked = [] }: ModelWeights) {
  return {
    session: folder === undefined ? {} : { model_external_initializers_file_folder_path: folder },
    externalData: linked.map(({ name, file }) => ({ path: name, data: readFileSync(file) })),
  };
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== '..' && !/^\.\.[/\\]/.test(way) && !isAbsolute(way);
}

function fault(path: string, what: string): EigenfleetError {
  return new EigenfleetError('model', `${path.split(/[/\\]/).at(-1)} ${what}`);
}
