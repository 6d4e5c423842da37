import type { Descriptor } from '../content/descriptor.ts';
import { fetchBytes } from '../content/fetch-bytes.ts';
import type { Resolver, Target } from '../target/target.ts';
import { type CopyGraphOptions, type CopySource, copyGraph } from './copy-graph.ts';
import { onSide } from './copy-side.ts';
import { mayLackContent, pushManifestAgain } from './push-manifest-again.ts';

/**
 * Copies what `sourceReference` names, with all below it, and names it `destinationReference` there. The name comes last, so
 * that it names complete content, and not at all if it is right already: a registry may refuse to write a tag twice.
 * @returns what was copied: its digest is the same on both sides
 */
export async function copy(
  source: CopySource & Resolver,
  sourceReference: string,
  destination: Target,
  destinationReference: string,
  options: CopyGraphOptions = {},
): Promise<Descriptor> {
  const { signal } = options;
  const root = await onSide('source', () => source.resolve(sourceReference, { signal }));
  await copyGraph(source, destination, root, options);
  // Whatever keeps us from reading the tag (403 for a tag that is absent, say), writing it tells.
  const present = await destination.resolve(destinationReference, { signal }).catch(() => undefined);
  if (present?.digest !== root.digest) {
    const tag = () => onSide('destination', () => destination.tag(root, destinationReference, { signal }));
    try {
      await tag();
    } catch (error) {
      // What was pushed by digest alone may be gone already: zot keeps it for a second, Harbor until its next collection.
      if (!mayLackContent(error)) throw error;
      const bytes = await onSide('source', () => fetchBytes(source, root, { signal }));
      await pushManifestAgain(root, bytes, error, { source, destination, options });
      await tag();
    }
  }
  return root;
}
