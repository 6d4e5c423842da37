import { InvalidArgumentError } from 'commander';

/** A path that can be a file's: empty, `.` and what ends in a slash would fail only once the work is done. */
export function parseFileName(text: string): string {
  if (/(?:^|\/)\.{0,2}$/.test(text)) throw new InvalidArgumentError('It has to name a file.');
  return text;
}
