import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GuardedRequest, refusalOf } from '../../../src/fleet/dashboard/dashboard-guard.ts';

const managed = { readOnly: false };
const request: GuardedRequest = {
  ...{ method: 'PUT', host: '127.0.0.1:9470' },
  ...{ origin: 'http://127.0.0.1:9470', fetchSite: 'same-origin' },
};

describe('the guard of the dashboard', () => {
  it('lets its own pages change things, and programs without a browser', () => {
    assert.equal(refusalOf(request, managed), undefined);
    const program = { ...request, origin: undefined, fetchSite: undefined };
    assert.equal(refusalOf(program, managed), undefined);
  });

  it('lets no other site change anything, whichever way the browser says where it is from', () => {
    for (const foreign of [
      { fetchSite: 'cross-site' },
      { fetchSite: 'same-site' },
      { fetchSite: undefined, origin: 'https://evil.example' },
      { fetchSite: undefined, origin: 'null' },
      { fetchSite: undefined, origin: 'http://127.0.0.1:8000' },
    ]) {
      assert.equal(refusalOf({ ...request, ...foreign }, managed)?.status, 403);
    }
  });

  it('lets nobody change anything when it only shows', () => {
    const rules = { readOnly: true };
    assert.equal(refusalOf(request, rules)?.status, 405);
    assert.equal(refusalOf({ ...request, method: 'GET' }, rules), undefined);
  });
});
