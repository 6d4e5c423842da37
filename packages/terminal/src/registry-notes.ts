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
    if (event.type === 'retry' && isNews(`${host} ${event.reason}`)) {
      waiting(`${host}: ${event.reason}; trying again in ${formatDuration(event.delayMs)}`);
    }
    if (event.type === 'wait' && event.delayMs >= SHOWN_PAUSE_MS && isNews(`${host} wait`)) {
      waiting(`${host} asks for a pause of ${formatDuration(event.delayMs)}`);
    }
    // What stays on this machine needs no TLS.
    if (event.type === 'plain-http' && !isLoopbackHost(host) && !warned.has(host)) {
      warned.add(host);
      note(`warning: ${host} does not speak TLS: credentials and content travel unencrypted`);
    }
  };
}
