import { AirgapError, type CompleteRequest, type Lock, type MissingImage } from '@zenml-airgap/bundle-spec';
import { isAllowedBy } from '@zenml-airgap/helm-chart';

/** What the bundle will say it deliberately lacks. */
export function missingOf(lock: Lock, request: Pick<CompleteRequest, 'allowMissing'>): MissingImage[] {
  const missing = new Map<string, MissingImage>();
  for (const { image, chart, where, status } of lock.chartImages) {
    if (status !== 'allowed') continue;
    const reason = request.allowMissing.find((allowed) => isAllowedBy(allowed.image, image))?.reason;
    // The lock's hash covers allowMissing, so a lock that fits has its reasons in the request.
    if (reason === undefined) continue;
    const known = missing.get(image) ?? { image, reason, foundIn: [] };
    known.foundIn.push(...where.map((place) => `${chart}: ${place}`));
    missing.set(image, known);
  }
  return [...missing.values()];
}

/** Entries of `allowMissing` that no chart names: the chart has changed, or the entry is misspelt. */
export function unusedAllowances(lock: Lock, request: Pick<CompleteRequest, 'allowMissing'>): string[] {
  return request.allowMissing
    .map(({ image }) => image)
    .filter((allowed) => !lock.chartImages.some(({ image }) => isAllowedBy(allowed, image)));
}

/** @throws MISSING_IMAGES with each image and where it was found */
export function refuseMissingImages(lock: Lock): void {
  const problems = lock.chartImages
    .filter(({ status }) => status === 'missing')
    .map(({ image, chart, where }) => `${image} (${chart}: ${where.join('; ')})`);
  if (problems.length > 0) {
    throw new AirgapError('MISSING_IMAGES', 'charts would run images that the bundle lacks', { problems });
  }
}
