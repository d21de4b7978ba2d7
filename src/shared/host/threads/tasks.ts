/** Runs tasks by name: in threads, or where it is called. */
export interface Tasks {
  /** `transferList`: buffers that a thread takes over, and that the caller no longer has then. */
  run<Answer>(task: unknown, options: TaskOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface TaskOptions {
  readonly name: string;
  readonly transferList?: readonly ArrayBuffer[];
}
