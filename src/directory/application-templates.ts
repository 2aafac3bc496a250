/* The gallery: applications that can be instantiated (graph-api.md 3.4). Slack is built in; the other is for any application. */
import type { JsonObject } from '../vocabulary/index.ts'

export interface ApplicationTemplate {
  readonly templateId: string
  readonly properties: JsonObject
}

export const slackApplicationTemplateId = '4f1d6c0e-2b7a-4a35-9c48-6d0e3f5b8a21'

/** Every tenant of Microsoft's has it under this id. */
const customTemplateId = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'

export const applicationTemplates: readonly ApplicationTemplate[] = [
  {
    templateId: slackApplicationTemplateId,
    properties: {
      displayName: 'Slack',
      description:
        'Keeps people and groups of a Slack workspace or Enterprise organization in step with the directory.',
      publisher: 'Slack',
      homePageUrl: 'https://slack.com',
      categories: ['collaboration', 'productivity'],
      supportedProvisioningTypes: ['sync'],
      supportedSingleSignOnModes: ['notSupported'],
    },
  },
  {
    templateId: customTemplateId,
    properties: {
      displayName: 'Custom',
      description: 'An application that is not in the gallery.',
      publisher: null,
      homePageUrl: null,
      categories: [],
      supportedProvisioningTypes: [],
      supportedSingleSignOnModes: ['notSupported'],
    },
  },
]

/** The roles an application of the gallery begins with; ids as Microsoft's have them (published samples). */
export const templateRoles: readonly JsonObject[] = [
  ['User', '18d14569-c3bd-439b-9a66-3a2aee01d14f'],
  ['msiam_access', 'b9632174-c057-4f7e-951b-be3adc52bfe6'],
].map(([name = '', id = '']) => ({
  allowedMemberTypes: ['User'],
  description: name,
  displayName: name,
  id,
  isEnabled: true,
  origin: 'Application',
  value: null,
}))
