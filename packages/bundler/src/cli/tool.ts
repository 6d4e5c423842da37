/** Who made a bundle; a test compares it with package.json. */
export const TOOL = { name: 'zenml-bundler', version: '0.1.0' } as const;
