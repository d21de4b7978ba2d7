import { type Command, Option } from 'commander';
import { EigenfleetError, messageOf } from '../../shared/errors.ts';
import { mostFileBytes, UnreadableFileError } from '../../shared/host/regular-file.ts';
import { readTextFile } from '../../shared/host/text-file.ts';
import { parseSetting } from '../../shared/settings/parse-setting.ts';
import { checkContradictions } from '../../shared/settings/resolve-options.ts';
import {
  kebabOf,
  type RunSettings,
  runSettings,
  type SettingName,
  settingNames,
} from '../../shared/settings/run-settings.ts';
import type { Setting } from '../../shared/settings/setting.ts';

/** Where the help of one command differs from that of `run`. */
export type OtherHelp = {
  readonly [Name in SettingName]?: { readonly help: string; readonly standard?: string };
};

/** Adds the flags of some or all settings, and `--config`, with their help. */
export function addRunOptions(
  command: Command,
  names: readonly SettingName[] = settingNames,
  otherHelp: OtherHelp = {},
): Command {
  for (const name of names) {
    const setting: Setting = { ...runSettings[name], ...otherHelp[name] };
    command.addOption(flagOf(name, setting));
    if (setting.formerly !== undefined) command.addOption(formerFlagOf(name, setting));
    if (setting.negatable) {
      command.addOption(new Option(`--no-${kebabOf(name)}`).hideHelp());
    }
  }
  command.addHelpOption(new Option('-h, --help', 'print this help').helpGroup('Output:'));
  return command.addOption(
    new Option('--config <file>', 'YAML or JSON with the same settings; flags win').helpGroup(
      'Input:',
    ),
  );
}

/**
 * Returns the settings of the command line and the config file, validated; flags win.
 *
 * @param options `command.opts()` of a command made by `addRunOptions`; other keys are ignored.
 * @param names The settings that apply to the command; others in the config file must be valid too, but do not count.
 * @throws EigenfleetError `usage` for a bad value, naming its flag or `file: key`, a config file that cannot be read, or a contradiction.
 */
export async function parseRunOptions(
  options: Readonly<Record<string, unknown>>,
  names: readonly SettingName[] = settingNames,
): Promise<RunSettings> {
  const flags: Record<string, unknown> = {};
  for (const name of names) {
    const value = options[name];
    if (value !== undefined) flags[name] = parseSetting(name, value, `--${kebabOf(name)}`);
  }
  const { config } = options;
  const fromFile = typeof config === 'string' ? await readConfig(config) : {};
  const heeded = Object.entries(fromFile).filter(([name]) => names.some((known) => known === name));
  const settings: RunSettings = { ...Object.fromEntries(heeded), ...flags };
  checkContradictions(settings);
  return settings;
}

function flagOf(name: SettingName, setting: Setting): Option {
  const long = `--${kebabOf(name)}`;
  const flags = setting.short === undefined ? long : `-${setting.short}, ${long}`;
  const help = [
    setting.help,
    setting.negatable ? `; --no-${kebabOf(name)} turns it off` : '',
    setting.standard === undefined ? '' : ` (default: ${setting.standard})`,
  ].join('');
  const withArgument = setting.argument === undefined ? flags : `${flags} ${setting.argument}`;
  const option = new Option(withArgument, help).helpGroup(`${setting.group}:`);
  return setting.repeatable ? option.argParser(collect) : option;
}

/** An older spelling, accepted but not shown: its value arrives under today's name. */
function formerFlagOf(name: SettingName, { formerly = '', argument }: Setting): Option {
  const flag = `--${kebabOf(formerly)}`;
  const option = new Option(argument === undefined ? flag : `${flag} ${argument}`).hideHelp();
  option.attributeName = () => name;
  return option;
}

function collect(value: string, previous: readonly string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

async function readConfig(file: string): Promise<RunSettings> {
  let content: string;
  try {
    content = await readTextFile(file, mostFileBytes.config);
  } catch (cause) {
    throw new EigenfleetError(
      'usage',
      `The config file ${file} ${whyUnreadable(cause)}. Check --config.`,
      { cause },
    );
  }
  const { parseConfig } = await import('../../shared/settings/config-file.ts');
  return parseConfig(content, file);
}

function whyUnreadable(cause: unknown): string {
  if (cause instanceof UnreadableFileError) return `cannot be read: ${messageOf(cause)}`;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EISDIR') return 'is a folder';
  if (code === 'EACCES') return 'cannot be read: permission denied';
  return `cannot be read (${code})`;
}
