/**
 * Reads a 206's `Content-Range`: `bytes 5-9/10`, the total may be `*`.
 * @returns `undefined` for anything else
 */
export function parseContentRange(
  header: string | undefined,
): { readonly first: number; readonly last: number; readonly total: number | undefined } | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header?.trim() ?? '');
  if (!match) return undefined;
  const [, first, last, total] = match;
  const range = { first: Number(first), last: Number(last), total: total === '*' ? undefined : Number(total) };
  if (range.last < range.first || (range.total !== undefined && range.last >= range.total)) return undefined;
  return range;
}
