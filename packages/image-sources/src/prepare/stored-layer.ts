import type { Descriptor } from 'oras-js';

/** A layer as the cache holds it, and as it is carried: compressed. */
export type StoredLayer = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;
