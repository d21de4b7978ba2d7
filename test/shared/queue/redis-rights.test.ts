import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { missingRightOf } from '../../../src/shared/queue/redis-rights.ts';

describe('a right that is missing', () => {
  for (const [reply, rule] of [
    ["NOPERM User noinfo has no permissions to run the 'info' command", '+info'],
    ["NOPERM this user has no permissions to run the 'info' command or its subcommand", '+info'],
    ["NOPERM User f has no permissions to run the 'client|list' command", '+client|list'],
    ['NOPERM No permissions to access a key', '~{eigenfleet}:*'],
    [
      'NOPERM this user has no permissions to access one of the keys used as arguments',
      '~{eigenfleet}:*',
    ],
    ['NOPERM this user has no permissions to access one of the channels used as arguments', '&*'],
    [
      "ERR ACL failure in script: User f has no permissions to run the 'xadd' command script: 9e, on @user_script:1.",
      '+xadd',
    ],
    [
      "ERR The user executing the script can't access at least one of the keys mentioned",
      '~{eigenfleet}:*',
    ],
    ['NOAUTH Authentication required.', undefined],
    ["OOM command not allowed when used memory > 'maxmemory'.", undefined],
  ] as const) {
    it(`is ${rule ?? 'none'}: ${reply}`, () => assert.equal(missingRightOf(reply), rule));
  }
});
