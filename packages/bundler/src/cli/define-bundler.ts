import { addOutputOptions, addRegistryOptions } from '@zenml-airgap/terminal';
import { Command, InvalidArgumentError, Option } from 'commander';
import { formatPlatform, parsePlatform } from 'oras-js';
import type { BundlerContext } from './bundler-context.ts';
import { parseFileName } from './parse-file-name.ts';
import { DEFAULT_REQUEST } from './request-options.ts';
import { TOOL } from './tool.ts';

const DEFAULT_KEY_NAME = 'airgap';

/** All commands; what a command needs is imported when it runs, so that --help is quick. */
export function defineBundler(context: BundlerContext): Command {
  return new Command(TOOL.name)
    .description('Puts a release of ZenML Pro, images and Helm charts, into one signed file that crosses an air gap.')
    .version(TOOL.version)
    .addHelpText('after', FIRST_STEPS)
    .addCommand(init(context))
    .addCommand(keygen(context))
    .addCommand(versions(context))
    .addCommand(resolve(context))
    .addCommand(plan(context))
    .addCommand(build(context));
}

const FIRST_STEPS = `
A first bundle:
  $ zenml-bundler init                       # writes zenml-bundle.yaml: say what you need
  $ zenml-bundler keygen                     # writes airgap.key and airgap.pub
  $ docker login europe-west3-docker.pkg.dev # as ZenML told you
  $ zenml-bundler plan                       # what would be carried, and how much it is
  $ zenml-bundler build                      # zenml-pro-0.13.0-0.93.2.tar
`;

function init(context: BundlerContext): Command {
  return addOutputOptions(new Command('init'))
    .description('Write a commented zenml-bundle.yaml to begin with.')
    .option('-f, --file <yaml>', 'the file to write', parseFileName, DEFAULT_REQUEST)
    .addOption(new Option('--scenario <name>', 'what runs inside').choices(['self-hosted', 'hybrid']).default('self-hosted'))
    .addOption(new Option('--source <name>', 'whose registries hold the private images').choices(['gcp', 'aws']).default('gcp'))
    .addHelpText('after', examples('init', 'init --scenario hybrid --source aws'))
    .action(async (options) => (await import('./run-init.ts')).runInit(options, context));
}

function keygen(context: BundlerContext): Command {
  return addOutputOptions(new Command('keygen'))
    .description('Make a key pair: NAME.key signs bundles, NAME.pub checks them inside.')
    .argument('[name]', 'path without .key and .pub', parseFileName, DEFAULT_KEY_NAME)
    .option('--no-passphrase', 'leave the private key unencrypted (for tests)')
    .option('--passphrase-fd <n>', 'read the passphrase from this file descriptor')
    .addHelpText(
      'after',
      examples('keygen', 'keygen keys/release', 'keygen --no-passphrase test', 'keygen --passphrase-fd 3 3< passphrase.txt'),
    )
    .action(async (name, options) => (await import('./run-keygen.ts')).runKeygen(name, options, context));
}

function versions(context: BundlerContext): Command {
  return addRegistryOptions(new Command('versions'))
    .description('List the published versions of the control plane and the workspace server, newest first.')
    .option('-f, --file <yaml>', 'take mirrors from this request; without it the one here, where there is one', parseFileName)
    .option('--pre-releases', 'list pre-releases too')
    .option('--all', 'list all, not only the newest 20')
    .addHelpText('after', examples('versions', 'versions --all --json'))
    .action(async (options) => (await import('./run-versions.ts')).runVersions(options, context));
}

function resolve(context: BundlerContext): Command {
  return requestOptions(new Command('resolve'))
    .description('Pin every version, tag and digest in zenml-bundle.lock.json, beside the request.')
    .addHelpText('after', examples('resolve', 'resolve --update', 'resolve --locked   # only check that the lock fits'))
    .action(async (options) => (await import('./run-resolve.ts')).runResolve(options, context));
}

function plan(context: BundlerContext): Command {
  return requestOptions(new Command('plan'))
    .description('Show what would be carried: artifacts, digests, platforms, sizes. Fetches no image layer.')
    .addHelpText('after', examples('plan', 'plan -f hybrid.yaml --json'))
    .action(async (options) => (await import('./run-plan.ts')).runPlan(options, context));
}

function build(context: BundlerContext): Command {
  return requestOptions(new Command('build'))
    .description('Fetch everything into one signed tar. Run again after an interruption, it continues.')
    .option('-o, --output <tar>', 'the file to write (default: named after the versions, here)', parseFileName)
    .option('--restart', 'discard what an earlier run left in the .partial file')
    .option('--key <file>', 'private key to sign with, instead of signing.key in the request', parseFileName)
    .option('--passphrase-fd <n>', 'read the key’s passphrase from this file descriptor')
    .option('--insecure-unsigned', 'do not sign: loaders refuse such a bundle unless told otherwise')
    .addHelpText(
      'after',
      `${examples('build', 'build -f hybrid.yaml -o /media/usb/zenml.tar', 'build --locked --quiet --json')}
Environment:
  ZENML_BUNDLE_PASSPHRASE               passphrase of the private key
  REGISTRY_USERNAME, REGISTRY_PASSWORD  for the registry of the private images, and no other
  SOURCE_DATE_EPOCH                     the bundle’s date, in seconds; otherwise the lock’s
  HTTPS_PROXY, NO_PROXY                 as everywhere
`,
    )
    .action(async (options) => (await import('./run-build.ts')).runBuild(options, context));
}

/** What every command takes that reads a request. */
function requestOptions(command: Command): Command {
  return addRegistryOptions(command)
    .option('-f, --file <yaml>', 'the request', parseFileName, DEFAULT_REQUEST)
    .addOption(new Option('--update', 'resolve again, even where the lock fits').conflicts('locked'))
    .option(
      '--platform <os/arch>',
      'carry only this platform of each image, instead of platforms in the request; repeatable',
      addPlatform,
    )
    .option('--locked', 'never resolve: refuse where the lock does not fit');
}

function addPlatform(text: string, before: readonly string[] = []): string[] {
  try {
    return [...before, formatPlatform(parsePlatform(text))];
  } catch {
    throw new InvalidArgumentError('OS/ARCHITECTURE[/VARIANT], such as linux/amd64');
  }
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${TOOL.name} ${line}\n`).join('')}`;
}
