/* A disk of its own that is soon full, or cannot be written at all; only an administrator of a Linux machine can make one. */
import { spawnSync } from 'node:child_process'

/** Puts a file system in memory over the folder; `null` when this machine does not let us, with the reason in `why`. */
export function mountDisk(
  folder: string,
  options: string,
): { readonly remount: (options: string) => void; readonly unmount: () => void } | { readonly why: string } {
  const made = command('mount', '-t', 'tmpfs', '-o', options, 'muster-test', folder)
  if (made !== null) return { why: made }
  return {
    remount: (changed) => {
      const refused = command('mount', '-o', `remount,${changed}`, folder)
      if (refused !== null) throw new Error(refused)
    },
    unmount: () => void command('umount', '--lazy', folder),
  }
}

/** What it said when it failed. */
function command(name: string, ...args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync(name, args, { encoding: 'utf8' })
  if (status === 0) return null
  return error?.message ?? stderr.trim()
}
