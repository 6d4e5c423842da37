import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BundleManifest,
  formatBundleManifest,
  MAX_MANIFEST_FILE_BYTES,
  parseBundleManifest,
} from '@zenml-airgap/bundle-spec';
import fc from 'fast-check';
import { digestOf } from 'oras-js';
import { sampleBundle } from '../fixtures/sample-bundle.ts';
import { thrownBy } from '../fixtures/thrown-by.ts';
import { copyOf } from '../fixtures/write-tar.ts';

const { manifest, manifestBytes } = sampleBundle();
const ELSEWHERE = digestOf(new TextEncoder().encode('elsewhere'));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('reads what it writes, and writes the same bytes again', () => {
  const parsed = parseBundleManifest(manifestBytes);
  assert.deepEqual(parsed, manifest);
  assert.deepEqual(formatBundleManifest(parsed), manifestBytes);
});

test('writes the same bytes whatever order the keys came in', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  assert.deepEqual(formatBundleManifest(reversed(manifest) as BundleManifest), manifestBytes);
});

test('has a line for each entry, which sed and grep can find', () => {
  const text = new TextDecoder().decode(manifestBytes);
  for (const { path } of manifest.files)
    assert.match(
      text,
      new RegExp(`^{"path":"${path.replaceAll('.', '\\.')}","size":\\d+,"digest":"sha256:[0-9a-f]{64}"},?$`, 'm'),
    );
});

/** One thing broken in an otherwise right manifest, and what the reader says. */
const MUTATIONS: [string, (draft: BundleManifest) => void, RegExp][] = [
  [
    'a day that does not exist',
    (m) => {
      m.created = '2026-02-30T00:00:00Z';
    },
    /created: no such day/,
  ],
  [
    'a time before 1970',
    (m) => {
      m.created = '1969-12-31T23:59:59Z';
    },
    /created: no such day or time, or before 1970/,
  ],
  [
    'two artifacts of one source',
    (m) => {
      at(m.artifacts, 1).source = at(m.artifacts, 0).source;
    },
    /artifacts\[1\]: the same source as artifacts\[0\] with another root/,
  ],
  [
    'two artifacts of one name and tag',
    (m) => void Object.assign(at(m.artifacts, 1), { name: 'zenml', tag: '0.93.2' }),
    /artifacts\[1\]: the same name and tag/,
  ],
  [
    'a chart outside charts/',
    (m) => {
      at(m.artifacts, 3).name = 'zenml-chart';
    },
    /artifacts\[3\]\.name: a chart's begins with charts\//,
  ],
  [
    'a root that is no blob',
    (m) => {
      at(m.artifacts, 0).root.digest = ELSEWHERE;
    },
    /artifacts\[0\]: sha256:\w+ is not listed as a blob/,
  ],
  [
    'a root of another size',
    (m) => {
      at(m.artifacts, 0).root.size += 1;
    },
    /artifacts\[0\]: .*another size or media type/,
  ],
  [
    'a referrer that is no blob',
    (m) => at(m.artifacts, 0).referrers.push({ mediaType: 'x/y', digest: ELSEWHERE, size: 1 }),
    /artifacts\[0\]: .*is not listed/,
  ],
  ['blobs in another order', (m) => void m.blobs.reverse(), /blobs\[1\]: blobs are not in the order/],
  [
    'a blob twice',
    (m) => m.blobs.unshift(structuredClone(at(m.blobs, 0))),
    /blobs\[1\]: blobs are not in the order of their digests, each once/,
  ],
  [
    'a sha512 blob',
    (m) => m.blobs.push({ ...at(m.blobs, 0), digest: `sha512:${'f'.repeat(128)}` }),
    /format 1\.0 carries sha256 only/,
  ],
  ['a manifest without children', (m) => void delete manifestBlob(m).children, /children: manifests have it, and nothing else/],
  [
    'children of a layer',
    (m) => {
      layerBlob(m).children = [];
    },
    /children: manifests have it, and nothing else/,
  ],
  ['a child that is no blob', (m) => manifestBlob(m).children?.push(ELSEWHERE), /children: sha256:\w+ is not listed as a blob/],
  ['an artifact that does not exist', (m) => layerBlob(m).artifacts.push(99), /there is no such artifact/],
  [
    'artifacts out of order',
    (m) => void Object.assign(sharedBlob(m), { artifacts: sharedBlob(m).artifacts.toReversed() }),
    /not in ascending order/,
  ],
  ['an artifact twice', (m) => layerBlob(m).artifacts.push(at(layerBlob(m).artifacts, -1)), /not in ascending order, each once/],
  ['a manifest that names itself', (m) => manifestBlob(m).children?.push(manifestBlob(m).digest), /a manifest names itself/],
  [
    'a blob that claims an artifact too many',
    (m) => {
      layerBlob(m).artifacts = [0, 1, 2, 3];
    },
    /not the artifacts whose manifests lead/,
  ],
  ['a blob that claims an artifact too few', (m) => sharedBlob(m).artifacts.pop(), /not the artifacts whose manifests lead/],
  ['a blob that nothing leads to', (m) => void manifestBlob(m).children?.pop(), /not the artifacts whose manifests lead/],
  ['a fixed file missing', (m) => void m.files.shift(), /files\[0\]\.path: must be manifest\.txt/],
  [
    'fixed files in another order',
    (m) => void m.files.splice(0, 2, at(m.files, 1), at(m.files, 0)),
    /files\[0\]\.path: must be manifest\.txt/,
  ],
  ['charts in another order', (m) => void m.files.push(...m.files.splice(6, 1)), /charts are not in order/],
  ['a chart file twice', (m) => m.files.push(structuredClone(at(m.files, -1))), /charts are not in order, each once/],
  [
    'a path that leads out',
    (m) => {
      at(m.files, -1).path = 'charts/../../etc/x.tgz';
    },
    /must be charts\/NAME-VERSION\.tgz/,
  ],
  [
    'an absolute path',
    (m) => {
      at(m.files, -1).path = '/etc/passwd';
    },
    /must be charts\/NAME-VERSION\.tgz/,
  ],
  [
    'a path like an option',
    (m) => {
      at(m.files, -1).path = 'charts/--x.tgz';
    },
    /must be charts\/NAME-VERSION\.tgz/,
  ],
  ['another file', (m) => m.files.push({ path: 'evil.sh', size: 1, digest: ELSEWHERE }), /must be charts\/NAME-VERSION\.tgz/],
  [
    'a chart file of other content',
    (m) => {
      at(m.files, -1).digest = ELSEWHERE;
    },
    /is not the content of a chart/,
  ],
  [
    'a chart file of another size',
    (m) => {
      at(m.files, -1).size += 1;
    },
    /the blob with this digest has another size/,
  ],
  ['a chart without its file', (m) => void m.files.pop(), /artifacts\[\d\]: the chart charts\/zenml-pro:0\.13\.0 has no file/],
  [
    'a sha512 file',
    (m) => {
      at(m.files, 0).digest = `sha512:${'f'.repeat(128)}`;
    },
    /files\[0\]\.digest: format 1\.0 carries sha256 only/,
  ],
  [
    'more bytes than can be counted',
    (m) => {
      layerBlob(m).size = Number.MAX_SAFE_INTEGER;
    },
    /more bytes than can be counted/,
  ],
  // the shape
  [
    'no artifacts',
    (m) => {
      m.artifacts = [];
    },
    /artifacts: must not be empty/,
  ],
  [
    'a negative size',
    (m) => {
      layerBlob(m).size = -1;
    },
    /size: must be at least 0/,
  ],
  [
    'half a byte',
    (m) => {
      layerBlob(m).size = 0.5;
    },
    /size: must be a whole number/,
  ],
  [
    'a short digest',
    (m) => {
      layerBlob(m).digest = 'sha256:ab';
    },
    /digest: must be a digest/,
  ],
  [
    'a digest with a path',
    (m) => {
      layerBlob(m).digest = `sha256:${'a'.repeat(61)}/..`;
    },
    /digest: must be a digest/,
  ],
  [
    'control characters in text',
    (m) => {
      at(m.missing, 0).reason = 'x\u001b[2J';
    },
    /missing\[0\]\.reason: must be one line without control/,
  ],
  [
    'writing from right to left',
    (m) => {
      m.tool.name = 'a\u202eb';
    },
    /tool\.name: must be one line/,
  ],
  [
    'a reference with blanks',
    (m) => {
      at(m.artifacts, 0).source = 'a.example/b:1; rm -rf ~';
    },
    /source: must be a canonical reference/,
  ],
  [
    'a name in upper case',
    (m) => {
      at(m.artifacts, 0).name = 'ZenML';
    },
    /name: must be a repository name/,
  ],
  ['an unknown key', (m) => void Object.assign(m, { extra: 1 }), /unknown key "extra"/],
  [
    'an unknown kind',
    (m) => void Object.assign(at(m.artifacts, 0), { kind: 'volume' }),
    /artifacts\[0\]\.kind: must be image or chart/,
  ],
];

function at<T>(list: T[], index: number): T {
  const entry = list.at(index);
  assert.ok(entry !== undefined);
  return entry;
}

function find(m: BundleManifest, wanted: (blob: BundleManifest['blobs'][number]) => boolean): BundleManifest['blobs'][number] {
  const blob = m.blobs.find(wanted);
  assert.ok(blob);
  return blob;
}

const layerBlob = (m: BundleManifest) => find(m, ({ children, artifacts }) => children === undefined && artifacts.length === 1);
const sharedBlob = (m: BundleManifest) => find(m, ({ artifacts }) => artifacts.length === 2);
/** of an image, and not the index */
const manifestBlob = (m: BundleManifest) =>
  find(m, ({ children, mediaType }) => children !== undefined && mediaType.includes('manifest'));

for (const [what, mutate, message] of MUTATIONS) {
  test(`refuses ${what}, in reading and in writing`, () => {
    const draft = copyOf(manifest);
    mutate(draft);
    assert.notDeepEqual(draft, manifest);
    const writing = thrownBy(() => formatBundleManifest(draft));
    assert.equal(writing.code, 'INVALID_BUNDLE_MANIFEST');
    assert.match(writing.message, message);
    const reading = thrownBy(() => parseBundleManifest(encode(JSON.stringify(draft))));
    assert.equal(reading.code, 'INVALID_BUNDLE_MANIFEST');
    assert.match(reading.message, message);
  });
}

test('takes one source under two names', () => {
  const draft = copyOf(manifest);
  draft.artifacts.push({ ...at(draft.artifacts, 0), name: 'another-name' });
  for (const blob of draft.blobs) if (blob.artifacts.includes(0)) blob.artifacts.push(draft.artifacts.length - 1);
  assert.deepEqual(parseBundleManifest(formatBundleManifest(draft)), draft);
});

test('reports all problems at once', () => {
  const draft = copyOf(manifest);
  draft.created = '2026-02-30T00:00:00Z';
  draft.blobs.reverse();
  draft.files.reverse();
  const { problems } = thrownBy(() => formatBundleManifest(draft));
  for (const part of [/^created/, /^blobs\[/, /^files\[/])
    assert.ok(
      problems.some((problem) => part.test(problem)),
      String(part),
    );
});

const text = new TextDecoder().decode(manifestBytes);
const NOT_CANONICAL: [string, string][] = [
  ['a key twice', text.replace('"scenario":', '"created":"2026-11-25T12:00:00Z",\n"scenario":')],
  ['a blank more', text.replace('"scenario": ', '"scenario":').replace('"scenario":', '"scenario": ')],
  ['an escape', text.replace('self-hosted', '\\u0073elf-hosted')],
  ['no newline at the end', text.trimEnd()],
  ['a newline more', `${text}\n`],
  ['another order of keys', JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed()))],
  ['a number in another form', text.replace(/"size":(\d+)/, '"size":$1.0')],
];
for (const [what, changed] of NOT_CANONICAL) {
  test(`refuses another form of the same manifest: ${what}`, () => {
    assert.notEqual(changed, text);
    const error = thrownBy(() => parseBundleManifest(encode(changed)));
    assert.equal(error.code, 'INVALID_BUNDLE_MANIFEST');
    assert.match(error.message, /not in canonical form/);
  });
}

test('refuses what is no JSON, no UTF-8, begins with a byte order mark, or is too long', () => {
  const cases: [Uint8Array, RegExp][] = [
    [encode('{'), /is not JSON/],
    [encode(''), /is not JSON/],
    [encode('null'), /must be a mapping/],
    [encode(`\ufeff${text}`), /is not JSON/],
    [new Uint8Array([0xff, 0xfe]), /is not UTF-8/],
    [new Uint8Array(MAX_MANIFEST_FILE_BYTES + 1), /more than 67108864/],
    [encode('['.repeat(100_000)), /is not JSON/],
  ];
  for (const [bytes, message] of cases) {
    const error = thrownBy(() => parseBundleManifest(bytes));
    assert.equal(error.code, 'INVALID_BUNDLE_MANIFEST');
    assert.match(error.message, message);
  }
});

test('says of a later format that it is later', () => {
  const error = thrownBy(() =>
    parseBundleManifest(encode(text.replace('"formatVersion":"1.0"', '"formatVersion":"2.0","new":1'))),
  );
  assert.equal(error.code, 'UNSUPPORTED_FORMAT');
  assert.match(error.message, /"2\.0"; this version reads 1\.0/);
});

test('whatever JSON comes, the answer is a manifest or an AirgapError', () => {
  fc.assert(
    fc.property(fc.json(), (json) => void thrownBy(() => parseBundleManifest(encode(json)))),
    { numRuns: 200 },
  );
});

test('whatever replaces whichever value, the answer is a manifest or an AirgapError', () => {
  const paths = pathsIn(manifest);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
      const draft: unknown = copyOf(manifest);
      let holder = draft;
      for (const key of path.slice(0, -1)) holder = Reflect.get(Object(holder), key);
      Reflect.set(Object(holder), path.at(-1) ?? '', value);
      const bytes = encode(JSON.stringify(draft));
      if (Buffer.compare(bytes, encode(JSON.stringify(manifest))) !== 0) thrownBy(() => parseBundleManifest(bytes));
    }),
    { numRuns: 300 },
  );
});

function pathsIn(value: unknown, base: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [base];
  const inner = Object.entries(value).flatMap(([key, child]) => pathsIn(child, [...base, key]));
  return base.length === 0 ? inner : [base, ...inner];
}

test('a hostile manifest costs time in proportion to its size', () => {
  const draft = copyOf(manifest);
  const digests = Array.from({ length: 5000 }, (_, index) => `sha256:${index.toString(16).padStart(64, '0')}` as const);
  const indices = Array.from({ length: 5000 }, (_, index) => index);
  const template = at(draft.artifacts, 0);
  draft.artifacts = indices.map((index) => ({ ...template, source: `a.example/b:${index}`, name: `n${index}`, tag: '1' }));
  draft.blobs = digests.map((digest) => ({ digest, size: 1, mediaType: 'x/y', artifacts: [0] }));
  draft.blobs.push({
    ...find(manifest, ({ digest }) => digest === template.root.digest),
    digest: `sha256:${'f'.repeat(64)}`,
    artifacts: indices,
    children: digests,
  });
  const start = performance.now();
  thrownBy(() => formatBundleManifest(draft));
  assert.ok(performance.now() - start < 5000);
});
