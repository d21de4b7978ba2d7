import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDeviceList } from '../../../src/cli/options/device-list.ts';

describe('a list of devices', () => {
  it('is split at commas; a device may be there twice', () => {
    assert.deepEqual(parseDeviceList('cuda:0, cuda:1,cpu,cpu'), ['cuda:0', 'cuda:1', 'cpu', 'cpu']);
  });

  it('is refused for a device that is none, and for a gap', () => {
    for (const text of ['cuda:0,gpu', 'cuda:0,,cuda:1', '']) {
      assert.throws(() => parseDeviceList(text), { code: 'usage', message: /^--devices must be / });
    }
  });
});
