// Lists what a registry on loopback holds, one reference a line. Usage: show-catalogue.ts HOST:PORT

const host = process.argv[2];
if (host === undefined) throw new Error('usage: show-catalogue.ts HOST:PORT');

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`http://${host}/v2/${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

const { repositories } = await get<{ repositories: string[] }>('_catalog');
for (const repository of repositories) {
  const { tags } = await get<{ tags: string[] }>(`${repository}/tags/list`);
  for (const tag of tags) process.stdout.write(`${host}/${repository}:${tag}\n`);
}
