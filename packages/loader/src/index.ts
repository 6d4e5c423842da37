// What the README's example uses. The program itself starts from src/cli/main.ts.
export { BundleGraph } from './push/bundle-graph.ts';
export { executeLoad } from './push/execute-load.ts';
export { planLoad } from './push/plan-load.ts';
