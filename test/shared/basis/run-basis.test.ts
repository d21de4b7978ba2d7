import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { encodeBasis } from '../../../src/shared/basis/dataset-basis.ts';
import { basisKey, readRunBasis, storeRunBasis } from '../../../src/shared/basis/run-basis.ts';
import { MemoryStore } from '../../../src/shared/storage/memory-store.ts';
import { fittedCase } from '../../support/basis-cases.ts';

const fitted = fittedCase();
const bytes = encodeBasis(fitted);
const sha256 = createHash('sha256').update(bytes).digest('hex');
const run = { options: { basis: sha256 }, basis: fitted.description };

it('a run finds its basis in its results, wherever the file was that it was planned with', async () => {
  const store = new MemoryStore();
  await storeRunBasis(store, { sha256, bytes });
  assert.deepEqual(await readRunBasis(store, run), fitted.layers);
  assert.equal(await readRunBasis(store, { options: {} }), undefined);
});

it('a basis that is gone or changed is refused by name, with what to do', async () => {
  const store = new MemoryStore();
  const refused = (message: RegExp) =>
    assert.rejects(readRunBasis(store, run), { code: 'storage', message });
  await refused(
    /bases\/[0-9a-f]{64}\.safetensors .* is missing: run the command with --basis again/,
  );
  const changed = bytes.slice();
  changed[changed.length - 1]! ^= 1;
  await store.put(basisKey(sha256), changed);
  await refused(/is another file than the run was planned with/);
});
