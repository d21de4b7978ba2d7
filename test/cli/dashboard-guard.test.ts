import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GuardedRequest, refusalOf } from '../../src/cli/dashboard-guard.ts';

const local = { readOnly: false, localOnly: true };
const request: GuardedRequest = {
  ...{ method: 'PUT', host: '127.0.0.1:9470' },
  ...{ origin: 'http://127.0.0.1:9470', fetchSite: 'same-origin' },
};

describe('the guard of the dashboard', () => {
  it('lets its own pages change things, and programs without a browser', () => {
    assert.equal(refusalOf(request, local), undefined);
    const program = { ...request, origin: undefined, fetchSite: undefined };
    assert.equal(refusalOf(program, local), undefined);
  });

  it('lets no other site change anything, whichever way the browser says where it is from', () => {
    for (const foreign of [
      { fetchSite: 'cross-site' },
      { fetchSite: 'same-site' },
      { fetchSite: undefined, origin: 'https://evil.example' },
      { fetchSite: undefined, origin: 'null' },
      { fetchSite: undefined, origin: 'http://127.0.0.1:8000' },
    ]) {
      assert.equal(refusalOf({ ...request, ...foreign }, local)?.status, 403);
    }
  });

  it('lets nobody change anything when it only shows', () => {
    const rules = { ...local, readOnly: true };
    assert.equal(refusalOf(request, rules)?.status, 405);
    assert.equal(refusalOf({ ...request, method: 'GET' }, rules), undefined);
  });

  it('answers to no name that only pretends to be this machine', () => {
    for (const host of ['evil.example', 'evil.example:9470', 'localhost.evil.example', undefined]) {
      assert.equal(refusalOf({ ...request, method: 'GET', host }, local)?.status, 403);
    }
    for (const host of ['localhost:9470', '127.0.0.1', '[::1]:9470']) {
      assert.equal(refusalOf({ ...request, method: 'GET', host }, local), undefined);
    }
  });

  it('answers to any name when it listens to the network', () => {
    const named = { ...request, host: 'fleet.internal:9470', method: 'GET' };
    assert.equal(refusalOf(named, { readOnly: true, localOnly: false }), undefined);
  });
});
