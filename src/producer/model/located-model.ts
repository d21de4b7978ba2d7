export interface LocatedModel {
  /** Of a file on this machine. */
  readonly onnxPath: string;
  /** Where it comes from: `file:///...`, `s3://...`, or `mlflow://NAME/VERSION`. */
  readonly uri: string;
  /** Which model a pattern or an alias means at this moment, as sentences for people. */
  readonly notes: readonly string[];
  /** Sentences for people. */
  readonly warnings: readonly string[];
}
