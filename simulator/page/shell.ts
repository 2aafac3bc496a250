/*
 * The workspace page before any script has run: its landmarks, its navigation, and who is signed in.
 */
import { escapeHtml } from '../answer.ts'
import type { Person, Plan, WorkspaceSettings } from '../workspace/model.ts'

export const planNames: Readonly<Record<Plan, string>> = {
  free: 'Free',
  pro: 'Pro',
  business_plus: 'Business+',
  enterprise: 'Enterprise',
}

const screens = [
  ['People', ['members', 'Members'], ['groups', 'Groups'], ['audit', 'Audit log']],
  ['Traffic', ['requests', 'Requests'], ['rates', 'Rate limits'], ['faults', 'Faults']],
  ['Workspace', ['settings', 'Settings'], ['state', 'Clock and state'], ['connect', 'Connect an app']],
] as const

export function shellPage({ teamName, domain, plan }: WorkspaceSettings, person: Person | undefined): string {
  const name = escapeHtml(teamName)
  const host = plan === 'enterprise' ? `${domain}.enterprise.slack.com` : `${domain}.slack.com`
  const sections = screens.map(
    ([title, ...links]) =>
      `<h2>${title}</h2><ul>${links
        .map(([id, label]) => `<li><a href="#/${id}" data-screen="${id}"><span>${label}</span></a></li>`)
        .join('')}</ul>`,
  )
  const who =
    person === undefined
      ? '<a href="/signin?to=/">Sign in</a>'
      : `Signed in as ${escapeHtml(person.userName)} <a href="/signout">Sign out</a>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${name}: simulated Slack workspace</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/_sim/page/icon.svg">
<link rel="stylesheet" href="/_sim/page/style.css">
<script type="module" src="/_sim/page/client/main.ts"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="side-head">
<p class="badge" aria-hidden="true">${escapeHtml(teamName.slice(0, 1))}</p>
<p class="workspace"><strong id="team-name">${name}</strong><span id="team-host">${escapeHtml(host)}</span></p>
<p class="plan" id="plan">${planNames[plan]}</p>
</header>
<nav aria-label="Workspace">${sections.join('')}</nav>
<main id="main" tabindex="-1">
<noscript><h1>${name}</h1><p>This page needs its own small script; the controls it uses are at <a href="/_sim">/_sim</a>.</p></noscript>
</main>
<footer class="side-foot">
<p>${who}</p>
<p class="note">A simulation, not Slack</p>
</footer>
<div id="notices" role="status" aria-live="polite"></div>
</body>
</html>
`
}
