import { setFlagsFromString } from 'node:v8';
import { optionsOfNode } from '../environment.ts';

/** Flags of V8 that eigenfleet changes while it runs, with what V8 has by itself. */
const defaults = {
  'expose-gc': false,
  'heap-growing-percent': 0,
  'min-semi-space-size': 0,
  'max-semi-space-size': 0,
  'harmony-rab-gsab-transfer': false,
} as const;

/** Newer ones know neither this flag nor `--interrupt-budget`, and would complain. */
const isNode20 = process.version.startsWith('v20.');
const ofNode20: readonly EngineFlag[] = ['harmony-rab-gsab-transfer'];

type EngineFlag = keyof typeof defaults;

/** Bytes of bytecode that a function runs before V8 thinks of optimizing it, 66 kB by itself: most of a command's functions run too seldom to earn that back. */
const optimizeAfterBytes = 1_000_000;

/**
 * Lets V8 optimize functions later, in all threads, unless Node was told when. Call it before what is to run is loaded. Of Node 20: newer ones have another compiler between and do not know the flag.
 * It stays until the process ends, so that kept code has the same stamp at each start.
 */
export function optimizeLater(): void {
  const flag = '--interrupt-budget';
  if (!isNode20) return;
  if (optionsOfNode().some((option) => option.replaceAll('_', '-').startsWith(`${flag}=`))) return;
  setFlagsFromString(`${flag}=${optimizeAfterBytes}`);
}

/**
 * Changes a flag of V8, for this thread and for threads started later. Of the whole process, so that a thread must not change it back while others may need it: `restoreEngineFlags` does, at
 * the end.
 */
export function setEngineFlag(flag: EngineFlag, value: number | true): void {
  setFlagsFromString(value === true ? `--${flag}` : `--${flag}=${value}`);
}

/**
 * Sets the flags to what they had when the process began, for a process that ends. V8 stamps compiled code with the values of all flags, and the next start takes only code that has
 * its own stamp.
 */
export function restoreEngineFlags(): void {
  for (const flag of Object.keys(defaults) as EngineFlag[]) {
    if (isNode20 || !ofNode20.includes(flag)) {
      setFlagsFromString(saidAtStart(flag) ?? defaultOf(flag));
    }
  }
}

function defaultOf(flag: EngineFlag): string {
  const value = defaults[flag];
  return value === false ? `--no-${flag}` : `--${flag}=${value}`;
}

/** The last one counts, as for V8, which takes `_` for `-`. */
function saidAtStart(flag: EngineFlag): string | undefined {
  return optionsOfNode().findLast((option) => {
    const [name] = option.replaceAll('_', '-').split('=');
    return name === `--${flag}`;
  });
}
