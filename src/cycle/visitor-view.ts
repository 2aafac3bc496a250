/*
 * The target as visitors of a cycle see it: always asked. What they write is known to the cycle too, also where the cycle
 * is still reading the whole target and may have passed the place.
 */
import type { TargetConnector } from '../connectors/target.ts'
import { liveView, type TargetView } from './target-view.ts'

export interface VisitorView {
  readonly view: TargetView
  /** From now on the cycle looks at the target in this way. */
  tell(cycleView: TargetView): void
}

export function createVisitorView(target: TargetConnector): VisitorView {
  const untold: ((view: TargetView) => void)[] = []
  let cycleView: TargetView | null = null
  function note(what: (view: TargetView) => void): void {
    if (cycleView === null) untold.push(what)
    else what(cycleView)
  }
  return {
    view: {
      ...liveView(target),
      remember: (object) => note((view) => view.remember(object)),
      rememberLinked: (object) => note((view) => view.rememberLinked(object)),
      rememberMembers: (anchor, change) => note((view) => view.rememberMembers(anchor, change)),
      forget: (objectType, anchor) => note((view) => view.forget(objectType, anchor)),
    },
    tell(view) {
      cycleView = view
      for (const what of untold.splice(0)) what(view)
    },
  }
}
