/** The commands of a bundle's README.txt: its lines indented by four spaces, in their order, as one script. */
export function readmeCommands(readme: string): string {
  const commands = readme
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.slice(4));
  if (commands.length === 0) throw new Error('README.txt has no commands');
  return commands.join('\n');
}
