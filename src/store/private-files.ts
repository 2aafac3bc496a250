/* The embedded store holds everybody's personal data: its files, and a folder that is its own, are for the owner alone. */
import { chmodSync, closeSync, existsSync, openSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'

const others = 0o077

/** What SQLite keeps beside the database, with its rights, and the lock. */
const companions = ['', '-wal', '-shm', '-journal', '.lock'] as const

function closeToOthers(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false })
  // What belongs to somebody else is theirs to open and close; a folder in place of a file is refused later.
  if (stats === undefined || stats.uid !== process.geteuid?.()) return
  if ((stats.mode & others) !== 0) chmodSync(path, stats.mode & 0o7777 & ~others)
}

/** Names of files that Muster keeps in its data folder; a folder with others in it is not its own. */
const ownName = (name: string, file: string): boolean =>
  name.startsWith(basename(file)) || name === 'tls' || /^(muster|slack-credentials|master|operator)[.-]/.test(name)

/** Before the database is opened: its companions take over the rights that it has. */
export function makePrivate(file: string, isLocked: boolean): void {
  const folder = dirname(resolve(file))
  const names = readdirSync(folder)
  if (names.includes(basename(file)) && names.every((name) => ownName(name, file))) closeToOthers(folder)
  for (const companion of companions)
    if (statSync(`${file}${companion}`, { throwIfNoEntry: false })?.isFile() === true)
      closeToOthers(`${file}${companion}`)
  for (const made of isLocked ? [file, `${file}.lock`] : [file])
    if (!existsSync(made)) closeSync(openSync(made, 'a', 0o600))
}
