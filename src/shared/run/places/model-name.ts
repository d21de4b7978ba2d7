import { isMlflowUri, parseMlflowUri } from '../../storage/mlflow/mlflow-uri.ts';

/** Returns what people call a model, by where it comes from: the name of its file, or name and version of MLflow's registry. */
export function modelNameOf(uri: string): string {
  if (isMlflowUri(uri)) return registeredName(uri);
  const last = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

function registeredName(uri: string): string {
  const { name, pick } = parseMlflowUri(uri);
  return 'version' in pick ? `${name} v${pick.version}` : `${name}@${pick.alias}`;
}
