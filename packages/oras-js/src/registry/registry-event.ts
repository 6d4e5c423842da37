/**
 * What a registry client does, for those who show or log it. No event holds a secret: paths come without query strings.
 * `host` is host[:port] as it was connected to.
 */
export type RegistryEvent =
  | {
      readonly type: 'request';
      readonly host: string;
      readonly method: string;
      readonly path: string;
      readonly status: number;
      /** until the answer's head */
      readonly durationMs: number;
    }
  | {
      readonly type: 'retry';
      readonly host: string;
      /** the attempt that failed, from 1 */
      readonly attempt: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  /** The registry asked for a pause; all requests to it wait. */
  | { readonly type: 'wait'; readonly host: string; readonly delayMs: number }
  /** Nothing has come back yet, though it is the registry's turn; the request still waits. `method` and `path` are '' while TLS is tried. */
  | {
      readonly type: 'unanswered';
      readonly host: string;
      readonly method: string;
      readonly path: string;
      readonly waitedMs: number;
    }
  /** A blob's connection broke; it goes on at `offset`. */
  | { readonly type: 'resume'; readonly host: string; readonly digest: string; readonly offset: number }
  | { readonly type: 'redirect'; readonly host: string; readonly toHost: string }
  /** TLS is not spoken there: credentials and content travel unencrypted. */
  | { readonly type: 'plain-http'; readonly host: string };

export type OnRegistryEvent = (event: RegistryEvent) => void;
