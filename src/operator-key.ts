/*
 * Where the operator key of an installation lies: whoever can read it may do everything there. The service writes it, commands
 * on the same machine read it.
 */
import { homedir } from 'node:os'
import { join } from 'node:path'

/** In the data folder of the service. */
export const operatorKeyFile = (dataFolder: string): string => join(dataFolder, 'operator.key')

/** In the home of whoever runs the service, for commands that do not know its data folder. */
export const homeKeyFile = (port: string): string => join(homedir(), '.muster', 'services', `${port}.key`)
