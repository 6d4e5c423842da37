/** Older first, for people to read in order; numbers as numbers, the rest as text. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(/[.+-]/));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const [a = '', b = ''] = [left?.[index], right?.[index]];
    if (a === b) continue;
    const [x, y] = [Number(a), Number(b)];
    if (a !== '' && b !== '' && Number.isInteger(x) && Number.isInteger(y)) return x - y;
    return a < b ? -1 : 1;
  }
  return 0;
}
