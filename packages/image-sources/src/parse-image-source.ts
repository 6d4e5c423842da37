import { escapeControl, formatReference, isTag, OrasError, parseReference } from 'oras-js';

/** Where an image lies that is in no registry, as skopeo writes it. */
export type ImageSource =
  /** `name` is canonical: `docker.io/corp/zenml-pro-server:0.93.2-ca`. */
  | { readonly transport: 'docker-daemon'; readonly name: string }
  | { readonly transport: 'docker-archive'; readonly path: string; readonly name?: string }
  /** `tag` is what the layout names the image, any text; without it, the layout has to hold one. */
  | { readonly transport: 'oci' | 'oci-archive'; readonly path: string; readonly tag?: string };

const TRANSPORTS = ['docker-daemon', 'docker-archive', 'oci', 'oci-archive'] as const;

/**
 * `docker-daemon:NAME[:TAG]`, `docker-archive:FILE[:NAME:TAG]`, `oci:FOLDER[:TAG]`, `oci-archive:FILE[:TAG]`. As in skopeo, a path ends
 * at its first colon, but for that of a drive (`C:\images`).
 * @returns `undefined` for what begins with none of these: a registry's reference
 * @throws INVALID_REFERENCE
 * Source: containers-transports(5) of containers/image v5.34.
 */
export function parseImageSource(text: string): ImageSource | undefined {
  const transport = TRANSPORTS.find((each) => text.startsWith(`${each}:`));
  if (transport === undefined) return undefined;
  const rest = text.slice(transport.length + 1);
  if (transport === 'docker-daemon') return { transport, name: canonicalName(rest, text) };
  const [, path = '', named] = /^((?:[A-Za-z]:[\\/])?[^:]*)(?::(.*))?$/s.exec(rest) ?? [];
  if (path === '') throw invalid(text, `it names no ${transport === 'oci' ? 'folder' : 'file'}`);
  if (named === undefined) return { transport, path };
  if (named === '') throw invalid(text, 'nothing follows its last colon');
  return transport === 'docker-archive' ? { transport, path, name: canonicalName(named, text) } : { transport, path, tag: named };
}

/** As Docker completes it: `busybox` is docker.io/library/busybox:latest. */
function canonicalName(name: string, text: string): string {
  let parsed: ReturnType<typeof parseReference>;
  try {
    parsed = parseReference(name);
  } catch (cause) {
    throw invalid(text, 'its name is none that Docker gives', cause);
  }
  const { registry, repository, tag = 'latest', digest } = parsed;
  if (digest !== undefined || !isTag(tag)) throw invalid(text, 'it needs a tag: what Docker keeps locally has no digest yet');
  return formatReference({ registry, repository, tag });
}

function invalid(text: string, what: string, cause?: unknown): OrasError {
  return new OrasError('INVALID_REFERENCE', `${escapeControl(text.slice(0, 512))} cannot be read: ${what}`, {
    remedy: 'Write docker-daemon:NAME:TAG, docker-archive:FILE[:NAME:TAG], oci:FOLDER[:TAG] or oci-archive:FILE[:TAG].',
    cause,
  });
}
