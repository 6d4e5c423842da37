import { isLoopbackHost, type RegistryEvent } from 'oras-js';
import { formatDuration } from './format-duration.ts';
import type { Terminal } from './terminal.ts';

/** Registries ask for short pauses all the time. */
const SHOWN_PAUSE_MS = 1_000;
/** The same again is no news: many requests fail at once where one does. */
const SILENCE_MS = 10_000;

/** Says why nothing seems to happen, and what is unsafe. */
export function registryNotes(
  { note, waiting }: Pick<Terminal, 'note' | 'waiting'>,
  nowMs: () => number = () => performance.now(),
): (event: RegistryEvent) => void {
  const saidAtMs = new Map<string, number>();
  const isNews = (key: string): boolean => {
    const said = saidAtMs.get(key);
    if (said !== undefined && nowMs() - said < SILENCE_MS) return false;
    saidAtMs.set(key, nowMs());
    return true;
  };
  const warned = new Set<string>();
  return (event) => {
    const { host } = event;
    if (event.type === 'retry' && isNews(`${host} ${kindOf(event.reason)}`)) {
      const reason = event.reason.startsWith(host) ? event.reason : `${host}: ${event.reason}`;
      waiting(`${reason}; trying again in ${formatDuration(event.delayMs)}`);
    }
    if (event.type === 'wait' && event.delayMs >= SHOWN_PAUSE_MS && isNews(`${host} wait`)) {
      waiting(`${host} asks for a pause of ${formatDuration(event.delayMs)}`);
    }
    if (event.type === 'unanswered' && isNews(`${host} unanswered`)) {
      const asked = event.path === '' ? '' : ` to ${event.method} ${event.path}`;
      waiting(`${host} has not answered${asked} for ${formatDuration(event.waitedMs)}; still waiting`);
    }
    // What stays on this machine needs no TLS.
    if (event.type === 'plain-http' && !isLoopbackHost(host) && !warned.has(host)) {
      warned.add(host);
      note(`warning: ${host} does not speak TLS: credentials and content travel unencrypted`);
    }
  };
}

/** Many requests fail alike: what each was for tells nothing new. Ours read `PLACE: cannot DO IT: WHAT WAS ANSWERED`. */
function kindOf(reason: string): string {
  return /: the registry answered .*$/s.exec(reason)?.[0] ?? reason;
}
