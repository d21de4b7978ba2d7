import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { queueNames, queuePrefix } from '../../src/shared/queue/shard-job.ts';
import { repositoryRoot } from '../support/cache-folder.ts';
import {
  besides,
  type Manifest,
  manifests,
  podContainers,
  podOf,
} from '../support/deployment-files.ts';
import { findProgram } from '../support/find-program.ts';
import { repositoryText } from '../support/repository-files.ts';

const all = manifests();
const kustomizations = all.filter(({ kind }) => kind === 'Kustomization');
const objects = all.filter(({ kind }) => kind !== 'Kustomization');
const patches = new Set(
  kustomizations.flatMap(({ file, ...kustomization }) => {
    const { patches: said = [] } = kustomization as { patches?: { path: string }[] };
    return said.map(({ path }) => besides(file, path));
  }),
);
const pods = objects.filter((object) => podOf(object) !== undefined && !patches.has(object.file));

describe('the manifests', () => {
  it('are what Kubernetes 1.36 and KEDA take, down to the last word', () => {
    for (const { file, ...object } of objects) {
      if (!patches.has(file)) assert.equal(faults(object), '', file);
    }
  });

  it('are held against schemas that find a misspelled word', () => {
    const { file: _, ...worker } = pods.find(({ metadata }) => metadata.name === 'worker')!;
    const wrong = structuredClone(worker);
    Object.assign(wrong.spec!.template!.spec, { terminationGracePeriod: 60 });
    assert.match(faults(wrong), /additional properties/);
  });

  it('are all named by a kustomization, but for the template of the secret', () => {
    const named = new Set(
      kustomizations.flatMap(({ file, ...kustomization }) => {
        const { resources = [] } = kustomization as { resources?: string[] };
        return resources.map((path) => besides(file, path));
      }),
    );
    for (const path of named) assert.ok(existsSync(join(repositoryRoot, path)), path);
    const loose = objects
      .map(({ file }) => file)
      .filter((file) => !named.has(file) && !patches.has(file));
    assert.deepEqual(loose, ['deploy/kubernetes/base/secret.example.yaml']);
  });

  it('patch only what there is', () => {
    assert.ok(patches.size > 0);
    for (const { kind, metadata } of objects.filter(({ file }) => patches.has(file))) {
      assert.ok(pods.some((pod) => pod.kind === kind && pod.metadata.name === metadata.name));
    }
  });

  const kubectl = findProgram(['kubectl']);
  for (const folder of ['base', 'overlays/gpu', 'producer', 'audit']) {
    it(`are still right when kustomize has put ${folder} together`, {
      skip: !kubectl && 'no kubectl here',
    }, () => {
      const path = join(repositoryRoot, 'deploy/kubernetes', folder);
      const built = execFileSync(kubectl!, ['kustomize', path], { encoding: 'utf8' });
      const made = parseAllDocuments(built).map((document) => document.toJS());
      assert.ok(made.length > 0);
      for (const object of made) {
        assert.equal(faults(object), '', `${object.kind} ${object.metadata.name}`);
        for (const { image } of podOf(object)?.containers ?? []) {
          assert.match(image, /^eigenfleet:\d+\.\d+\.\d+(-cuda)?$/);
        }
      }
    });
  }

  it('name no image by a tag that moves', () => {
    const { version } = JSON.parse(repositoryText('package.json'));
    for (const { image, where } of podContainers()) {
      assert.match(image, new RegExp(`^eigenfleet(:${version}(-cuda)?)?$`), where);
    }
    for (const { file } of kustomizations) {
      const [, tag] = /newTag: (.*)/.exec(repositoryText(file)) ?? [];
      assert.ok(tag === undefined || tag === version, file);
    }
  });

  it('run nothing as root, nor on a disk that can be written', () => {
    for (const { file, spec } of pods) {
      const pod = podOf({ spec })!;
      assert.equal(pod.securityContext?.runAsNonRoot, true, file);
      for (const { securityContext } of pod.containers) {
        const context = securityContext as Record<string, unknown>;
        assert.equal(context.readOnlyRootFilesystem, true, file);
        assert.equal(context.allowPrivilegeEscalation, false, file);
      }
    }
  });

  it('start an audit by one clock, in a zone that is said, and never twice at once', () => {
    const cron = objects.find(({ kind }) => kind === 'CronJob')!.spec as unknown as {
      schedule: string;
      timeZone: string;
      concurrencyPolicy: string;
      jobTemplate: { spec: { backoffLimit: number } };
    };
    assert.deepEqual(
      [cron.schedule, cron.timeZone, cron.concurrencyPolicy],
      ['30 2 * * *', 'Europe/Berlin', 'Forbid'],
    );
    // The exit code is the verdict: what failed must not be tried until it passes.
    assert.equal(cron.jobTemplate.spec.backoffLimit, 0);
  });

  it('give a worker longer to stop than it gives its shard', () => {
    const worker = pods.find(({ metadata }) => metadata.name === 'worker')!.spec!.template!.spec;
    const args = worker.containers[0]!.args!;
    const grace = Number.parseInt(args[args.indexOf('--grace') + 1]!, 10);
    assert.ok(worker.terminationGracePeriodSeconds! >= grace + 30);
  });

  it('hold no secret', () => {
    const secret = repositoryText('deploy/kubernetes/base/secret.example.yaml');
    for (const [, value] of secret.matchAll(/^ {2}(?:# )?[A-Z_]+: (.*)$/gm)) {
      assert.match(value!, /<[\w ]+>/);
    }
  });
});

describe('the scaling of workers', () => {
  const scaling = objects.find(({ kind }) => kind === 'ScaledObject')!;
  const spec = scaling.spec as unknown as {
    minReplicaCount: number;
    scaleTargetRef: { name: string };
    advanced: { scalingModifiers: { formula: string } };
    triggers: { type: string; name: string; metadata: Record<string, string> }[];
  };

  it('counts all shards that need a worker, in the keys that BullMQ uses', () => {
    const keys = spec.triggers.map(({ name, metadata }) => [name, metadata.listName]);
    const states = ['wait', 'prioritized', 'active', 'delayed'];
    assert.deepEqual(
      keys,
      states.map((state) => [state, `${queuePrefix}:${queueNames.shards}:${state}`]),
    );
    assert.equal(spec.advanced.scalingModifiers.formula, states.join(' + '));
  });

  it('asks with words that the scaler of KEDA knows', () => {
    const { redisTrigger } = JSON.parse(repositoryText('test/fixtures/schemas/kubernetes.json'));
    for (const { type, metadata } of spec.triggers) {
      assert.equal(type, 'redis');
      const unknown = Object.keys(metadata).filter((word) => !redisTrigger.includes(word));
      assert.deepEqual(unknown, []);
    }
  });

  it('goes down to no worker, and up from there', () => {
    assert.equal(spec.minReplicaCount, 0);
    assert.ok(pods.some(({ metadata }) => metadata.name === spec.scaleTargetRef.name));
    const worker = objects.find(
      ({ metadata, kind }) => kind === 'Deployment' && metadata.name === 'worker',
    );
    assert.equal(worker?.spec?.replicas, undefined, 'applying again must not undo the scaling');
  });

  it('finds Redis by variables that the worker has', () => {
    const secret = repositoryText('deploy/kubernetes/base/secret.example.yaml');
    const config = objects.find(({ kind }) => kind === 'ConfigMap')!.data!;
    for (const { metadata } of spec.triggers) {
      assert.ok(metadata.addressFromEnv! in config);
      assert.match(secret, new RegExp(`^  ${metadata.passwordFromEnv}: `, 'm'));
    }
  });
});

/** What the schema of its kind finds wrong with an object; '' for nothing. */
function faults(object: Omit<Manifest, 'file'>): string {
  const schema = JSON.parse(repositoryText('test/fixtures/schemas/kubernetes.json'));
  const name = schema.kinds[`${object.apiVersion}/${object.kind}`];
  if (name === undefined) return `no schema for ${object.apiVersion}/${object.kind}`;
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const check = ajv.compile({
    $ref: `#/definitions/${name}`,
    definitions: schema.definitions,
  });
  return check(object) ? '' : ajv.errorsText(check.errors);
}
