import type { CatalogueEntry } from './catalogue-entry.ts';
import type { OwnErrorCode } from './error-code.ts';
import { ExitCode } from './exit-code.ts';

/** What the bundle and the two programs add. */
export const OWN_ERRORS: Readonly<Record<OwnErrorCode, CatalogueEntry>> = {
  USAGE: {
    exitCode: ExitCode.usage,
    meaning: 'The command line is not understood, or lacks something.',
    remedy: 'See --help; it shows examples.',
  },
  FILE_NOT_FOUND: {
    exitCode: ExitCode.configuration,
    meaning: 'A file that was named does not exist.',
    remedy: 'Check the path; zenml-bundler init writes a first zenml-bundle.yaml.',
  },
  FILE_ERROR: {
    exitCode: ExitCode.unexpected,
    meaning: 'The system refuses to read or write a file. Exit code 4 where a permission is lacking.',
    remedy: 'The message has the path and the system’s reason: check permissions and the medium.',
  },
  INVALID_YAML: {
    exitCode: ExitCode.configuration,
    meaning: 'A YAML file cannot be parsed.',
    remedy: 'Correct the line and column that the message names.',
  },
  INVALID_REQUEST: {
    exitCode: ExitCode.configuration,
    meaning: 'zenml-bundle.yaml asks for something that does not exist or contradicts itself.',
    remedy: 'Correct the lines that the message names; zenml-bundler init writes a commented example.',
  },
  UNKNOWN_VERSION: {
    exitCode: ExitCode.configuration,
    meaning: 'No such version has been published.',
    remedy: 'zenml-bundler versions lists the published ones.',
  },
  NO_COMPATIBLE_VERSION: {
    exitCode: ExitCode.configuration,
    meaning: 'No published version satisfies the range.',
    remedy: 'zenml-bundler versions lists the published ones; widen the range.',
  },
  MISSING_IMAGES: {
    exitCode: ExitCode.preflight,
    meaning: 'A chart would run images that the bundle lacks.',
    remedy: 'Add them to images in zenml-bundle.yaml, or name them in allowMissing with a reason.',
  },
  DUPLICATE_REFERENCE: {
    exitCode: ExitCode.configuration,
    meaning: 'Two artifacts would have the same reference inside, so that one would overwrite the other.',
    remedy: 'Give one of them another name: images: [{ image: …, name: … }].',
  },
  NAME_TOO_LONG: {
    exitCode: ExitCode.configuration,
    meaning: 'A file’s name does not fit into the tar: it has more than 100 bytes, or other than plain ASCII characters.',
    remedy: 'Leave the artifact out, or ask its publisher for a shorter name or version.',
  },
  LOCK_MISSING: {
    exitCode: ExitCode.configuration,
    meaning: '--locked was given, and there is no lock file.',
    remedy: 'Run zenml-bundler resolve, and keep the lock beside the request.',
  },
  LOCK_OUTDATED: {
    exitCode: ExitCode.configuration,
    meaning: '--locked was given, and the request has changed since the lock was written.',
    remedy: 'Run zenml-bundler resolve, and look at what changed in the lock.',
  },
  INVALID_LOCK: {
    exitCode: ExitCode.configuration,
    meaning: 'The lock file cannot be read.',
    remedy: 'Restore it, or run zenml-bundler resolve --update to write it anew.',
  },
  INVALID_CHART: {
    exitCode: ExitCode.integrity,
    meaning: 'A Helm chart’s archive is not what Helm packages.',
    remedy: 'Check with helm show chart; ask whoever published it.',
  },
  HELM_FAILED: {
    exitCode: ExitCode.preflight,
    meaning: 'helm was found but could not render a chart.',
    remedy: 'The message has what helm reported; try the same helm template by hand.',
  },
  INVALID_RECEIPT: {
    exitCode: ExitCode.configuration,
    meaning: 'A receipt of an earlier load cannot be read.',
    remedy: 'Move the file away, or name another with --receipt.',
  },
  INVALID_KEY: {
    exitCode: ExitCode.configuration,
    meaning: 'A key file is not a PEM key that can be used here.',
    remedy: 'Keys are ECDSA P-256 or RSA in PEM; zenml-bundler keygen makes a pair.',
  },
  NO_SIGNING_KEY: {
    exitCode: ExitCode.configuration,
    meaning: 'No key was named to sign the bundle with.',
    remedy: 'zenml-bundler keygen makes one; name it in signing.key.',
  },
  PASSPHRASE_REQUIRED: {
    exitCode: ExitCode.usage,
    meaning: 'The private key is encrypted, and its passphrase was not entered or there is no terminal to ask for it.',
    remedy: 'Set ZENML_BUNDLE_PASSPHRASE, or give it with --passphrase-fd.',
  },
  PASSPHRASE_WRONG: {
    exitCode: ExitCode.permission,
    meaning: 'The passphrase does not open the private key.',
    remedy: 'Try again; without the passphrase the key is lost, and keygen makes another.',
  },
  NO_TRUSTED_KEYS: {
    exitCode: ExitCode.trust,
    meaning: 'There is no public key to check the bundle against.',
    remedy: 'Give the key that came to you separately with --key FILE.pub, or install it in /etc/zenml-airgap/keys.',
  },
  SIGNATURE_MISSING: {
    exitCode: ExitCode.trust,
    meaning: 'The bundle is not signed.',
    remedy: 'Ask for a signed bundle; --insecure-allow-unsigned accepts it as it is.',
  },
  SIGNATURE_INVALID: {
    exitCode: ExitCode.trust,
    meaning: 'The signature does not fit: the bundle’s manifest or its signature was changed.',
    remedy: 'Do not load it. Transfer the bundle again; if this stays, ask its maker.',
  },
  SIGNATURE_UNTRUSTED: {
    exitCode: ExitCode.trust,
    meaning: 'The bundle is signed with a key that is not trusted here.',
    remedy: 'If that key is right, get its public half over another way and give it with --key.',
  },
  NOT_A_BUNDLE: {
    exitCode: ExitCode.integrity,
    meaning: 'This is no bundle: it does not begin with bundle-manifest.json.',
    remedy:
      'Give the .tar that zenml-bundler build wrote, or the folder it was unpacked into. A repacked tar: unpack it, and give the folder.',
  },
  INCOMPLETE_BUNDLE: {
    exitCode: ExitCode.integrity,
    meaning: 'The build of this bundle has not been finished.',
    remedy: 'Run zenml-bundler build again: it continues.',
  },
  UNSUPPORTED_FORMAT: {
    exitCode: ExitCode.preflight,
    meaning: 'The bundle has a format that this version does not know.',
    remedy: 'Use a zenml-loader at least as new as the zenml-bundler that made it.',
  },
  INVALID_BUNDLE_MANIFEST: {
    exitCode: ExitCode.integrity,
    meaning: 'bundle-manifest.json contradicts the specification or itself.',
    remedy: 'Do not load it: no zenml-bundler writes this. Transfer the bundle again, or ask its maker.',
  },
  TRUNCATED_BUNDLE: {
    exitCode: ExitCode.integrity,
    meaning: 'The bundle ends too early.',
    remedy: 'The transfer was cut off: transfer it again.',
  },
  LAYOUT_MISMATCH: {
    exitCode: ExitCode.integrity,
    meaning: 'The tar is not laid out as its manifest says: a header, padding, or bytes after the end differ.',
    remedy: 'Transfer it again. If a gateway repacked it: unpack it, and give the folder.',
  },
  FILE_MISMATCH: {
    exitCode: ExitCode.integrity,
    meaning: 'A file that follows from the manifest (index.json, manifest.json, SHA256SUMS) says something else.',
    remedy: 'Do not load it: no zenml-bundler writes this. Transfer the bundle again, or ask its maker.',
  },
  MISSING_FILE: {
    exitCode: ExitCode.integrity,
    meaning: 'The bundle’s folder lacks files that the manifest lists.',
    remedy: 'Unpack the bundle again; a content gateway may have held files back.',
  },
  UNLISTED_FILE: {
    exitCode: ExitCode.integrity,
    meaning: 'The bundle, a folder or a tar, holds files or links that the manifest does not list.',
    remedy: 'A folder: remove them, or unpack the bundle into an empty one. A tar: do not load it, and transfer it again.',
  },
  NOT_PLANNED: {
    exitCode: ExitCode.unexpected,
    meaning: 'Content was to be written into a bundle whose plan does not name it.',
    remedy: 'This is a defect: please report it.',
  },
  CLOUD_SIGN_IN_FAILED: {
    exitCode: ExitCode.permission,
    meaning: 'The identity that this machine has in a cloud does not open the cloud’s registry.',
    remedy: 'Repair the identity that the message names, or pipe a password from the cloud’s own program into --password-stdin.',
  },
  CLOUD_SDK_MISSING: {
    exitCode: ExitCode.configuration,
    meaning: 'A cloud’s registry is to be signed in to with the machine’s own identity, and the cloud’s SDK is not installed.',
    remedy: 'Pipe a password from the cloud’s own program into --password-stdin, as the message shows.',
  },
  INVALID_ARCHIVE: {
    exitCode: ExitCode.integrity,
    meaning: 'An archive of an image (docker save, OCI) is damaged, cut short, or no such archive.',
    remedy: 'Make the archive again, with docker save, podman save or skopeo copy, and copy it completely.',
  },
  DAEMON_UNAVAILABLE: {
    exitCode: ExitCode.network,
    meaning: 'The Docker daemon does not answer, or not as one.',
    remedy: 'Start it, or check DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH; docker version has to work.',
  },
  OUTPUT_EXISTS: {
    exitCode: ExitCode.conflict,
    meaning: 'The output file exists already.',
    remedy: 'Name another with -o, or move the old one away.',
  },
  PARTIAL_OF_ANOTHER_PLAN: {
    exitCode: ExitCode.conflict,
    meaning: 'The .partial file belongs to a build of something else.',
    remedy: '--restart discards it; or name another output with -o.',
  },
  PARTIAL_IN_USE: {
    exitCode: ExitCode.conflict,
    meaning: 'Another build is writing the same .partial file.',
    remedy: 'Wait for it, or name another output with -o.',
  },
  NOT_ENOUGH_SPACE: {
    exitCode: ExitCode.preflight,
    meaning: 'The bundle, or an image that is prepared for it, would not fit on the disk; nothing was written.',
    remedy: 'Free the space that the message names, or name an output on another disk with -o.',
  },
  DISK_FULL: {
    exitCode: ExitCode.preflight,
    meaning: 'The disk filled up while writing; what is written is kept.',
    remedy: 'Free some space and run the same command again: it continues.',
  },
  CONFLICT: {
    exitCode: ExitCode.conflict,
    meaning: 'Tags at the destination are there already with other content; nothing was pushed.',
    remedy: '--on-conflict says what to do with them; or load under another path with --to.',
  },
  TAG_WITHHELD: {
    exitCode: ExitCode.conflict,
    meaning: 'A tag exists at the destination, and a policy hides which content it has.',
    remedy: 'Give the receipt of the earlier load with --receipt, or have the policy’s finding resolved.',
  },
  CONFIRMATION_FAILED: {
    exitCode: ExitCode.integrity,
    meaning: 'After the push the destination shows other content than was sent.',
    remedy: 'Something else writes to the same tags, or the registry is faulty: look there, and load again.',
  },
  INTERNAL: {
    exitCode: ExitCode.unexpected,
    meaning: 'A defect in this program.',
    remedy: 'Please report it, with the output of the same command and --json.',
  },
};
