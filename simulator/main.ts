/*
 * The simulator as a process: reads flags and environment, listens, says one line when ready, stops cleanly.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import { createSimulator, DirectoryInUse } from './index.ts'
import type { CompanyShape, Listening, Plan, Role, Simulator, SimulatorOptions } from './index.ts'

interface Flags {
  readonly port: number
  readonly host: string
  readonly plan: Plan
  readonly seed: number
  readonly users: number
  readonly groups?: number
  readonly guests?: number
  readonly deactivated?: number
  readonly bots?: number
  readonly installerRole?: Role
  readonly rateScale: number
  readonly latency?: number
  readonly data?: string
}

const examples = `
Examples:
  npm run slack                                  a workspace on http://127.0.0.1:8471, in memory
  npm run slack -- --port 0 --users 200          a free port, 200 members
  npm run slack -- --data data/slack             the same people, ids and token after a restart
  npm run slack -- --rate-scale 0 --latency 0    no rate limits, no waiting
  npm run slack -- --plan enterprise --seed 7 --users 500
                                                 an Enterprise organisation with groups, guests and leavers

When it is ready it prints one line: slack ready URL token TOKEN
Controls for tests are below URL/_sim; docs/slack-simulator.md describes them.`

const exitCodeRefused = 2

const command = new Command('slack')
  .description('A Slack workspace on this machine, for trying and testing: SCIM v1 and v2, OAuth, rate limits, faults.')
  .addOption(
    new Option('--port <number>', 'where to listen; 0 takes a free port')
      .env('SLACK_SIM_PORT')
      .argParser(readPort)
      .default(8471),
  )
  .option('--host <address>', 'the address to listen on', '127.0.0.1')
  .addOption(
    new Option('--plan <plan>', 'the plan of the workspace')
      .choices(['business_plus', 'free', 'pro', 'enterprise'])
      .default('business_plus'),
  )
  .option('--seed <number>', 'the same seed makes the same ids, names and token', readWhole, 1)
  .option('--users <number>', 'how many people besides owner, admin and bot', readWhole, 0)
  .option('--groups <number>', 'how many groups (one for every 25 users unless given)', readWhole)
  .option('--guests <number>', 'how many of the users are guests (one in 20 unless given)', readWhole)
  .option('--deactivated <number>', 'how many of the users have left (one in 20 unless given)', readWhole)
  .option('--bots <number>', 'how many more bots (one for every 100 users unless given)', readWhole)
  .addOption(
    new Option('--installer-role <role>', 'what adam, who installs the app, is').choices([
      'admin',
      'owner',
      'member',
      'org_owner',
      'org_admin',
    ]),
  )
  .addOption(
    new Option('--rate-scale <factor>', 'multiplies the rate limits; 0 switches them off')
      .env('SLACK_SIM_RATE_SCALE')
      .argParser(readNumber)
      .default(1),
  )
  .option('--latency <ms>', 'how long every answer takes (40 with 20 of jitter unless given)', readNumber)
  .option('--data <directory>', 'keep the workspace here, so that a restart finds it again')
  .addHelpText('after', examples)
  .action(run)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : exitCodeRefused))

await command.parseAsync()

async function run(flags: Flags): Promise<void> {
  const simulator = openSimulator(flags)
  const listening = await startListening(simulator, flags)
  const stop = (): void => {
    void listening.close().then(() => {
      simulator.close()
      process.exitCode = 0
    })
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  console.log(`slack ready ${listening.url} token ${simulator.token}`)
}

function openSimulator(flags: Flags): Simulator {
  const { plan, seed, users, rateScale, latency, data, installerRole } = flags
  const options: SimulatorOptions = {
    plan,
    seed,
    users,
    ...(users > 0 || flags.groups !== undefined || flags.bots !== undefined ? { company: companyOf(flags) } : {}),
    ...(installerRole === undefined ? {} : { installerRole }),
    rateScale,
    ...(latency === undefined ? {} : { latencyMs: latency, latencyJitterMs: 0 }),
    ...(data === undefined ? {} : { dataDirectory: data }),
  }
  try {
    return createSimulator(options)
  } catch (error) {
    if (error instanceof DirectoryInUse) refuse(error.message)
    const code = systemCodeOf(error)
    if (code === null) throw error
    refuse(
      `The workspace cannot be kept in ${data ?? 'memory'} (${code}); name a folder that can be written with --data.`,
    )
  }
}

function companyOf({ users, groups, guests, deactivated, bots }: Flags): CompanyShape {
  return {
    groups: groups ?? Math.ceil(users / 25),
    guests: guests ?? Math.floor(users / 20),
    deactivated: deactivated ?? Math.floor(users / 20),
    bots: bots ?? Math.floor(users / 100),
  }
}

async function startListening(simulator: Simulator, { port, host }: Flags): Promise<Listening> {
  try {
    return await simulator.listen({ port, host })
  } catch (error) {
    simulator.close()
    const code = systemCodeOf(error)
    if (code === null) throw error
    const found = code === 'EADDRINUSE' ? 'is in use' : `cannot be taken (${code})`
    refuse(`Port ${port} on ${host} ${found}; choose another with --port or SLACK_SIM_PORT (0 takes a free one).`)
  }
}

/** What the operating system calls its refusal, e.g. `ENOSPC`. */
function systemCodeOf(error: unknown): string | null {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null
}

function refuse(reason: string): never {
  console.error(reason)
  process.exit(exitCodeRefused)
}

function readPort(text: string): number {
  const port = readWhole(text)
  if (port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return port
}

function readWhole(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('A whole number from 0 up is needed.')
  }
  return value
}

function readNumber(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('A number from 0 up is needed.')
  }
  return value
}
