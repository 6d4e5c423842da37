/** Something wrong in a request of the right shape, and where. */
export interface RequestProblem {
  readonly path: readonly PropertyKey[];
  readonly text: string;
  /** It would be right in a later version. */
  readonly unsupported?: boolean;
}
