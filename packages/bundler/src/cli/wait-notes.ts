import { formatDuration, type Terminal } from '@zenml-airgap/terminal';
import type { RegistryEvent } from 'oras-js';

/** Says why nothing seems to happen, and what is unsafe; each thing once a host and reason. */
export function waitNotes(terminal: Terminal): (event: RegistryEvent) => void {
  const said = new Set<string>();
  const once = (text: string, key = text): void => {
    if (said.has(key)) return;
    said.add(key);
    terminal.note(text);
  };
  return (event) => {
    if (event.type === 'retry') once(`${event.host}: ${event.reason}; trying again`);
    if (event.type === 'wait') once(`${event.host} asks for a pause of ${formatDuration(event.delayMs)}`, `wait ${event.host}`);
    if (event.type === 'plain-http') once(`${event.host} does not speak TLS: what goes there is not encrypted`);
  };
}
