/* Who calls: the one answer to it, for access decisions, the audit log and whoever shows it. */

export type Caller =
  /** Holds the operator key of this installation: whoever runs commands on the machine itself. May do everything. */
  | { readonly kind: 'operator'; readonly displayName: string }
  /** A program with a token of its own (client credentials). */
  | {
      readonly kind: 'application'
      /** Of its servicePrincipal. */
      readonly objectId: string
      readonly appId: string
      readonly displayName: string
      /** App permissions of Graph by value (`User.Read.All`), as they are granted now. */
      readonly permissions: readonly string[]
    }
  /** A person who has signed in. */
  | {
      readonly kind: 'person'
      readonly objectId: string
      readonly displayName: string
      readonly userPrincipalName: string
    }
  | { readonly kind: 'anonymous' }
