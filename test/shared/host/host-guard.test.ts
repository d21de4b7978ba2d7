import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isAllowedHost } from '../../../src/shared/host/host-guard.ts';

const here = { localOnly: true, allowed: [] };
const network = { localOnly: false, allowed: [] };
/** Names that whoever owns the domain can let point to this machine. */
const foreign = [
  ...['evil.example', 'evil.example:9470', 'localhost.evil.example', '127.0.0.1.nip.io'],
  ...['svc.evil.example', 'x.svc.example', 'evil.example.', undefined, ''],
];

describe('the guard of what is served', () => {
  it('answers to no name that a stranger can have, wherever it listens', () => {
    for (const host of foreign) {
      assert.equal(isAllowedHost(host, here), false, host);
      assert.equal(isAllowedHost(host, network), false, host);
    }
  });

  it('answers to the names of this machine only when it listens to nothing else', () => {
    for (const host of ['localhost:9470', '127.0.0.1', '[::1]:9470', 'LOCALHOST']) {
      assert.equal(isAllowedHost(host, here), true, host);
    }
    for (const host of ['10.1.2.3:9464', 'coordinator:9464', 'fleet.internal']) {
      assert.equal(isAllowedHost(host, here), false, host);
    }
  });

  it('answers to addresses, as Prometheus and probes call pods, and to names of clusters and private networks', () => {
    for (const host of [
      ...['10.1.2.3:9464', '[fd00::7]:9464', 'coordinator:9464', 'gpu-node-1'],
      ...['coordinator.fleet.svc:9464', 'coordinator.fleet.svc.cluster.local', 'fleet.internal'],
    ]) {
      assert.equal(isAllowedHost(host, network), true, host);
    }
  });

  it('answers to names that were allowed', () => {
    const allowed = ['Fleet.Example.com'];
    for (const rules of [here, network]) {
      assert.equal(isAllowedHost('fleet.example.com:443', { ...rules, allowed }), true);
      assert.equal(isAllowedHost('other.example.com', { ...rules, allowed }), false);
    }
  });
});
