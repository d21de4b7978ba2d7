import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AnsweringMlflow {
  readonly address: string;
  /** Every request so far: its path and query, and who asked. */
  readonly requests: readonly {
    readonly url: string;
    readonly authorization: string | undefined;
  }[];
  /** The next requests get this instead of an answer. */
  fail(status: number, times: number): void;
  close(): Promise<void>;
}

export interface MlflowContents {
  /** Where each version of the one model `detector` lies; its number is its place in the list, from 1. */
  readonly versions: readonly string[];
  readonly aliases?: Readonly<Record<string, string>>;
  readonly statuses?: Readonly<Record<string, string>>;
  /** Artifact roots of runs. */
  readonly runs?: Readonly<Record<string, string>>;
  /** By their paths below the artifact root of the server. */
  readonly artifacts?: Readonly<Record<string, Uint8Array | string>>;
  /** Required of every request, as its header. */
  readonly authorization?: string;
}

/** A server that answers as MLflow 3.17.2 did, word for word (names and ids replaced): `npm run test:mlflow` holds the real one against the same program. */
export async function startMlflowAnswers(contents: MlflowContents): Promise<AnsweringMlflow> {
  const requests: { url: string; authorization: string | undefined }[] = [];
  const failing = { status: 0, times: 0 };
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    requests.push({ url: request.url ?? '', authorization });
    if (failing.times > 0) {
      failing.times -= 1;
      response.writeHead(failing.status).end('upstream');
    } else if (contents.authorization !== undefined && authorization !== contents.authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="mlflow"' });
      response.end('You are not authenticated. Please see https://www.mlflow.org/docs/latest/auth');
    } else answer(request, response, contents);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    fail: (status, times) => Object.assign(failing, { status, times }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  contents: MlflowContents,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://mlflow');
  const route = pathname.replace('/api/2.0/', '');
  const said = (name: string) => searchParams.get(name) ?? '';
  const found = (value: unknown) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value, undefined, 2));
  };
  const absent = (message: string, status = 404, code = 'RESOURCE_DOES_NOT_EXIST') => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error_code: code, message, sqlstate: 'KAM00' }));
  };
  const noModel = `Registered Model with name=${said('name')} not found`;
  const isModel = said('name') === 'detector';
  const version = said('version') || contents.aliases?.[said('alias')] || '';
  const source = contents.versions[Number(version) - 1];
  const noVersion = `Model Version (name=${said('name')}, version=${version}) not found`;
  const isFound = isModel && source !== undefined;
  if (route === 'mlflow/registered-models/alias') {
    const words = `Registered model alias ${said('alias')} not found.`;
    if (!isModel) absent(noModel);
    else if (isFound) found(versionOf(contents, version, source));
    else absent(words, 400, 'INVALID_PARAMETER_VALUE');
  } else if (route === 'mlflow/model-versions/get') {
    if (isFound) found(versionOf(contents, version, source));
    else absent(noVersion);
  } else if (route === 'mlflow/model-versions/get-download-uri') {
    if (isFound) found({ artifact_uri: source });
    else absent(noVersion);
  } else if (route === 'mlflow/registered-models/get') {
    if (isModel) found({ registered_model: modelOf(contents) });
    else absent(noModel);
  } else if (route === 'mlflow/runs/get') {
    const root = contents.runs?.[said('run_id')];
    if (root === undefined) absent(`Run with id=${said('run_id')} not found`);
    else found({ run: { info: { run_id: said('run_id'), artifact_uri: root } } });
  } else if (route === 'mlflow-artifacts/artifacts') {
    found(listingOf(contents.artifacts ?? {}, said('path')));
  } else {
    const path = decodeURIComponent(route.replace('mlflow-artifacts/artifacts/', ''));
    const bytes = contents.artifacts?.[path];
    if (bytes === undefined) absent(`No such artifact: '${path}'`);
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(bytes);
  }
}

function modelOf({ aliases = {} }: MlflowContents) {
  const listed = Object.entries(aliases).map(([alias, version]) => ({ alias, version }));
  return { name: 'detector', ...(listed.length > 0 && { aliases: listed }) };
}

function versionOf(
  { aliases = {}, statuses = {} }: MlflowContents,
  version: string,
  source: string,
) {
  const mine = Object.keys(aliases).filter((alias) => aliases[alias] === version);
  return {
    model_version: {
      ...{ name: 'detector', version, creation_timestamp: 1796029786031 },
      ...{ last_updated_timestamp: 1796029786031, current_stage: 'None', description: '', source },
      ...{ run_id: '6cd4f1d47cac4a4e995f04efc029af48', status: statuses[version] ?? 'READY' },
      ...{ run_link: '', ...(mine.length > 0 && { aliases: mine }) },
    },
  };
}

/** A folder that is not there is an empty object, as of the real server. */
function listingOf(artifacts: Readonly<Record<string, Uint8Array | string>>, folder: string) {
  const entries = new Map<string, { path: string; is_dir: boolean; file_size?: number }>();
  for (const [path, bytes] of Object.entries(artifacts)) {
    if (!path.startsWith(`${folder}/`)) continue;
    const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
    const isFile = rest.length === 0;
    entries.set(name, { path: name, is_dir: !isFile, ...(isFile && { file_size: bytes.length }) });
  }
  return entries.size === 0 ? {} : { files: [...entries.values()] };
}
