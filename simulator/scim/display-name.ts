/*
 * Which display names and attribute values Slack takes (slack.md 3.2, 3.3). Sources disagree on the characters;
 * the knob displayNameMode chooses between Microsoft's list and Slack's table.
 */
import { Refusal } from './refusal.ts'

const displayNameLengthMax = 80
const microsoftOthers = /[^\p{L}\p{M}\p{N} ._\-'([{}\]),/;]/gu
const slackOthers = /[^\p{L}\p{M}\p{N}._-]/gu
/**
 * Hearts and anchors are emoji in their text form too (slack.md 3.2). Signs below U+2300, such as those of copyright and
 * trade mark, and arrows, are text unless a variation selector asks for the picture.
 */
const emoji =
  /(?![\0-\u22FF])(?=\p{Emoji})\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F|[\u{1F000}-\u{1FAFF}]|[0-9#*]\uFE0F?\u20E3/u
const plainAscii = /^[ -~]*$/

export function cleanDisplayName(text: string, mode: 'microsoft' | 'slackTable'): string {
  if (text.startsWith('@')) throw new Refusal('invalid_starts_with_at')
  // Observed for the at sign (slack.md 3.3); control characters are refused alike.
  if (/[@\p{Cc}]/u.test(text)) throw new Refusal('invalid_name_specials')
  refuseEmoji(text)
  if ([...text].length > displayNameLengthMax) throw new Refusal('invalid_name_maxlength')
  return text.replace(mode === 'microsoft' ? microsoftOthers : slackOthers, '_')
}

export function refuseEmoji(text: string): void {
  if (!plainAscii.test(text) && emoji.test(text)) throw new Refusal('invalid_emoji_not_allowed')
}

export function refuseReservedWord(text: string, words: readonly string[]): void {
  if (text.length < 20 && words.includes(text.toLowerCase())) throw new Refusal('invalid_reserved_word')
}
