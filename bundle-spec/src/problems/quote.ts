import { escapeControl } from 'oras-js';

/** Foreign text inside a message: in quotes, capped, nothing in it that a terminal would obey. */
export function quote(text: string): string {
  return `"${escapeControl(text).replaceAll('"', '\\"')}"`;
}
