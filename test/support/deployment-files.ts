import { posix } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { repositoryFiles, repositoryText } from './repository-files.ts';

/** A container of the compose file or of a manifest, as far as the tests look at it. */
export interface Container {
  /** File and name, for messages. */
  readonly where: string;
  readonly image: string;
  /** What is started in place of the image's own program. */
  readonly entrypoint?: readonly string[];
  /** Arguments, with variables filled in. */
  readonly args: readonly string[];
}

export interface ComposeService {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly build?: { readonly target: string };
  readonly volumes?: readonly string[];
  readonly profiles?: readonly string[];
  readonly stop_grace_period?: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas?: string };
}

export interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly containers: readonly {
    readonly name: string;
    readonly image: string;
    readonly args?: readonly string[];
    readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
    readonly [probe: string]: unknown;
  }[];
}

export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: { readonly spec: PodSpec };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
    readonly [key: string]: unknown;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** The compose file as Compose reads it without an .env: anchors merged, then `${NAME:-default}` filled in. */
export function composeFile(): { readonly services: Readonly<Record<string, ComposeService>> } {
  const [document] = yamlDocuments(repositoryText('docker-compose.yml'));
  return JSON.parse(JSON.stringify(document), (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, standardOf) : value,
  );
}

function standardOf(_: string, name: string, standard?: string): string {
  if (standard === undefined) throw new Error(`docker-compose.yml: ${name} has no default`);
  return standard;
}

/** All manifests below deploy/kubernetes, kustomizations too. */
export function manifests(): Manifest[] {
  return repositoryFiles()
    .filter((path) => /^deploy\/kubernetes\/.*\.yaml$/.test(path))
    .flatMap((file) =>
      yamlDocuments(repositoryText(file)).map(
        (document) => ({ file, ...(document as object) }) as Manifest,
      ),
    );
}

/** Containers of the compose file. */
export function composeContainers(): Container[] {
  return Object.entries(composeFile().services).map(([name, service]) => ({
    where: `docker-compose.yml: ${name}`,
    image: service.image,
    args: service.command ?? [],
    ...(service.entrypoint && { entrypoint: service.entrypoint }),
  }));
}

/** Containers of the manifests; `$(NAME)` in arguments comes from the ConfigMap. */
export function podContainers(): Container[] {
  const all = manifests();
  const data = all.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
  const fill = (text: string): string =>
    text.replace(/\$\((\w+)\)/g, (_, name: string) => {
      const value = data[name];
      if (value === undefined) throw new Error(`${name} is not in the ConfigMap`);
      return value;
    });
  return all.flatMap(({ file, spec }) =>
    (podOf({ spec })?.containers ?? []).map(({ name, image, args = [] }) => ({
      where: `${file}: ${name}`,
      image,
      args: args.map(fill),
    })),
  );
}

/** What a manifest starts, at once or by a schedule. */
export function podOf({ spec }: Pick<Manifest, 'spec'>): PodSpec | undefined {
  return (spec?.template ?? spec?.jobTemplate?.spec.template)?.spec;
}

/** A file that a manifest names, as a path from the root. */
export function besides(file: string, path: string): string {
  return posix.normalize(posix.join(posix.dirname(file), path));
}

function yamlDocuments(text: string): unknown[] {
  return parseAllDocuments(text, { merge: true }).map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS();
  });
}
