/** What registries accept (distribution, zot and Harbor alike), and so the most that is buffered at once. */
export const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** More than any image has (Docker stops at 127 layers), few enough to walk. */
export const MAX_SUCCESSORS = 4096;

/** DESIGN §4: measured; smaller batches cost a turn of the event loop each. */
export const BATCH_BYTES = 1024 * 1024;
