import semver from 'semver';

const SHOWN = 3;

/** `; nearest: 0.93.2, 0.93.1` for the end of a message; empty where nothing is published. */
export function nearestVersions(wanted: string, published: readonly string[]): string {
  const nearest = [...published]
    .sort((left, right) => compareDistance(distance(wanted, left), distance(wanted, right)) || semver.rcompare(left, right))
    .slice(0, SHOWN);
  return nearest.length === 0 ? '' : `; nearest: ${nearest.join(', ')}`;
}

/**
 * Major, minor and patch apart: a change of the minor is farther than any of the patch. Where the minors differ, patches
 * count from the side of `wanted`: from 0.95.0, 0.93.10 is nearer than 0.93.2.
 */
function distance(wanted: string, version: string): number[] {
  const [major, minor, patch] = [semver.major, semver.minor, semver.patch].map((part) => part(version) - part(wanted));
  const side = semver.lt(version, wanted) ? -1 : 1;
  return [major, minor, patch].map((difference = 0, index) => {
    const sameAbove = [major, minor].slice(0, index).every((above) => above === 0);
    return sameAbove ? Math.abs(difference) : difference * side;
  });
}

function compareDistance(left: readonly number[], right: readonly number[]): number {
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
