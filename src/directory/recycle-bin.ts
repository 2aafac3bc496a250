/* How long what is deleted can be restored (graph-api.md 3.3). */

export const recycleBinMs = 30 * 24 * 60 * 60 * 1000

export const isRestorable = (
  { presence, deletedAt }: { readonly presence: string; readonly deletedAt: number | null },
  now: number,
): boolean => presence === 'softDeleted' && (deletedAt ?? 0) > now - recycleBinMs
