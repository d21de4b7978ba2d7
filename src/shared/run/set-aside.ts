/** Why an image that ended a process by itself, while nothing else was under way, has no result. */
export const setAsideReason = 'it crashed the process while it was alone, and was set aside';
