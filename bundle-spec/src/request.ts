// Apart from index.ts because it loads the YAML parser and semver, which `zenml-loader verify` has no use for.
export { type ParseRequestOptions, parseRequest } from './request/parse-request.ts';
