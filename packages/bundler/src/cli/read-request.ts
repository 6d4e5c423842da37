import { readFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { AirgapError, type CompleteRequest, completeRequest, type Request } from '@zenml-airgap/bundle-spec';
import { parseRequest } from '@zenml-airgap/bundle-spec/request';

export interface RequestFile {
  readonly request: Request;
  /** Its defaults filled in. */
  readonly complete: CompleteRequest;
  /** Paths in the request count from here. */
  readonly folder: string;
  readonly lockPath: string;
}

/** What the command line says instead of the file; a lock counts for both together. */
interface RequestOverrides {
  readonly platform?: readonly string[];
}

/** @throws FILE_NOT_FOUND, FILE_ERROR, and what parsing throws */
export async function readRequest(path: string, { platform }: RequestOverrides = {}): Promise<RequestFile> {
  const folder = dirname(path);
  const written = parseRequest(await readText(path), { file: path });
  const request = platform === undefined ? written : { ...written, platforms: [...platform] };
  return { request, complete: completeRequest(request), folder, lockPath: join(folder, `${parse(path).name}.lock.json`) };
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new AirgapError('FILE_NOT_FOUND', `${path} does not exist`, {
        remedy: 'zenml-bundler init writes one; -f names another.',
      });
    }
    throw new AirgapError('FILE_ERROR', `${path} cannot be read`, { cause: error });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AirgapError('INVALID_YAML', `${path} is not text in UTF-8`, {
      remedy: 'Save it as UTF-8: editors call that its encoding.',
    });
  }
}
