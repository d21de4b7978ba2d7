import {
  kebabOf,
  type RunSettings,
  runSettings,
  type SettingName,
  settingNames,
} from './run-settings.ts';
import { asTyped, type OptionValue, type Setting } from './setting.ts';

/** Returns the command-line arguments for these settings, in the order of the table. */
export function settingsCommand(settings: RunSettings): string[] {
  return settingNames.flatMap((name) => {
    const value = settings[name];
    return value === undefined ? [] : argumentsOf(name, value as OptionValue);
  });
}

function argumentsOf(name: SettingName, value: OptionValue): string[] {
  const { repeatable, negatable }: Setting = runSettings[name];
  const flag = `--${kebabOf(name)}`;
  if (value === true) return [flag];
  if (value === false) return negatable ? [`--no-${kebabOf(name)}`] : [];
  const texts = repeatable && Array.isArray(value) ? value.map(String) : [asTyped(value)];
  // A value that begins with a dash, such as the layer -2, would be taken for another flag.
  return texts.flatMap((text) => (text.startsWith('-') ? [`${flag}=${text}`] : [flag, text]));
}
