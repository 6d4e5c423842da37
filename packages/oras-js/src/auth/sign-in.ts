import { escapeControl } from '../content/escape-control.ts';
import { hideUserinfo } from '../registry/hide-userinfo.ts';
import { RegistryError } from '../registry/registry-error.ts';
import { type Challenge, parseChallenges } from './parse-challenge.ts';

/** How a registry wants to be signed in to. */
export type SignIn =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: URL; readonly service: string | undefined; readonly scope: string | undefined };

/**
 * Picks what this library speaks from a 401's challenges, Bearer before Basic.
 * @param registry the URL that answered
 * @returns `undefined` where there is nothing to go by: an empty challenge, as Harbor's for a missing project
 * @throws INVALID_RESPONSE for a realm to which no credential may be sent
 */
export function readSignIn(header: string | undefined, registry: URL): SignIn | undefined {
  const challenges = parseChallenges(header);
  const bearer = challenges.find((challenge) => challenge.scheme === 'bearer' && challenge.parameters.realm !== undefined);
  if (bearer) return readBearer(bearer, registry);
  return challenges.some((challenge) => challenge.scheme === 'basic') ? { scheme: 'basic' } : undefined;
}

function readBearer({ parameters }: Challenge, registry: URL): SignIn {
  return {
    scheme: 'bearer',
    realm: readRealm(parameters.realm ?? '', registry),
    service: parameters.service,
    scope: parameters.scope === '' ? undefined : parameters.scope,
  };
}

/** The attack: whoever can write this header would otherwise read the password off the wire. */
function readRealm(text: string, registry: URL): URL {
  let realm: URL | undefined;
  try {
    realm = new URL(text);
  } catch {}
  const isAllowed = realm?.protocol === 'https:' || (realm?.protocol === 'http:' && registry.protocol === 'http:');
  if (realm && isAllowed && realm.username === '' && realm.password === '') return realm;
  const shown = JSON.stringify(escapeControl(hideUserinfo(text.split('?', 1)[0] ?? ''), 200));
  throw new RegistryError('INVALID_RESPONSE', `${registry.host}: the registry names ${shown} to get tokens from`, {
    remedy: 'Credentials go to https only. The public URL of the registry must be set in its configuration.',
  });
}
