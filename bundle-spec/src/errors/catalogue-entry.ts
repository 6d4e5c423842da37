import type { ExitCode } from './exit-code.ts';

export interface CatalogueEntry {
  readonly exitCode: ExitCode;
  /** What has happened, as a sentence. */
  readonly meaning: string;
  /** What can be done about it; an error that knows more says more. */
  readonly remedy: string;
}
