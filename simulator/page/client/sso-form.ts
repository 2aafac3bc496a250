/*
 * How the workspace trusts an identity provider (slack.md 9.2), as a form.
 */
import type { SamlSettings } from '../../workspace/model.ts'
import { act } from './controls.ts'
import { h } from './dom.ts'

export function ssoForm(saml: SamlSettings | null, ownCertificate: string, again: () => Promise<void>): HTMLElement {
  const text = (
    label: string,
    value: string,
    required: boolean,
    hint = '',
  ): readonly [HTMLElement, HTMLInputElement] => {
    const input = h('input', { type: 'text', value, required, autocomplete: 'off' })
    return [h('label', { class: 'field' }, h('span', {}, label), input, hint !== '' && h('small', {}, hint)), input]
  }
  const box = (label: string, checked: boolean): readonly [HTMLElement, HTMLInputElement] => {
    const input = h('input', { type: 'checkbox', checked })
    return [h('label', { class: 'check' }, input, h('span', {}, label)), input]
  }
  const [urlField, ssoUrl] = text('SAML SSO URL', saml?.ssoUrl ?? '', true)
  const [issuerField, idpIssuer] = text('Identity provider issuer', saml?.idpIssuer ?? '', true)
  const [spField, spIssuer] = text('Service provider issuer', saml?.spIssuer ?? 'https://slack.com', true)
  const [acsField, acsUrl] = text(
    'Assertion consumer address',
    saml?.acsUrl ?? `${location.origin}/sso/saml`,
    false,
    'Empty is Slack’s own address of this workspace, which no browser here can reach.',
  )
  const certificate = h('textarea', { rows: 5, required: true, spellcheck: 'false' }, saml?.certificate ?? '')
  const [responsesField, responses] = box('Responses signed', saml?.areResponsesSigned ?? false)
  const [assertionsField, assertions] = box('Assertions signed', saml?.areAssertionsSigned ?? false)
  const [requestsField, requests] = box('Sign the AuthnRequest', saml?.signsRequests ?? false)
  const [contextField, context] = box(
    'Ask for PasswordProtectedTransport (Entra wants this off)',
    saml === null || saml.authnContext !== null,
  )
  const [jitField, jit] = box('Create unknown people at sign-in', saml?.jit ?? true)

  const asked = (): SamlSettings => ({
    ssoUrl: ssoUrl.value.trim(),
    idpIssuer: idpIssuer.value.trim(),
    certificate: `${certificate.value.trim()}\n`,
    spIssuer: spIssuer.value.trim(),
    acsUrl: acsUrl.value.trim() === '' ? null : acsUrl.value.trim(),
    areResponsesSigned: responses.checked,
    areAssertionsSigned: assertions.checked,
    authnContext: context.checked ? 'PasswordProtectedTransport' : null,
    signsRequests: requests.checked,
    jit: jit.checked,
  })

  return h(
    'details',
    { class: 'card' },
    h('summary', { 'data-key': 'sso' }, saml === null ? 'SAML is not set up' : `SAML with ${saml.idpIssuer}`),
    h(
      'form',
      {
        class: 'stack',
        'aria-label': 'SAML single sign-on',
        onsubmit: (event) => {
          event.preventDefault()
          void act('PATCH', 'settings', { saml: asked() }, 'Single sign-on is set up.').then(again)
        },
      },
      urlField,
      issuerField,
      h('label', { class: 'field' }, h('span', {}, 'X.509 certificate of the identity provider (PEM)'), certificate),
      spField,
      acsField,
      h('div', { class: 'checks' }, responsesField, assertionsField, requestsField, contextField, jitField),
      h(
        'details',
        {},
        h('summary', {}, 'Certificate for signed AuthnRequests'),
        h('pre', { tabindex: '0', 'aria-label': 'Certificate of this service provider' }, ownCertificate),
      ),
      h(
        'div',
        { class: 'actions' },
        saml !== null &&
          h(
            'button',
            {
              type: 'button',
              class: 'danger',
              onclick: () =>
                void act('PATCH', 'settings', { saml: null }, 'Single sign-on is switched off.').then(again),
            },
            'Remove',
          ),
        h('button', { class: 'primary' }, 'Save'),
      ),
    ),
  )
}
