import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addDoctorCommand } from '../../src/cli/commands/doctor-command.ts';
import { addFleetVerbs } from '../../src/cli/commands/fleet-verbs.ts';

function helpOf(name: string): string {
  const program = new Command();
  addFleetVerbs(program);
  addDoctorCommand(program);
  const command = program.commands.find((known) => known.name() === name);
  let help = '';
  command?.configureOutput({
    writeOut: (text) => {
      help += text;
    },
  });
  command?.outputHelp();
  return help;
}

test('the help of every fleet verb and of doctor ends with examples of it', () => {
  for (const name of ['status', 'watch', 'cancel', 'resume', 'runs', 'doctor']) {
    assert.match(helpOf(name), new RegExp(`\\nExamples:\\n {2}eigenfleet ${name}\\b`), name);
  }
});

test('the help of --quiet promises what it keeps: results stay', () => {
  assert.match(helpOf('status'), /--quiet +results, warnings and errors only/);
});
