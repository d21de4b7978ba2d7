import assert from 'node:assert/strict';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from '../support/cache-folder.ts';
import { runCli } from '../support/cli.ts';
import { repositoryText } from '../support/repository-files.ts';
import { tempDir } from '../support/temp-dir.ts';

const page = repositoryText('docs/ci.md');
const github = z
  .object({
    jobs: z.record(
      z.string(),
      z.object({ steps: z.array(z.object({ run: z.string().optional() })) }),
    ),
  })
  .parse(parse(recipe('GitHub Actions')));
const gitlab = z
  .object({
    rules: z.object({
      script: z.array(z.string()),
      allow_failure: z.object({ exit_codes: z.literal(10) }),
      artifacts: z.object({ reports: z.object({ junit: z.string() }) }),
    }),
  })
  .parse(parse(recipe('GitLab')));

/** The first YAML block below a heading of docs/ci.md. */
function recipe(heading: string): string {
  const [, below = ''] = page.split(`\n## ${heading}\n`);
  return /```yaml\n([\s\S]*?)```/.exec(below)?.[1] ?? '';
}

/** What eigenfleet is called with, in both recipes. */
const commands = {
  github: (github.jobs.rules?.steps ?? [])
    .flatMap(({ run }) => (run === undefined ? [] : [run]))
    .filter(isOurs),
  gitlab: gitlab.rules.script.filter(isOurs),
};

function isOurs(command: string): boolean {
  return command.startsWith('npx eigenfleet ');
}

describe('the recipes of docs/ci.md', () => {
  it('call the same commands on GitHub and GitLab', () => {
    assert.equal(commands.github.length, 2);
    assert.deepEqual(commands.github, commands.gitlab);
  });

  it('run as they stand, and leave what the recipes collect', async () => {
    const cwd = tempDir();
    const examples = join(repositoryRoot, 'examples/blood-cells/images/test');
    await cp(join(repositoryRoot, 'test/fixtures/models/tiny-det.onnx'), join(cwd, 'best.onnx'));
    await mkdir(join(cwd, 'data/val'), { recursive: true });
    for (const name of ['BloodImage_00007.jpg', 'BloodImage_00011.jpg']) {
      await cp(join(examples, name), join(cwd, 'data/val', name));
    }
    await writeFile(join(cwd, 'rules.yaml'), 'rules:\n  - images >= 1\n  - failed <= 0\n');
    for (const command of commands.github) {
      const { code, stdout, stderr } = await runCli(command.split(' ').slice(2), { cwd });
      assert.equal(code, 0, `${command}\n${stdout}${stderr}`);
    }
    assert.match(
      await readFile(join(cwd, gitlab.rules.artifacts.reports.junit), 'utf8'),
      /^<\?xml /,
    );
    assert.match(await readFile(join(cwd, 'comment.md'), 'utf8'), /^## Rules: passed\n/);
  });
});
