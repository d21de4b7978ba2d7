import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openStore } from '../../../src/shared/storage/open-store.ts';

describe('openStore', () => {
  it('takes a folder path', () => {
    assert.equal(openStore('some/results').uri, pathToFileURL(resolve('some/results')).href);
  });

  it('takes a file URI', () => {
    assert.equal(openStore('file:///data/my%20results').uri, 'file:///data/my%20results');
  });

  it('refuses a scheme it does not know, without repeating what may be secret', () => {
    assert.throws(() => openStore('ftp://user:secret@host/x'), {
      code: 'usage',
      message:
        'ftp:// is not supported as storage. Use a folder path, or a file:// or s3:// address.',
    });
  });

  it('refuses a file URI of another machine', { skip: process.platform === 'win32' }, () => {
    assert.throws(() => openStore('file://server/share'), { code: 'usage' });
  });
});
