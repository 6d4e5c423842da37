import { defaultChartsDestination } from '../destination-reference.ts';
import type { BundleManifest } from '../schemas/bundle-manifest.ts';
import { UNNAMED_REGISTRY } from './listing-of.ts';

/**
 * `README.txt`: verifying and loading with only tar, sed, sha256sum, openssl, and docker or podman, for whoever must not run
 * our loader, or wants to check it. Indented lines are commands and run as written (a test runs them).
 *
 * Order matters: nothing is taken out of the tar but three small files until the signature over the manifest and, through the
 * manifest, SHA256SUMS are known to be right; then only what SHA256SUMS lists is taken out, and only that is given to docker.
 * So a second entry of the same name, a link or an extra entry that someone put into the tar changes nothing.
 */
export function readmeOf(manifest: Pick<BundleManifest, 'created' | 'registries' | 'artifacts'>): Uint8Array {
  const [first] = manifest.registries;
  const images = first?.images ?? UNNAMED_REGISTRY;
  const charts = first?.charts ?? defaultChartsDestination(UNNAMED_REGISTRY);
  const pushes = manifest.artifacts
    .filter(({ kind }) => kind === 'image')
    .flatMap(({ source, name, tag }) => [
      `    $DOCKER tag ${source} "$REGISTRY/${name}:${tag}"`,
      `    $DOCKER push "$REGISTRY/${name}:${tag}"`,
    ]);
  const hasCharts = manifest.artifacts.some(({ kind }) => kind === 'chart');
  const text = `\
ZenML air-gapped bundle of ${manifest.created}

manifest.txt says what is in this bundle. To verify and load it, use zenml-loader.mjs, which was carried along, and
Node.js 24.15 or later, which has to be there or be carried as well:

  node zenml-loader.mjs verify BUNDLE.tar --key airgap.pub
  node zenml-loader.mjs load BUNDLE.tar --key airgap.pub --to ${images}

The rest of this file does the same by hand, with only tar, sed, sha256sum, openssl, and docker or podman.
Run the indented commands in one shell, in this order, and stop at the first one that fails.
Get this text and the public key from somewhere else than the bundle: who can change a bundle can change its README.


0. Name the bundle, the public key that came to you separately, and your registry

    BUNDLE="\${BUNDLE:-bundle.tar}"
    KEY="\${KEY:-airgap.pub}"
    REGISTRY="\${REGISTRY:-${images}}"
    CHARTS="\${CHARTS:-${charts}}"
    DOCKER="\${DOCKER:-docker}"
    mkdir unpacked

1. Check the signature. It must print: Verified OK

    tar -xf "$BUNDLE" -C unpacked bundle-manifest.json bundle-manifest.json.sigstore.json SHA256SUMS
    sed -n 's/.*"signature" *: *"\\([A-Za-z0-9+\\/=]*\\)".*/\\1/p' unpacked/bundle-manifest.json.sigstore.json > unpacked/signature.base64
    openssl base64 -d -A -in unpacked/signature.base64 -out unpacked/signature.der
    openssl dgst -sha256 -verify "$KEY" -signature unpacked/signature.der unpacked/bundle-manifest.json

2. Check SHA256SUMS against the signed manifest. It must print: SHA256SUMS: OK

    sed -n 's/^{"path":"SHA256SUMS","size":[0-9]*,"digest":"sha256:\\([0-9a-f]*\\)"},*$/\\1  SHA256SUMS/p' unpacked/bundle-manifest.json > unpacked/sums.sha256
    (cd unpacked && sha256sum -c sums.sha256)

3. Unpack what SHA256SUMS lists, and check it

    sed 's/^[0-9a-f]*  //' unpacked/SHA256SUMS > unpacked/names
    tar -xf "$BUNDLE" -C unpacked -T unpacked/names
    (cd unpacked && sha256sum --quiet -c SHA256SUMS)

4. Load the images, exactly what was checked

    tar -cf - -C unpacked -T unpacked/names | $DOCKER load

   ($DOCKER load -i "$BUNDLE" is shorter, and reads what was not checked if someone tampered with the tar.)

5. Push the images

   The digests change: docker load keeps layers uncompressed, and docker push compresses them anew; only one platform of
   each image is loaded. Where digests, all platforms and signatures must survive, use zenml-loader, or copy from the folder
   unpacked, which is an OCI image layout, with oras or skopeo.

${pushes.length === 0 ? '   This bundle has no images.' : pushes.join('\n')}

6. Push the Helm charts, which are in unpacked/charts

${hasCharts ? '    for chart in unpacked/charts/*.tgz; do helm push "$chart" "oci://$CHARTS"; done' : '   This bundle has no charts.'}
`;
  return new TextEncoder().encode(text);
}
