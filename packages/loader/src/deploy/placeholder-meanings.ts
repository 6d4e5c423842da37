/** What has to be filled in, for people. */
export const PLACEHOLDER_MEANINGS: Readonly<Record<string, string>> = {
  REPLACE_ME_CONTROL_PLANE_HOST: 'DNS name of the control plane, as browsers reach it: zenml.ml.example.com',
  REPLACE_ME_CONTROL_PLANE_DATABASE_HOST: 'host of the control plane’s database, MySQL 8 or PostgreSQL',
  REPLACE_ME_CONTROL_PLANE_DATABASE_USER: 'its user; may create the database, or it exists',
  REPLACE_ME_CONTROL_PLANE_DATABASE_PASSWORD: 'its password: the chart takes no secret for it, so keep the file safe',
  REPLACE_ME_WORKSPACE_HOST: 'DNS name of the workspace server: workspace-1.ml.example.com',
  REPLACE_ME_WORKSPACE_DATABASE_HOST: 'host of the workspace’s database, MySQL 8',
  REPLACE_ME_WORKSPACE_DATABASE_USER: 'its user; may create the database, or it exists',
  REPLACE_ME_WORKSPACE_DATABASE_NAME: 'its name, of its own for each workspace: zenml_workspace_1',
  REPLACE_ME_SECRETS_STORE_ENCRYPTION_KEY: 'made once with `openssl rand -hex 32`; keep it: without it stored secrets are lost',
  REPLACE_ME_ORGANIZATION_ID: 'from the enrolment',
  REPLACE_ME_ORGANIZATION_NAME: 'from the enrolment',
  REPLACE_ME_WORKSPACE_ID: 'from the enrolment',
  REPLACE_ME_WORKSPACE_NAME: 'from the enrolment',
  REPLACE_ME_ENROLLMENT_KEY: 'from the enrolment; a secret: the chart takes it in no other way, so keep the file safe',
};
