import { errorsPage } from './errors-page.ts';
import { jsonSchemas } from './json-schemas.ts';

export interface GeneratedFile {
  /** from the repository's root */
  readonly path: string;
  readonly content: string;
}

/** Everything that is generated; pure, so that the test compares the same. */
export function generatedFiles(): GeneratedFile[] {
  return [...jsonSchemas(), { path: 'bundle-spec/ERRORS.md', content: errorsPage() }];
}
