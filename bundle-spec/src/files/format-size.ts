const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1,234,567 bytes (1.2 MB)`: exact for comparing, rounded for reading; no locale. */
export function formatSize(bytes: number): string {
  const exact = `${String(bytes).replace(/\B(?=(?:\d{3})+$)/g, ',')} bytes`;
  if (bytes < 1000) return exact;
  let scaled = bytes / 1000;
  let unit = 0;
  while (scaled >= 999.95 && unit < UNITS.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${exact} (${scaled.toFixed(1)} ${UNITS[unit]})`;
}
