/** One entry of a `WWW-Authenticate` header; the names of scheme and parameters are lower-case. */
export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const MAX_HEADER_LENGTH = 16 * 1024;
const MAX_CHALLENGES = 16;

/**
 * Reads a `WWW-Authenticate` header with one or several challenges. Source: RFC 9110, 11.6.1; commas between parameters may lack
 * and quotes may stay open, as in the wild. Any text gives a list; what makes no sense in it is left out.
 */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return [];
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  // A token followed by "=" is a parameter, any other begins a challenge (or is its token68, which no registry sends).
  const parts = /([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)(?:"|$)|([^\s",]*)))?/g;
  for (const [, name = '', quoted, plain] of header.matchAll(parts)) {
    const value = quoted?.replace(/\\([\s\S])/g, '$1') ?? plain;
    const current = challenges.at(-1);
    if (value === undefined) {
      if (challenges.length === MAX_CHALLENGES) break;
      challenges.push({ scheme: name.toLowerCase(), parameters: Object.create(null) });
    } else if (current && !(name.toLowerCase() in current.parameters)) {
      current.parameters[name.toLowerCase()] = value;
    }
  }
  return challenges;
}
