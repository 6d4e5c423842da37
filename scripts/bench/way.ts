import type { Measurement, MeasureOptions } from './measure.ts';

export type Protocol = 'plain' | 'tls';

/** Where one timed run works: its registry, and an empty folder. */
export interface Place {
  readonly protocol: Protocol;
  /** The registry to build from or to load into. */
  readonly host: string;
  readonly origin: string;
  /** The certificate authority to trust over TLS; an empty file's name is never needed on plain HTTP. */
  readonly caFile: string;
  /** A folder that holds `ca.crt` alone, as skopeo wants it. */
  readonly certDir: string;
  readonly folder: string;
}

export interface Figure extends Measurement {
  /** Of the time, what the closing fsync took: the other ways leave their output to the page cache. */
  readonly syncMs?: number;
  /** Size of what was built. */
  readonly bytes?: number;
}

/** One way to carry the release's images: from a registry into files, and from those files into an empty registry. */
export interface Way {
  readonly name: string;
  build(place: Place): Promise<Figure>;
  /** @param input the folder of an earlier `build` over plain HTTP */
  load(place: Place, input: string): Promise<Figure>;
}

/** Programs find the authority of the bench's registries by this variable; Go reads it instead of the system's. */
export function trusting(place: Place): MeasureOptions {
  return place.protocol === 'tls' ? { env: { ...process.env, SSL_CERT_FILE: place.caFile } } : {};
}
