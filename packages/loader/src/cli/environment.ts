/** What commands take from the process; tests pass their own. */
export interface Environment {
  readonly env: NodeJS.ProcessEnv;
  readonly homeDirectory: string;
  readonly processId: number;
  /** How it was started, to be typed again: `zenml-loader`, `node zenml-loader.mjs`. */
  readonly program: string;
  /** `user@host`, for receipts. */
  readonly operator: string;
}
