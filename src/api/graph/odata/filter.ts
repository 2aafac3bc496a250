/* A `$filter` as a tree: what it says, before anybody knows whether the properties exist. */

export type Literal =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'guid'; readonly value: string }
  /** As it was written: a date, or a date and time. */
  | { readonly kind: 'instant'; readonly value: string }
  | { readonly kind: 'null' }

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'
export type TextTest = 'startswith' | 'endswith' | 'contains'

/** A property, by its path (`servicePrincipal/id`), or something made of it. */
export type Operand =
  | { readonly kind: 'path'; readonly names: readonly string[] }
  | { readonly kind: 'tolower' | 'toupper'; readonly of: Operand }
  | { readonly kind: 'count'; readonly names: readonly string[] }

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly items: readonly Filter[] }
  | { readonly kind: 'not'; readonly item: Filter }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Literal }
  | { readonly kind: 'in'; readonly left: Operand; readonly values: readonly Literal[] }
  | { readonly kind: 'test'; readonly name: TextTest; readonly left: Operand; readonly text: string }
  | {
      readonly kind: 'any' | 'all'
      readonly names: readonly string[]
      /** The name of the item inside; `null`: `any()` asks only whether there is one. */
      readonly variable: string | null
      readonly item: Filter | null
    }

export const comparisons: readonly Comparison[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le']
export const textTests: readonly TextTest[] = ['startswith', 'endswith', 'contains']
