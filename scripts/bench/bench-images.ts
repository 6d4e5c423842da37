import { mirrored, RELEASE_IMAGES } from '../../test/real/rig/release-names.ts';

export interface BenchImage {
  readonly name: string;
  readonly source: string;
  readonly tag: string;
}

/** The four images of one release: one tag each. */
export const BENCH_IMAGES: readonly BenchImage[] = RELEASE_IMAGES.map(({ name, source, tags }) => {
  const [tag] = tags;
  if (tag === undefined) throw new Error(`${name} has no tag`);
  return { name, source, tag };
});

/** Where the registry `host` has it. */
export function referenceAt(host: string, { source, tag }: BenchImage): string {
  return `${mirrored(source, host)}:${tag}`;
}
