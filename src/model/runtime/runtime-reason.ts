/** ONNX Runtime's reason as a phrase on one line: without the file, line and C++ signature that it puts before what it has to say. */
export function runtimeReason(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\/\S+\.cc:\d+ .* was false\. /, '')
    .replace(/[.:]+$/, '');
}
