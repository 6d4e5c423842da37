export type { CommandHost } from './command-host.ts';
export {
  addOutputOptions,
  addRegistryOptions,
  DEFAULT_CONCURRENCY,
  parseCount,
  parseUsername,
  type RegistryOptions,
} from './common-options.ts';
export { formatBytes } from './format-bytes.ts';
export { formatDuration } from './format-duration.ts';
export type { Column } from './format-table.ts';
export type { Progress } from './progress.ts';
export type { ProgressOptions } from './progress-count.ts';
export { readCaFile } from './read-ca-file.ts';
export { type RegistryCredentialSources, registryCredentials } from './registry-credentials.ts';
export { registryNotes } from './registry-notes.ts';
export { type CommandContext, type RunCommandOptions, runCommand } from './run-command.ts';
export { createTerminal, type Terminal, type TerminalOptions } from './terminal.ts';
