import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { repositoryRoot } from '../support/cache-folder.ts';
import { type CliOptions, startCli } from '../support/cli.ts';
import { tempDir } from '../support/temp-dir.ts';

const model = join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx');
const image = join(repositoryRoot, 'test/golden/letterbox/same-320x320.png');

/** What ONNX Runtime leaves behind where its telemetry is on: its queue and device id, and two files in the temporary folder. */
const traces = /microsoft|onnxruntime|mat-debug|^\.ses$/i;

describe('ONNX Runtime', () => {
  for (const args of [
    ['explain', image, '--model', model, '--out', 'explained'],
    ['run', '--model', model, '--images', image, '--out', 'results', '--device', 'cpu'],
    ['doctor'],
  ]) {
    it(`collects and sends nothing in eigenfleet ${args[0]}, even where its telemetry was switched on`, async () => {
      const folder = await tempDir();
      await startCli(args, await ownFolders(folder)).result;
      const left = (await readdir(folder, { recursive: true })).filter((path) =>
        path.split('/').some((part) => traces.test(part)),
      );
      assert.deepEqual(left, []);
    });
  }
});

/** A home, cache and temporary folder of its own. Without CI's variables, by which the library would leave its telemetry off. */
async function ownFolders(folder: string): Promise<CliOptions> {
  for (const name of ['home', 'cache', 'tmp']) await mkdir(join(folder, name));
  return {
    cwd: folder,
    env: {
      HOME: join(folder, 'home'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      TMPDIR: join(folder, 'tmp'),
      ORT_DISABLE_TELEMETRY: '0',
      CI: undefined,
      GITHUB_ACTIONS: undefined,
      TF_BUILD: undefined,
    },
  };
}
