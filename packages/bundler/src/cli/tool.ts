import { readFileSync } from 'node:fs';

const manifest: { readonly version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/** Who made a bundle. */
export const TOOL = { name: 'zenml-bundler', version: manifest.version } as const;
