import { open } from 'node:fs/promises';
import { AirgapError } from '@zenml-airgap/bundle-spec';
import type { BundlerContext } from './bundler-context.ts';
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
  terminal.result(`Wrote ${file}: say in it what you need.\n`);
  terminal.result(
    'Next:\n  zenml-bundler versions   what is published\n  zenml-bundler keygen     a key to sign with\n  zenml-bundler plan       what would be carried',
  );
  terminal.record({ event: 'init', file });
}
