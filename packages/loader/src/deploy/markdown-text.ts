import { escapeControl } from 'oras-js';

/** Also what turns into a link without brackets: `http://…` and `www.…`. */
const MARKUP = /[\\`*_~[\]<>|#&]|:(?=\/\/)|(?<=www)\./gi;

/** Text of a bundle as text of a Markdown table's cell: nothing in it is markup. */
export function markdownText(text: string): string {
  return escapeControl(text, 1000).replace(MARKUP, (character) => `&#${character.codePointAt(0)};`);
}

/** Text of a bundle as code. */
export function markdownCode(text: string): string {
  return `\`${escapeControl(text, 1000).replaceAll('`', "'").replaceAll('|', '¦')}\``;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A block of shell commands. */
export function shellBlock(...lines: readonly (string | undefined)[]): string {
  return ['```bash', ...lines.filter((line) => line !== undefined), '```'].join('\n');
}
