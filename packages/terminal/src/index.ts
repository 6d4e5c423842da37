export type { CommandHost } from './command-host.ts';
export { addOutputOptions, addRegistryOptions, parseCount, type RegistryOptions } from './common-options.ts';
export { formatBytes } from './format-bytes.ts';
export { formatDuration } from './format-duration.ts';
export type { Column } from './format-table.ts';
export type { Progress, ProgressOptions } from './progress.ts';
export { type CommandContext, type RunCommandOptions, runCommand } from './run-command.ts';
export { createTerminal, type Terminal, type TerminalOptions } from './terminal.ts';
