/** What commands take from the process; tests pass their own. */
export interface Environment {
  readonly env: NodeJS.ProcessEnv;
  readonly homeDirectory: string;
  readonly processId: number;
  /** `user@host`, for receipts. */
  readonly operator: string;
}
