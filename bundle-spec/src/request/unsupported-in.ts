import { quote } from '../problems/quote.ts';
import type { Request } from '../schemas/request.ts';
import type { RequestProblem } from './request-problem.ts';

/** Sources without digests of their own, as skopeo writes them. */
const LOCAL_SOURCE = /^(?:docker-daemon|docker-archive|containers-storage|oci|oci-archive|dir):/;

/** What the format has fields for and this version does not do yet. */
export function unsupportedIn(request: Request): RequestProblem[] {
  const problems: RequestProblem[] = [];
  const unsupported = (path: readonly PropertyKey[], text: string): void => {
    problems.push({ path, text, unsupported: true });
  };
  if (request.referrers !== undefined) unsupported(['referrers'], 'are not carried yet: leave the key out');
  for (const [index, entry] of (request.images ?? []).entries()) {
    const image = typeof entry === 'string' ? entry : entry.image;
    if (LOCAL_SOURCE.test(image)) {
      unsupported(['images', index], `images come from registries only as yet, not from ${quote(image)}`);
    }
  }
  return problems;
}
