import type { CatalogueEntry } from './catalogue-entry.ts';
import type { ErrorCode } from './error-code.ts';
import { ORAS_ERRORS } from './oras-errors.ts';
import { OWN_ERRORS } from './own-errors.ts';

/** Every code of every program; complete by its type. ERRORS.md is generated from it. */
export const ERROR_CATALOGUE: Readonly<Record<ErrorCode, CatalogueEntry>> = { ...ORAS_ERRORS, ...OWN_ERRORS };
