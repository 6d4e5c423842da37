import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, mkdtempDisposable, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { renderImages } from '@zenml-airgap/helm-chart';
import { parse } from 'yaml';
import { helmForTests } from '../../../../test/fixtures/helm-for-tests.ts';
import { type WriteDeploymentOptions, writeDeployment } from '../../src/deploy/write-deployment.ts';
import { type ReleaseOptions, releaseSource } from '../fixtures/release-source.ts';

const run = promisify(execFile);
const helm = await helmForTests();
const DESTINATION = { images: 'harbor.corp.example/zenml', charts: 'charts.corp.example/helm' };

class Written implements AsyncDisposable {
  readonly folder: string;
  readonly texts = new Map<string, string>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async by(options: Partial<WriteDeploymentOptions> = {}, release: ReleaseOptions = {}): Promise<Written> {
    const written = new Written(await mkdtemp(join(tmpdir(), 'zenml-airgap-deploy-')));
    const source = await releaseSource(release);
    const { files } = await writeDeployment(source, { destination: DESTINATION, outputFolder: written.folder, ...options });
    for (const file of files) written.texts.set(basename(file), await readFile(file, 'utf8'));
    return written;
  }

  get guide(): string {
    return this.texts.get('INSTALL.md') ?? '';
  }

  /** What stands in the guide's shell blocks. */
  get blocks(): string[] {
    return [...this.guide.matchAll(/```bash\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  }

  values(name: string): Record<string, Record<string, unknown>> {
    return parse(this.texts.get(name) ?? '') as Record<string, Record<string, unknown>>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

suite('writeDeployment', () => {
  test('writes a values file for each chart and the guide, control plane first, and nothing else', async () => {
    await using written = await Written.by();
    const names = ['zenml-pro-values.yaml', 'zenml-0.93.2-values.yaml', 'zenml-0.94.2-values.yaml', 'INSTALL.md'];
    assert.deepEqual([...written.texts.keys()], names);
    assert.deepEqual((await readdir(written.folder)).sort(), names.sort());
    assert.equal((await stat(join(written.folder, 'zenml-pro-values.yaml'))).mode & 0o077, 0);
  });

  test('points each workspace at the server of its own version, under the root of its own chart', async () => {
    await using written = await Written.by();
    const image = (tag: string): object => ({
      repository: 'harbor.corp.example/zenml/zenml-pro-server',
      tag,
      pullPolicy: 'IfNotPresent',
    });
    assert.deepEqual(written.values('zenml-0.93.2-values.yaml').zenml?.image, image('0.93.2'));
    assert.deepEqual(written.values('zenml-0.94.2-values.yaml').server?.image, image('0.94.2'));
  });

  test('the guide’s steps come in the order in which they are done', async () => {
    await using written = await Written.by();
    const titles = [...written.guide.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
    assert.deepEqual(titles, [
      '1. What is in the registry',
      '2. Fill in the values',
      '3. Sign in to the registry',
      '4. Install the control plane: zenml-pro 0.13.0',
      '5. Enrol the workspaces',
      '6. Install the workspace server: zenml 0.93.2',
      '7. Install the workspace server: zenml 0.94.2',
      '8. Clients and pipelines',
      '9. Images that are not carried',
      '10. Upgrades',
    ]);
  });

  test('secrets and chart of one release are in one namespace, and two workspaces in two', async () => {
    await using written = await Written.by();
    const namespaces = new Set(written.guide.match(/--namespace [\w-]+/g));
    assert.deepEqual([...namespaces].sort(), [
      '--namespace zenml-pro',
      '--namespace zenml-workspace-0-93-2',
      '--namespace zenml-workspace-0-94-2',
    ]);
    await using single = await Written.by({}, { charts: { 'charts/zenml-0.93.2.tgz': 'zenml-0.93.2' } });
    assert.deepEqual([...new Set(single.guide.match(/--namespace [\w-]+/g))], ['--namespace zenml-workspace']);
  });

  test('installs from the place of charts, at their version, with the CA where there is one', async () => {
    await using written = await Written.by({ caSecret: 'internal-ca', caFile: '/etc/corp ca.pem', plainHttp: false });
    const install = written.blocks.find((block) => block.startsWith('helm install zenml-pro'));
    assert.equal(
      install,
      [
        'helm install zenml-pro oci://charts.corp.example/helm/zenml-pro',
        '--version 0.13.0',
        '--namespace zenml-pro',
        '--values zenml-pro-values.yaml',
        "--ca-file '/etc/corp ca.pem'\n",
      ].join(' \\\n  '),
    );
    assert.match(written.guide, /create secret generic internal-ca --from-file=ca.crt='\/etc\/corp ca.pem'/);
  });

  test('bash parses every command', async () => {
    await using written = await Written.by({ username: 'robot$zenml', caSecret: 'internal-ca' });
    assert.ok(written.blocks.length >= 10);
    for (const block of written.blocks) {
      const file = join(written.folder, 'block.sh');
      await writeFile(file, block);
      await run('bash', ['-n', file]);
    }
  });

  test('commands arrive as they are meant, a robot’s name with its $, and no password among them', async () => {
    await using written = await Written.by({ username: 'robot$zenml', caSecret: 'internal-ca', caFile: 'corp ca.pem' });
    const calls = await callsOf(written);
    const pullSecret = 'create secret generic image-pull-secret --type=kubernetes.io/dockerconfigjson';
    for (const namespace of ['zenml-pro', 'zenml-workspace-0-93-2', 'zenml-workspace-0-94-2']) {
      assert.ok(calls.includes(`kubectl create namespace ${namespace}`));
      assert.ok(
        calls.includes(`kubectl --namespace ${namespace} ${pullSecret} --from-file=.dockerconfigjson=pull-secret/config.json`),
      );
      assert.ok(
        calls.includes(`kubectl --namespace ${namespace} create secret generic internal-ca --from-file=ca.crt=corp ca.pem`),
      );
    }
    assert.ok(calls.includes('docker --config pull-secret login --username robot$zenml harbor.corp.example'));
    assert.ok(calls.includes('helm registry login charts.corp.example --username robot$zenml --ca-file corp ca.pem'));
    const password = 'create secret generic zenml-workspace-database --from-file=password=/dev/stdin';
    assert.ok(calls.includes(`kubectl --namespace zenml-workspace-0-93-2 ${password} <hunter 2$>`));
    assert.ok(!calls.some((call) => call.replace(/ <.*>$/, '').includes('hunter')));
  });

  test('names the parent images that pipelines have to use', async () => {
    await using written = await Written.by();
    assert.match(written.guide, /- `harbor\.corp\.example\/zenml\/zenml:0\.93\.2-py3\.11`/);
    assert.match(written.guide, /DockerSettings\(parent_image="harbor\.corp\.example\/zenml\/zenml:0\.93\.2-py3\.11"\)/);
  });

  test('says which images are not carried, why, and not to run helm test', async () => {
    await using written = await Written.by();
    assert.match(
      written.guide,
      /\| `busybox` \| only for &#96;helm test&#96; &#124; not used \| charts\/zenml:0\.93\.2: templates\/tests/,
    );
    assert.match(written.guide, /Do not run `helm test`/);
    await using controlPlane = await Written.by({}, { charts: { 'charts/zenml-pro-0.13.0.tgz': 'zenml-pro' }, missing: [] });
    assert.doesNotMatch(controlPlane.guide, /not carried|helm test/);
  });

  test('lists every placeholder that it leaves', async () => {
    await using written = await Written.by({ caSecret: 'internal-ca' });
    const left = new Set([...written.texts.values()].flatMap((text) => text.match(/REPLACE_ME_[A-Z0-9_]+/g) ?? []));
    const section = /## 2\. Fill in the values\n([\s\S]*?)\n## 3/.exec(written.guide)?.[1] ?? '';
    assert.ok(left.size > 15);
    for (const placeholder of left) assert.ok(section.includes(`\`${placeholder}`), placeholder);
    assert.doesNotMatch(section, /\| {2}\|/);
  });

  test('a hybrid bundle has no control plane to install', async () => {
    const charts = { 'charts/zenml-0.93.2.tgz': 'zenml-0.93.2' };
    await using written = await Written.by({}, { scenario: 'hybrid', charts });
    assert.doesNotMatch(written.guide, /control plane: |admin/);
    assert.match(written.texts.get('zenml-0.93.2-values.yaml') ?? '', /apiURL: https:\/\/cloudapi\.zenml\.io/);
  });

  test('without charts there is nothing to install, and the guide says what is there', async () => {
    await using written = await Written.by({}, { charts: {}, missing: [] });
    assert.deepEqual([...written.texts.keys()], ['INSTALL.md']);
    assert.match(written.guide, /harbor\.corp\.example\/zenml\/zenml-pro-server:0\.93\.2/);
    assert.deepEqual(written.blocks, []);
  });

  test('a platform that an image’s config made up is text in the guide, no markup', async () => {
    const hostile = 'amd64|[x](http://evil.example) www.evil.example';
    await using written = await Written.by({}, { architecture: hostile });
    assert.match(written.guide, /linux\/amd64&#124;&#91;x&#93;\(http&#58;\/\/evil\.example\) www&#46;evil/);
    assert.match(written.guide, /All images are for amd64&#124;&#91;x&#93;/);
    assert.ok(!/\]\(http|http:\/\/evil|www\.evil/.test(written.guide));
  });

  test('an extra chart comes last, under names that Helm and Kubernetes take, with its images from inside', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'zenml-airgap-chart-'));
    const values = 'image: { repository: docker.io/zenmldocker/zenml, tag: 0.93.2 }\n';
    await writeFile(join(folder.path, 'Chart.yaml'), 'apiVersion: v2\nname: my_tool.x\nversion: 1.0.0\n');
    await writeFile(join(folder.path, 'values.yaml'), values);
    const charts = { 'charts/my_tool.x-1.0.0.tgz': folder.path, 'charts/zenml-0.93.2.tgz': 'zenml-0.93.2' };
    await using written = await Written.by({}, { charts });
    assert.deepEqual([...written.texts.keys()], ['zenml-0.93.2-values.yaml', 'my_tool.x-1.0.0-values.yaml', 'INSTALL.md']);
    assert.equal(written.values('my_tool.x-1.0.0-values.yaml').image?.repository, 'harbor.corp.example/zenml/zenml');
    const install = written.blocks.find((block) => block.startsWith('helm install my-tool-x'));
    assert.match(
      install ?? '',
      /^helm install my-tool-x oci:\/\/charts\.corp\.example\/helm\/my_tool\.x .*--namespace my-tool-x /s,
    );
    assert.match(written.guide, /^## \d\. Install: my&#95;tool\.x 1\.0\.0$/m);
  });

  test('several workspaces in a namespace of a given name still get one each', async () => {
    await using written = await Written.by({ namespaces: { workspace: 'team-a' } });
    const namespaces = new Set(written.guide.match(/--namespace team[\w-]+/g));
    assert.deepEqual([...namespaces].sort(), ['--namespace team-a-0-93-2', '--namespace team-a-0-94-2']);
  });

  test('charts that share a namespace have it, the pull secret and the CA made once', async () => {
    const one = { controlPlane: 'same', workspace: 'same' };
    const charts = { 'charts/zenml-pro-0.13.0.tgz': 'zenml-pro', 'charts/zenml-0.93.2.tgz': 'zenml-0.93.2' };
    await using written = await Written.by({ namespaces: one, caSecret: 'internal-ca' }, { charts });
    const made = written.guide.match(/^kubectl .*create .*$/gm) ?? [];
    assert.deepEqual(made, [...new Set(made)]);
    assert.equal(made.filter((line) => / create namespace | image-pull-secret | internal-ca /.test(line)).length, 3);
  });

  test('the same bundle gives the same files', async () => {
    await using one = await Written.by();
    await using other = await Written.by();
    assert.deepEqual(one.texts, other.texts);
  });

  test('replaces nothing that is there, unless asked to, and then writes nothing', async () => {
    await using written = await Written.by();
    await writeFile(join(written.folder, 'zenml-0.93.2-values.yaml'), 'filled in');
    await rm(join(written.folder, 'zenml-pro-values.yaml'));
    const options = { destination: DESTINATION, outputFolder: written.folder };
    const source = await releaseSource();
    await assert.rejects(writeDeployment(source, options), { code: 'OUTPUT_EXISTS' });
    assert.ok(!(await readdir(written.folder)).includes('zenml-pro-values.yaml'));
    await writeDeployment(source, { ...options, overwrite: true });
    assert.notEqual(await readFile(join(written.folder, 'zenml-0.93.2-values.yaml'), 'utf8'), 'filled in');
  });

  test('refuses a file in the folder’s place, and makes no folders above it', async () => {
    await using written = await Written.by();
    const guide = join(written.folder, 'INSTALL.md');
    await assert.rejects(Written.by({ outputFolder: guide }), {
      code: 'OUTPUT_EXISTS',
      message: `${guide} exists, and is no folder`,
    });
    const deep = join(written.folder, 'slip/deploy');
    await assert.rejects(Written.by({ outputFolder: deep }), { code: 'FILE_NOT_FOUND', remedy: /-o/ });
    assert.ok(!(await readdir(written.folder)).includes('slip'));
  });

  test('refuses names that Kubernetes would refuse, all at once', async () => {
    const options = { pullSecret: 'Pull_Secret', caSecret: '$(reboot)', namespaces: { workspace: 'a.b' } };
    await assert.rejects(Written.by(options), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'USAGE');
      assert.match(error.message, /Pull_Secret[\s\S]*reboot[\s\S]*a\.b/);
      return true;
    });
  });

  test('helm renders every file that was written with internal images only, busybox aside', {
    skip: helm === undefined ? 'no helm in ZENML_AIRGAP_TOOLS or on the PATH' : false,
  }, async () => {
    await using written = await Written.by({ caSecret: 'internal-ca' });
    const source = await releaseSource();
    for (const chart of ['zenml-pro-0.13.0', 'zenml-0.93.2', 'zenml-0.94.2']) {
      const values = written.texts.get(chart === 'zenml-pro-0.13.0' ? 'zenml-pro-values.yaml' : `${chart}-values.yaml`) ?? '';
      const images = await renderImages(await source.readFile(`charts/${chart}.tgz`), values, { helm: helm ?? '' });
      const outside = images.map(({ image }) => image).filter((image) => !image.startsWith(`${DESTINATION.images}/zenml-pro-`));
      assert.deepEqual(outside, chart === 'zenml-pro-0.13.0' ? [] : ['busybox']);
    }
  });
});

/** Runs every block with kubectl, helm and docker that only note how they were called: `name arguments… <stdin>`. */
async function callsOf(written: Written): Promise<string[]> {
  const tools = await mkdtemp(join(tmpdir(), 'zenml-airgap-tools-'));
  try {
    const stub =
      '#!/bin/sh\ninput=\ncase "$*" in */dev/stdin*) input=" <$(cat)>" ;; esac\necho "$(basename "$0") $*$input" >> "$CALLS"\n';
    for (const tool of ['kubectl', 'helm', 'docker']) {
      await writeFile(join(tools, tool), stub);
      await chmod(join(tools, tool), 0o755);
    }
    const calls = join(tools, 'calls');
    const env = { PATH: `${tools}${delimiter}${process.env.PATH}`, CALLS: calls };
    for (const block of written.blocks) {
      const running = run('bash', ['-c', block], { cwd: written.folder, env });
      running.child.stdin?.end('hunter 2$\n');
      await running;
    }
    return (await readFile(calls, 'utf8')).split('\n');
  } finally {
    await rm(tools, { recursive: true, force: true });
  }
}
