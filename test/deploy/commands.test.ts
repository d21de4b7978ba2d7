import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Command, CommanderError } from 'commander';
import { repositoryRoot } from '../support/cache-folder.ts';
import { composeContainers, podContainers } from '../support/deployment-files.ts';
import { parseDockerfile } from '../support/dockerfile.ts';
import { repositoryText } from '../support/repository-files.ts';

const containers = [...composeContainers(), ...podContainers()].filter(({ image }) =>
  image.startsWith('eigenfleet'),
);
const calls = containers.filter(({ entrypoint }) => entrypoint === undefined);

describe('the command lines of compose file and manifests', () => {
  it('are those of a whole fleet', () => {
    const called = new Set(calls.map(({ args }) => args[0]));
    const expected = ['audit', 'coordinator', 'dashboard', 'enqueue', 'worker'];
    assert.deepEqual([...called].sort(), expected);
  });

  for (const { where, args } of calls) {
    it(`are ones that the program takes: ${where}`, async () => {
      const parsed = await parseOnly(args);
      assert.deepEqual(parsed, { command: args[0], rest: [] });
    });
  }

  it('would be found out with an option that there is not', async () => {
    const { args } = calls.find(({ where }) => where === 'docker-compose.yml: producer')!;
    await assert.rejects(parseOnly([...args, '--wiat']), { code: 'commander.unknownOption' });
  });

  it('serve on the port that image, probes and pages name', () => {
    for (const { where, args } of calls.filter(({ args }) => args.includes('--http-port'))) {
      assert.equal(args[args.indexOf('--http-port') + 1], '9464', where);
      assert.equal(args[args.indexOf('--http-host') + 1], '0.0.0.0', where);
    }
    for (const { instructions } of parseDockerfile(repositoryText('Dockerfile'))) {
      const exposed = instructions.find(({ word }) => word === 'EXPOSE')?.rest ?? '9464 3000';
      assert.equal(exposed, '9464 3000');
    }
    for (const page of ['docs/deployment.md', 'deploy/kubernetes/README.md']) {
      assert.match(repositoryText(page), /\b9464\b/, page);
    }
  });

  it('start, in place of the program, only what the image holds', () => {
    const others = containers.flatMap(({ entrypoint }) => (entrypoint ? [entrypoint] : []));
    assert.deepEqual(others, [['node', '/app/scripts/upload-folder.js'], ['echo']]);
    assert.match(repositoryText('Dockerfile'), /^COPY scripts\/upload-folder\.js scripts\/$/m);
    for (const { args, where } of containers) {
      for (const path of args.filter((arg) => arg.startsWith('/app/'))) {
        assert.ok(
          existsSync(join(repositoryRoot, path.slice('/app/'.length))),
          `${where}: ${path}`,
        );
      }
    }
  });
});

/**
 * Parses a command line with the command itself, doing nothing. Rejects with a CommanderError for what the command does not
 * take.
 */
async function parseOnly(args: readonly string[]): Promise<{ command: string; rest: string[] }> {
  const [name = ''] = args;
  const module: Record<string, unknown> = await import(pathToFileURL(commandFile(name)).href);
  const adder = `add${name[0]?.toUpperCase()}${name.slice(1)}Command`;
  const add = module[adder] as (program: Command) => void;
  const program = new Command('eigenfleet');
  add(program);
  let parsed: { command: string; rest: string[] } | undefined;
  for (const command of program.commands) {
    for (const one of [command, ...command.commands]) {
      one.exitOverride().configureOutput({ writeErr: () => {} });
      // A command of commands does nothing itself, and of others arguments are their own.
      if (one.commands.length > 0) continue;
      one.action(() => {
        parsed = { command: command.name(), rest: one === command ? one.args : [] };
      });
    }
  }
  await program.parseAsync([...args], { from: 'user' });
  if (parsed === undefined) throw new CommanderError(2, 'not-a-command', `${name} was not run`);
  return parsed;
}

function commandFile(name = ''): string {
  return join(repositoryRoot, 'dist/src/cli/commands', `${name}-command.js`);
}
