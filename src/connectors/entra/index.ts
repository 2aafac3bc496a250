/* The door of the Entra connector: a tenant's people, groups and assignments, kept in the directory and read from there. */
export { cloudNames, clouds, type Cloud, type CloudName } from './clouds.ts'
export { readCertificate, type EntraCredential } from './credentials.ts'
export { createEntraSource } from './entra-source.ts'
export { followTenant, type Tenant } from './follow-tenant.ts'
export { createGraphClient, requestsMax, type GraphClient } from './graph-client.ts'
export { createGraphTransport } from './transport.ts'
