import { expect, test } from 'vitest'
import { aWorld } from '../../../test/builders/world.ts'
import { namesInPlans } from './names-in-plans.ts'

test('members and managers of planned writes have names, also of whom the plan makes itself', async () => {
  const world = await aWorld()
  try {
    const ana = await world.user('Ana Able')
    await world.run()
    const bo = await world.user('Bo Beck', { manager: ana })
    await world.assign(await world.group('Crew', [ana, bo]))
    const { planId } = await world.savePlan()
    const writes = await world.writesOf(planId)
    const names = await namesInPlans(world.store, world.job.jobId, writes)
    expect(names[(await world.link('User', ana))?.targetAnchor ?? '']).toBe('Ana Able')
    const members = writes.flatMap(({ image }) => image.membersAdded)
    expect(members.map((anchor) => names[anchor]).sort()).toEqual(['Ana Able', 'Bo Beck'])
  } finally {
    await world.close()
  }
})
