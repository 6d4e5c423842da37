export interface RequestTemplateOptions {
  readonly scenario: 'self-hosted' | 'hybrid';
  readonly source: 'gcp' | 'aws';
}

/** A first `zenml-bundle.yaml`: complete as it is, every key explained, the optional ones commented out. */
export function requestTemplate({ scenario, source }: RequestTemplateOptions): string {
  const hybrid = scenario === 'hybrid';
  return `# What zenml-bundler carries across the air gap. All keys: SPEC.md, "Request".

# self-hosted: control plane and workspaces run inside. hybrid: workspaces only.
scenario: ${scenario}

# Where the private images come from: gcp (Artifact Registry) or aws (ECR, two regions).
source: ${source}

# Exact versions, ranges (">=0.13 <0.14"), or latest; "zenml-bundler versions" lists what is published.
# Whatever is not exact is pinned in the lock file beside this one, until "--update".
versions:
${hybrid ? '' : '  controlPlane: 0.13.0\n'}  workspaceServer: 0.93.2       # or several: [0.93.2, 0.94.0]

# Pipelines inside start from zenml:VERSION-pyX.Y, X.Y being the Python of whoever starts them.
client:
  python: ["3.11"]

# Platforms of the images to carry. Without this line all of them are, and digests and signatures stay those of upstream.
# platforms: [linux/amd64]

# Helm charts: those of the scenario. [] where Helm is not used; further ones as oci:// references.
charts: ${hybrid ? '[zenml]' : '[zenml-pro, zenml]'}

# Further images: a reference, or image and the name that it gets inside.
# images:
#   - docker.io/library/mysql:8.0
#   - image: docker.io/library/redis:7.4
#     name: cache/redis
images: []

# Images that a chart names and that are left out on purpose. The chart zenml is known for this one:
allowMissing:
  - image: busybox
    reason: only the pod of "helm test" runs it, which nobody runs inside

# The registry inside; "zenml-loader load --to" overrides it.
registry: harbor.corp.example/zenml
# registry:                       # where charts live elsewhere, as in Artifactory
#   images: artifactory.corp.example/docker-local/zenml
#   charts: artifactory.corp.example/helm-local/zenml

# Pull from a mirror instead. The key is a host, or a host and a path; the longest that fits wins.
# mirrors:
#   docker.io: mirror.corp.example/dockerhub

# The private key that signs the bundle; "zenml-bundler keygen" makes one.
signing:
  key: airgap.key
`;
}
