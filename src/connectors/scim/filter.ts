/* SCIM filter text: one comparison, with the value quoted so that no character of it can end the string (RFC 7644 3.4.2.2). */

export function equalsFilter(attribute: string, value: string): string {
  return `${attribute} eq ${JSON.stringify(value)}`
}
