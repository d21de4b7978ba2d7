import {
  kebabOf,
  type RunSettings,
  runSettings,
  type SettingName,
  settingNames,
} from './run-settings.ts';
import { asTyped, type OptionValue, type Setting } from './setting.ts';

/** The arguments that say these settings on the command line, in the order of the table. */
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
  // What begins with a dash, such as the layer -2, would be taken for another flag.
  return texts.flatMap((text) => (text.startsWith('-') ? [`${flag}=${text}`] : [flag, text]));
}
