/** Who is told what a person should know of work that goes on: whole sentences, of one line or several. */
export interface Notices {
  /** What goes on as it should. */
  note(line: string): void;
  /** What may not be as it was meant. */
  warn(line: string): void;
}
