import { type Content, contentOf, type Descriptor, type Fetcher, parsePlatform, selectPlatforms } from 'oras-js';

/** In an index that was cut down to some platforms. Described in SPEC.md. */
const ORIGINAL_DIGEST = 'io.zenml.airgap.original-digest';

export interface SelectedImage {
  /** What the bundle carries: `root` itself, or an index made anew. */
  readonly root: Descriptor;
  /** Present where `root` was made anew. */
  readonly original?: Descriptor;
  /** The same source, which also has the index that no registry has. */
  readonly source: Pick<Fetcher, 'fetch'>;
}

/**
 * The image as the request's `platforms` want it; all of it where that is empty.
 * @throws PLATFORM_ABSENT without a name: the caller has it
 */
export async function selectImage(
  source: Pick<Fetcher, 'fetch'>,
  root: Descriptor,
  { platforms, signal }: { readonly platforms: readonly string[]; readonly signal?: AbortSignal | undefined },
): Promise<SelectedImage> {
  if (platforms.length === 0) return { root, source };
  const wanted = platforms.map(parsePlatform);
  const { root: selected, indices } = await selectPlatforms(source, root, { wanted, originalKey: ORIGINAL_DIGEST, signal });
  if (selected.digest === root.digest) return { root, source };
  return {
    root: selected,
    original: root,
    source: {
      fetch: (descriptor, options): Content => {
        const made = indices.get(descriptor.digest);
        return made === undefined ? source.fetch(descriptor, options) : contentOf(made)(options);
      },
    },
  };
}
