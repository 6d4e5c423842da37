import { escapeControl } from '../content/escape-control.ts';
import { OrasError } from '../error.ts';

export function notFound(where: string, what: string): OrasError {
  return new OrasError('NOT_FOUND', `${where}: ${escapeControl(what)} is not there`, {
    remedy: 'Check the name and the tag against what is there.',
  });
}
