import { EigenfleetError } from '../errors.ts';
import { redactAddress } from '../redaction/redact-credentials.ts';
import { type RunSettings, runSettings, type SettingName } from './run-settings.ts';

/**
 * Validates one value.
 *
 * @param where What the error calls it: `--conf` or `run.yaml: conf`.
 * @throws EigenfleetError `usage`
 */
export function parseSetting<Name extends SettingName>(
  name: Name,
  value: unknown,
  where: string,
): RunSettings[Name] {
  const { schema, expected } = runSettings[name];
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data as RunSettings[Name];
  const said = JSON.stringify(
    typeof value === 'string' && name === 's3Endpoint' ? redactAddress(value) : value,
  );
  throw new EigenfleetError('usage', `${where} must be ${expected}, not ${said}.`);
}
