/** Variables whose values are secrets; one that names a file, a folder or an address of such holds none. */
const secretVariable =
  /(?:PASSW(?:OR)?D|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)/i;
const pointsToSecret = /(?:_FILE|_PATH|_DIR|_URI|_URL|_ARN|_NAME|_HELPER)$/i;

/** Shorter ones, and plain words, occur in ordinary sentences too: they are hidden only where the context marks them as secret. */
const leastLength = 6;
/** `/webhook` is a word; `/services/T00/B00/xyz` is not. */
const leastLearnedPath = 16;
const plainWord = /^[a-z]{1,15}$/;

/** Read meanwhile from places that a person named. */
const learned = new Set<string>();

/** Has a value hidden from now on, and what makes an address secret: its path with the query. Short ones are not told from ordinary words. */
export function learnSecret(value: string): void {
  learned.add(value);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const path = url === undefined ? '' : url.pathname + url.search;
  if (path.length >= leastLearnedPath) learned.add(path);
}

/**
 * The secrets that this process was given, longest first: values of variables of the environment that are named like secrets, and passwords of addresses
 * in its arguments and its environment, and what it has learned since; each as it was written, decoded, percent-encoded and as JSON writes it.
 */
export function secretsOfProcess(
  environment: NodeJS.ProcessEnv = process.env,
  args: readonly string[] = process.argv,
): string[] {
  const found = new Set<string>();
  for (const [name, value = ''] of Object.entries(environment)) {
    if (secretVariable.test(name) && !pointsToSecret.test(name)) found.add(value);
    else addPassword(value, found);
  }
  for (const arg of args) addPassword(arg, found);
  for (const value of learned) found.add(value);
  const spellings = new Set<string>();
  for (const secret of found) {
    if (secret.length < leastLength || plainWord.test(secret)) continue;
    for (const spelling of spellingsOf(secret)) spellings.add(spelling);
  }
  return [...spellings].sort((a, b) => b.length - a.length);
}

/** Names a model of MLflow's registry: no password is in it. */
const modelAlias = /^(?:--?[\w-]+=)?mlflow:\/\/[^:/?#@]+@[\w.-]+(?:\/[^@]*)?$/i;

function addPassword(text: string, found: Set<string>): void {
  if (modelAlias.test(text)) return;
  const userInfo = /^(?:--?[\w-]+=)?[a-z][a-z0-9+.-]*:\/\/(.*)@/is.exec(text)?.[1];
  if (userInfo === undefined) return;
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  found.add(password).add(decoded(password));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function spellingsOf(secret: string): string[] {
  return [secret, encoded(secret), JSON.stringify(secret).slice(1, -1)];
}

/** A lone half of a surrogate pair cannot be encoded. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
