import { type Command, Option } from 'commander';
import { EigenfleetError } from '../../shared/errors.ts';
import {
  kebabOf,
  type RunSettings,
  type SettingName,
  settingNames,
} from '../../shared/settings/run-settings.ts';
import { addRunOptions, parseRunOptions } from './run-options.ts';

/** Settings that apply only to computing or reporting, by the command that does it. */
const elsewhere: Readonly<Partial<Record<SettingName, string>>> = {
  device: 'worker',
  threads: 'worker',
  batch: 'worker',
  open: 'run',
  keep: 'run',
};

const planned = settingNames.filter((name) => elsewhere[name] === undefined);

/** Adds the settings of a run that apply to a producer. The others are known too, so that they are refused with a reason. */
export function addEnqueueOptions(command: Command): Command {
  for (const name of Object.keys(elsewhere)) {
    command.addOption(new Option(`--${kebabOf(name)} [value]`).hideHelp());
  }
  return addRunOptions(command, planned);
}

/**
 * Like `parseRunOptions`. Ignores settings of other commands in a config file: one file may serve `run` and `enqueue`.
 *
 * @throws EigenfleetError `usage`, also for a flag that another command takes.
 */
export function parseEnqueueOptions(
  options: Readonly<Record<string, unknown>>,
): Promise<RunSettings> {
  for (const [name, command] of Object.entries(elsewhere)) {
    if (options[name] === undefined) continue;
    throw new EigenfleetError(
      'usage',
      `--${kebabOf(name)} belongs to \`eigenfleet ${command}\`: enqueue computes nothing. Drop it here.`,
    );
  }
  return parseRunOptions(options, planned);
}
