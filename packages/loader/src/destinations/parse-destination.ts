import { AirgapError } from '@zenml-airgap/bundle-spec';

const HOST = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const SHOWN = 200;

/**
 * Reads `HOST[:PORT][/PATH]`: a host, and what goes before every relative name there.
 * @param origin where the text came from, for the message: `--to`, `the bundle`
 * @returns the same without trailing slashes
 * @throws USAGE
 */
export function parseDestination(text: string, origin: string): string {
  const trimmed = text.trim().replace(/\/+$/, '');
  const refuse = (why: string, remedy = 'Write HOST[:PORT]/PATH, for example harbor.corp.example/zenml.'): never => {
    // What is before an @ may be a password: it must reach no log.
    const shown = trimmed.slice(trimmed.lastIndexOf('@') + 1).slice(0, SHOWN);
    throw new AirgapError('USAGE', `${origin}: ${JSON.stringify(shown)} ${why}`, { remedy });
  };
  if (trimmed.includes('@')) refuse('has an @ before it: credentials and digests do not belong there');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed)) {
    refuse('begins with a scheme', `Leave the scheme out: ${trimmed.replace(/^[^:]+:\/\//, '').slice(0, SHOWN)}`);
  }
  const slash = trimmed.indexOf('/');
  const host = slash < 0 ? trimmed : trimmed.slice(0, slash);
  const path = slash < 0 ? '' : trimmed.slice(slash + 1);
  if (!HOST.test(host) || !(/[.:]/.test(host) || host === 'localhost')) {
    refuse('does not begin with a host (a name with a dot, a port, or localhost)');
  }
  const tagged = /^(.*[^/]):[^/:]*$/.exec(path);
  if (tagged !== null)
    refuse('has a tag: tags stay those of the bundle', `Leave the tag out: ${host}/${tagged[1] ?? ''}`.slice(0, SHOWN));
  if (path !== '' && !PATH.test(path))
    refuse('has a path that no registry accepts: lower-case letters, digits, and . _ - / between them');
  return path === '' ? host.toLowerCase() : `${host.toLowerCase()}/${path}`;
}

/** `host[:port]` of a destination or a repository. */
export function hostOf(destination: string): string {
  const slash = destination.indexOf('/');
  return slash < 0 ? destination : destination.slice(0, slash);
}

/** What follows the host; empty where nothing does. */
export function pathOf(destination: string): string {
  return destination.slice(hostOf(destination).length + 1);
}
