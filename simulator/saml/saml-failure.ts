/*
 * Why a sign-in fails, in our codes (slack.md 9.3); each becomes a page for the person.
 */

export const samlFailures = {
  saml_not_configured: 'Single sign-on is not set up for this workspace.',
  saml_plan_too_low: 'Single sign-on needs Business+ or Enterprise.',
  saml_unreadable: 'The response is not a SAML response that can be read.',
  saml_wrong_issuer: 'The issuer of the response is not the identity provider this workspace trusts.',
  saml_wrong_audience: 'The assertion is not meant for this service provider.',
  saml_wrong_destination: 'The response is addressed to somebody else.',
  saml_response_unsigned: 'Responses have to be signed, and this one is not.',
  saml_assertion_unsigned: 'Assertions have to be signed, and this one is not.',
  saml_unsigned: 'Neither the response nor the assertion is signed; at least one has to be.',
  saml_unsupported_encryption: 'Encrypted assertions are not supported.',
  saml_missing_id: 'The assertion carries no NameID in persistent form.',
  saml_wrong_version: 'The response is not SAML 2.0.',
  saml_wrong_binding: 'A response is taken by POST only.',
  saml_bad_signature: 'The signature does not match the certificate of the identity provider.',
  saml_expired: 'The assertion is not valid at this time.',
  saml_replayed: 'The assertion has been used before.',
  saml_no_account: 'Nobody here has this address, and people are not created at sign-in.',
  saml_bound_to_another: 'The account of this address belongs to another identity.',
  account_inactive: 'This account is deactivated.',
} as const

export type SamlFailureCode = keyof typeof samlFailures

export class SamlFailure extends Error {
  readonly code: SamlFailureCode

  constructor(code: SamlFailureCode) {
    super(samlFailures[code])
    this.code = code
  }
}

export function samlFailureStatus(code: SamlFailureCode): number {
  return ['account_inactive', 'saml_no_account', 'saml_bound_to_another'].includes(code) ? 403 : 400
}
