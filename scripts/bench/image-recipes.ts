/** One layer: folders of this machine, those that exist; `~` and `*` as in a shell. */
export interface LayerRecipe {
  readonly name: string;
  readonly folders: readonly string[];
}

/** A release's image: its layers from the bottom; equal beginnings are shared. */
interface ImageRecipe {
  readonly name: string;
  readonly layers: readonly LayerRecipe[];
}

export interface Recipes {
  /** Names the cached images: another recipe, another cache. */
  readonly key: string;
  readonly images: readonly ImageRecipe[];
  /** Random bytes fill what this machine's folders lack. */
  readonly minCompressedBytes: number;
}

const debian: LayerRecipe = { name: 'debian', folders: ['/usr/lib/x86_64-linux-gnu'] };
const python: LayerRecipe = {
  name: 'python',
  folders: ['/usr/lib/python3', '~/.pyenv/versions/3.11*', '/usr/local/lib/python3*'],
};
const assets: LayerRecipe = { name: 'assets', folders: ['/usr/share/doc', '/usr/share/man', '/usr/share/javascript'] };
const go: LayerRecipe = { name: 'go', folders: ['/usr/local/go'] };
const java: LayerRecipe = { name: 'java', folders: ['/usr/lib/jvm'] };
const rust: LayerRecipe = { name: 'rust', folders: ['~/.rustup/toolchains/stable-x86_64-unknown-linux-gnu'] };

/** About what ZenML Pro weighs: a shared Debian and Python, and one large layer of each image's own. */
export const FULL: Recipes = {
  key: 'full-1',
  minCompressedBytes: 500e6,
  images: [
    { name: 'zenml-pro-api', layers: [debian, python, go] },
    { name: 'zenml-pro-dashboard', layers: [debian, assets] },
    { name: 'zenml-pro-server', layers: [debian, python, java] },
    { name: 'zenml', layers: [debian, python, rust] },
  ],
};

const perl: LayerRecipe = { name: 'perl', folders: ['/usr/share/perl', '/usr/lib/x86_64-linux-gnu/perl'] };
const python3: LayerRecipe = { name: 'python3', folders: ['/usr/lib/python3'] };
const systemd: LayerRecipe = { name: 'systemd', folders: ['/usr/lib/systemd', '/usr/sbin'] };
const git: LayerRecipe = { name: 'git', folders: ['/usr/lib/git-core'] };
const gcc: LayerRecipe = { name: 'gcc', folders: ['/usr/lib/gcc'] };

/** The same shapes, some seconds to make: for looking whether the bench works, not for figures. */
export const QUICK: Recipes = {
  key: 'quick-1',
  minCompressedBytes: 50e6,
  images: [
    { name: 'zenml-pro-api', layers: [perl, python3, git] },
    { name: 'zenml-pro-dashboard', layers: [perl, systemd] },
    { name: 'zenml-pro-server', layers: [perl, python3, gcc] },
    { name: 'zenml', layers: [perl, python3] },
  ],
};
