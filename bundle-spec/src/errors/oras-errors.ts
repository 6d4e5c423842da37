import type { OrasErrorCode } from 'oras-js';
import type { CatalogueEntry } from './catalogue-entry.ts';
import { ExitCode } from './exit-code.ts';

/** What oras-js throws, as the two programs explain it. */
export const ORAS_ERRORS: Readonly<Record<OrasErrorCode, CatalogueEntry>> = {
  INVALID_REFERENCE: {
    exitCode: ExitCode.configuration,
    meaning: 'A reference to an image or a chart cannot be read.',
    remedy: 'Write it as HOST[:PORT]/REPOSITORY:TAG, without a scheme.',
  },
  INVALID_DIGEST: {
    exitCode: ExitCode.configuration,
    meaning: 'A digest cannot be read.',
    remedy: 'A digest reads sha256: followed by 64 lower-case hexadecimal digits.',
  },
  INVALID_DESCRIPTOR: {
    exitCode: ExitCode.integrity,
    meaning: 'A manifest names content in a way that the OCI specification does not allow.',
    remedy: 'The image or chart is damaged at its source: ask whoever published it.',
  },
  INVALID_PLATFORM: {
    exitCode: ExitCode.configuration,
    meaning: 'A platform cannot be read.',
    remedy: 'Write it as OS/ARCHITECTURE[/VARIANT]: linux/amd64, linux/arm64, linux/arm/v7.',
  },
  INVALID_MANIFEST: {
    exitCode: ExitCode.integrity,
    meaning: 'An image manifest or index is not what the OCI specification says.',
    remedy: 'The image or chart is damaged at its source: ask whoever published it.',
  },
  INVALID_RESPONSE: {
    exitCode: ExitCode.network,
    meaning: 'What answered does not speak the registry protocol.',
    remedy: 'Check the host and the path; a proxy or a sign-in page may have answered in the registry’s place.',
  },
  INVALID_CREDENTIALS_FILE: {
    exitCode: ExitCode.configuration,
    meaning: 'A file with registry credentials (config.json, auth.json) cannot be read.',
    remedy: 'Repair the file that the message names, or sign in again with docker login or podman login.',
  },
  CREDENTIAL_HELPER_FAILED: {
    exitCode: ExitCode.permission,
    meaning: 'A credential helper named in config.json is missing or failed.',
    remedy: 'Run the helper by hand to see why, or give the credentials through REGISTRY_USERNAME and REGISTRY_PASSWORD.',
  },
  INVALID_LAYOUT: {
    exitCode: ExitCode.integrity,
    meaning: 'A folder is not a complete OCI image layout.',
    remedy: 'Give a folder with oci-layout, index.json and blobs/, or make it again.',
  },
  NOT_FOUND: {
    exitCode: ExitCode.network,
    meaning: 'What was asked for is not there.',
    remedy: 'Check the name and the tag; many registries also say “not found” when the credentials may not see it.',
  },
  PLATFORM_ABSENT: {
    exitCode: ExitCode.configuration,
    meaning: 'An image was not published for a platform that was asked for.',
    remedy: 'Leave the platform out, or choose among those that the message lists.',
  },
  DIGEST_MISMATCH: {
    exitCode: ExitCode.integrity,
    meaning: 'Content does not have the digest under which it is listed: it was changed or damaged.',
    remedy: 'Transfer or fetch it again; when it happens twice, the source itself is damaged.',
  },
  SIZE_MISMATCH: {
    exitCode: ExitCode.integrity,
    meaning: 'Content is longer or shorter than listed.',
    remedy: 'Transfer or fetch it again; when it happens twice, the source itself is damaged.',
  },
  TOO_LARGE: {
    exitCode: ExitCode.integrity,
    meaning: 'A piece of metadata exceeds the limit that keeps hostile input from filling the memory.',
    remedy: 'No real image or chart comes near the limit: do not trust the source.',
  },
  UNAUTHORIZED: {
    exitCode: ExitCode.permission,
    meaning: 'A registry does not accept the credentials, or none were given.',
    remedy: 'Sign in with docker login HOST, or set REGISTRY_USERNAME and REGISTRY_PASSWORD.',
  },
  DENIED: {
    exitCode: ExitCode.permission,
    meaning: 'The credentials are right but may not do this.',
    remedy: 'Ask the registry’s administrator for permission on the repository that the message names.',
  },
  TAG_IMMUTABLE: {
    exitCode: ExitCode.conflict,
    meaning: 'The registry has a rule that this tag may not be moved.',
    remedy: 'Load under another path with --to, or have the rule lifted for this repository.',
  },
  WITHHELD: {
    exitCode: ExitCode.permission,
    meaning: 'The registry has it, but a policy (vulnerability scan, signature) blocks reading.',
    remedy: 'See the registry’s policy for the repository: the scan may be running still, or have found something.',
  },
  RATE_LIMITED: {
    exitCode: ExitCode.network,
    meaning: 'The registry refuses more requests for now.',
    remedy: 'Sign in (anonymous limits are lower) or try again later: what was fetched is kept.',
  },
  CERTIFICATE_UNTRUSTED: {
    exitCode: ExitCode.network,
    meaning: 'The server’s TLS certificate is not signed by a certificate authority that is trusted here.',
    remedy: 'Give your organisation’s certificate authority with --ca-file FILE.pem.',
  },
  CONNECTION_FAILED: {
    exitCode: ExitCode.network,
    meaning: 'No connection to the host, or it broke and retries did not help.',
    remedy: 'Check the host and port, the network, and HTTPS_PROXY and NO_PROXY.',
  },
  REGISTRY_ERROR: {
    exitCode: ExitCode.network,
    meaning: 'The registry answered with an error.',
    remedy: 'The message says what the registry reported; its log says more.',
  },
  UNSUPPORTED: {
    exitCode: ExitCode.configuration,
    meaning: 'This version cannot do that.',
    remedy: 'The message names what is not supported: leave it out, or use a later version.',
  },
  ABORTED: {
    exitCode: ExitCode.interrupted,
    meaning: 'Interrupted before the end.',
    remedy: 'Run the same command again: it continues where it stopped.',
  },
};
