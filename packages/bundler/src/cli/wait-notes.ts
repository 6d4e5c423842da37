import { formatDuration, type Terminal } from '@zenml-airgap/terminal';
import type { RegistryEvent } from 'oras-js';

/** What passes there leaves no machine. */
const LOOPBACK = /^(?:127\.|localhost(?::|$)|\[::1\])/;

/** Says why nothing seems to happen, and what is unsafe; each thing once. */
export function waitNotes(terminal: Terminal): (event: RegistryEvent) => void {
  const said = new Set<string>();
  const once = (key: string, text: string): void => {
    if (said.has(key)) return;
    said.add(key);
    terminal.note(text);
  };
  return (event) => {
    const { host } = event;
    if (event.type === 'retry') once(`${host} ${event.reason}`, `${host}: ${event.reason}; trying again`);
    if (event.type === 'wait') once(`${host} wait`, `${host} asks for a pause of ${formatDuration(event.delayMs)}`);
    if (event.type === 'plain-http' && !LOOPBACK.test(host)) {
      once(`${host} http`, `warning: ${host} does not speak TLS: credentials and content travel unencrypted`);
    }
  };
}
