const MAX_HEADER_LENGTH = 16 * 1024;

/**
 * The target of `rel="next"` in a `Link` header, unresolved. Source: RFC 8288.
 * @returns `undefined` where there is none, also in text that is no Link header
 */
export function nextLink(header: string | undefined): string | undefined {
  let rest = header !== undefined && header.length <= MAX_HEADER_LENGTH ? header : '';
  for (;;) {
    const start = rest.indexOf('<');
    const end = rest.indexOf('>', start);
    if (start < 0 || end < 0) return undefined;
    const target = rest.slice(start + 1, end);
    const { parameters, remainder } = splitParameters(rest.slice(end + 1));
    if (/(?:^|;)\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\s*(?:;|$))/i.test(parameters)) return target;
    rest = remainder;
  }
}

/** Up to the comma that ends this link: one outside of quotes. */
function splitParameters(text: string): { parameters: string; remainder: string } {
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === ',' && !quoted) return { parameters: text.slice(0, i), remainder: text.slice(i + 1) };
  }
  return { parameters: text, remainder: '' };
}
