/*
 * The real Slack connector in front of the simulated workspace. Misfortunes happen to its requests, so that what it repeats,
 * waits for and finds out by itself is played too; a process that has died sends no further request.
 */
import { createSimulator, type FaultSeed, type Simulator } from '../../simulator/index.ts'
import type { RecordedWrite } from '../../src/connectors/memory/index.ts'
import type { Send, TransportRequest } from '../../src/connectors/scim/index.ts'
import { createSlackTarget } from '../../src/connectors/slack/index.ts'
import type { TargetConnector, TargetWrite } from '../../src/connectors/target.ts'
import { ConnectorError, type TargetObject } from '../../src/vocabulary/index.ts'
import { sendTo } from '../builders/simulator-send.ts'
import { managerAttribute, workEmail } from '../builders/world.ts'
import { slotMail } from './directory-changes.ts'
import type { LookFault, Setting, WriteFault } from './history.ts'
import type { Luck } from './luck.ts'
import type { SideOptions, TargetSide, TargetTruth } from './target-side.ts'
import { isRemoval } from './watch.ts'

type Person = ReturnType<Simulator['people']>[number]

/** More than the connector repeats by itself. */
const stubborn = 12

function workspace({ accountsBefore, groupsBefore }: Setting) {
  return {
    people: [
      { userName: 'olga', email: 'olga@elsewhere.example', role: 'primary_owner' as const },
      { userName: 'stranger', email: 'stranger@elsewhere.example' },
      { userName: 'sleeper', email: 'sleeper@elsewhere.example', active: false },
      ...accountsBefore.map((slot, index) => ({
        userName: `old.${slot.toLowerCase()}`,
        email: slotMail(slot),
        active: index % 2 === 0,
      })),
    ],
    groups: ['Strangers', ...groupsBefore.map((slot) => `${slot} team`)].map((displayName) => ({
      displayName,
      members: ['stranger'],
    })),
  }
}

function accountOf({ id, userName, active, email, familyName, title, profile }: Person): TargetObject {
  const manager = profile?.managerId ?? null
  const attributes = { active, userName, [workEmail]: email, 'name.familyName': familyName, title }
  return {
    objectType: 'User',
    anchor: id,
    displayName: userName,
    attributes: manager === null ? attributes : { ...attributes, [managerAttribute]: manager },
  }
}

function truthOf(simulator: Simulator, writes: RecordedWrite[]): TargetTruth {
  const objects: TargetTruth['objects'] = (objectType) =>
    objectType === 'User'
      ? simulator.people().map(accountOf)
      : simulator.groups().map(({ id, displayName, memberIds }) => ({
          objectType,
          anchor: id,
          displayName,
          attributes: { displayName, members: [...memberIds].sort() },
        }))
  return {
    objects,
    object: (objectType, anchor) => objects(objectType).find((each) => each.anchor === anchor),
    writes,
    forgetCalls: () => void writes.splice(0),
  }
}

/** What can happen to a request as to the call it belongs to; `null`: nothing of this kind. */
function faultOf(fault: WriteFault | LookFault, { method, path, body }: TransportRequest): FaultSeed | null {
  const tookEffect = 'tookEffect' in fault && fault.tookEffect
  const isProfileUpdate = method === 'PATCH' && path.includes('/Users/') && body?.includes('"active"') === false
  switch (fault.kind) {
    case 'throttled': {
      const wait = 'retryAfterSeconds' in fault ? fault.retryAfterSeconds : 30
      return { kind: 'status', status: 429, headers: wait === null ? {} : { 'retry-after': String(wait) } }
    }
    case 'serverError':
      return tookEffect ? { kind: 'truncatedJson' } : { kind: 'status', status: 500 }
    case 'timeout':
      return { kind: tookEffect ? 'timeoutAfter' : 'timeoutBefore' }
    case 'reset':
    case 'outage':
      return { kind: tookEffect ? 'resetAfter' : 'reset' }
    case 'refused':
      return { kind: 'status', status: 400, body: '{"Errors":{"description":"invalid","code":400}}' }
    case 'silent':
      return isProfileUpdate ? { kind: 'silent200' } : null
    case 'deactivates':
      return isProfileUpdate ? { kind: 'updateDeactivates' } : null
    case 'cutPage':
      return { kind: 'truncatedJson' }
    case 'credentialsRefused':
      return { kind: 'status', status: 401, body: '{"Errors":{"description":"invalid_authentication","code":401}}' }
    // Slack keeps its ids; how long its looks lag behind is a knob; its pages are those of a list that stands still.
    case 'newId':
    case 'stale':
    case 'repeatedPage':
    case 'lackingPage':
      return null
  }
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined)

export function slackSide({ world, setting, clock, luck, watcher }: SideOptions): TargetSide {
  const lagMs = 1000 + setting.latencyMs * 10
  const simulator = createSimulator({
    clock: world.clock,
    workspace: workspace(setting),
    latencyMs: setting.latencyMs,
    latencyJitterMs: setting.latencyMs,
    consistency: { deactivateMs: lagMs, groupMs: lagMs, photoMs: lagMs },
  })
  const writes: RecordedWrite[] = []
  const truth = truthOf(simulator, writes)
  const strangers = new Set(
    [...truth.objects('User'), ...truth.objects('Group')]
      .filter(({ displayName }) => ['olga', 'stranger', 'sleeper', 'Strangers'].includes(displayName))
      .map(({ anchor }) => anchor),
  )
  const arrive = sendTo(simulator)
  let struckBy: Luck | null = null

  function strike(request: TransportRequest): void {
    const { method, path } = request
    if (!path.includes('/scim/')) return
    // What is left over of one cycle's troubles is over with it.
    if (struckBy !== luck()) simulator.clearFaults()
    struckBy = luck()
    const fits = ({ fault }: { readonly fault: WriteFault | LookFault }): boolean => faultOf(fault, request) !== null
    const fault = method === 'GET' ? luck().take('look', fits)?.fault : luck().take('write', fits)?.fault
    const seed = fault === undefined ? null : faultOf(fault, request)
    if (fault === undefined || seed === null) return
    watcher.tell(`${method} ${path} meets: ${JSON.stringify(fault)}`)
    if (fault.kind === 'silent') watcher.owes('evaluation', path)
    simulator.addFault({ ...seed, next: 1 })
    // Every other one lasts longer than the connector repeats; in an outage nothing arrives at all.
    if (fault.kind === 'outage') simulator.addFault({ kind: 'reset', next: stubborn })
    else if (luck().number % 2 === 0 && seed.kind !== 'silent200' && seed.kind !== 'updateDeactivates')
      simulator.addFault({ kind: 'reset', method: `^${method}$`, next: stubborn })
  }

  function isInForce(write: TargetWrite): boolean {
    const held = write.kind === 'create' ? undefined : truth.object(write.objectType, write.anchor)
    return held === undefined || held.attributes['active'] === false
  }

  function watched(target: TargetConnector): TargetConnector {
    return {
      ...target,
      async write(write) {
        await watcher.comes(write)
        try {
          const receipt = await target.write(write)
          writes.push({ write, outcome: 'done', receipt })
          await watcher.ended(write, 'done', receipt, null)
          return receipt
        } catch (error) {
          if (!(error instanceof ConnectorError)) throw error
          const outcome = isRemoval(write) && isInForce(write) ? 'lost' : 'refused'
          writes.push({ write, outcome, error })
          await watcher.ended(write, outcome, null, error)
          throw error
        }
      },
    }
  }

  return {
    truth,
    strangers,
    connect(death) {
      const send: Send = async (request, sending) => {
        if (death.aborted) return await never()
        strike(request)
        try {
          return await arrive(request, sending)
        } finally {
          if (death.aborted) await never()
        }
      }
      return watched(createSlackTarget({ token: simulator.token, clock, random: () => 0.5, send }))
    },
  }
}
