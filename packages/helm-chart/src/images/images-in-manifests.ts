import { parseAllDocuments } from 'yaml';
import { invalidChart } from '../chart/invalid-chart.ts';
import { isValues } from '../chart/is-values.ts';
import type { FoundImage } from './found-image.ts';
import { looksLikeImage } from './images-in-values.ts';

const SOURCE_COMMENT = /^\s*Source: (\S+)/m;

/** Every `image` in rendered manifests: containers, init containers, custom resources; `helm template` names each one's file. */
export function imagesInManifests(text: string, where: string): FoundImage[] {
  const found: FoundImage[] = [];
  for (const document of parseAllDocuments(text, { uniqueKeys: false, merge: true, logLevel: 'silent' })) {
    const [error] = document.errors;
    if (error !== undefined) throw invalidChart(where, `what helm rendered is no YAML: ${error.message}`, error);
    const comment = document.commentBefore ?? document.contents?.commentBefore ?? '';
    const manifest: unknown = document.toJS({ maxAliasCount: 100 });
    const place = placeOf(manifest, SOURCE_COMMENT.exec(comment)?.[1]);
    for (const image of imagesIn(manifest)) found.push({ image, where: `rendered: ${place}`, source: 'rendered' });
  }
  return found;
}

function placeOf(manifest: unknown, source: string | undefined): string {
  const { kind, metadata } = isValues(manifest) ? manifest : {};
  const name = isValues(metadata) ? metadata.name : undefined;
  // `zenml/templates/x.yaml`: the chart's own folder says nothing.
  const file = source === undefined ? '' : ` (${source.replace(/^[^/]+\//, '')})`;
  return `${String(kind)}/${String(name)}${file}`;
}

function imagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isValues(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' && looksLikeImage(inner) ? [inner] : imagesIn(inner),
  );
}
