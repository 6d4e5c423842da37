import { open } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { BundlerContext } from './bundler-context.ts';
import { DEFAULT_REQUEST } from './request-options.ts';
import { type RequestTemplateOptions, requestTemplate } from './request-template.ts';

export interface InitOptions extends RequestTemplateOptions {
  readonly file: string;
}

export async function runInit(options: InitOptions, { terminal }: BundlerContext): Promise<void> {
  const { file } = options;
  try {
    await using handle = await open(file, 'wx');
    await handle.writeFile(requestTemplate(options));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new AirgapError('OUTPUT_EXISTS', `${file} exists already`, { remedy: 'Edit it, or write another with -f.' });
    }
    throw new AirgapError('FILE_ERROR', `${file} cannot be written`, { cause: error });
  }
  const next = nextCommands(file);
  const width = Math.max(...next.map(([command]) => command.length));
  terminal.result(`Wrote ${file}: say in it what you need.\n`);
  terminal.result(['Next:', ...next.map(([command, what]) => `  ${command.padEnd(width)}   ${what}`)].join('\n'));
  terminal.record({ event: 'init', file });
}

/** As they are typed for this file, and what they are for. */
function nextCommands(file: string): [string, string][] {
  const named =
    file === DEFAULT_REQUEST ? '' : ` -f ${/^[\w./:@%+=,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`}`;
  return [
    [`zenml-bundler versions${named}`, 'what is published'],
    ['zenml-bundler keygen', 'a key to sign with'],
    [`zenml-bundler plan${named}`, 'what would be carried'],
  ];
}
