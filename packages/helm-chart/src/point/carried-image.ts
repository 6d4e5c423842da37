import type { Artifact } from '@zenml-airgap/bundle-spec';
import type { Chart } from '../chart/chart.ts';
import type { FoundImage } from '../images/found-image.ts';
import { referenceOf } from '../images/same-image.ts';
import { chartRole } from './chart-role.ts';

/** An artifact of the bundle, as far as it matters here; the more is known of it, the more finely it is matched. */
export type CarriedImage = Pick<Artifact, 'name' | 'tag'> & Partial<Pick<Artifact, 'source' | 'kind' | 'root'>>;

/**
 * Which carried image may run in the place of one that a chart names: the same image under any registry, same tag; and for
 * ZenML's open-source server, which its chart names, the Pro server.
 * @returns undefined where the bundle has none
 */
export function carriedInPlaceOf(
  found: FoundImage,
  chart: Pick<Chart, 'name'>,
  carried: readonly CarriedImage[],
): CarriedImage | undefined {
  const wanted = referenceOf(found.image);
  if (wanted === undefined) return undefined;
  const images = carried.filter(({ kind }) => kind !== 'chart');
  const same = (): CarriedImage | undefined => images.find((image) => isCarriedAs(found.image, image));
  if (found.slots === undefined) return same();
  const tag = wanted.tag ?? (wanted.digest === undefined ? 'latest' : undefined);
  const named = (name: string): CarriedImage | undefined =>
    images.find((image) => lastSegment(image.name) === name && image.tag === tag && hasDigest(image, wanted.digest));
  const segment = lastSegment(wanted.repository);
  const proName = proImage(found, chart, segment);
  return (proName === undefined ? undefined : named(proName)) ?? same() ?? named(segment);
}

/** Whether a carried image came from exactly where `image` names it. */
export function isCarriedAs(image: string, { source, root, kind }: CarriedImage): boolean {
  const [wanted, has] = [referenceOf(image), source === undefined ? undefined : referenceOf(source)];
  if (wanted === undefined || has === undefined || kind === 'chart') return false;
  if (wanted.registry !== has.registry || wanted.repository !== has.repository) return false;
  if (wanted.digest !== undefined) return wanted.digest === root?.digest;
  return (wanted.tag ?? 'latest') === has.tag;
}

/** Source: the documentation's control plane and workspace pages; the charts' own keys for their images. */
function proImage({ valuesPath = [] }: FoundImage, chart: Pick<Chart, 'name'>, segment: string): string | undefined {
  const role = chartRole(chart);
  if (role === 'workspace' && segment === 'zenml-server') return 'zenml-pro-server';
  if (role !== 'control-plane') return undefined;
  const path = valuesPath.join('.');
  if (path === 'zenml.image.api' || path === 'server.image.api') return 'zenml-pro-api';
  return path === 'zenml.image.dashboard' || path === 'server.image.dashboard' ? 'zenml-pro-dashboard' : undefined;
}

function hasDigest({ root }: CarriedImage, digest: string | undefined): boolean {
  return digest === undefined || root === undefined || root.digest === digest;
}

function lastSegment(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
