/* Why a change of the directory is not made: what the caller can mend. */

export type RefusalKind =
  /** The object, or one that is referred to, is not there. */
  | 'notThere'
  /** Another object has the name already. */
  | 'conflict'
  /** The same, when two objects would then have one key. */
  | 'sameKey'
  | 'alreadyLinked'
  | 'notLinked'
  /** The kind of object cannot be put there. */
  | 'badReference'
  /** Something depends on it that would be hurt. */
  | 'inUse'
  | 'badValue'
  /** It is changed in the tenant that the directory mirrors. */
  | 'mirrored'

export class DirectoryRefusal extends Error {
  override readonly name = 'DirectoryRefusal'
  readonly kind: RefusalKind
  /** The id, or the name of the attribute, that it is about. */
  readonly subject: string
  constructor(kind: RefusalKind, subject: string, message: string) {
    super(message)
    this.kind = kind
    this.subject = subject
  }
}

export const notThere = (id: string): DirectoryRefusal =>
  new DirectoryRefusal('notThere', id, `There is no object "${id}" in the directory.`)
