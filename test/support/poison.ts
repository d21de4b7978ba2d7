import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/*
 * Preloaded into a process under test (`node --import`): reading an image named poison* ends the process as a crash in native code does,
 * without unwinding, in the midst of other images.
 */
const { open } = fs;
fs.open = (...args: Parameters<typeof open>) => {
  if (/poison[^/]*$/.test(String(args[0]))) process.abort();
  return open(...args);
};
syncBuiltinESMExports();
