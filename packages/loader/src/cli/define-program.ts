import {
  addOutputOptions,
  addRegistryOptions,
  type CommandContext,
  parseCount,
  parseUsername,
  type RegistryOptions,
} from '@zenml-airgap/terminal';
import { Command, Option } from 'commander';
import type { OnConflict } from '../push/decide.ts';
import type { Environment } from './environment.ts';
import { VERSION } from './version.ts';

/** What says which bundle is trusted. */
export interface TrustOptions {
  readonly key: readonly string[];
  readonly insecureAllowUnsigned?: boolean;
}

export interface VerifyOptions extends TrustOptions {
  readonly concurrency?: number;
}

export interface DestinationCommandOptions extends TrustOptions, RegistryOptions {
  readonly to?: string;
  readonly chartsTo?: string;
}

export interface PlanOptions extends DestinationCommandOptions {
  readonly onConflict: OnConflict;
  readonly receipt?: string;
}

export interface ValuesOptions extends TrustOptions {
  readonly to?: string;
  readonly chartsTo?: string;
  readonly output: string;
  readonly overwrite?: boolean;
  readonly pullSecret?: string;
  readonly caSecret?: string;
  readonly caFile?: string;
  readonly plainHttp?: boolean;
  readonly username?: string;
  readonly namespaceControlPlane?: string;
  readonly namespaceWorkspace?: string;
}

/** Everything that a command is run with. */
export interface RunContext extends CommandContext {
  readonly environment: Environment;
}

/** The command line. Commands are imported when they are run: `--help` must not wait for a registry client. */
export function defineProgram(command: CommandContext, environment: Environment): Command {
  const context: RunContext = { ...command, environment };
  const program = new Command('zenml-loader')
    .description('Bring a ZenML bundle into an internal registry: verify it, load it, write the Helm values.')
    .version(VERSION)
    .addHelpText('after', MAIN_EXAMPLES);
  addOutputOptions(addTrustOptions(addBundle(program.command('verify'))))
    .description('Check the signature and every byte of a bundle; contacts no registry')
    .option('--concurrency <n>', 'threads that hash. Default: one for each CPU, at most 8', parseCount)
    .addHelpText('after', '\nExample:\n  zenml-loader verify bundle.tar --key airgap.pub')
    .action(async (bundle: string, options: VerifyOptions) => {
      const { runVerify } = await import('./run-verify.ts');
      await runVerify(bundle, options, context);
    });
  addOutputOptions(addTrustOptions(addBundle(program.command('inspect'))))
    .description('Show what a bundle holds; without a trusted key too, and then it says so')
    .addHelpText('after', '\nExample:\n  zenml-loader inspect bundle.tar')
    .action(async (bundle: string, options: TrustOptions) => {
      const { runInspect } = await import('./run-inspect.ts');
      await runInspect(bundle, options, context);
    });
  addConflictOptions(addRegistryOptions(addDestinationOptions(addTrustOptions(addBundle(program.command('plan'))))))
    .description('Show what load would do; reads only')
    .addHelpText('after', '\nExample:\n  zenml-loader plan bundle.tar --key airgap.pub --to harbor.corp.example/zenml')
    .action(async (bundle: string, options: PlanOptions) => {
      const { runPlan } = await import('./run-plan.ts');
      await runPlan(bundle, options, context);
    });
  addConflictOptions(addRegistryOptions(addDestinationOptions(addTrustOptions(addBundle(program.command('load'))))))
    .description('Push everything in a bundle to the internal registry; tags come last')
    .addHelpText('after', LOAD_EXAMPLES)
    .action(async (bundle: string, options: PlanOptions) => {
      const { runLoad } = await import('./run-load.ts');
      await runLoad(bundle, options, context);
    });
  addOutputOptions(addDestinationOptions(addTrustOptions(addBundle(program.command('values')))))
    .description('Write Helm values and installation steps that point every image at the internal registry')
    .option('-o, --output <folder>', 'where to write the files', 'deploy')
    .option('--overwrite', 'replace files that are there, and what was filled in')
    .option('--pull-secret <name>', 'the Kubernetes secret to pull images with. Default: image-pull-secret')
    .option('--ca-secret <name>', 'the Kubernetes secret that holds your certificate authority, key ca.crt')
    .option('--ca-file <pem>', 'your certificate authority, for the commands in INSTALL.md')
    .option('--plain-http', 'the registry has no TLS: so the commands in INSTALL.md')
    .option('--username <name>', 'whom the registry knows, for the commands in INSTALL.md; never a password', parseUsername)
    .option('--namespace-control-plane <name>', 'default: zenml-pro')
    .option('--namespace-workspace <name>', 'default: zenml-workspace')
    .addHelpText(
      'after',
      '\nExample:\n  zenml-loader values bundle.tar --key airgap.pub --to harbor.corp.example/zenml -o deploy',
    )
    .action(async (bundle: string, options: ValuesOptions) => {
      const { runValues } = await import('./run-values.ts');
      await runValues(bundle, options, context);
    });
  return program;
}

function addBundle(command: Command): Command {
  return command.argument('<bundle>', 'the bundle: its tar, or the folder it was unpacked into');
}

function addTrustOptions(command: Command): Command {
  const collect = (path: string, paths: readonly string[]): string[] => [...paths, path];
  return command
    .addOption(
      new Option('--key <pub>', 'trusted public key; repeatable')
        .argParser(collect)
        .default([], 'the installed ones, see zenml-loader --help'),
    )
    .option('--insecure-allow-unsigned', 'accept a bundle whose signature cannot be checked');
}

function addDestinationOptions(command: Command): Command {
  return command
    .option('--to <host/path>', 'the internal registry. Default: the one that the bundle was built for')
    .option('--charts-to <host/path>', 'where charts go. Default: TO/charts');
}

function addConflictOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--on-conflict <action>', 'what to do with tags that have other content')
        .choices(['fail', 'skip', 'overwrite'])
        .default('fail'),
    )
    .option('--receipt <file>', 'the receipt: read for what it says of withheld tags, appended to by load');
}

const MAIN_EXAMPLES = `
Examples:
  zenml-loader verify bundle.tar --key airgap.pub
  zenml-loader load bundle.tar --key airgap.pub --to harbor.corp.example/zenml
  zenml-loader values bundle.tar --key airgap.pub --to harbor.corp.example/zenml -o deploy

Trusted keys: --key, else *.pub and *.pem in /etc/zenml-airgap/keys and $XDG_CONFIG_HOME/zenml-airgap/keys.
Credentials: --username with --password-stdin, else REGISTRY_USERNAME and REGISTRY_PASSWORD (for --to and --charts-to alone),
else those of docker login and podman login. Certificate authorities: the system's, and --ca-file.
Exit codes: 0 done, 2 usage, 3 configuration, 4 permission, 5 network or registry, 6 integrity, 7 trust, 8 conflict,
9 preflight, 130 interrupted.`;

const LOAD_EXAMPLES = `
Examples:
  zenml-loader load bundle.tar --key airgap.pub --to harbor.corp.example/zenml
  zenml-loader load bundle.tar --to artifactory.corp.example/docker/zenml --charts-to artifactory.corp.example/helm
  printf %s "$PASSWORD" | zenml-loader load bundle.tar --username 'robot$zenml+loader' --password-stdin

It can be interrupted and run again: what is there is not sent twice, and no tag moves before everything else is there.`;
