const DEFAULT_MAX_LENGTH = 256;

/**
 * What a terminal, a log or a reader could take for something else: C0 and C1 controls, direction overrides (they make
 * `gnp.exe` read `exe.png`), invisible characters, line separators and lone surrogates.
 */
const HOSTILE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Makes text from a registry, a file or a bundle fit for a message: one line, nothing invisible, at most `maxLength` characters. */
export function escapeControl(text: string, maxLength: number = DEFAULT_MAX_LENGTH): string {
  const cut = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return cut.replace(HOSTILE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
