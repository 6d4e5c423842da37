import type { Exchange } from './exchange.ts';
import { RegistryFailure } from './registry-failure.ts';

export interface Page {
  readonly names: string[];
  readonly headers: Record<string, string>;
}

/** `n` names after `last`, in the order of their bytes, and where the next page is. */
export function pageOf(names: readonly string[], exchange: Exchange, path: string): Page {
  const last = exchange.query.get('last');
  const text = exchange.query.get('n');
  if (text !== null && !/^\d{1,9}$/.test(text)) throw new RegistryFailure(400, 'UNSUPPORTED', 'n is not a number of entries');
  // Names are ASCII: comparing code units is comparing bytes.
  const sorted = [...names].sort((a, b) => (a < b ? -1 : 1)).filter((name) => last === null || name > last);
  const wanted = text === null ? sorted.length : Number(text);
  const page = sorted.slice(0, wanted);
  const end = page.at(-1);
  const more = end !== undefined && page.length < sorted.length;
  const next = more ? `${path}?n=${wanted}&last=${encodeURIComponent(end)}` : '';
  return { names: page, headers: more ? { Link: `<${next}>; rel="next"` } : {} };
}
