/** How deep a chain of causes is looked through. */
const MAX_CAUSES = 8;

/** `text` without what may be the `user:password@` of a URL in it; where that cannot be told, with more left out. */
export function hideUserinfo(text: string): string {
  const start = text.indexOf('//');
  const end = text.lastIndexOf('@');
  return start >= 0 && end > start ? `${text.slice(0, start)}//…@${text.slice(end + 1)}` : text;
}

/** `cause` as it may be printed: its own message, its causes' and the URL that Node keeps beside have no passwords. */
export function withoutUserinfo(cause: unknown, depth = 0): unknown {
  if (typeof cause === 'string') return hideUserinfo(cause);
  if (!(cause instanceof Error)) return cause;
  const inner = depth < MAX_CAUSES ? withoutUserinfo(cause.cause, depth + 1) : undefined;
  const message = hideUserinfo(cause.message);
  if (message === cause.message && inner === cause.cause && !('input' in cause)) return cause;
  const copy = new Error(message, inner === undefined ? undefined : { cause: inner });
  return 'code' in cause ? Object.assign(copy, { code: cause.code }) : copy;
}
