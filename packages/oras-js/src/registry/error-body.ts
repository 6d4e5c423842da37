import type { IncomingMessage } from 'node:http';
import { escapeControl } from '../content/escape-control.ts';

/** One entry of a registry's `errors`, escaped and capped. Source: OCI distribution-spec v1.1.1, "Error Codes". */
export interface RegistryErrorEntry {
  readonly code: string;
  readonly message: string;
}

/** As go-containerregistry: what explains a failure fits; the rest is noise or an attack. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;
const MAX_ENTRIES = 5;
const MAX_DETAILS = 3;
const BODY_WAIT_MS = 5_000;
/** What is sent at once has arrived then. */
const IDLE_MS = 250;

/**
 * The beginning of an error's body, however it ends: an error's Content-Length may lie (distribution 2.8.2's 416 announces the whole
 * blob and sends 33 bytes), and the connection may break behind it, or stay open. JSON that is complete is all. Never rejects.
 */
export function readErrorBody(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let idle: NodeJS.Timeout | undefined;
    const done = (): void => {
      clearTimeout(timer);
      clearTimeout(idle);
      if (!response.complete) response.destroy();
      resolve(Buffer.concat(chunks).subarray(0, MAX_ERROR_BODY_BYTES).toString('utf8'));
    };
    const timer = setTimeout(done, BODY_WAIT_MS);
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      clearTimeout(idle);
      if (bytes >= MAX_ERROR_BODY_BYTES) return done();
      idle = setTimeout(() => {
        if (parseJson(Buffer.concat(chunks).toString('utf8')) !== undefined) done();
      }, IDLE_MS);
    });
    response.once('end', done).once('close', done).on('error', done);
  });
}

/**
 * What a registry, or the proxy before it, said: the entries of `errors`, else a token server's `details` or `message`, else
 * the text itself (an HTML page's title). Any text gives a list.
 */
export function parseErrorBody(text: string): readonly RegistryErrorEntry[] {
  const trimmed = text.trim();
  if (trimmed === '') return [];
  const value = parseJson(trimmed);
  if (typeof value === 'object' && value !== null) {
    const object = value as Record<string, unknown>;
    if (Array.isArray(object.errors)) {
      return object.errors.slice(0, MAX_ENTRIES).flatMap((entry) => readEntry(entry));
    }
    const entry = readEntry({
      code: object.code ?? object.error,
      message: object.message ?? object.details ?? object.error_description,
    });
    if (entry.length > 0) return entry;
  }
  const title = /<title>([^<]*)<\/title>/i.exec(trimmed)?.[1];
  const plain = title ?? trimmed.replace(/<[^>]*>/g, ' ');
  const message = escapeControl(plain.replace(/\s+/g, ' ').trim(), 200);
  return message === '' ? [] : [{ code: '', message }];
}

function readEntry(entry: unknown): RegistryErrorEntry[] {
  if (typeof entry === 'string') return [{ code: '', message: escapeControl(entry) }];
  if (typeof entry !== 'object' || entry === null) return [];
  const { code, message, detail } = entry as Record<string, unknown>;
  const said = typeof message === 'string' ? message : '';
  const more = detailOf(detail).filter((text) => !said.includes(text));
  const texts = {
    code: typeof code === 'string' ? escapeControl(code, 80) : '',
    message: [said, ...more]
      .filter((text) => text !== '')
      .map((text) => escapeControl(text))
      .join(' '),
  };
  return texts.code === '' && texts.message === '' ? [] : [texts];
}

/** What of a detail is for people: distribution names there the blob that it lacks, Artifactory the reason; others send a list. */
function detailOf(detail: unknown): string[] {
  const items: unknown[] = Array.isArray(detail) ? detail.slice(0, MAX_DETAILS) : [detail];
  return items.flatMap((item) => {
    const { digest, description } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
    return [item, digest, description].filter((text) => typeof text === 'string');
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
