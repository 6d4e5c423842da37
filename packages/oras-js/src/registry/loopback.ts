import { isRegistry } from '../content/reference.ts';

/**
 * Whether a registry is on this machine, and so may be spoken to without TLS.
 * @param host host[:port], as references name it
 */
export function isLoopbackHost(host: string): boolean {
  if (!isRegistry(host)) return false;
  try {
    return isLoopback(new URL(`http://${host}/`).hostname);
  } catch {
    return false;
  }
}

/**
 * Whether a URL's hostname can only be this machine: 127.0.0.0/8, ::1, localhost and what lies under it (RFC 6761).
 * @param hostname as `URL.hostname` has it: lower case, IPv4 normalised, IPv6 in brackets
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  );
}
