/** What no shell takes for anything but text. */
const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/;

/** One word of a POSIX shell's command line: `$` of a robot's name, blanks and quotes arrive as they are. */
export function shellQuote(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
