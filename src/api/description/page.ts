/* Both descriptions as a page to read: no script, nothing from elsewhere. */
import type { Described, OpenApi, Schema } from './json-schema.ts'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b1b1b;background:#fff}
code{font:14px ui-monospace,monospace}h2{margin-top:2.5rem}h3{margin:1.5rem 0 .25rem}
details{border-top:1px solid #ddd;padding:.35rem 0}summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse;margin:.5rem 0 .5rem 1.5rem}td{padding:.1rem 1rem .1rem 0;vertical-align:top}
nav a{margin-right:1rem}@media(prefers-color-scheme:dark){body{color:#eee;background:#1b1b1b}a{color:#8cf}details{border-color:#444}}`

export function describePage(documents: readonly { readonly document: OpenApi; readonly file: string }[]): string {
  const links = documents.map(
    ({ document, file }) => `<a href="${file}">${escaped(titleOf(document))} (OpenAPI 3.1)</a>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Muster: the API</title><style>${style}</style></head><body><h1>Muster: the API</h1><nav>${links.join('')}</nav>
${documents.map(({ document }) => describeDocument(document)).join('\n')}</body></html>\n`
}

const titleOf = ({ info }: OpenApi): string => String(info['title'])

function describeDocument(document: OpenApi): string {
  const sections = document.tags.map(({ name }) => {
    const rows = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags.includes(name))
        .map(([method, operation]) => describeOperation(method, path, operation)),
    )
    return `<h3>${escaped(name)}</h3>${rows.join('')}`
  })
  return `<h2>${escaped(titleOf(document))}</h2><p>${escaped(String(document.info['description']))}</p>
<p>Below <code>${escaped(document.servers[0]?.url ?? '')}</code>.</p>${sections.join('')}`
}

function describeOperation(method: string, path: string, operation: Described): string {
  const parameters = (operation['parameters'] ?? []) as readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: Schema
  }[]
  const body = operation['requestBody'] as
    { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> } | undefined
  const rows = [
    ...parameters.map((each) => row(each.name, `in the ${each.in}`, each.required, each.schema)),
    ...Object.entries(body?.content ?? {}).flatMap(([type, { schema }]) => {
      const members = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Schema>>)
      const required = (schema['required'] ?? []) as readonly string[]
      return members.length === 0
        ? [row('body', type, false, schema)]
        : members.map(([name, member]) => row(name, `in the body (${type})`, required.includes(name), member))
    }),
  ]
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escaped(path)}</code> ${escaped(operation.summary)}</summary>${
    rows.length === 0 ? '<p>It takes nothing.</p>' : `<table>${rows.join('')}</table>`
  }</details>`
}

const row = (name: string, place: string, isRequired: boolean, schema: Schema): string =>
  `<tr><td><code>${escaped(name)}</code></td><td>${escaped(place)}${isRequired ? ', needed' : ''}</td><td>${escaped(kindOf(schema))}</td></tr>`

const kindOf = ({ type, enum: values }: Schema): string =>
  Array.isArray(values)
    ? values.filter((value) => value !== '').join(', ')
    : Array.isArray(type)
      ? type.join(' or ')
      : typeof type === 'string'
        ? type
        : ''
