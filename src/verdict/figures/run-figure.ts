import type { Figure } from '../../evaluate/result/figure.ts';

/** A figure of a run as rules see it. */
export interface RunFigure extends Figure {
  /** It counts, and is known for sure. */
  readonly counts?: true;
  /** What a percentage is compared with, of a figure that counts; absent where there is nothing to take a share of. */
  readonly share?: Figure;
}

/** What a run says of a name. */
export type FoundFigure =
  | { readonly status: 'found'; readonly figure: RunFigure }
  /** A figure that this run does not have. `why`: a sentence. */
  | { readonly status: 'absent'; readonly why: string }
  /** No figure of any run is called so. `hint`: a sentence, such as names that look like it. */
  | { readonly status: 'unknown'; readonly hint: string };
