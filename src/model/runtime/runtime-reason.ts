/** ONNX Runtime's reason as a phrase on one line: without the leading file, line and C++ signature. */
export function runtimeReason(text: string): string {
  return onePhrase(onePhrase(text).replace(/^\/\S+\.cc:\d+ .* was false\. /, ''));
}

/** On one line, without what ends a sentence. The names of the file in it may hold a million dots, which a pattern for those at the end would try one by one. */
export function onePhrase(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  let end = line.length;
  while (end > 0 && '.:'.includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}
