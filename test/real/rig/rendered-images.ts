/** The `image:` of every container in rendered manifests, hooks and tests included. */
export function renderedImages(manifests: string): string[] {
  return [...manifests.matchAll(/^\s*(?:- )?image:\s*["']?([^"'\s]+)/gm)].map(([, image = '']) => image);
}
