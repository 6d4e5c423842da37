/** No key is this long, and the distance costs its square. */
const MAX_KEY_LENGTH = 64;

/** The known key that `key` was probably meant to be; undefined where none is near. */
export function nearestKey(key: string, known: readonly string[]): string | undefined {
  if (key.length > MAX_KEY_LENGTH) return undefined;
  const allowed = Math.max(2, Math.floor(key.length / 3));
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distance(plain(key), plain(candidate)) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
  return nearest?.candidate;
}

/** Other programs write `control-plane` or `control_plane`. */
function plain(key: string): string {
  return key.toLowerCase().replace(/[-_ ]/g, '');
}

/** Levenshtein's distance, two neighbours exchanged counting as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const exchanged = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + (same ? 0 : 1),
          exchanged ? (beforePrevious[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
