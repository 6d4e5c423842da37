import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/**
 * Required, not imported: an import statement reads every export, `WebSocket` among them, and so loads undici, which nothing here
 * uses: 40 ms at each start (Node 24.21).
 */
export const http = load('node:http') as typeof import('node:http');
export const https = load('node:https') as typeof import('node:https');
