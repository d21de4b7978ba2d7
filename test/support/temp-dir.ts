import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/**
 * A new empty folder. It is removed when the test or suite that asked for it ends (or the file, when asked for at its top level).
 */
export function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eigenfleet-test-'));
  after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
