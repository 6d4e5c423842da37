/**
 * Reads `Retry-After`: seconds or an HTTP date. Anything else, also what lies in the past, is `undefined`.
 * Source: RFC 9110, 10.2.3.
 * @param nowMs as `Date.now()`
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const delayMs = Date.parse(text) - nowMs;
  return Number.isFinite(delayMs) && delayMs > 0 ? delayMs : undefined;
}
