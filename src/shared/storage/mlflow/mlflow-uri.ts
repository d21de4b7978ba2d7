import { EigenfleetError } from '../../errors.ts';

/** A model in MLflow's registry. */
export interface MlflowModel {
  readonly name: string;
  /** A version by its number, or the alias that points to one. */
  readonly pick: { readonly version: string } | { readonly alias: string };
  /** Of one ONNX file in it, where that has to be said; without slashes at its ends. */
  readonly path?: string;
}

/** Whether a person names a model in MLflow's registry, by our address or by MLflow's own. */
export function isMlflowUri(text: string): boolean {
  return /^(?:mlflow:\/\/|models:\/)/i.test(text);
}

/** How the addresses are written, for sentences. */
export const mlflowUriForms = 'mlflow://NAME@ALIAS or mlflow://NAME/VERSION';

/**
 * Reads `mlflow://NAME@ALIAS`, `mlflow://NAME/VERSION`, either with `/PATH` of a file behind it, or the same behind MLflow's own `models:/`. Names are as the registry has
 * them, not percent-encoded; they hold no `/` and no `:`.
 *
 * @throws EigenfleetError `usage` for anything else, and for one with an address of a server in it, which the environment gives.
 */
export function parseMlflowUri(uri: string): MlflowModel {
  const rest = uri.replace(/^(?:mlflow:\/\/|models:\/{1,3})/i, '');
  const [, aliased, alias, aliasPath] = /^([^/:@]+)@([^/:@]+)(?:\/(.+))?$/.exec(rest) ?? [];
  if (aliased !== undefined && alias !== undefined) {
    return { name: aliased, pick: { alias }, ...pathOf(aliasPath) };
  }
  const [, name, version, path] = /^([^/:@]+)\/([1-9]\d*)(?:\/(.+))?$/.exec(rest) ?? [];
  if (name !== undefined && version !== undefined) {
    return { name, pick: { version }, ...pathOf(path) };
  }
  throw new EigenfleetError(
    'usage',
    `${uri} names no model in MLflow's registry. Write ${mlflowUriForms}, and the address of the server in MLFLOW_TRACKING_URI.`,
  );
}

/** The address of one version, which always means the same. */
export function formatMlflowUri(
  { name, path }: Pick<MlflowModel, 'name' | 'path'>,
  version: string,
): string {
  return `mlflow://${name}/${version}${path === undefined ? '' : `/${path}`}`;
}

function pathOf(text: string | undefined): { readonly path?: string } {
  const path = text?.replace(/^\/+|\/+$/g, '') ?? '';
  return path === '' ? {} : { path };
}
