/* A text without the secrets it quotes, in the forms in which programs quote them. */

/** A shorter one would hide half of every text, and protects nothing. */
const secretLengthMin = 6

const withinJson = (text: string): string => JSON.stringify(text).slice(1, -1)

/** `replacement` stands where a secret stood: as it is, in an address, within JSON, or within JSON that is quoted in JSON. */
export function hideSecrets(text: string, secrets: readonly string[], replacement = '(secret)'): string {
  let hidden = text
  for (const secret of secrets) {
    if (secret.length < secretLengthMin) continue
    const quoted = withinJson(secret)
    for (const form of [secret, encodeURIComponent(secret.toWellFormed()), withinJson(quoted), quoted])
      if (hidden.includes(form)) hidden = hidden.replaceAll(form, replacement)
  }
  return hidden
}
