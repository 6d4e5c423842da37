const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/**
 * `1,234,567 bytes (1.2 MiB)`: exact for comparing, rounded for reading; no locale. What the programs print has the same
 * base (terminal’s `formatBytes`); this one is apart because a bundle’s bytes must not change with the looks of a terminal.
 */
export function formatSize(bytes: number): string {
  const exact = `${String(bytes).replace(/\B(?=(?:\d{3})+$)/g, ',')} bytes`;
  if (bytes < 1024) return exact;
  let scaled = bytes / 1024;
  let unit = 0;
  while (scaled >= 1023.95 && unit < UNITS.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${exact} (${scaled.toFixed(1)} ${UNITS[unit]})`;
}
