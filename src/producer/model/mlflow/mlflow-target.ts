import { EigenfleetError } from '../../../shared/errors.ts';
import type { MlflowEnvironment } from '../../../shared/host/environment.ts';
import { redactAddress } from '../../../shared/redaction/redact-credentials.ts';

/** The address of a server, and the header that says who asks. */
export interface MlflowTarget {
  /** Without user, password, query and slashes at its end. */
  readonly address: string;
  readonly authorization: string | undefined;
}

/**
 * As MLflow's own clients have it: user and password come before a token, and those of the address are used where the environment names none.
 *
 * @throws EigenfleetError `usage`
 */
export function mlflowTarget(environment: MlflowEnvironment): MlflowTarget {
  const { trackingUri, username, password, token } = environment;
  if (trackingUri === undefined) {
    throw new EigenfleetError(
      'usage',
      "A model of MLflow's registry needs the address of its server: set MLFLOW_TRACKING_URI=https://mlflow.internal, and MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, where it requires them.",
    );
  }
  const url = URL.canParse(trackingUri) ? new URL(trackingUri) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new EigenfleetError(
      'usage',
      `MLFLOW_TRACKING_URI is ${redactAddress(trackingUri)}; a model is fetched from a server, http:// or https://. One is started with: mlflow server.`,
    );
  }
  const user = username ?? decodeURIComponent(url.username);
  const secret = password ?? decodeURIComponent(url.password);
  const address = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  if (user !== '' && secret !== '') return { address, authorization: basicOf(user, secret) };
  return { address, authorization: token === undefined ? undefined : `Bearer ${token}` };
}

function basicOf(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
