export { type CloudCredentials, cloudCredentials } from './cloud-credentials.ts';
