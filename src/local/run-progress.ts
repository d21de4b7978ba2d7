/** Progress of a run, in images. */
export interface RunProgress {
  readonly total: number;
  /** Explained or failed, before this process began included. */
  readonly done: number;
  /** Of those of this process. */
  readonly failed: number;
  /** When this process began. */
  readonly doneBefore: number;
}
