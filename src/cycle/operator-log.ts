/* The operator's log as the cycle sees it: events with ids, never attribute values or secrets (style.md section 7). */
export type OperatorFields = Readonly<Record<string, string | number | boolean | null>>

export interface OperatorLog {
  info(event: string, fields?: OperatorFields): void
  warn(event: string, fields?: OperatorFields): void
  error(event: string, fields?: OperatorFields): void
}
