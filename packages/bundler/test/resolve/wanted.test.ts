import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeRequest, type Request } from '@zenml-airgap/bundle-spec';
import { extraArtifacts } from '../../src/resolve/extra-artifacts.ts';
import { refuseDuplicates } from '../../src/resolve/refuse-duplicates.ts';
import { releaseArtifacts } from '../../src/resolve/release-artifacts.ts';
import { privateRepositories } from '../../src/resolve/release-sources.ts';
import { sourceOf } from '../../src/resolve/wanted-artifact.ts';

function wanted(request: Request, versions = { controlPlane: '0.13.0' as string | null, workspaceServer: ['0.93.2'] }): string[] {
  const complete = completeRequest(request);
  return [...releaseArtifacts(complete, versions), ...extraArtifacts(complete)].map(
    (each) => `${sourceOf(each)} as ${each.name}`,
  );
}

const VERSIONS = { controlPlane: '0.13.0', workspaceServer: '0.93.2' };
const GCP = 'europe-west3-docker.pkg.dev/zenml-cloud/zenml-pro';
const AWS = '715803424590.dkr.ecr';

test('self-hosted is four images and both charts', () => {
  assert.deepEqual(wanted({ versions: VERSIONS }), [
    `${GCP}/zenml-pro-api:0.13.0 as zenml-pro-api`,
    `${GCP}/zenml-pro-dashboard:0.13.0 as zenml-pro-dashboard`,
    'public.ecr.aws/zenml/zenml-pro:0.13.0 as charts/zenml-pro',
    `${GCP}/zenml-pro-server:0.93.2 as zenml-pro-server`,
    'docker.io/zenmldocker/zenml:0.93.2 as zenml',
    'public.ecr.aws/zenml/zenml:0.93.2 as charts/zenml',
  ]);
});

test('hybrid is the workspace’s part alone', () => {
  const request: Request = { scenario: 'hybrid', versions: { workspaceServer: '0.93.2' } };
  assert.deepEqual(wanted(request, { controlPlane: null, workspaceServer: ['0.93.2'] }), [
    `${GCP}/zenml-pro-server:0.93.2 as zenml-pro-server`,
    'docker.io/zenmldocker/zenml:0.93.2 as zenml',
    'public.ecr.aws/zenml/zenml:0.93.2 as charts/zenml',
  ]);
});

test('aws has the control plane in one region and the workspace server in another', () => {
  assert.deepEqual(wanted({ source: 'aws', charts: [], versions: VERSIONS }), [
    `${AWS}.eu-west-1.amazonaws.com/zenml-pro-api:0.13.0 as zenml-pro-api`,
    `${AWS}.eu-west-1.amazonaws.com/zenml-pro-dashboard:0.13.0 as zenml-pro-dashboard`,
    `${AWS}.eu-central-1.amazonaws.com/zenml-pro-server:0.93.2 as zenml-pro-server`,
    'docker.io/zenmldocker/zenml:0.93.2 as zenml',
  ]);
});

test('every workspace version brings its client, its Python variants and its chart', () => {
  const request: Request = { versions: VERSIONS, client: { python: ['3.11', '3.12'] }, charts: ['zenml'] };
  assert.deepEqual(wanted(request, { controlPlane: null, workspaceServer: ['0.93.2', '0.94.0'] }), [
    `${GCP}/zenml-pro-server:0.93.2 as zenml-pro-server`,
    'docker.io/zenmldocker/zenml:0.93.2 as zenml',
    'docker.io/zenmldocker/zenml:0.93.2-py3.11 as zenml',
    'docker.io/zenmldocker/zenml:0.93.2-py3.12 as zenml',
    'public.ecr.aws/zenml/zenml:0.93.2 as charts/zenml',
    `${GCP}/zenml-pro-server:0.94.0 as zenml-pro-server`,
    'docker.io/zenmldocker/zenml:0.94.0 as zenml',
    'docker.io/zenmldocker/zenml:0.94.0-py3.11 as zenml',
    'docker.io/zenmldocker/zenml:0.94.0-py3.12 as zenml',
    'public.ecr.aws/zenml/zenml:0.94.0 as charts/zenml',
  ]);
});

test('further images are named by their last segment or as asked, charts below charts/', () => {
  const request: Request = {
    versions: VERSIONS,
    charts: ['oci://registry-1.docker.io/bitnamicharts/mysql:12.0.1+3'],
    images: ['busybox', 'docker.io/library/mysql:8.0', { image: 'quay.io/a/redis:7', name: 'cache/redis' }],
  };
  assert.deepEqual(wanted(request).slice(4), [
    'docker.io/library/busybox:latest as busybox',
    'docker.io/library/mysql:8.0 as mysql',
    'quay.io/a/redis:7 as cache/redis',
    'docker.io/bitnamicharts/mysql:12.0.1_3 as charts/mysql',
  ]);
});

test('two artifacts on one reference are refused, all together', () => {
  const complete = completeRequest({
    versions: VERSIONS,
    images: ['quay.io/a/redis:7', 'docker.io/library/redis:7', 'quay.io/a/mysql:8', 'docker.io/library/mysql:8'],
  });
  assert.throws(() => refuseDuplicates(extraArtifacts(complete)), {
    code: 'DUPLICATE_REFERENCE',
    message: [
      'different artifacts would have the same reference inside:',
      '  redis:7: quay.io/a/redis:7 and docker.io/library/redis:7',
      '  mysql:8: quay.io/a/mysql:8 and docker.io/library/mysql:8',
    ].join('\n'),
  });
});

test('the client image and the chart of one name and version are different references', () => {
  const complete = completeRequest({ versions: VERSIONS });
  const artifacts = releaseArtifacts(complete, { controlPlane: null, workspaceServer: ['0.93.2'] });
  assert.equal(refuseDuplicates(artifacts).length, artifacts.length);
});

test('one image in two spellings is carried once', () => {
  const complete = completeRequest({ versions: VERSIONS, images: ['busybox:1.36', 'docker.io/library/busybox:1.36'] });
  assert.equal(refuseDuplicates(extraArtifacts(complete)).length, 1);
});

test('the private repositories are those of the scenario and the source', () => {
  assert.deepEqual(privateRepositories({ scenario: 'hybrid', source: 'aws' }), [
    `${AWS}.eu-central-1.amazonaws.com/zenml-pro-server`,
  ]);
  assert.equal(privateRepositories({ scenario: 'self-hosted', source: 'gcp' }).length, 3);
});
