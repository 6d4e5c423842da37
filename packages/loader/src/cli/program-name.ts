import { basename, isAbsolute, relative } from 'node:path';
import { shellQuote } from '../deploy/shell-quote.ts';

export interface StartedAs {
  /** Node, as it was typed: `process.argv0`. */
  readonly node: string;
  /** Absolute: `process.argv[1]`. */
  readonly script: string;
  readonly workingFolder: string;
}

/**
 * How this process was started, to be typed again: `zenml-loader` where it is installed, `node zenml-loader.mjs` where
 * the one file was carried.
 */
export function programName({ node, script, workingFolder }: StartedAs): string {
  if (basename(script) === 'zenml-loader') return 'zenml-loader';
  const near = relative(workingFolder, script);
  return `${shellQuote(node)} ${shellQuote(near.startsWith('..') || isAbsolute(near) ? script : near)}`;
}
