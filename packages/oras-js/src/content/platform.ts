import { OrasError } from '../error.ts';
import type { Platform } from './descriptor.ts';
import { escapeControl } from './escape-control.ts';

/** Other names that people and tools write. Source: containerd platforms v1.0, database.go. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  armhf: 'arm/v7',
  armel: 'arm/v6',
};

/** What an architecture is where no variant is written. Source: as above. */
const DEFAULT_VARIANTS: Readonly<Record<string, string>> = { amd64: 'v1', arm64: 'v8', arm: 'v7' };

const PART = /^[a-z0-9_][a-z0-9_.-]{0,31}$/;

/**
 * Reads `os/architecture[/variant]`, such as `linux/amd64` or `linux/arm/v7`.
 * @throws INVALID_PLATFORM
 */
export function parsePlatform(text: string): Platform {
  const [os = '', named = '', ...rest] = text.toLowerCase().split('/');
  const [architecture = '', variant, ...more] = [...(ARCHITECTURES[named] ?? named).split('/'), ...rest];
  const parts = [os, architecture, ...(variant === undefined ? [] : [variant])];
  if (more.length > 0 || !parts.every((part) => PART.test(part))) {
    throw new OrasError('INVALID_PLATFORM', `not a platform: ${JSON.stringify(escapeControl(text))}`, {
      remedy: 'Write it as OS/ARCHITECTURE[/VARIANT]: linux/amd64, linux/arm64, linux/arm/v7.',
    });
  }
  return { os, architecture, ...(variant === undefined ? {} : { variant }) };
}

export function formatPlatform({
  os,
  architecture,
  variant,
}: Pick<Platform, 'os' | 'architecture'> & { readonly variant?: string | undefined }): string {
  return [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])].join('/');
}

/** Whether `wanted` names `present`. Without a variant it names them all. */
export function matchesPlatform(wanted: Platform, present: Platform): boolean {
  if (wanted.os !== present.os || wanted.architecture !== present.architecture) return false;
  return wanted.variant === undefined || variantOf(wanted) === variantOf(present);
}

function variantOf({ architecture, variant }: Platform): string | undefined {
  return variant === undefined || variant === '' ? DEFAULT_VARIANTS[architecture] : variant;
}
