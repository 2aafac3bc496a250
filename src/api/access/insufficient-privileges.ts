/* What Graph says to whoever may not: nothing but this sentence, so that nobody learns what is there (graph-api.md 1.4). */
import { GraphProblem } from '../graph/graph-problem.ts'

export const insufficientPrivileges = (): GraphProblem =>
  new GraphProblem(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.')
