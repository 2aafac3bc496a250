/* The door of accounts: who may sign in to Muster, and how they prove it. */
export { AccountRefusal, createAccount, invite, reportsOf, setPassword } from './manage.ts'
export { PasswordsBusyError } from './password.ts'
export type { AccountPorts } from './ports.ts'
