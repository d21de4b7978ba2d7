import { parseSetting } from '../../shared/settings/parse-setting.ts';

/**
 * Reads `--devices cuda:0,cuda:1`: one worker process each. A device named twice gets two.
 *
 * @throws EigenfleetError `usage` for an empty list or an invalid device.
 */
export function parseDeviceList(text: string): string[] {
  return text.split(',').map((part) => parseSetting('device', part.trim(), '--devices') ?? '');
}
