export { type CloudCredentials, cloudCredentials } from './cloud-credentials.ts';
export { CloudError, type CloudErrorCode } from './cloud-error.ts';
