import { z } from 'zod';
import { EigenfleetError } from '../../../shared/errors.ts';
import { nearNames } from '../../../shared/settings/near-names.ts';
import type { MlflowModel } from '../../../shared/storage/mlflow/mlflow-uri.ts';
import type { MlflowServer } from './mlflow-server.ts';

const versionSchema = z.object({
  model_version: z.object({
    version: z.string(),
    status: z.string().default('READY'),
    status_message: z.string().optional(),
  }),
});
const aliasesSchema = z.object({
  registered_model: z.object({
    aliases: z.array(z.object({ alias: z.string(), version: z.string() })).default([]),
  }),
});
const uriSchema = z.object({ artifact_uri: z.string() });
const runSchema = z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) });

export interface RegisteredVersion {
  readonly version: string;
  /** Where its files lie: `mlflow-artifacts:/0/models/m-.../artifacts`, `s3://...`, a file or a folder of it. */
  readonly location: string;
}

/**
 * Asks the registry which version a name means, and where its files are.
 *
 * @throws EigenfleetError `model` when there is none, or when it is not ready.
 */
export async function findVersion(
  server: MlflowServer,
  { name, pick }: MlflowModel,
): Promise<RegisteredVersion> {
  const answer =
    'alias' in pick
      ? await server.ask('mlflow/registered-models/alias', { name, ...pick }, versionSchema)
      : await server.ask('mlflow/model-versions/get', { name, ...pick }, versionSchema);
  if (answer.status === 'absent') throw await nothingThere(server, { name, pick });
  const { version, status, status_message = '' } = answer.value.model_version;
  if (status !== 'READY') {
    throw new EigenfleetError(
      'model',
      `Version ${version} of ${name} in MLflow's registry is ${status}${status_message && ` (${status_message})`}, not READY.`,
    );
  }
  const route = 'mlflow/model-versions/get-download-uri';
  const found = await server.ask(route, { name, version }, uriSchema);
  if (found.status === 'absent') throw await nothingThere(server, { name, pick: { version } });
  return { version, location: await withoutRun(server, found.value.artifact_uri) };
}

/** A version that was made of a run says so: `runs:/<id>/weights`. */
async function withoutRun(server: MlflowServer, uri: string): Promise<string> {
  const [, run, path = ''] = /^runs:\/+([^/]+)\/?(.*)$/.exec(uri) ?? [];
  if (run === undefined) return uri;
  const answer = await server.ask('mlflow/runs/get', { run_id: run }, runSchema);
  if (answer.status === 'absent') {
    throw new EigenfleetError(
      'model',
      `The model was registered from run ${run}, which MLflow's server at ${server.address} does not have any more.`,
    );
  }
  return `${answer.value.run.info.artifact_uri.replace(/\/+$/, '')}/${path}`;
}

async function nothingThere(
  server: MlflowServer,
  { name, pick }: MlflowModel,
): Promise<EigenfleetError> {
  const answer = await server.ask('mlflow/registered-models/get', { name }, aliasesSchema);
  const registry = `MLflow's registry at ${server.address}`;
  if (answer.status === 'absent') {
    return new EigenfleetError('model', `${registry} has no model "${name}". Check --model.`);
  }
  if ('version' in pick) {
    return new EigenfleetError(
      'model',
      `${registry} has no version ${pick.version} of ${name}. Check --model.`,
    );
  }
  const { aliases } = answer.value.registered_model;
  const known = aliases.map(({ alias }) => alias);
  const near = nearNames(pick.alias, known);
  const hint =
    known.length === 0
      ? 'it has none: set one with MlflowClient().set_registered_model_alias'
      : near.length > 0
        ? `did you mean ${near.join(' or ')}`
        : `it has ${aliases.map(({ alias, version }) => `${alias} (version ${version})`).join(', ')}`;
  return new EigenfleetError(
    'model',
    `${registry} has no alias "${pick.alias}" of ${name}; ${hint}.`.replace(/(did .*)\.$/, '$1?'),
  );
}
