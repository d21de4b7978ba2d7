import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { type ComposeService, composeFile } from '../support/deployment-files.ts';
import { repositoryText } from '../support/repository-files.ts';

const compose = composeFile();
const services = Object.entries(compose.services);
const service = (name: string): ComposeService => compose.services[name]!;
const ours = services.filter(([, { image }]) => image.startsWith('eigenfleet:'));

describe('the compose file', () => {
  it('is what the Compose Specification says', () => {
    const schema = JSON.parse(repositoryText('test/fixtures/schemas/compose-spec.json'));
    // The specification names the draft by an address that is not its id.
    const { $schema: _, ...rest } = schema;
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const check = ajv.compile(rest);
    assert.ok(check(compose), ajv.errorsText(check.errors));
    const misspelled = { services: { redis: { image: 'redis', helthcheck: {} } } };
    assert.equal(check(misspelled), false, 'a word that Compose does not know is found');
  });

  it('needs no setting, and shows all that there are', () => {
    const names = (text: string) => new Set([...text.matchAll(/^(\w+)=(.*)$/gm)].map((m) => m[0]));
    const used = [...repositoryText('docker-compose.yml').matchAll(/\$\{(\w+):-([^}]*)\}/g)];
    const defaults = new Set(used.map(([, name, standard]) => `${name}=${standard}`));
    assert.deepEqual([...names(repositoryText('.env.example'))].sort(), [...defaults].sort());
  });

  it('keeps jobs through a restart, and never drops one to make room', () => {
    const command = service('redis').command!.join(' ');
    assert.match(command, /--appendonly yes --appendfsync everysec/);
    assert.match(command, /--maxmemory-policy noeviction/);
    assert.ok(service('redis').volumes!.some((volume) => volume.endsWith(':/data')));
  });

  it('names every image to the patch, and none that is gone', () => {
    for (const [name, { image }] of services) {
      assert.match(image, /:v?\d+\.\d+\.\d+(-[\w.]+)?$/, name);
      assert.doesNotMatch(image, /minio|latest/i, name);
    }
    const { version } = JSON.parse(repositoryText('package.json'));
    for (const [name, { image }] of ours) {
      assert.ok(image.startsWith(`eigenfleet:${version}`), name);
    }
  });

  it('opens the dashboard alone, and to this machine alone', () => {
    const open = services.flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    assert.deepEqual(open, [['dashboard', '127.0.0.1:3000:3000']]);
  });

  it('starts what works only after what it needs is healthy and filled', () => {
    for (const name of ['producer', 'coordinator', 'worker', 'gpu-worker', 'dashboard']) {
      const conditions = service(name).depends_on!;
      assert.equal(conditions.redis!.condition, 'service_healthy', name);
      assert.equal(conditions.s3!.condition, 'service_healthy', name);
      assert.equal(conditions.load!.condition, 'service_completed_successfully', name);
    }
    for (const name of ['redis', 's3']) assert.ok(service(name).healthcheck!.test, name);
    assert.equal(
      service('report').depends_on!.producer!.condition,
      'service_completed_successfully',
    );
  });

  it('runs two workers, and one on a GPU only where asked', () => {
    assert.equal(service('worker').deploy!.replicas, '2');
    const profiled = services.filter(([, { profiles }]) => profiles !== undefined);
    assert.deepEqual(
      profiled.map(([name, { profiles, build }]) => [name, profiles, build!.target]),
      [['gpu-worker', ['gpu'], 'cuda']],
    );
  });

  it('waits longer for a worker to stop than the worker waits for its shard', () => {
    for (const name of ['worker', 'gpu-worker']) {
      const { command, stop_grace_period: period } = service(name);
      const grace = Number.parseInt(command![command!.indexOf('--grace') + 1]!, 10);
      assert.ok(Number.parseInt(period!, 10) >= grace + 10, name);
    }
  });

  it('checks the health of what stays, and not of what ends', () => {
    const ends = ours.filter(([, { healthcheck }]) => healthcheck?.disable === true);
    assert.deepEqual(
      ends.map(([name]) => name),
      ['load', 'producer', 'report', 'audits', 'dashboard'],
    );
  });

  it('gives every part the same keys, which are for the demo only', () => {
    const { ROOT_ACCESS_KEY: id, ROOT_SECRET_KEY: key } = service('s3').environment!;
    for (const [name, { environment }] of ours) {
      assert.equal(environment!.AWS_ACCESS_KEY_ID, id, name);
      assert.equal(environment!.AWS_SECRET_ACCESS_KEY, key, name);
    }
    assert.match(key!, /demo/);
  });
});
