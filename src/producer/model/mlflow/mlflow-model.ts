import { posix } from 'node:path';
import { z } from 'zod';
import { cacheModel } from '../../../model/cache/model-cache.ts';
import { inlineWeights } from '../../../model/onnx/inline-weights.ts';
import { EigenfleetError } from '../../../shared/errors.ts';
import { type MlflowEnvironment, mlflowEnvironment } from '../../../shared/host/environment.ts';
import { parseYaml } from '../../../shared/settings/parse-yaml.ts';
import type { RunSettings } from '../../../shared/settings/run-settings.ts';
import { formatMlflowUri, parseMlflowUri } from '../../../shared/storage/mlflow/mlflow-uri.ts';
import type { LocatedModel } from '../located-model.ts';
import { assertReadable } from '../model-places.ts';
import type { ModelSourceOptions } from '../model-source.ts';
import { type Artifacts, openArtifacts } from './mlflow-artifacts.ts';
import { findVersion } from './mlflow-registry.ts';
import { type MlflowPatience, MlflowServer } from './mlflow-server.ts';

/** What describes a model that MLflow logged, in its folder. */
const descriptionFile = 'MLmodel';

const descriptionSchema = z.object({
  flavors: z.record(z.string(), z.unknown()).default({}),
});
const onnxFlavorSchema = z.object({ data: z.string().default('model.onnx') });

/** Names in a sentence. */
const mostNames = 5;

export interface MlflowContext {
  readonly environment: MlflowEnvironment;
  /** The one of this machine when absent. */
  readonly cacheFolder?: string;
  readonly patience?: MlflowPatience;
}

/**
 * Fetches the ONNX file of a version in MLflow's registry: of the `onnx` flavor, or the only .onnx file among what was registered. Weights that MLflow keeps beside the
 * model are put into it. It is fetched each time, since nothing says whether a file of the registry is still the same.
 *
 * @throws EigenfleetError `model`, `usage`; StorageUnavailableError while the server cannot be reached.
 */
export async function fetchMlflowModel(
  said: string,
  settings: RunSettings,
  options: ModelSourceOptions,
  context: MlflowContext = { environment: mlflowEnvironment() },
): Promise<LocatedModel> {
  const model = parseMlflowUri(said);
  await assertReadable(said, options);
  const server = new MlflowServer(context.environment, context.patience);
  const { version, location } = await findVersion(server, model);
  const uri = formatMlflowUri(model, version);
  const { folder, file } = folderOf(location);
  const { s3Endpoint } = context.environment;
  const artifacts = await openArtifacts(folder, { server, settings, options, s3Endpoint });
  const path = plainPath(model.path ?? file ?? (await onnxPathIn(artifacts, uri)), uri);
  const bytes = await artifacts.read(path);
  if (bytes === undefined) {
    throw new EigenfleetError('model', `${uri} has no ${path} in ${artifacts.place}.`);
  }
  const beside = (name: string) => artifacts.read(posix.join(posix.dirname(path), name));
  const whole = await inlineWeights(bytes, path, beside);
  const name = `${model.name}-v${version}.onnx`;
  const store = { uri, get: async () => whole, head: async () => undefined };
  const { path: onnxPath } = await cacheModel({
    store,
    key: name,
    cacheFolder: context.cacheFolder,
  });
  const alias = 'alias' in model.pick ? model.pick.alias : undefined;
  const notes = alias === undefined ? [] : [`${said} is version ${version} of ${model.name}.`];
  return { onnxPath, uri, notes, warnings: [] };
}

/** A version may be one file. */
function folderOf(location: string): { readonly folder: string; readonly file?: string } {
  const slash = location.lastIndexOf('/');
  if (slash < 0 || !/\.onnx$/i.test(location)) return { folder: location };
  return { folder: location.slice(0, slash), file: location.slice(slash + 1) };
}

/** Refuses a path that leads elsewhere: it comes from a file of the registry. */
function plainPath(path: string, uri: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.length > 0 && !parts.includes('..')) return parts.join('/');
  throw new EigenfleetError('model', `${uri} names "${path}", which is not a file in its folder.`);
}

async function onnxPathIn(artifacts: Artifacts, uri: string): Promise<string> {
  const description = await artifacts.read(descriptionFile);
  const flavors = description === undefined ? undefined : flavorsOf(description, uri);
  const onnx = onnxFlavorSchema.safeParse(flavors?.onnx);
  if (onnx.success) return onnx.data.data;
  const names = await artifacts.list();
  const found = names.filter((name) => /\.onnx$/i.test(name));
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length > 1) {
    const some = found.slice(0, mostNames).join(', ');
    throw new EigenfleetError(
      'model',
      `${uri} has several ONNX files (${some}). Name one of them: ${uri}/${found[0]}.`,
    );
  }
  const kinds = Object.keys(flavors ?? {}).filter((name) => name !== 'python_function');
  const what =
    kinds.length > 0
      ? `its flavors are ${kinds.join(', ')}`
      : `its files are ${names.slice(0, mostNames).join(', ') || 'none'}`;
  throw new EigenfleetError(
    'model',
    `${uri} has no ONNX file in ${artifacts.place}: ${what}. Register the export, with mlflow.onnx.log_model or as an artifact.`,
  );
}

function flavorsOf(description: Uint8Array, uri: string): Readonly<Record<string, unknown>> {
  try {
    return descriptionSchema.parse(parseYaml(new TextDecoder().decode(description))).flavors;
  } catch (cause) {
    throw new EigenfleetError('model', `The ${descriptionFile} of ${uri} cannot be read.`, {
      cause,
    });
  }
}
