import type { Values } from '../chart/chart.ts';
import { isValues } from '../chart/is-values.ts';
import type { FoundImage, ImageSlots } from './found-image.ts';

/** A key whose text is an image: `image`, `runnerImage`, `executor_image`. */
const IMAGE_KEY = /^(?:image|.*(?:[a-z0-9]Image|[_-]image))$/;

export interface ImagesInValuesOptions {
  /** Keys from the top chart's values down to these. */
  readonly prefix: readonly string[];
  /** What templates use where a map has no tag. */
  readonly defaultTag: string;
  /** Keys of the first level to pass over: sub-charts', which are read with their own defaults. */
  readonly skip: ReadonlySet<string>;
}

/**
 * The images in a chart's values: maps with `repository` (and `registry`, `tag`, `digest`), and texts under `image`.
 * Rather one too many: a find that is none is answered in allowMissing, one that is overlooked by ImagePullBackOff.
 */
export function imagesInValues(values: Values, { prefix, defaultTag, skip }: ImagesInValuesOptions): FoundImage[] {
  const found: FoundImage[] = [];
  const visit = (value: unknown, path: readonly string[]): void => {
    if (Array.isArray(value)) {
      // Helm replaces lists as a whole, so an item has no path of its own that could be set.
      for (const [index, item] of value.entries()) {
        found.push(...imagesInValues({ [String(index)]: item }, { prefix: path, defaultTag, skip: new Set() }).map(unreachable));
      }
    } else if (isValues(value)) {
      const image = imageMap(value, path, defaultTag);
      if (image !== undefined) found.push(image);
      for (const [key, inner] of Object.entries(value)) {
        if (path.length === prefix.length && skip.has(key)) continue;
        const isPart = image !== undefined && !isValues(inner) && !Array.isArray(inner);
        if (!isPart) visit(inner, [...path, key]);
      }
    } else if (isImageText(value, path.at(-1))) {
      found.push(foundAt(value, path, { kind: 'reference', reference: path }));
    }
  };
  visit(values, prefix);
  return found;
}

function imageMap(map: Values, path: readonly string[], defaultTag: string): FoundImage | undefined {
  const key = repositoryKey(map, path.at(-1));
  const repository = key === undefined ? undefined : scalar(map[key]);
  if (key === undefined || repository === undefined || !looksLikeImage(repository)) return undefined;
  const registry = scalar(map.registry);
  const digest = scalar(map.digest);
  const tag = scalar(map.tag) ?? (digest === undefined ? defaultTag : undefined);
  const slot = (name: string): string[] | undefined => (Object.hasOwn(map, name) ? [...path, name] : undefined);
  // Some charts have the tag, or even a digest, in `repository` itself.
  if (/[:@]/.test(repository.slice(repository.lastIndexOf('/') + 1))) {
    return foundAt(repository, path, { kind: 'reference', reference: [...path, key] });
  }
  return foundAt(writeImage({ registry, repository, tag, digest }), path, {
    kind: 'parts',
    registry: slot('registry'),
    repository: [...path, key],
    tag: [...path, 'tag'],
    digest: slot('digest'),
  });
}

/** Most charts say `repository`; some `{ registry, image, tag }` or `image: { name, tag }`. */
function repositoryKey(map: Values, key: string | undefined): string | undefined {
  if (scalar(map.repository) !== undefined) return 'repository';
  const hasParts = ['tag', 'digest', 'registry'].some((name) => Object.hasOwn(map, name));
  if (hasParts && typeof map.image === 'string') return 'image';
  return hasParts && key !== undefined && IMAGE_KEY.test(key) && typeof map.name === 'string' ? 'name' : undefined;
}

interface ImageParts {
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function writeImage({ registry, repository, tag, digest }: ImageParts): string {
  const name = registry === undefined ? repository : `${registry}/${repository}`;
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function foundAt(image: string, path: readonly string[], slots: ImageSlots): FoundImage {
  return { image, where: `values.yaml: ${path.join('.')}`, source: 'values', valuesPath: path, slots };
}

function unreachable({ slots: _, ...image }: FoundImage): FoundImage {
  return image;
}

function isImageText(value: unknown, key: string | undefined): value is string {
  return typeof value === 'string' && key !== undefined && IMAGE_KEY.test(key) && looksLikeImage(value);
}

/** No URL, no prose, no expression. */
export function looksLikeImage(text: string): boolean {
  return text !== '' && !/[\s{}]/.test(text) && !text.includes('://');
}

/** A number is what Helm makes of `tag: 1.36`. */
export function scalar(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}
