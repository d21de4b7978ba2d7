import { messageOf } from '../errors.ts';
import { queuePrefix } from './shard-job.ts';

/** The user in the address lacks rights that a fleet needs. */
export class MissingRightsError extends Error {
  /** What it lacks, as `ACL SETUSER` takes it: `+eval`, `~{eigenfleet}:*`, `&*`. */
  readonly rules: readonly string[];

  constructor(rules: readonly string[]) {
    super(`NOPERM lacks ${rules.join(' ')}`);
    this.name = 'MissingRightsError';
    this.rules = rules;
  }
}

/** Keys of the fleet, as a rule of `ACL SETUSER`. */
const keyRule = `~${queuePrefix}:*`;

/** Also in scripts, where the wording differs, and differed before Redis 7. */
const denial =
  /^NOPERM\b|\bACL failure in script\b|^ERR The user executing the script can't|^(?:@user_script\S* )?NOPERM/;

/** The rule that is missing when this is the reply to a command that the user may not give; `undefined` for any other reply. */
export function missingRightOf(error: unknown): string | undefined {
  const reason = messageOf(error);
  if (!denial.test(reason)) return undefined;
  const command = /\bthe '([\w|-]+)' command/.exec(reason)?.[1];
  if (command !== undefined) return `+${command.toLowerCase()}`;
  if (/\bchannels?\b/.test(reason)) return '&*';
  if (/\bkeys?\b/.test(reason)) return keyRule;
  return '+@all';
}
