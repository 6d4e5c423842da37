import type { RegistryEvent } from 'oras-js';

const SHOWN_DELAY_MS = 1000;
/** What goes no further than this machine needs no TLS. */
const LOOPBACK = /^(?:127\.|localhost(?::|$)|\[::1\])/;

/** What a person should know of a registry's doings; undefined for what goes as it should. */
export function describeRegistryEvent(event: RegistryEvent): string | undefined {
  switch (event.type) {
    case 'retry':
      return `${event.host}: ${event.reason}; trying again in ${seconds(event.delayMs)}`;
    case 'wait':
      return event.delayMs < SHOWN_DELAY_MS ? undefined : `${event.host} asks to wait ${seconds(event.delayMs)}`;
    case 'plain-http':
      return LOOPBACK.test(event.host) ? undefined : `${event.host} has no TLS: credentials and content travel unencrypted`;
    default:
      return undefined;
  }
}

function seconds(delayMs: number): string {
  return `${(delayMs / 1000).toFixed(1)} s`;
}
