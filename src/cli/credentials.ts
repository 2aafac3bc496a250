/* What a command shows so that the service knows who calls, and what is said when there is nothing to show. */
import { readFileSync } from 'node:fs'
import { homeKeyFile, operatorKeyFile } from '../operator-key.ts'
import type { Settings } from '../settings.ts'
import { isLoopbackName } from '../vocabulary/index.ts'
import { clientCredentials, type AskToken, type Credentials } from './client-token.ts'
import { personalCredentials } from './personal-credentials.ts'

/**
 * A program that is named in the settings goes before a person who has signed in, and that person before the operator key: whoever
 * names one or signs in means it, and the audit log then says who it was.
 */
export function findCredentials(url: string, settings: Settings, ask: AskToken): Credentials {
  return clientCredentials(url, settings, ask) ?? personalCredentials(url, settings) ?? operatorKeys(url, settings)
}

const orAsProgram =
  'Or sign in with muster login, as somebody who has an account there (muster account create). Or call as a program: muster client create on the machine of the service makes one, and MUSTER_CLIENT_ID and MUSTER_CLIENT_SECRET name it.'

/** The key never leaves the machine: it is looked for only when the address is one of this machine. */
function operatorKeys(url: string, settings: Settings): Credentials {
  const { hostname, port, protocol } = new URL(url)
  if (!isLoopbackName(hostname)) {
    return {
      authorization: () => Promise.resolve(null),
      refused: () =>
        `The service at ${url} is on another machine, where no operator key of this one counts. Run the command there, as the user that Muster runs as. ${orAsProgram}`,
    }
  }
  const usualPort = protocol === 'https:' ? '443' : '80'
  const files = [operatorKeyFile(settings.data), homeKeyFile(port === '' ? usualPort : port)]
  const looked = files.map((file) => ({ file, ...readKey(file) }))
  // A key of another service on this machine is of no use here: each is shown until one is taken.
  const keys = [...new Set(looked.flatMap(({ key }) => (key === null ? [] : [key])))]
  const found = looked.map(({ file, found: what }) => `${file} (${what})`).join(' and ')
  return {
    authorization: () => Promise.resolve(keys[0] === undefined ? null : `Bearer ${keys[0]}`),
    refused() {
      keys.shift()
      return keys.length > 0
        ? null
        : `The service at ${url} does not know who runs this command. Its operator key was looked for in ${found}. Run the command as the user that Muster runs as, or name the data folder of that service with MUSTER_DATA. ${orAsProgram}`
    },
  }
}

function readKey(file: string): { readonly key: string | null; readonly found: string } {
  try {
    const key = readFileSync(file, 'utf8').trim()
    return /^[\x21-\x7e]+$/.test(key)
      ? { key, found: 'it holds the key of another service' }
      : { key: null, found: 'it holds no key' }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    return { key: null, found: code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${code}` }
  }
}
