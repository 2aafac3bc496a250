/* Applications, service principals, their roles, assignments and templates (graph-api.md 3.4 to 3.6). */
import {
  allShown as all,
  byName,
  complex,
  complexes,
  complexType,
  guid,
  guids,
  instant,
  integer,
  text,
  texts,
  to,
  truth,
  type EntityType,
  type Property,
} from './property.ts'

const readOnly = { access: 'readOnly' } as const
const shown = { isDefault: true } as const

const id = text('id', readOnly)
const deletedDateTime = instant('deletedDateTime', readOnly)

const appRole = complexType('appRole', [
  texts('allowedMemberTypes', { values: ['User', 'Application'] }),
  text('description'),
  text('displayName'),
  guid('id', { isNullable: false }),
  truth('isEnabled', { isNullable: false, fallback: true }),
  text('origin', readOnly),
  text('value', { lengthMax: 250 }),
])

const permissionScope = complexType('permissionScope', [
  text('adminConsentDescription'),
  text('adminConsentDisplayName'),
  guid('id', { isNullable: false }),
  truth('isEnabled', { isNullable: false, fallback: true }),
  text('origin', readOnly),
  text('type'),
  text('userConsentDescription'),
  text('userConsentDisplayName'),
  text('value'),
])

const informationalUrl = complexType('informationalUrl', [
  text('logoUrl', readOnly),
  text('marketingUrl'),
  text('privacyStatementUrl'),
  text('supportUrl'),
  text('termsOfServiceUrl'),
])

const keyCredential = complexType('keyCredential', [
  text('customKeyIdentifier'),
  text('displayName'),
  instant('endDateTime'),
  text('key'),
  guid('keyId'),
  instant('startDateTime'),
  text('type'),
  text('usage'),
])

const passwordCredential = complexType('passwordCredential', [
  text('customKeyIdentifier'),
  text('displayName'),
  instant('endDateTime'),
  text('hint'),
  guid('keyId'),
  text('secretText'),
  instant('startDateTime'),
])

const optionalClaim = complexType('optionalClaim', [
  texts('additionalProperties'),
  truth('essential', { isNullable: false, fallback: false }),
  text('name', { isNullable: false }),
  text('source'),
])

const verifiedPublisher = complexType('verifiedPublisher', [
  instant('addedDateTime'),
  text('displayName'),
  text('verifiedPublisherId'),
])

const addIn = complexType('addIn', [
  guid('id'),
  complexes('properties', complexType('keyValue', [text('key'), text('value')])),
  text('type', { isNullable: false }),
])

/** There from the beginning, with empty parts. */
const parts = (name: string, of: Parameters<typeof complex>[1], more: Parameters<typeof complex>[2] = {}): Property =>
  complex(name, of, { fallback: {}, ...more })

const applicationProperties = all([
  id,
  deletedDateTime,
  text('appId', readOnly),
  text('applicationTemplateId', readOnly),
  complexes('addIns', addIn),
  parts(
    'api',
    complexType('apiApplication', [
      truth('acceptMappedClaims'),
      guids('knownClientApplications'),
      complexes('oauth2PermissionScopes', permissionScope),
      complexes(
        'preAuthorizedApplications',
        complexType('preAuthorizedApplication', [text('appId'), texts('delegatedPermissionIds')]),
      ),
      integer('requestedAccessTokenVersion'),
    ]),
  ),
  complexes('appRoles', appRole),
  instant('createdDateTime', readOnly),
  text('defaultRedirectUri'),
  text('description', { lengthMax: 1024 }),
  text('disabledByMicrosoftStatus', readOnly),
  text('displayName', { isNullable: false, lengthMax: 256, search: 'words' }),
  text('groupMembershipClaims'),
  texts('identifierUris'),
  parts('info', informationalUrl),
  truth('isDeviceOnlyAuthSupported'),
  truth('isFallbackPublicClient'),
  complexes('keyCredentials', keyCredential),
  text('notes', { lengthMax: 1024 }),
  truth('oauth2RequirePostResponse', { isNullable: false, fallback: false }),
  complex(
    'optionalClaims',
    complexType('optionalClaims', [
      complexes('accessToken', optionalClaim),
      complexes('idToken', optionalClaim),
      complexes('saml2Token', optionalClaim),
    ]),
  ),
  complex(
    'parentalControlSettings',
    complexType('parentalControlSettings', [texts('countriesBlockedForMinors'), text('legalAgeGroupRule')]),
  ),
  complexes('passwordCredentials', passwordCredential, readOnly),
  parts('publicClient', complexType('publicClientApplication', [texts('redirectUris')])),
  text('publisherDomain', readOnly),
  complexes(
    'requiredResourceAccess',
    complexType('requiredResourceAccess', [
      complexes(
        'resourceAccess',
        complexType('resourceAccess', [guid('id', { isNullable: false }), text('type', { values: ['Scope', 'Role'] })]),
      ),
      text('resourceAppId', { isNullable: false }),
    ]),
  ),
  text('samlMetadataUrl'),
  text('serviceManagementReference'),
  text('signInAudience', {
    values: ['AzureADMyOrg', 'AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount', 'PersonalMicrosoftAccount'],
    fallback: 'AzureADMyOrg',
  }),
  parts('spa', complexType('spaApplication', [texts('redirectUris')])),
  texts('tags'),
  text('tokenEncryptionKeyId'),
  text('uniqueName', { access: 'createOnly' }),
  complex('verifiedPublisher', verifiedPublisher, readOnly),
  parts(
    'web',
    complexType('webApplication', [
      text('homePageUrl'),
      parts(
        'implicitGrantSettings',
        complexType('implicitGrantSettings', [
          truth('enableAccessTokenIssuance', { fallback: false }),
          truth('enableIdTokenIssuance', { fallback: false }),
        ]),
      ),
      text('logoutUrl'),
      texts('redirectUris'),
      complexes('redirectUriSettings', complexType('redirectUriSettings', [integer('index'), text('uri')])),
    ]),
  ),
])

export const applicationType: EntityType = {
  name: 'application',
  set: 'applications',
  properties: byName(applicationProperties),
  navigations: byName([to('owners', ['user', 'servicePrincipal'], { isExpandable: true })]),
  elsewhere: new Set(['certification', 'logo']),
  sortable: ['displayName', 'createdDateTime'],
  isOpen: false,
}

const servicePrincipalProperties = all([
  id,
  deletedDateTime,
  truth('accountEnabled', { fallback: true }),
  complexes('addIns', addIn),
  texts('alternativeNames'),
  text('appDescription', readOnly),
  text('appDisplayName', readOnly),
  text('appId', { access: 'createOnly' }),
  text('applicationTemplateId', readOnly),
  text('appOwnerOrganizationId', readOnly),
  truth('appRoleAssignmentRequired', { isNullable: false, fallback: false }),
  complexes('appRoles', appRole),
  instant('createdDateTime', readOnly),
  text('description', { lengthMax: 1024 }),
  text('disabledByMicrosoftStatus', readOnly),
  text('displayName', { isNullable: false, lengthMax: 256, search: 'words' }),
  text('homepage'),
  parts('info', informationalUrl),
  complexes('keyCredentials', keyCredential),
  text('loginUrl'),
  text('logoutUrl'),
  text('notes', { lengthMax: 1024 }),
  texts('notificationEmailAddresses'),
  complexes('oauth2PermissionScopes', permissionScope),
  complexes('passwordCredentials', passwordCredential, readOnly),
  text('preferredSingleSignOnMode', { values: ['password', 'saml', 'notSupported', 'oidc'] }),
  text('preferredTokenSigningKeyThumbprint'),
  texts('replyUrls'),
  text('samlMetadataUrl'),
  complex('samlSingleSignOnSettings', complexType('samlSingleSignOnSettings', [text('relayState')])),
  texts('servicePrincipalNames'),
  text('servicePrincipalType', {
    access: 'createOnly',
    values: ['Application', 'ManagedIdentity', 'Legacy', 'SocialIdp'],
    fallback: 'Application',
  }),
  text('signInAudience', readOnly),
  texts('tags'),
  text('tokenEncryptionKeyId'),
  complex('verifiedPublisher', verifiedPublisher, readOnly),
])

export const servicePrincipalType: EntityType = {
  name: 'servicePrincipal',
  set: 'servicePrincipals',
  properties: byName(servicePrincipalProperties),
  navigations: byName([
    to('owners', ['user', 'servicePrincipal'], { isExpandable: true }),
    to('appRoleAssignedTo', ['appRoleAssignment'], { isExpandable: true }),
    to('appRoleAssignments', ['appRoleAssignment'], { isExpandable: true }),
  ]),
  elsewhere: new Set(['customsecurityattributes', 'resourcespecificapplicationpermissions']),
  sortable: ['displayName', 'createdDateTime'],
  isOpen: false,
}

export const appRoleAssignmentType: EntityType = {
  name: 'appRoleAssignment',
  set: 'appRoleAssignments',
  properties: byName([
    text('id', { ...readOnly, ...shown }),
    instant('deletedDateTime', { ...readOnly, ...shown }),
    guid('appRoleId', { ...shown, isNullable: false }),
    instant('createdDateTime', { ...readOnly, ...shown }),
    text('principalDisplayName', { ...readOnly, ...shown }),
    guid('principalId', { ...shown, isNullable: false }),
    text('principalType', { ...readOnly, ...shown }),
    text('resourceDisplayName', { ...readOnly, ...shown }),
    guid('resourceId', { ...shown, isNullable: false }),
  ]),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: [],
  isOpen: false,
}

export const applicationTemplateType: EntityType = {
  name: 'applicationTemplate',
  set: 'applicationTemplates',
  properties: byName(
    all([
      id,
      texts('categories', readOnly),
      text('description', readOnly),
      text('displayName', readOnly),
      text('homePageUrl', readOnly),
      text('logoUrl', readOnly),
      text('publisher', readOnly),
      texts('supportedProvisioningTypes', readOnly),
      texts('supportedSingleSignOnModes', readOnly),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set([
    'deprecationdate',
    'endpoints',
    'isentraintegrated',
    'lastmodifieddatetime',
    'riskfactors',
    'riskscore',
  ]),
  sortable: ['displayName'],
  isOpen: false,
}
