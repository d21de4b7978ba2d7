/** Why an image has no result that crashed a process while nothing else was running. */
export const setAsideReason = 'it crashed the process while it was alone, and was set aside';
