import { quote } from '../problems/quote.ts';
import { placeSchema } from '../schemas/primitives.ts';

const NAMED_HOST = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/;
const ADDRESS = /^\[[0-9a-fA-F:]*:[0-9a-fA-F:]*\]$/;
const MAX_PORT = 65_535;

/** Why `place` cannot be `HOST[:PORT][/PATH]` of a registry; undefined where it can. */
export function placeProblem(place: string): string | undefined {
  // What is before an @ may be a password: it must reach no log.
  if (place.includes('@')) return 'must have no @: credentials and digests do not belong there';
  if (place.includes('://'))
    return `${quote(place)} must have no scheme: leave out ${quote(place.slice(0, place.indexOf('://') + 3))}`;
  const { host, port } = partsOf(place);
  if (port !== undefined && /^\d+$/.test(port) && (Number(port) < 1 || Number(port) > MAX_PORT))
    return `${quote(place)} has the port ${port.slice(0, 20)}: ports go from 1 to ${MAX_PORT}`;
  return placeSchema.safeParse(place).success && (NAMED_HOST.test(host) || ADDRESS.test(host))
    ? undefined
    : `${quote(place)} must be HOST[:PORT]/PATH, the path in lower case, no slash at the end`;
}

/**
 * The same for where a site takes images and charts: as the loader's `--to` reads it, so that nobody hears only inside that
 * the bundle names no registry.
 */
export function destinationProblem(place: string): string | undefined {
  const problem = placeProblem(place);
  if (problem !== undefined) return problem;
  const { host, port } = partsOf(place);
  return port !== undefined || host.includes('.') || host.startsWith('[') || host === 'localhost'
    ? undefined
    : `${quote(place)} does not begin with a host (a name with a dot, a port, or localhost)`;
}

function partsOf(place: string): { host: string; port: string | undefined } {
  const [authority = ''] = place.split('/', 1);
  const [, host = authority, port] = /^(\[[^\]]*\]|[^:[\]]*):(.*)$/.exec(authority) ?? [];
  return { host, port };
}
