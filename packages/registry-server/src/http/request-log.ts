/** What was asked and answered. It is in the log from the start; numbers grow while content flows. */
export interface RequestLogEntry {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** 0 until there is an answer. */
  status: number;
  /** Bytes of the bodies. */
  requestBytes: number;
  responseBytes: number;
  /** The answer was sent completely. */
  finished: boolean;
  /** Why the server itself failed (500), or what broke a stream. */
  error?: unknown;
}

/** Enough for any test, and no leak in a server that runs for weeks. */
export const MAX_LOG_ENTRIES = 50_000;
